"""Why an article matched, and what made its score: the plan, leaf by leaf.

Each leaf is asked for again, among the hits of the page alone, as the same
plan would be: so the answer is the engine's own, whichever it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.engine import Engine, EngineHit, SearchRequest
from index.plan import (
    All,
    Any,
    Boost,
    Checked,
    Constant,
    Every,
    Except,
    Forms,
    Ids,
    Mentions,
    Nothing,
    NumberRange,
    Plan,
    Reward,
    Slot,
    Term,
    TermFuzzy,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
    TermWithin,
    Together,
)
from webapp.models import Reason

#: Fields whose numbers are days, and how many days they lie after the day that they tell of.
DAYS = {"published_start": 0, "published_end": 1}

#: Most leaves that are looked into.
MOST_LEAVES = 60


@dataclass(frozen=True, slots=True)
class _Part:
    """A leaf as it counts in the whole: weighted, or a constant."""

    text: str
    plan: Plan


def explain(engine: Engine, plan: Plan, hits: Sequence[EngineHit]) -> dict[int, tuple[Reason, ...]]:
    """Return, by id, the leaves of ``plan`` that match each of ``hits``, the weightiest first.

    Scores add up to the hit's, but for leaves beyond `MOST_LEAVES`.
    """
    reasons: dict[int, list[Reason]] = {hit.id: [] for hit in hits}
    if not hits:
        return {}
    totals = {hit.id: hit.score for hit in hits}
    these = Constant(Ids(tuple(sorted(totals))), 0.0)
    for part in _merged(_parts(plan, 1.0, ())):
        found = engine.search(SearchRequest(plan=All((part.plan, these)), limit=len(hits))).hits
        for hit in found:
            share = hit.score / totals[hit.id] if totals[hit.id] else 0.0
            reasons[hit.id].append(
                Reason(clause=part.text, score=max(0.0, hit.score), share=min(1.0, max(0.0, share)))
            )
    return {id_: tuple(sorted(found, key=lambda entry: -entry.score)) for id_, found in reasons.items()}


def _merged(parts: Iterator[_Part]) -> list[_Part]:
    """Return the first `MOST_LEAVES` parts; one that stands twice counts twice, as one."""
    texts: dict[str, list[Plan]] = {}
    for part in parts:
        if part.text in texts or len(texts) < MOST_LEAVES:
            texts.setdefault(part.text, []).append(part.plan)
    return [_Part(text, plans[0] if len(plans) == 1 else Any(tuple(plans))) for text, plans in texts.items()]


def _parts(plan: Plan, weight: float, guards: tuple[Plan, ...]) -> Iterator[_Part]:
    """Yield the leaves of ``plan``, each with what stands over it.

    What scores as a whole (a constant) is one part as a whole: inside it
    nothing has a score of its own.

    Args:
        guards: what must match too, for a leaf to count.
    """
    match plan:
        case All(children):
            for child in children:
                yield from _parts(child, weight, guards)
        case Any(children):
            for child in children:
                whole = isinstance(child, All | Any | Reward | Boost) and len(children) > 1
                yield from _parts(child, weight, (*guards, Constant(child, 0.0)) if whole else guards)
        case Reward(match_, rewards):
            yield from _parts(match_, weight, guards)
            for reward in rewards:
                whole = isinstance(reward, All | Any | Reward | Boost)
                yield from _parts(reward, weight, (*guards, Constant(reward, 0.0)) if whole else guards)
        case Boost(child, factor):
            yield from _parts(child, weight * factor, guards)
        case Constant(child, score):
            yield _Part(words_of(child), _guarded(Constant(child, score * weight), guards))
        case Except() | Every() | Nothing():
            return
        case _:
            weighted = plan if weight == 1.0 else Boost(plan, weight)
            yield _Part(words_of(plan), _guarded(weighted, guards))


def _guarded(plan: Plan, guards: tuple[Plan, ...]) -> Plan:
    return All((plan, *guards)) if guards else plan


def words_of(plan: Plan) -> str:
    """Return ``plan`` in words: ``stem:missil``, ``body:"long range"``, ``a or b``."""
    match plan:
        case Term(field, text):
            return f"{field}:{text}"
        case TermPhrase(field, terms):
            return f'{field}:"{" ".join(terms)}"'
        case TermNear(field, terms, slop):
            return f'{field}:"{" ".join(terms)}"~{slop}'
        case TermPrefix(field, text):
            return f"{field}:{text}*"
        case TermWildcard(field, pattern):
            return f"{field}:{pattern}"
        case TermFuzzy(field, text, edits):
            return f"{field}:{text}~{edits}"
        case NumberRange(field, low, high):
            last = None if high is None else high - 1
            return f"{field}:[{_number(field, low)} to {_number(field, last)}]"
        case All(children):
            return " and ".join(map(_bracketed, children))
        case Any(children, minimum):
            joined = " or ".join(map(_bracketed, children))
            return joined if minimum <= 1 else f"{minimum} of ({joined})"
        case Except(child):
            return f"not {_bracketed(child)}"
        case Boost(child) | Constant(child):
            return words_of(child)
        case Reward(match_):
            return words_of(match_)
        case TermWithin(field, left, right, slop, ordered):
            order = "before" if ordered else "near"
            return f"{field}:{_side(left)} {order}/{slop} {_side(right)}"
        case Checked(_, Mentions(sides, _, times)):
            return f"{times} times {words_of(sides[0])}"
        case Checked(_, Together(sides, _, unit)):
            return f"{words_of(sides[0])} in one {unit} with {words_of(sides[1])}"
        case Every():
            return "every article"
        case Nothing():
            return "no article"
    return type(plan).__name__


def _side(slots: Sequence[Slot]) -> str:
    """Return one side of a distance; a word in any of its forms stands with the sign of a stem."""
    words = " ".join(f"{slot.stem}\N{MIDDLE DOT}" if isinstance(slot, Forms) else slot for slot in slots)
    return f'"{words}"'


def _number(field: str, value: int | None) -> str:
    """Return one end of a range as people write it: days as dates, instants to the minute."""
    if value is None:
        return "*"
    try:
        if field in DAYS:
            return dt.date.fromordinal(value - DAYS[field]).isoformat()
        if field == "added":
            return dt.datetime.fromtimestamp(value, dt.UTC).strftime("%Y-%m-%dT%H:%MZ")
    except (ValueError, OverflowError):  # beyond the calendar, such as an open end
        pass
    return str(value)


def _bracketed(plan: Plan) -> str:
    text = words_of(plan)
    return f"({text})" if isinstance(plan, All | Any) and len(plan.children) > 1 else text
