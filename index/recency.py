"""Best and recent: relevance that wanes with age.

Engines multiply no score by a number of the document, so the decay is made of
steps that a plan can say: the matches of each age, their score multiplied by
what that age leaves of it.  The steps follow an exponential decay over the
logarithm of the age, as readers of news forget: much in the first weeks, little
between two old years (Li and Croft, "Time-based language models", CIKM 2003,
use an exponential prior; its rate there is fitted to one collection of news).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from index.plan import All, Any, Boost, Constant, Except, NumberRange, Plan

#: Up to so many days old, an article keeps so much of its score.
STEPS: Final = ((7, 1.0), (30, 0.9), (91, 0.8), (365, 0.65), (3 * 365, 0.5), (10 * 365, 0.4))

#: What is left to older and to undated ones: far less, but a clear match stays before a poor one.
REST: Final = 0.3

_FIELD: Final = "published_start"


def with_recency(plan: Plan, today: dt.date) -> Plan:
    """Return ``plan``, matching the same, with scores that wane with age at ``today``.

    A date in the future counts as today's.
    """
    parts: list[Plan] = []
    high: int | None = None
    for days, share in STEPS:
        low = today.toordinal() - days
        parts.append(_among(plan, NumberRange(_FIELD, low, high), share))
        high = low
    parts.append(_among(plan, Except(NumberRange(_FIELD, high)), REST))
    return Any(tuple(parts))


def _among(plan: Plan, age: Plan, share: float) -> Plan:
    return Boost(All((plan, Constant(age, 0.0))), share)
