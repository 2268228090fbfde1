"""Whole pages: text, limits, encodings, the rescue path."""

from __future__ import annotations

import pytest

from archive import body
from archive.blocks import Block
from archive.boilerplate import clean_blocks
from archive.document import Origin
from archive.errors import EmptyItemError, LimitExceededError
from archive.extract import extract_page
from archive.pagetree import nesting, parse_tree
from archive.readers.html import read_html

SENTENCE = (
    "The harbour workers ended their strike on Friday after six weeks of talks with the port authority. "
)
PARAGRAPHS = "".join(f"<p>{SENTENCE * 2}Part {number} of the story says more.</p>" for number in range(5))
PAGE = f"<html><head><title>Strike ends</title></head><body><article><h1>Strike ends</h1>{PARAGRAPHS}</article></body></html>"


def test_article_is_paragraphs_with_a_blank_line_between() -> None:
    extracted = extract_page(PAGE.encode())

    paragraphs = extracted.text.split("\n\n")
    assert len(paragraphs) == 5
    assert paragraphs[4].endswith("Part 4 of the story says more.")
    assert "<" not in extracted.text


def test_text_says_which_extractor_found_it() -> None:
    assert extract_page(PAGE.encode()).provenance["text"].method == "extractor"


@pytest.mark.parametrize("empty", [b"", b"   ", b"<html><body></body></html>", b"<img src=x>"])
def test_page_without_text_is_refused(empty: bytes) -> None:
    with pytest.raises(EmptyItemError):
        extract_page(empty)


@pytest.mark.parametrize("depth", [300, 3_000, 20_000])
def test_text_below_deep_nesting_is_rescued_with_a_warning(depth: int) -> None:
    page = f"<html><head><title>Deep</title></head><body>{'<div>' * depth}<p>{SENTENCE * 3}</p>{'</div>' * depth}"

    extracted = extract_page(page.encode())

    assert SENTENCE.strip() in extracted.text
    assert extracted.title == "Deep"
    assert any("nested" in warning for warning in extracted.warnings)


def test_too_many_attributes_are_refused() -> None:
    tag = "<p " + " ".join(f'a{n}="1"' for n in range(2_000)) + ">"

    with pytest.raises(LimitExceededError, match="attributes"):
        extract_page(f"<html><body>{tag}{SENTENCE}</p>".encode())


def test_comparison_in_a_script_is_not_a_tag_of_many_attributes() -> None:
    script = "<script>if (a<b " + "&& c=1 " * 2_000 + ") run()</script>"

    assert SENTENCE.strip() in extract_page(PAGE.replace("<article>", script + "<article>").encode()).text


def test_too_many_tags_are_refused() -> None:
    with pytest.raises(LimitExceededError, match="tags"):
        extract_page(b"<html><body>" + b"<i>x</i>" * 600_000)


ENCODINGS = [
    pytest.param("utf-8", '<meta charset="utf-8">', id="utf-8"),
    pytest.param("utf-8-sig", "", id="bom"),
    pytest.param("iso-8859-1", '<meta charset="iso-8859-1">', id="latin-1-in-meta"),
    pytest.param(
        "windows-1252",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">',
        id="old-meta",
    ),
    pytest.param("utf-8", '<meta charset="iso-8859-1">', id="stale-meta-after-conversion"),
    pytest.param("utf-16", "", id="utf-16"),
]


@pytest.mark.parametrize(("encoding", "meta"), ENCODINGS)
def test_characters_survive_every_encoding(encoding: str, meta: str) -> None:
    page = PAGE.replace("<head>", f"<head>{meta}").replace("harbour", "Hafen über Zürich")

    extracted = extract_page(page.encode(encoding))

    assert "Hafen über Zürich" in extracted.text
    assert "\ufffd" not in extracted.text


def test_declared_character_set_is_used() -> None:
    page = PAGE.replace("harbour", "порт").encode("koi8-r")

    assert "порт" in extract_page(page, declared="koi8-r").text


def test_language_is_detected_when_it_is_not_declared() -> None:
    extracted = extract_page(PAGE.encode())

    assert extracted.language == "en"
    assert extracted.provenance["language"].method == "detected"


def test_reader_uses_an_address_as_the_base() -> None:
    page = PAGE.replace("<head>", '<head><link rel="canonical" href="/a/strike">')
    origin = Origin(path="https://example.org/x", media_type="text/html")

    draft = read_html(page.encode(), origin)

    assert (draft.url, draft.source, draft.origin) == ("https://example.org/a/strike", "example.org", origin)


def test_void_and_closed_elements_do_not_nest() -> None:
    assert nesting("<p><br><img><b>x</b></p><p></p>") == 2


