"""Markdown with front matter."""

from __future__ import annotations

import pytest

from archive.document import Draft, Origin
from archive.readers import ReadOptions
from archive.readers.markdown import read_markdown

BODY = "A paragraph of *several* words with a [link](https://e.org/x).\n"


def read(text: str) -> Draft:
    return read_markdown(text.encode(), Origin(path="/a.md"), ReadOptions())


FRONT_MATTER = [
    pytest.param(
        "---\ntitle: 'T: it'\nauthor: Jane Doe\ndate: 2024-09-10\ntags: [war, peace]\nlang: en\n---\n" + BODY,
        id="yaml",
    ),
    pytest.param(
        "---\nTitle: 'T: it'\nauthors:\n  - name: Jane Doe\npubDate: 10 Sept 2024\ncategories:\n - war\n - peace\n"
        "language: english\n...\n" + BODY,
        id="yaml-nested",
    ),
    pytest.param(
        '+++\ntitle = "T: it"\ndate = 2024-09-10\nlang = "en"\n[taxonomies]\ntags = ["war", "peace"]\n'
        '[extra]\nauthor = "Jane Doe"\n+++\n' + BODY,
        id="toml",
    ),
]


@pytest.mark.parametrize("text", FRONT_MATTER)
def test_front_matter(text: str) -> None:
    draft = read(text)

    assert draft.title == "T: it"
    assert draft.authors == ("Jane Doe",)
    assert str(draft.published) == "2024-09-10"
    assert draft.tags == ("war", "peace")
    assert draft.language == "en"
    assert draft.text == "A paragraph of several words with a link."
    assert draft.provenance["title"].method == "front-matter"


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("NO", "NO"),
        ("22:22", "22:22"),
        ("010", "010"),
        ("1e3", "1e3"),
        ("yes", "yes"),
        ("2024-09-10", "2024-09-10"),
    ],
)
def test_yaml_values_stay_text(value: str, title: str) -> None:
    assert read(f"---\ntitle: {value}\n---\n{BODY}").title == title


REFUSED = [
    pytest.param("title: !!python/object/apply:os.system ['echo x']", "Python objects", id="python-object"),
    pytest.param("a: &a [*a]\ntitle: x", "not YAML", id="recursive-anchor"),
    pytest.param("a: &a [x,x]\nb: [" + "*a," * 30 + "]", "aliases", id="alias-flood"),
    pytest.param("a: " + "[" * 50 + "]" * 50, "nested", id="deep"),
    pytest.param("title: [unclosed", "not YAML", id="broken"),
]


@pytest.mark.parametrize(("block", "reason"), REFUSED)
def test_hostile_front_matter_is_left_out_and_said(block: str, reason: str) -> None:
    draft = read(f"---\n{block}\n---\n# Heading\n\n{BODY}")

    assert draft.title == "Heading"
    assert "several words" in draft.text
    assert any(reason in warning for warning in draft.warnings)


def test_values_of_the_wrong_kind_are_left_out_and_said() -> None:
    draft = read(f"---\ntitle: [1, {{a: b}}]\ndate: [x]\nauthor: 5\nunknown: {{a: 1}}\n---\n{BODY}")

    assert draft.published is None
    assert any("date" in warning for warning in draft.warnings)


def test_front_matter_that_does_not_end_loses_nothing() -> None:
    draft = read(f"---\ntitle: never closed\n\nMARKER {BODY}")

    assert draft.title == "never closed"
    assert "MARKER" in draft.text
    assert draft.warnings


def test_a_rule_is_no_front_matter() -> None:
    draft = read("---\n\nJust text after a rule, with words.\n\n---\n\nMore.\n")

    assert draft.text == "Just text after a rule, with words.\n\nMore."


def test_the_first_heading_is_the_title_and_not_repeated() -> None:
    draft = read("# The *title*\n\nText.\n\n## Section\n\nMore.\n")

    assert draft.title == "The title"
    assert draft.text == "Text.\n\nSection\n\nMore."


def test_markup_becomes_plain_paragraphs() -> None:
    draft = read(
        "First line\nwrapped, `code` and ![alt](x.png)**bold**.  \nBroken.\n\n- one\n- two\n\n> quoted\n\n```\nx = 1\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>html <b>here</b><script>alert(1)</script></div>\n\nEnd<br>here &amp; now\n"
    )

    assert draft.text == (
        "First line wrapped, code and bold.\nBroken.\none\ntwo\n\nquoted\n\nx = 1\na | b\n1 | 2\n\nhtml here\n\n"
        "End\nhere & now"
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("> " * 500 + "MARKER", id="quotes"),
        pytest.param(
            "\n".join("  " * depth + f"- word{depth}" for depth in range(200)) + " MARKER", id="lists"
        ),
        pytest.param("*a " * 3000 + "MARKER", id="emphasis"),
        pytest.param("[" * 5000 + " MARKER", id="brackets"),
        pytest.param("a line\n" * 200 + "<!-- never closed\n\nMARKER", id="open-comment"),
    ],
)
def test_no_word_is_lost_to_nesting(body: str) -> None:
    draft = read(f"# Title\n\n{body}\n")

    assert draft.title == "Title"
    assert "MARKER" in draft.text
