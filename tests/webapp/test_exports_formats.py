"""Every export format, letter by letter, for an ordinary and for a hostile article."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from archive.document import Document, Origin, PartialDate
from tests.webapp.fake_services import DOCUMENT
from webapp.exports import CHUNK_CHARS, FEEDS, FORMATS, Head, chunks
from webapp.exports.bibtex import escaped as bibtex_escaped
from webapp.exports.csv import cell
from webapp.exports.markdown import escaped as markdown_escaped
from webapp.exports.ris import date as ris_date

ALL = {**FORMATS, **FEEDS}

HEAD = Head(
    query='strike author:"Ada"',
    exported=dt.datetime(2025, 3, 4, 23, 30, tzinfo=dt.UTC),
    total=1,
    base="http://archive.example",
    store_id="0123456789abcdef" * 2,
    title="Strikes",
)

HOSTILE = Document(
    id=9,
    slug="hyperlink",
    identity="hash:9",
    title='=HYPERLINK("http://evil.example","x")\r\nTY  - BOOK\u202e} @book{owned, <script>\x00',
    text="@SUM(1+1)*cmd|' /C calc'!A0\n\n# Not a heading\n- not a list\n1. not either ]]> &amp; <b>\ufffe",
    lead="+1 `code` [link](javascript:alert(1)) www.evil.example",
    origin=Origin(path="/secret/x.html"),
    content_hash="cd" * 16,
    words=9,
    authors=("-Mallory and Sons, Ltd. {x", "\tTab"),
    source="@source\nER  - ",
    url="javascript:alert(1)",
    tags=("a,b", "={}"),
    added=dt.datetime(2025, 1, 2, tzinfo=dt.UTC),
)


def written(name: str, *documents: Document, **changes: object) -> str:
    return "".join(ALL[name].write(documents, replace(HEAD, **changes)))


GOLDEN = [
    pytest.param(
        "csv",
        "id,slug,title,authors,published,source,url,language,section,tags,words,lead,added,permalink,query,exported\r\n"
        "7,harbour-strike,Harbour strike enters third day,Ada Lovelace; Jo Smith,2024-09-10,Harbour Post,"
        "https://example.org/strike,en,,port,11,The strike went on.,2025-01-02,"
        'http://archive.example/article/harbour-strike,"strike author:""Ada""",2025-03-04\r\n',
        id="csv",
    ),
    pytest.param(
        "bibtex",
        '% strike author:"Ada"\n% exported on 2025-03-04\n\n'
        "@article{harbour-strike,\n"
        "  title = {{Harbour strike enters third day}},\n"
        "  author = {Ada Lovelace and Jo Smith},\n"
        "  journal = {Harbour Post},\n"
        "  date = {2024-09-10},\n"
        "  year = {2024},\n"
        "  month = sep,\n"
        "  url = {https://example.org/strike},\n"
        "  language = {en},\n"
        "  keywords = {port},\n"
        "  abstract = {The strike went on.}\n"
        "}\n",
        id="bibtex",
    ),
    pytest.param(
        "ris",
        "TY  - NEWS\r\nID  - harbour-strike\r\nTI  - Harbour strike enters third day\r\n"
        "AU  - Ada Lovelace\r\nAU  - Jo Smith\r\nT2  - Harbour Post\r\nPY  - 2024\r\nDA  - 2024/09/10/\r\n"
        "UR  - https://example.org/strike\r\nLA  - en\r\nKW  - port\r\nAB  - The strike went on.\r\n"
        'N1  - Query: strike author:"Ada"; exported on 2025-03-04\r\nER  - \r\n\r\n',
        id="ris",
    ),
    pytest.param(
        "markdown",
        '# 1 article for strike author:"Ada"\n\nExported on 2025-03-04.\n\n'
        "## [Harbour strike enters third day](<http://archive.example/article/harbour-strike>)\n\n"
        "Ada Lovelace, Jo Smith · 10 September 2024 · Harbour Post\n\n"
        "> The strike went on.\n\n<https://example.org/strike>\n",
        id="markdown",
    ),
]


@pytest.mark.parametrize(("name", "expected"), GOLDEN)
def test_an_ordinary_article_is_written_so(name, expected):
    assert written(name, DOCUMENT) == expected


def test_csl_json_holds_the_article_as_citeproc_wants_it():
    assert json.loads(written("csl", DOCUMENT)) == [
        {
            "id": "harbour-strike",
            "type": "article-newspaper",
            "title": "Harbour strike enters third day",
            "author": [{"literal": "Ada Lovelace"}, {"literal": "Jo Smith"}],
            "container-title": "Harbour Post",
            "URL": "https://example.org/strike",
            "language": "en",
            "keyword": "port",
            "abstract": "The strike went on.",
            "issued": {"date-parts": [[2024, 9, 10]]},
        }
    ]


