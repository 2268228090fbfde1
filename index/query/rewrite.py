"""The query tree to a plan: analysis, fields and ranking, once for every engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.analysis import fold_key
from index.plan import (
    Boost,
    Checked,
    Constant,
    Every,
    Except,
    Mentions,
    Nothing,
    NumberRange,
    Plan,
    Reward,
    Term,
    TermPrefix,
    Together,
)
from index.query.addresses import at_address
from index.query.ast import (
    And,
    AtLeast,
    Boosted,
    DateRange,
    Everything,
    Fuzzy,
    Has,
    Length,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    QueryWarning,
    Whole,
    Wildcard,
    Within,
    Word,
)
from index.query.clauses import PARTS, Clause, broad_leaves, date_range, exact_word, field_of
from index.query.names import name_readings
from index.query.nearness import MANY_VALUED, near_each_other
from index.query.words import (
    Languages,
    anywhere,
    either,
    every,
    in_body,
    in_lead,
    in_title,
    near,
    query_tokens,
    query_word,
    side_by_side,
)
from index.ranking import DEFAULT, FreeText, Weights
from index.schema import BREAKS, MAX_TOKEN_CHARS

Match = Literal["auto", "all", "any"]
Mode = Literal["exact", "all", "any", "best"]

#: Fields whose words say which articles are wanted, not which are better.
_FILTERS = frozenset({"author", "source", "tag", "url", "lang"})

_LETTER = re.compile(r"[^\W_]")

_IN_FIELD = {"title": in_title, "lead": in_lead, "body": in_body}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A query, ready for an engine.

    Attributes:
        plan: what must match, and the ranking.
        scored: False when nothing in it ranks: the newest first, then.
        mode: how bare words were taken: ``exact`` as written, ``all``,
            ``any``, or ``best`` (any, complete and close matches first).
        partial: for ``all`` by default only: articles with some of the words
            but not all, ranked, to follow when there are too few.
        words: the words that rank, as typed, with stop words left out.
        word_plans: for each of them the articles that have it.
        warnings: what had to be left out.
    """

    plan: Plan
    scored: bool
    mode: Mode
    partial: Plan | None = None
    words: tuple[str, ...] = ()
    word_plans: tuple[Plan, ...] = ()
    warnings: tuple[QueryWarning, ...] = ()


def plan_from_query(
    tree: Query,
    *,
    plain: bool,
    match: str = "auto",
    languages: Sequence[str] = (),
    weights: Weights = DEFAULT,
) -> Planned:
    """Plan ``tree``.

    Args:
        tree: the query.
        plain: it holds bare words only, so that ``match`` applies.
        match: ``auto``, ``all`` or ``any``.
        languages: of the archive's articles, most frequent first.
        weights: of the ranking; benchmarks vary them.
    """
    rewriter = _Rewriter(Languages.of(languages), weights)
    words = _bare_words(tree) if plain else None
    if words:
        return rewriter.free_text(words, match)
    return rewriter.exact(tree)


def _bare_words(tree: Query) -> list[Word] | None:
    children = tree.children if isinstance(tree, And) else (tree,)
    words = [child for child in children if isinstance(child, Word) and child.field is None]
    return words if len(words) == len(children) else None


