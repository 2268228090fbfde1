"""An address that stands alone in a query: people paste it to see whether its article is there."""

from __future__ import annotations

import re

from index.plan import Constant, Plan
from index.query.words import query_tokens, side_by_side

_ADDRESS = re.compile(r"(?:https?://|www\.)(?:www\.)?([^\s/]+\.[^\s#]+)(?:#\S*)?", re.IGNORECASE)

#: Parameters that tell where a reader came from, which the archive does not keep.
_TRACKING = re.compile(r"(?<=[?&])(?:utm_\w+|fbclid|gclid)=[^&]*(?:&|\Z)", re.IGNORECASE)

#: Before whatever only mentions the address.
_SCORE = 100.0


def at_address(text: str) -> Plan | None:
    """Return the clause for articles whose address is ``text``, or begins so; None if it is no address.

    Whether it says ``http`` or ``https``, with ``www.`` or without, never matters.
    """
    found = _ADDRESS.fullmatch(text)
    tokens = query_tokens(_TRACKING.sub("", found[1])) if found else ()
    return Constant(side_by_side("url", tokens), _SCORE) if tokens else None