def test_ndjson_holds_what_the_api_gives_and_no_folder_of_this_machine():
    found = json.loads(written("ndjson", DOCUMENT))

    assert found["text"] == DOCUMENT.text
    assert found["origin"]["path"] == "strike.html"


DATES = [
    pytest.param(None, "", {}, None, id="undated"),
    pytest.param(PartialDate(2024), "2024///", {"date": "2024", "year": "2024"}, [2024], id="year"),
    pytest.param(
        PartialDate(2024, 9),
        "2024/09//",
        {"date": "2024-09", "year": "2024", "month": "sep"},
        [2024, 9],
        id="month",
    ),
    pytest.param(
        PartialDate(804, 9, 1),
        "0804/09/01/",
        {"date": "0804-09-01", "year": "0804", "month": "sep"},
        [804, 9, 1],
        id="day",
    ),
]


@pytest.mark.parametrize(("published", "ris", "bibtex", "csl"), DATES)
def test_a_date_is_as_partial_as_it_is_known(published, ris, bibtex, csl):
    document = replace(DOCUMENT, published=published, published_at=None)
    entry = written("bibtex", document)

    assert [ris_date(published)] == [ris] if published else "DA  -" not in written("ris", document)
    for name in ("date", "year", "month"):
        assert (f"  {name} = " in entry) == (name in bibtex)
    for value in bibtex.values():
        assert value in entry
    item = json.loads(written("csl", document))[0]
    assert item.get("issued", {}).get("date-parts", [None])[0] == csl
    assert f",{published or ''}," in written("csv", document)


# Hostile values


def test_csv_has_one_row_for_an_article_and_no_formula_in_it():
    rows = list(csv.reader(io.StringIO(written("csv", HOSTILE, text=True, query="=1+1"), newline="")))

    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    row = dict(zip(*rows, strict=True))
    for name in ("title", "authors", "source", "lead", "query", "text"):
        assert row[name].startswith("'"), name
    assert not any("\u202e" in value or "\x00" in value for value in rows[1])


