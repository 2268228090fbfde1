"""What must hold of any text given as a query, a date, an address, a title, or to be marked."""

from __future__ import annotations

import datetime as dt
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz_readers import check_analysis

from archive.dates import parse_date
from archive.document import Document, Origin, PartialDate
from archive.normalise import content_hash, normalise_line, normalise_text
from archive.store.slugs import MAX_SLUG_CHARS, slug_base
from archive.urls import normalise_url
from index.checking import CheckingEngine
from index.engine import SearchRequest
from index.engines import factory
from index.errors import QueryError, QueryLimitError
from index.matching import matchers_from_plan
from index.plan import Plan
from index.query.ast import ParsedQuery
from index.query.parser import parse
from index.query.printer import print_understood
from index.query.rewrite import plan_from_query
from index.records import record_from_document
from index.snippets import make_snippets, mark_text
from webapp.cursors import cursor_from_text, make_cursor
from webapp.marking import code_spans, mark, marked_article, visible_text

TODAY = dt.date(2024, 9, 18)
LANGUAGES = ("en", "fr", "zh")

_TEXTS = (
    ("The harbour at night", "The harbour was quiet. Ships of the U.S. Navy lay at anchor.", "en"),
    ("Élections à l'étranger", "Les élections de l'année ont commencé.\n\nLa mer était calme.", "fr"),
    ("東京の港", "東京の港は静かだった。船が来た。", "zh"),
    (
        "AT&T and long-range plans",
        "AT&T spent $1,000 on long-range plans in 2023; it's 3.5 times more.",
        "en",
    ),
)


def _documents() -> list[Document]:
    return [
        Document(
            id=number,
            title=title,
            text=text,
            lead=text.partition("\n\n")[0],
            identity=f"id:{number}",
            origin=Origin(path=f"{number}.txt"),
            content_hash=content_hash(title, text),
            words=len(text.split()),
            language=language,
            authors=("Ada Lovelace", "Émile Zola")[: number % 3],
            published=PartialDate(2020 + number, number, None),
            source="The Herald",
            tags=("sea", "night watch"),
            url=f"https://example.org/{number}",
        )
        for number, (title, text, language) in enumerate(_TEXTS, 1)
    ]


@cache
def engines() -> tuple[CheckingEngine, ...]:
    """The same four articles in the memory engine, the oracle, and in Tantivy."""
    documents = {document.id: document for document in _documents()}
    made = []
    for name in ("memory", "tantivy"):
        folder = TemporaryDirectory(prefix="fuzz-")
        _folders.append(folder)
        engine = factory(name).create(Path(folder.name))
        engine.add(map(record_from_document, documents.values()))
        engine.commit()
        made.append(CheckingEngine(engine, lambda ids: [documents[id_] for id_ in ids]))
    return tuple(made)


#: Removed when the process ends.
_folders: list[TemporaryDirectory[str]] = []


