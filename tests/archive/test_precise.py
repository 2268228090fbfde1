"""The quick reading of a page by trafilatura's strict rules."""

from __future__ import annotations

import pytest
import trafilatura

from archive.blocks import blocks_from_tree
from archive.furniture import marks
from archive.pagetree import parse_tree
from archive.precise import precise_blocks

SENTENCE = (
    "The harbour workers ended their strike on Friday after six weeks of talks with the port authority. "
)
PARAGRAPHS = "".join(f"<p>{SENTENCE * 2}Part {number} of the story says more.</p>" for number in range(5))
LIST = "<ul><li>The first of the terms that both sides signed.</li><li>The second of the terms.</li></ul>"
QUOTE = "<blockquote>We are glad that it is over, said the mayor of the town.</blockquote>"
TABLE = "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2023</td><td>1,204</td></tr></table>"
FURNITURE = (
    '<div class="share-buttons">Share this story with all your friends today</div>'
    '<div class="newsletter-box">Sign up for our letter, which comes every week</div>'
    "<aside>Most read stories of the week in this town</aside>"
    '<div id="comments"><p>I do not believe a word of what they say here.</p></div>'
)


def texts(html: str) -> list[str]:
    tree = parse_tree(html)
    assert tree is not None
    return [block.text for block in precise_blocks(tree)]


def trafilatura_texts(html: str) -> list[str]:
    document = trafilatura.bare_extraction(
        parse_tree(html), favor_precision=True, fast=True, include_comments=False
    )
    return [block.text for block in blocks_from_tree(document.body)]


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>Strike ends</h1>{PARAGRAPHS}</article>",
        f"<article>{PARAGRAPHS}<h2>The terms</h2>{LIST}{PARAGRAPHS[:400]}</article>",
        f'<div class="post-content">{PARAGRAPHS}{QUOTE}{TABLE}</div>{FURNITURE}',
        f'<div id="main-content">{FURNITURE}{PARAGRAPHS}</div>',
        f"<main><nav>Home News Sport</nav>{PARAGRAPHS}<footer>All rights reserved</footer></main>",
        f'<form id="all"><div class="story-body">{PARAGRAPHS}</div></form>',
        f"<div>{PARAGRAPHS}</div>",
        f'<article><figure><img src="a.png"><figcaption>A ship</figcaption></figure>{PARAGRAPHS}</article>',
        f'<div class="entry-content">{SENTENCE * 3}<br><br>{SENTENCE * 2}<br>And so on to the end.</div>',
        f'<article>{PARAGRAPHS}<p>Read <a href="/a">this</a> and <b>that</b>, too.</p></article>',
    ],
    ids=["article", "list", "furniture", "inside", "main", "form", "bare", "figure", "breaks", "inline"],
)
def test_the_text_is_what_trafilatura_reads_strictly(body: str) -> None:
    html = f"<html><head><title>Strike ends</title></head><body>{body}</body></html>"

    assert texts(html) == trafilatura_texts(html)


@pytest.mark.parametrize(
    "attribute",
    [
        'class="social-links"',
        'class="article-sidebar"',
        'id="related"',
        'class="is-hidden hide-print"',
        'style="display:none"',
        'aria-hidden="true"',
        'role="navigation"',
    ],
)
def test_furniture_is_known_by_its_attributes(attribute: str) -> None:
    tree = parse_tree(
        f"<html><body><article>{PARAGRAPHS}<div {attribute}>{SENTENCE}</div></article></body></html>"
    )
    assert tree is not None

    (found,) = dict.fromkeys(marks(tree).overall)

    assert found.tag == "div"
    assert found.text == SENTENCE


def test_a_part_is_not_emptied_by_its_own_class_names() -> None:
    html = f'<html><body><article><div class="widget">{PARAGRAPHS}</div></article></body></html>'

    assert len(texts(html)) == 5


def test_what_a_button_opens_is_the_article() -> None:
    html = f'<html><body><article><p>{SENTENCE}</p><div class="read-more">{PARAGRAPHS}</div></article></body></html>'

    assert len(texts(html)) == 6