def test_every_report_of_a_live_page_is_taken() -> None:
    reports = "".join(
        f'<article class="report"><h3>Report {n}</h3><div class="text"><p>{SENTENCE}Number {n}.</p></div></article>'
        for n in range(12)
    )
    kind = '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Strike"}</script>'
    summary = f'<article class="summary"><p>{SENTENCE * 8}</p></article>'

    extracted = extract_page(
        f"<html><head>{kind}</head><body><main>{summary}{reports}</main></body></html>".encode()
    )

    assert [f"Number {n}." in extracted.text for n in range(12)] == [True] * 12


@pytest.mark.parametrize(
    ("more", "taken"), [("", True), (f"<p>{SENTENCE * 30}</p>", False)], ids=["same", "more"]
)
def test_fuller_reading_counts_where_the_strict_rules_failed(
    monkeypatch: pytest.MonkeyPatch, more: str, taken: bool
) -> None:
    """Readability's text, if it is as long as the yardstick says that the text is."""
    html = f"<html><body><div>{PARAGRAPHS}</div></body></html>"
    monkeypatch.setattr(body, "_precise", lambda tree: [])
    monkeypatch.setattr(body, "_trafilatura", lambda html, options: [Block("p", SENTENCE * 5)])
    readable = body._readability(f"<html><body><div>{PARAGRAPHS}{more}</div></body></html>")
    monkeypatch.setattr(body, "_readability", lambda html: readable)

    found = body.main_text(html, parse_tree(html))

    assert ("Part 4 of the story" in found.text) is taken


def _clean(*texts: str, title: str = "", authors: tuple[str, ...] = ()) -> list[str]:
    blocks = [Block("p", text) for text in texts]
    return [block.text for block in clean_blocks(blocks, title=title, authors=authors)]


def test_everything_after_a_related_heading_goes() -> None:
    teaser = "Ships queue outside the northern port again this week."

    assert _clean(SENTENCE * 3, SENTENCE * 2, "Read more", teaser) == [SENTENCE * 3, SENTENCE * 2]


def test_article_that_goes_on_after_a_link_to_another_is_kept_whole() -> None:
    texts = [SENTENCE * 3, "Read also", SENTENCE + "It goes on.", SENTENCE + "And on."]

    assert _clean(*texts) == texts


def test_nothing_goes_on_after_a_heading_that_ends_articles() -> None:
    assert _clean(SENTENCE * 3, SENTENCE * 2, "About the author", SENTENCE * 2) == [
        SENTENCE * 3,
        SENTENCE * 2,
    ]


def test_a_list_may_end_an_article() -> None:
    blocks = [Block("p", SENTENCE), Block("item", "Two ferries a day"), Block("item", "None on Sunday")]

    assert clean_blocks(blocks) == blocks


def test_running_text_without_spaces_may_end_with_a_bracket() -> None:
    ends = "港口工人周五在与港务局进行了六周的谈判之后结束了罢工。市长表示欢迎这一结果（翻译：中央社）"

    assert _clean("港口工人结束了罢工。" * 20, ends)[-1] == ends


def test_related_heading_in_the_first_half_does_not_cut_the_article() -> None:
    assert _clean(SENTENCE, "Topics", SENTENCE * 3, SENTENCE * 4) == [
        SENTENCE,
        "Topics",
        SENTENCE * 3,
        SENTENCE * 4,
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for our newsletter to get the news first.",
        "Photo: Jane Doe",
        "Jane Doe is a reporter in the north and writes about ports.",
        "Share",
    ],
)
def test_lines_around_the_article_go(line: str) -> None:
    assert _clean(SENTENCE * 3, SENTENCE * 2, line, authors=("Jane Doe",)) == [SENTENCE * 3, SENTENCE * 2]


def test_repeated_title_at_the_top_goes() -> None:
    assert _clean("Strike ends!", SENTENCE * 3, title="Strike ends") == [SENTENCE * 3]


def test_a_text_of_short_lines_is_kept() -> None:
    verse = ("Over the sea", "the ships go home", "and nobody counts them")

    assert _clean(*verse) == list(verse)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        pytest.param("<p>one<table>two<td>three</td>four</table>", "one two three four", id="beside-cells"),
        pytest.param("<div>one<p>two</div>three", "one two three", id="after-a-part"),
        pytest.param("<i>one<b>two<p></i>three</b>four", "one two three four", id="crossed-tags"),
    ],
)
def test_a_small_page_keeps_its_text_and_says_that_it_was_kept_whole(markup: str, words: str) -> None:
    page = extract_page(f"<!doctype html><body>{markup}".encode())

    assert [word for word in words.split() if word not in page.text] == []
    assert any("short" in warning for warning in page.warnings)


def test_a_small_page_that_is_an_article_carries_no_warning() -> None:
    page = extract_page(b"<title>Tide</title><h1>Tide</h1><p>The tide is at noon.</p><script>x = 1</script>")

    assert page.text == "The tide is at noon."
    assert page.warnings == ()