def query(data: bytes) -> None:
    """Understood or refused; read back alike from its own words; the same hits in every engine."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        parsed = parse(text, today=TODAY)
    except QueryLimitError as error:
        place = error.position or 0
    else:
        place = 0
        _check_understood(parsed)
    assert 0 <= place <= len(text), "a position beyond the text"


def _check_understood(parsed: ParsedQuery) -> None:
    text = parsed.text
    for warning in parsed.warnings:
        start, end = warning.span
        assert 0 <= start <= end <= len(text), "a warning beyond the text"
    canonical = print_understood(parsed)
    try:
        again = parse(canonical, today=TODAY)
    except QueryError:
        pass  # written out it is longer than a query may be
    else:
        assert again.tree == parsed.tree, f"reads back otherwise: {canonical!r}"
    planned = plan_from_query(parsed.tree, plain=parsed.plain, languages=LANGUAGES)
    for plan in filter(None, (planned.plan, planned.partial, *planned.word_plans)):
        _same_hits(plan)
    matchers = matchers_from_plan(planned.plan)
    for document in _documents():
        spans = mark_text(document.text, matchers, document.language)
        _check_spans(document.text, spans)
        for snippet in make_snippets(document.text, matchers, document.language):
            _check_spans(snippet.text, snippet.spans)
            assert snippet.text in document.text


def _same_hits(plan: Plan) -> None:
    found = []
    for engine in engines():
        try:
            response = engine.search(SearchRequest(plan=plan, limit=10))
        except QueryError:
            return  # an engine's own limit
        found.append(sorted(hit.id for hit in response.hits))
    assert found[0] == found[1], f"the engines differ: {found}"


def _check_spans(text: str, spans: tuple[tuple[int, int], ...]) -> None:
    before = 0
    for start, end in spans:
        assert before <= start < end <= len(text), f"bad spans {spans}"
        before = end


def date(data: bytes) -> None:
    """A date that exists, which its own ISO form gives again; or a ValueError."""
    text = data.decode("utf-8", "surrogateescape")
    for day_first in (None, True):
        try:
            parsed = parse_date(text, day_first=day_first, languages=("fr",))
        except ValueError:
            continue
        found = parsed.date
        assert 1 <= found.year <= 9999
        assert found.start < found.end
        assert parsed.at is None or parsed.at.utcoffset() == dt.timedelta(0)
        assert parse_date(str(found)).date == found, f"{found} reads back otherwise"


def address(data: bytes) -> None:
    """Canonical once and for all, http or https, ASCII, without credentials; or empty."""
    text = data.decode("utf-8", "surrogateescape")
    address_, _, base = text.partition("\n")
    for found in (normalise_url(address_), normalise_url(address_, base)):
        if not found:
            continue
        assert found.startswith(("http://", "https://"))
        assert found.isascii()
        assert not set(found) & set(" <>\"'\r\n\t\\^`{}") - {"'"}
        host = found.split("/")[2]
        assert "@" not in host
        assert normalise_url(found) == found, f"{found} becomes {normalise_url(found)}"


def slug(data: bytes) -> None:
    """ASCII, short, safe in a path; titles and texts normal once and for all; analysed alike both ways."""
    text = data.decode("utf-8", "surrogateescape")
    title, body = normalise_line(text), normalise_text(text)
    assert normalise_line(title) == title
    assert normalise_text(body) == body
    for value in (text, title):
        made = slug_base(value, "article")
        assert made
        assert len(made) <= MAX_SLUG_CHARS
        assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert not made.startswith("-")
        assert not made.endswith("-")
    check_analysis(title)
    check_analysis(body)


def cursor(data: bytes) -> None:
    """A place, or a QueryError."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = cursor_from_text(text, "harbour")
    except QueryError:
        return
    again = cursor_from_text(make_cursor(found, "harbour"), "harbour")
    assert (again.position, again.partial) == (found.position, found.partial)


class _Seen(HTMLParser):
    """What a browser would make of a piece: its elements, and its text."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._allowed = allowed
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self._allowed, f"an element: {tag}"
        assert {name for name, _ in attrs} <= ({"class", "id", "href"} if tag == "a" else set())
        assert all((value or "").removeprefix("#")[:1] in {"h", "m"} for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def _nothing_else(self, *_: object) -> None:
        raise AssertionError("a comment, declaration or instruction")

    handle_comment = handle_decl = handle_pi = unknown_decl = _nothing_else


def seen(html: str, *allowed: str) -> str:
    """Parse ``html``; it may hold only elements ``allowed``.  Returns its text."""
    parser = _Seen(frozenset(allowed))
    parser.feed(html)
    parser.close()
    return "".join(parser.text)


def marking(data: bytes) -> None:
    """Whatever a text holds, its HTML holds marks and the same text.

    The first bytes are spans, wrong ones too.
    """
    ends, text = data[:8], data[8:].decode("utf-8", "surrogateescape").replace("\r", "")
    spans = tuple((low - 4, high - 4) for low, high in zip(ends[::2], ends[1::2], strict=False))
    assert seen(mark(text, spans), "mark") == visible_text(text)
    assert seen(code_spans(text), "code") == text.replace("`", "")
    heading, paragraphs, total = marked_article(text, spans, text, spans)
    html = [str(heading), *map(str, paragraphs)]
    assert seen(html[0], "a", "mark") == visible_text(text)
    for paragraph in html[1:]:
        seen(paragraph, "a", "mark")
    assert sum(part.count("<mark>") for part in html) == total