CELLS = [
    ("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
    ("  =1", "'  =1"), ("\u00a0=1", "'\u00a0=1"), ("＝1", "'＝1"), ("a=1", "a=1"), ("", ""), ("'=1", "'=1"),
    ("3-2", "3-2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CELLS)
def test_a_cell_is_no_formula(text, expected):
    assert cell(text) == expected


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_csv_comes_back_as_it_was_written(names):
    document = replace(DOCUMENT, authors=tuple(names))

    rows = list(csv.reader(io.StringIO(written("csv", document), newline=""), strict=True))

    assert [len(row) for row in rows] == [16, 16]
    assert not rows[1][3].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_csv_begins_with_a_byte_order_mark_only_if_asked():
    assert written("csv", DOCUMENT, bom=True).startswith("\ufeffid,")
    assert written("csv", DOCUMENT).startswith("id,")


def test_ris_has_the_tags_of_one_record_whatever_the_values_hold():
    text = written("ris", HOSTILE)
    lines = text.split("\r\n")

    assert "\n" not in text.replace("\r\n", "")
    assert [line[:6] for line in lines if line] == [
        "TY  - ", "ID  - ", "TI  - ", "AU  - ", "AU  - ", "T2  - ", "UR  - ", "KW  - ", "KW  - ", "AB  - ",
        "N1  - ", "ER  - ",
    ]  # fmt: skip
    assert "\u202e" not in text


def brace_depths(text: str) -> list[int]:
    depth, depths = 0, []
    for char in text:
        depth += {"{": 1, "}": -1}.get(char, 0)
        depths.append(depth)
    return depths


def test_bibtex_braces_are_balanced_and_begin_one_entry():
    text = written("bibtex", HOSTILE, query="@book{owned, }")
    comment, _, entry = text.partition("\n\n")

    assert "@" not in comment
    assert brace_depths(entry)[-1] == 0
    assert brace_depths(entry)[:-2].count(0) == len("@article")
    assert "author = {{-Mallory and Sons, Ltd. \\textbraceleft{}x} and Tab}" in entry


@given(st.text())
def test_bibtex_never_leaves_a_brace_open(text):
    found = bibtex_escaped(text)

    assert min(brace_depths(found), default=0) >= 0
    assert brace_depths("{" + found + "}")[-1] == 0
    assert "\n" not in found


MARKDOWN = [
    ("a *b* _c_ `d`", r"a \*b\* \_c\_ \`d\`"),
    ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
    ("<script>", r"\<script\>"),
    ("![i](x)", r"\!\[i\](x)"),
    ("# x", r"\# x"),
    ("- x", r"\- x"),
    ("+ x", r"\+ x"),
    ("=====", r"\====="),
    ("12. x", r"12\. x"),
    ("12) x", r"12\) x"),
    ("&lt;", r"\&lt;"),
    ("https://evil.example", r"https\://evil.example"),
    ("www.evil.example", r"www\.evil.example"),
    ("back\\slash", r"back\\slash"),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
def test_markdown_shows_text_as_it_stands(text, expected):
    assert markdown_escaped(text) == expected


def test_markdown_makes_no_link_of_a_script_and_no_list_of_a_text():
    text = written("markdown", HOSTILE, text=True)

    assert "<javascript" not in text
    assert "\\# Not a heading - not a list 1. not either" in text
    assert "\u202e" not in text


@pytest.mark.parametrize("name", ["atom"])
def test_atom_is_well_formed_xml_whatever_an_article_holds(name):
    from lxml import etree

    root = etree.fromstring(written(name, HOSTILE, DOCUMENT).encode())

    space = {"a": "http://www.w3.org/2005/Atom"}
    assert len(root.findall("a:entry", space)) == 2
    title = root.find("a:entry/a:title", space).text
    assert title == '=HYPERLINK("http://evil.example","x") TY - BOOK} @book{owned, <script>'
    content = root.find("a:entry/a:content", space)
    assert content.get("type") == "html"
    page = BeautifulSoup(content.text, "html.parser")
    assert {tag.name for tag in page.find_all()} == {"p"}
    assert [link.get("href") for link in root.findall("a:entry[1]/a:link", space)] == [
        "http://archive.example/article/hyperlink"
    ]


@given(st.text(max_size=50))
def test_atom_and_json_feed_can_be_read_whatever_a_title_holds(title):
    from lxml import etree

    document = replace(DOCUMENT, title=title, lead=title, authors=(title,), tags=(title,), text=title)

    assert etree.fromstring(b"".join(chunks(FEEDS["atom"].write([document], HEAD)))) is not None
    assert json.loads(b"".join(chunks(FEEDS["jsonfeed"].write([document], HEAD))))["items"]


def test_atom_has_all_that_rfc_4287_asks_for():
    from lxml import etree

    root = etree.fromstring(written("atom", DOCUMENT, feed="http://archive.example/feed.atom").encode())
    space = {"a": "http://www.w3.org/2005/Atom"}

    for path in ("a:id", "a:title", "a:updated", "a:author/a:name", "a:entry/a:id", "a:entry/a:updated"):
        assert root.find(path, space).text, path
    assert root.find("a:updated", space).text == "2025-01-02T03:04:05Z"
    assert root.find("a:entry/a:published", space).text == "2024-09-10T08:30:00Z"
    assert root.find("a:entry/a:id", space).text.startswith("urn:uuid:")


def test_an_id_in_a_feed_stays_wherever_the_archive_moves():
    here = json.loads(written("jsonfeed", DOCUMENT))["items"][0]
    there = json.loads(written("jsonfeed", DOCUMENT, base="https://other.example/x"))["items"][0]

    assert here["id"] == there["id"]
    assert here["url"] != there["url"]


def test_json_feed_has_what_version_1_1_asks_for():
    feed = json.loads(written("jsonfeed", DOCUMENT, HOSTILE))

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Strikes"
    assert feed["items"][0]["external_url"] == "https://example.org/strike"
    assert feed["items"][0]["authors"] == [{"name": "Ada Lovelace"}, {"name": "Jo Smith"}]
    assert "external_url" not in feed["items"][1]
    assert all(isinstance(item["id"], str) and "content_text" in item for item in feed["items"])


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_article_is_still_a_whole_file(name):
    text = written(name, total=0)

    if name == "csl":
        assert json.loads(text) == []
    if name == "jsonfeed":
        assert json.loads(text)["items"] == []
    assert "None" not in text


@pytest.mark.parametrize("name", sorted(ALL))
def test_articles_are_written_one_by_one(name):
    taken = []

    def documents():
        for number in range(50):
            taken.append(number)
            yield DOCUMENT

    pieces = iter(ALL[name].write(documents(), HEAD))
    while not taken:
        next(pieces)
    next(pieces)

    assert len(taken) <= 2


def test_pieces_are_sent_in_chunks_worth_sending():
    sizes = [len(chunk) for chunk in chunks("x" * 100 for _ in range(1_000))]

    assert sum(sizes) == 100_000
    assert all(CHUNK_CHARS <= size < CHUNK_CHARS + 200 for size in sizes[:-1])


@pytest.mark.parametrize("name", ["markdown", "atom", "jsonfeed"])
def test_a_first_paragraph_that_was_cut_says_so(name):
    whole = replace(DOCUMENT, text="It began and it ended.", lead="It began and it ended.")
    cut = replace(whole, lead="It began")

    assert "ended. …" not in written(name, whole, text=False)
    assert "It began …" in written(name, cut, text=False)