def test_a_page_without_a_long_part_is_left_to_others() -> None:
    assert texts("<html><body><article><p>Short.</p></article></body></html>") == []


WRAPPED = "".join(
    f'<div class="part"><p>The port\'s <a href="/{n}">council number {n}</a> said on Monday that it would vote on the terms in May.</p></div>'
    for n in range(6)
)


def test_paragraphs_with_a_link_in_boxes_of_their_own_are_kept() -> None:
    teaser = '<div><p>More: <a href="/x">Ferries stand still for a third day in the north</a></p></div>'

    found = texts(
        f"<html><body><article>{PARAGRAPHS}{WRAPPED}{teaser}{PARAGRAPHS[:200]}</article></body></html>"
    )

    assert sum(text.startswith("The port's council number") for text in found) == 6
    assert not any("third day" in text for text in found)


def test_an_article_in_several_pieces_is_put_together() -> None:
    piece = '<div class="article__body"><p>{} {}</p></div>'
    pieces = "<aside>Sponsored</aside>".join(piece.format(SENTENCE * 3, n) for n in range(3))

    found = texts(f"<html><body><main><h1>Strike ends</h1><div>{pieces}</div></main></body></html>")

    assert [text[-1] for text in found] == ["0", "1", "2"]


def test_the_next_article_of_an_endless_page_is_another_one() -> None:
    one = '<h1>{}</h1><div class="article__body"><p>{}</p></div>'

    found = texts(
        "<html><body><main>"
        f"{one.format('Strike ends', SENTENCE * 3)}{one.format('Harvest begins', 'Apples are picked. ' * 20)}"
        "</main></body></html>"
    )

    assert len(found) == 1
    assert found[0].startswith(SENTENCE)


def test_text_behind_an_empty_element_is_kept() -> None:
    html = f"<html><body><article>{PARAGRAPHS}<p><span></span>And so it ended for all of them.</p></article></body></html>"

    assert texts(html)[-1] == "And so it ended for all of them."


@pytest.mark.parametrize(
    "attribute",
    ['class="imageCaption"', 'class="morestories"', 'class="top-stories box"', 'id="relatedCaption"'],
)
def test_captions_and_other_stories_are_left_out(attribute: str) -> None:
    box = f"<div {attribute}><p>Ships queue outside the northern port again this week.</p></div>"

    assert texts(
        f"<html><body><article>{PARAGRAPHS}{box}{PARAGRAPHS[:200]}</article></body></html>"
    ) == texts(f"<html><body><article>{PARAGRAPHS}{PARAGRAPHS[:200]}</article></body></html>")


@pytest.mark.parametrize("attribute", ['class="link"', 'class="Byline"', 'class="tags"'])
def test_words_of_a_sentence_are_no_furniture_whatever_their_class(attribute: str) -> None:
    sentence = f"<p>The port said on Monday that <span {attribute}>the northern council</span> would vote in May.</p>"

    assert texts(f"<html><body><article>{PARAGRAPHS}{sentence}</article></body></html>")[-1] == (
        "The port said on Monday that the northern council would vote in May."
    )


def test_lists_and_headings_among_the_paragraphs_of_an_unmarked_page_are_kept() -> None:
    menu = "<div><h4>Sections</h4><div><ul><li>News of the day</li><li>Sport and games</li></ul></div></div>"

    found = texts(
        f"<html><body><div>{menu}{PARAGRAPHS}<h2>The terms</h2>{LIST}{PARAGRAPHS}</div></body></html>"
    )

    assert found[5:8] == [
        "The terms",
        "The first of the terms that both sides signed.",
        "The second of the terms.",
    ]
    assert "News of the day" not in found


def test_each_of_many_pieces_is_kept_and_cleared_of_what_is_not_the_article():
    piece = (
        '<div class="article-body"><p>Paragraph {number} of the report, with commas, and a sentence.</p>'
        '<div class="share-bar">Share {number}</div></div>'
    )
    page = f"<html><body><main>{''.join(piece.format(number=n) for n in range(300))}</main></body></html>"

    text = "\n".join(block.text for block in precise_blocks(parse_tree(page)))

    assert all(f"Paragraph {number} of the report" in text for number in range(300))
    assert "Share" not in text
