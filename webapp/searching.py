"""One search, worked out: from parameters to what the engine is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.engine import After, EngineHit, Key, Sort
from index.engines.checks import check_after
from index.errors import EngineError, QueryError
from index.plan import All, Every, Plan
from index.query.ast import ParsedQuery, QueryWarning
from index.query.printer import print_understood
from index.query.rewrite import Mode, plan_from_query
from index.recency import with_recency
from index.snippets import Matchers, matchers_from_plan
from webapp.cursors import Cursor, check_depth, cursor_from_text, make_cursor
from webapp.filters import Filter, filters_from_params
from webapp.models import MAX_LIMIT, RECENT, SearchParams

_MATCHES = ("auto", "all", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a search asks of the engine.

    Attributes:
        plan: query and filters.
        partial: articles with most of the words, when that is wanted; it
            leaves out those that ``plan`` matches.
        sort: ``newest`` instead of ``relevance`` when nothing is ranked.
        understood: canonical text of query and filters.
        match: how bare words were taken: `index.query.rewrite.Planned.mode`.
        matchers: what to mark; filters are not marked.
        bare: ``plan`` without filters.
        filters: what narrows it.
        words: the bare words, with the articles that have each.
        identity: spells out the search, for its cursors.
    """

    plan: Plan
    partial: Plan | None
    sort: Sort
    understood: str
    warnings: tuple[QueryWarning, ...]
    matchers: Matchers
    identity: str
    match: Mode = "exact"
    words: tuple[tuple[str, Plan], ...] = ()
    bare: Plan = field(default_factory=Every)
    filters: tuple[Filter, ...] = ()

    def plan_without(self, *names: str) -> Plan:
        """Return ``plan`` without the filters of ``names``."""
        return _narrowed(self.bare, [entry for entry in self.filters if entry.name not in names])

    def cursor_after(self, hits: Sequence[EngineHit], position: int, *, partial: bool = False) -> str:
        """Return the cursor of what follows ``hits``, the last of which is the ``position``th.

        Without ``hits``, it is that of the beginning.
        """
        after = After(key=hits[-1].key, id=hits[-1].id, position=position) if hits else None
        return make_cursor(Cursor(after=after, partial=partial), self.identity)


def asked_from_params(params: SearchParams, parsed: ParsedQuery, languages: Sequence[str]) -> Asked:
    """Work out what ``params`` ask; ``parsed`` is their query text.

    Raises:
        QueryError: a parameter cannot be; the message begins with its name.
    """
    sort = _sort(params.sort)
    if params.match not in _MATCHES:
        raise QueryError(f"match: it must be one of: {', '.join(_MATCHES)}.")
    if not 1 <= params.limit <= MAX_LIMIT:
        raise QueryError(f"limit: it must be from 1 to {MAX_LIMIT}.")
    if params.page < 1:
        raise QueryError("page: it must be 1 or more.")
    planned = plan_from_query(parsed.tree, plain=parsed.plain, match=params.match, languages=languages)
    filters = filters_from_params(params, languages)
    if sort is Sort.RELEVANCE and not planned.scored:
        sort = Sort.NEWEST
    wanes = params.sort == RECENT and sort is Sort.RELEVANCE
    wants_partial = planned.partial is not None and sort is Sort.RELEVANCE
    understood = print_understood(parsed, *(entry.tree for entry in filters))
    plan = _narrowed(planned.plan, filters)
    return Asked(
        plan=with_recency(plan, dt.date.today()) if wanes else plan,
        partial=_narrowed(planned.partial, filters) if wants_partial and planned.partial else None,
        sort=sort,
        understood=understood,
        warnings=_told_once(parsed.warnings, planned.warnings),
        matchers=matchers_from_plan(planned.plan),
        identity="\n".join(
            (understood, RECENT if wanes else sort.value, params.match, params.engine or "", *_fold(params))
        ),
        match=planned.mode,
        bare=planned.plan,
        filters=filters,
        words=tuple(zip(planned.words, planned.word_plans, strict=True)),
    )


def _fold(params: SearchParams) -> tuple[str, ...]:
    return ("collapse",) if params.collapse else ()


def place_of_page(params: SearchParams, asked: Asked) -> tuple[int, Cursor]:
    """Return the number of hits before the page that is asked for, and its cursor.

    Raises:
        QueryError: the cursor is wrong, or the page lies too deep.
    """
    if params.cursor:
        cursor = cursor_from_text(params.cursor, asked.identity)
        after = cursor.after
        # The key of a hit has the type that its order goes by.
        if after and not cursor.partial and not _fits(asked.sort, after.key):
            raise QueryError("cursor: it must be the 'next' of an earlier answer, unchanged.")
        if after and cursor.partial and not _fits(Sort.RELEVANCE, after.key):
            raise QueryError("cursor: it must be the 'next' of an earlier answer, unchanged.")
        return (0 if cursor.partial else cursor.position), cursor
    offset = (params.page - 1) * params.limit
    check_depth(offset, params.limit)
    return offset, Cursor(after=None)


def _fits(sort: Sort, key: Key) -> bool:
    try:
        check_after(sort, After(key=key, id=1, position=0))
    except EngineError:
        return False
    return True


def _told_once(parsed: Sequence[QueryWarning], planned: Sequence[QueryWarning]) -> tuple[QueryWarning, ...]:
    """Join what parser and plan tell; of what the parser has told, the plan's is no news."""
    starts = {warning.span[0] for warning in parsed}
    return (*parsed, *(warning for warning in planned if warning.span[0] not in starts))


def _sort(name: str) -> Sort:
    try:
        return Sort.RELEVANCE if name == RECENT else Sort(name)
    except ValueError as exc:
        known = ", ".join([*(sort.value for sort in Sort), RECENT])
        raise QueryError(f"sort: {name[:30]!r} is not one of: {known}.") from exc


def _narrowed(plan: Plan, filters: Sequence[Filter]) -> Plan:
    if not filters:
        return plan
    clauses = tuple(entry.plan for entry in filters)
    if isinstance(plan, Every):
        return clauses[0] if len(clauses) == 1 else All(clauses)
    return All((plan, *clauses))
