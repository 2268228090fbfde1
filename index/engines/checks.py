"""What every engine refuses, so that all refuse the same, and what needs no engine."""

from __future__ import annotations

from itertools import pairwise

from index.engine import After, HistogramRequest, SearchRequest, Sort
from index.errors import EngineError, QueryLimitError
from index.plan import (
    All,
    Any,
    Boost,
    Constant,
    Every,
    Except,
    Ids,
    Nothing,
    NumberRange,
    Plan,
    Reward,
    Term,
    TermFuzzy,
    TermNear,
    TermPhrase,
    TermPrefix,
    TermWildcard,
    TermWithin,
    below,
)
from index.schema import BY_NAME, FACETS, Kind

#: Deepest nesting of a plan, and most nodes in one: far above what the query
#: guard lets through, far below what ends in a stack overflow.
MAX_DEPTH = 100
MAX_NODES = 10_000

#: Most bounds of a histogram.
MAX_BOUNDS = 5_000

RANKED = (Kind.POSITIONS, Kind.FREQUENCIES)


def kind_of(name: str) -> Kind:
    """Return the kind of the field called ``name``.

    Raises:
        EngineError: there is no such field.
    """
    try:
        return BY_NAME[name].kind
    except KeyError as exc:
        raise EngineError(f"The index has no field called {name!r}.") from exc


def check_request(request: SearchRequest) -> None:
    """Refuse what no engine may be asked.

    Raises:
        QueryLimitError: the plan is too deep or too broad.
        EngineError: a caller's mistake: an unknown field, a field asked for
            what its kind cannot answer, a page before the first.
    """
    _check(request.plan)
    if request.offset < 0 or request.limit < 0:
        raise EngineError("Offset and limit of a search cannot be negative.")
    for facet in request.facets:
        _want(facet.field, Kind.KEYWORD)
        if facet.field not in FACETS:
            raise EngineError(f"The values of {facet.field!r} are not counted.")
    if request.extent:
        _want(request.extent, Kind.NUMBER)
    if request.histogram is not None:
        _check_histogram(request.histogram)
    if request.after is not None:
        check_after(request.sort, request.after)


def _check_histogram(request: HistogramRequest) -> None:
    _want(request.field, Kind.NUMBER)
    bounds = request.bounds
    if not 2 <= len(bounds) <= MAX_BOUNDS or any(low >= high for low, high in pairwise(bounds)):
        raise EngineError(f"A histogram has two to {MAX_BOUNDS} bounds, each greater than the last.")


def check_after(sort: Sort, after: After) -> None:
    """Refuse to go on after what cannot be a hit of ``sort``.

    Raises:
        EngineError: its key is of another type.
    """
    key = after.key
    known = {Sort.RELEVANCE: (int, float), Sort.TITLE: (str, type(None)), Sort.ADDED: (type(None),)}
    if not isinstance(key, known.get(sort, (int, type(None)))) or after.position < 0:
        raise EngineError(f"Hits sorted by {sort.value} cannot go on after {key!r}.")


def _check(plan: Plan) -> None:
    """Check ``plan`` and all below it, a level at a time."""
    nodes = 0
    level: list[Plan] = [plan]
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            break
        next_level: list[Plan] = []
        for node in level:
            if type(node) is Term and node.field in _SEARCHED:
                continue
            parts = below(node)
            if parts:
                next_level += parts
            elif not isinstance(node, _BARE):
                _check_leaf(node)
        if not next_level:
            return
        level = next_level
    raise QueryLimitError("The query is too deep or has too many parts; make it simpler.")


#: What needs no field, and what may be made of nothing.
_BARE = (Every, Nothing, Ids, All, Any)

#: Fields that a term can be looked for in.
_SEARCHED = frozenset(name for name, field in BY_NAME.items() if field.kind is not Kind.NUMBER)


def _check_leaf(plan: Plan) -> None:
    match plan:
        case Term(name) | TermPrefix(name) | TermWildcard(name):
            _want(name, Kind.POSITIONS, Kind.FREQUENCIES, Kind.TERMS, Kind.KEYWORD)
        case TermFuzzy(name, edits=edits):
            _want(name, Kind.POSITIONS, Kind.FREQUENCIES, Kind.TERMS, Kind.KEYWORD)
            if edits not in (1, 2):
                raise EngineError("A fuzzy term allows one or two edits.")
        case TermPhrase(name, terms):
            _want(name, Kind.POSITIONS)
            if len(terms) < 2:
                raise EngineError("A phrase has two or more terms.")
        case TermNear(name, terms, slop):
            _want(name, Kind.POSITIONS)
            if not 2 <= len(terms) <= 5 or slop < 0:
                raise EngineError("A near search has two to five terms and a distance of 0 or more.")
        case TermWithin(name, left, right, slop):
            _want(name, Kind.POSITIONS)
            if not left or not right or slop < 0:
                raise EngineError("A search within has a term on each side and a distance of 0 or more.")
        case NumberRange(name):
            _want(name, Kind.NUMBER)
        case _:
            raise EngineError(f"The plan holds something unknown: {type(plan).__name__}.")


def _want(name: str, *kinds: Kind) -> None:
    if kind_of(name) not in kinds:
        raise EngineError(f"The field {name!r} cannot be asked this.")


def constant_score(plan: Plan) -> float | None:
    """Return the score that every match of ``plan`` has, None if they may differ.

    A plan with one is ordered by id alone, which spares an engine the ranking
    of what is all one tie.
    """
    match plan:
        case Nothing() | Except():
            return 0.0
        case Term(name):
            return None if kind_of(name) in RANKED else 1.0
        case Every() | NumberRange() | Ids() | TermPrefix() | TermWildcard() | TermFuzzy():
            return 1.0
        case TermWithin():
            return 1.0 if plan.forms else None
        case Constant(_, score):
            return score
        case Boost(child, weight):
            inner = constant_score(child)
            return None if inner is None else inner * weight
        case All(children):
            scores = [constant_score(child) for child in children]
            return None if None in scores else sum(score for score in scores if score is not None)
        case Any((child,), minimum=1):
            return constant_score(child)
        case Reward(match_, ()):
            return constant_score(match_)
    return None
