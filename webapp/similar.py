"""More like this: the words that tell an article from the others, as a query."""

from __future__ import annotations

import math
from collections import Counter

from archive.document import Document
from index.analysis import STOP_WORDS, stem
from index.engine import Engine, SearchRequest
from index.plan import All, Any, Boost, Except, NumberRange, Plan, Term
from index.records import record_from_document

#: Most frequent stems of the article whose rarity is looked up, and how many
#: of them, the most telling, become the query.
_LOOKED_UP = 60
_USED = 25

#: How many of those an article must have.
_SHARE = 0.3

#: A stem that more of the archive has than this tells nothing.
_COMMON = 0.5
_SMALL = 20


def plan_like(document: Document, engine: Engine) -> Plan | None:
    """Return the plan for articles like ``document``, without it; None if no word of it is in another."""
    counts = Counter(record_from_document(document).text.get("stem", "").split())
    stops = {stem(word, document.language) for word in STOP_WORDS} | STOP_WORDS
    frequent = sorted(
        (word for word in counts if len(word) > 1 and not word.isdigit() and word not in stops),
        key=lambda word: (-counts[word], word),
    )
    articles = engine.count()
    weighed = []
    for word in frequent[:_LOOKED_UP]:
        having = engine.search(SearchRequest(plan=Term("stem", word), limit=0)).total
        if having < 2 or (articles > _SMALL and having > articles * _COMMON):
            continue
        often = counts[word] / (counts[word] + 2)
        weighed.append((often * math.log(1 + articles / having), often, word))
    if not weighed:
        return None
    telling = sorted(weighed, key=lambda entry: (-entry[0], entry[2]))[:_USED]
    clauses = tuple(Boost(Term("stem", word), round(often, 4)) for _, often, word in telling)
    alike = Any(clauses, max(1, round(len(clauses) * _SHARE)))
    return All((alike, Except(NumberRange("id", document.id, document.id + 1))))