class _Rewriter:
    def __init__(self, languages: Languages, weights: Weights) -> None:
        self._languages = languages
        self._weights = weights
        self._warnings: list[QueryWarning] = []
        self._is_scored = False

    def free_text(self, nodes: list[Word], match: str) -> Planned:
        found = [(node, query_word(node.text)) for node in nodes]
        words = tuple(word for _, word in found if word is not None)
        left_out = [self._leave_out(node) for node, word in found if word is None]
        if not words:
            plans = [plan for plan in left_out if plan is not None]
            return self._planned(plans[0] if plans else Every(), "exact")
        self._is_scored = True
        text = FreeText(words, self._languages, self._weights)
        if len(nodes) == 1 and (at := at_address(nodes[0].text)):
            return self._planned(either(text.all_words(), at), "all", text)
        if match == "all":
            return self._planned(text.all_words(words), "all", text)
        if match == "any":
            return self._planned(text.any_word(), "any", text)
        if text.is_short:
            return self._planned(text.all_words(), "all", text, text.most_words())
        return self._planned(text.any_word(), "best", text)

    def exact(self, tree: Query) -> Planned:
        plan = self._plan(tree)
        text = self._top_words(tree)
        if text is not None and plan is not None:
            plan = Reward(plan, text.rewards())
        return self._planned(Every() if plan is None else plan, "exact", text)

    def _planned(
        self, plan: Plan, mode: Mode, text: FreeText | None = None, partial: Plan | None = None
    ) -> Planned:
        words = text.content if text is not None else ()
        return Planned(
            plan=plan,
            scored=self._is_scored,
            mode=mode,
            partial=partial,
            words=tuple(word.text for word in words),
            word_plans=tuple(anywhere(word, self._languages) for word in words),
            warnings=tuple(self._warnings),
        )

    def _top_words(self, tree: Query) -> FreeText | None:
        """The bare words that must all match beside other clauses."""
        children = tree.children if isinstance(tree, And) else (tree,)
        plain = [child.child if isinstance(child, Boosted) else child for child in children]
        nodes = [child for child in plain if isinstance(child, Word) and child.field is None]
        words = tuple(word for node in nodes if (word := query_word(node.text)) is not None)
        if not words:
            return None
        return FreeText(words, self._languages, self._weights)

    def _plan(self, node: Query) -> Plan | None:
        """Return the plan of ``node``; None if it says nothing."""
        match node:
            case Word():
                return self._word(node)
            case Phrase(text=text, field=field):
                tokens = query_tokens(text)
                readings = name_readings(text) if field == "author" else (tokens,)
                return self._in_exact(
                    node,
                    tokens,
                    lambda name: either(*(side_by_side(name, reading) for reading in readings)),
                    field,
                )
            case Whole(text=text, field=field):
                return Constant(Term(f"{field}_key", fold_key(text)), 0.0)
            case Near(text=text, field=field):
                return self._near(node)
            case Prefix() | Wildcard() | Fuzzy():
                return self._broad(node)
            case DateRange():
                return Constant(date_range(node), 0.0)
            case Within(unit="words"):
                return self._within(node)
            case Within():
                return self._together(node)
            case AtLeast():
                return self._mentions(node)
            case Boosted(child=child, weight=weight):
                weighed = self._plan(child)
                return None if weighed is None else Boost(weighed, weight)
            case Length(low=low, high=high):
                return Constant(NumberRange("words", low, high), 0.0)
            case Has(name=name):
                return Constant(Term("has", name), 0.0)
            case And(children=children):
                plans = self._plans(children)
                return every(*plans) if plans else None
            case Or(children=children):
                plans = self._plans(children)
                return either(*plans) if plans else None
            case Not(child=child):
                return self._not(child)
            case Everything():
                return Every()
        raise TypeError(f"not a query: {type(node).__name__}")

    def _plans(self, children: Sequence[Query]) -> list[Plan]:
        return [plan for child in children if (plan := self._plan(child)) is not None]

    def _not(self, child: Query) -> Plan | None:
        was_scored = self._is_scored
        plan = self._plan(child)
        self._is_scored = was_scored
        return None if plan is None else Except(plan)

    def _leave_out(self, node: Word | Phrase | Near | Prefix | Wildcard | Fuzzy) -> Plan | None:
        """Return the plan of what holds no token: None, with a warning, or
        `Nothing` for a word that is too long for the index."""
        text = node.pattern if isinstance(node, Wildcard) else node.text
        if len(text) > MAX_TOKEN_CHARS and _LETTER.search(text):
            if isinstance(node, Phrase | Near):  # of other words the parser warns
                message = f"No word of more than {MAX_TOKEN_CHARS} letters is in the index."
                self._warnings.append(QueryWarning(code="long_word", message=message, span=node.span))
            return Nothing()
        message = f"There is no letter or digit in {text!r}, so it was left out."
        self._warnings.append(QueryWarning(code="no_word", message=message, span=node.span))
        return None

    def _word(self, node: Word) -> Plan | None:
        if node.field == "lang":
            return self._language(node)
        word = query_word(node.text)
        if word is None:
            return self._leave_out(node)
        if node.field == "author" and "," in node.text:
            return self._plan(Phrase(text=node.text, field="author", span=node.span))
        if node.field in _FILTERS:
            return Constant(exact_word(str(node.field), word), 0.0)
        self._is_scored = True
        if node.field is None:
            return anywhere(word, self._languages)
        clause = _IN_FIELD[node.field](word, self._languages)
        if node.field == "body":
            return clause
        # the fields of title and lead stems are not ranked: the combined one is
        return Reward(Constant(clause, 0.0), (anywhere(word, self._languages),))

    def _language(self, node: Word | Phrase | Near | Prefix | Wildcard | Fuzzy) -> Plan | None:
        text = node.pattern if isinstance(node, Wildcard) else node.text
        key = fold_key(text)
        if not key:
            return self._leave_out(node)
        return Constant(TermPrefix("lang", key) if isinstance(node, Prefix) else Term("lang", key), 0.0)

    def _in_exact(
        self, node: Phrase | Near, tokens: tuple[str, ...], clause: Clause, field: str | None
    ) -> Plan | None:
        if field == "lang":
            return self._language(node)
        if not tokens:
            return self._leave_out(node)
        if field in _FILTERS:
            return Constant(clause(str(field)), 0.0)
        self._is_scored = True
        if field is not None:
            return clause(field)
        return either(clause("title"), clause("body"))

    def _near(self, node: Near) -> Plan | None:
        tokens = query_tokens(node.text)
        slop = min(node.slop, BREAKS - 1) if node.field in MANY_VALUED else node.slop
        readings = name_readings(node.text) if node.field == "author" else (tokens,)
        return self._in_exact(
            node,
            tokens,
            lambda name: either(*(near(name, reading, slop) for reading in readings)),
            node.field,
        )

    def _within(self, node: Within) -> Plan | None:
        left, right = self._plan(node.left), self._plan(node.right)
        if left is None or right is None:  # what holds no word joins nothing
            return left or right
        field = field_of(node.left)
        found = near_each_other(node, field, self._languages)
        if field in _FILTERS:
            return Constant(found, 0.0)
        return Reward(Constant(found, 0.0), (left, right))

    def _together(self, node: Within) -> Plan | None:
        left, right = self._plan(node.left), self._plan(node.right)
        if left is None or right is None:
            return left or right
        return Checked(every(left, right), Together((left, right), PARTS[field_of(node.left)], node.unit))

    def _mentions(self, node: AtLeast) -> Plan | None:
        among = self._plan(node.child)
        if among is None:
            return None
        return Checked(among, Mentions((among,), PARTS[field_of(node.child)], node.times))

    def _broad(self, node: Prefix | Wildcard | Fuzzy) -> Plan | None:
        if node.field == "lang":
            return self._language(node)
        leaves = broad_leaves(node)
        if not leaves:
            return self._leave_out(node)
        fields = (node.field,) if node.field is not None else ("title", "body")
        clause = Constant(either(*(every(*(leaf(name) for leaf in leaves)) for name in fields)), 0.0)
        if not isinstance(node, Fuzzy) or node.field in _FILTERS:
            return clause
        # the word itself before those that are like it
        self._is_scored = True
        return Reward(clause, (self._languages.term("stem", query_tokens(node.text)[0]),))
