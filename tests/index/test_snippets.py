"""Marks and snippets: what matched is marked, all of it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import plan as p
from index.analysis import stem, tokenize, tokens
from index.matching import Matcher
from index.occurrences import SearchedText, wanted_for
from index.passages import Match, ends_inside, starts_inside
from index.snippets import Snippet, make_snippets, mark, mark_text, matchers_from_plan

STORY = (
    "The harbour strike began on Monday. Dockers in Rotterdam stopped work at noon, the union said.\n\n"
    "“We will not move,” said Jan de O’Brien, who leads it. The U.S. embassy declined to comment.\n\n"
    "Long-range talks are planned. Ministers hoped that the strikers’ longer-term demands could be met; "
    "the striking workers were not so sure."
)


def shown(text: str, plan: p.Plan, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in mark_text(text, matchers_from_plan(plan), language)]


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        pytest.param(p.Term("stem", "strike"), ["strike", "striking"], id="stem-marks-its-surface-forms"),
        pytest.param(p.Term("body", "strike"), ["strike"], id="exact-term-marks-itself-only"),
        pytest.param(
            p.TermPhrase("body", ("harbour", "strike")), ["harbour strike"], id="phrase-is-one-mark"
        ),
        pytest.param(p.TermPhrase("body", ("strike", "harbour")), [], id="phrase-in-other-order-is-none"),
        pytest.param(p.TermPhrase("body", ("long", "range")), ["Long-range"], id="phrase-over-a-hyphen"),
        pytest.param(p.Term("stem", "longrang"), ["Long-range"], id="compound-marks-the-hyphenated-word"),
        pytest.param(p.TermPrefix("body", "strik"), ["strike", "strikers", "striking"], id="prefix"),
        pytest.param(p.TermWildcard("body", "str?ke"), ["strike"], id="wildcard-one-character"),
        pytest.param(p.TermWildcard("body", "m*s"), ["Ministers"], id="wildcard-any-number"),
        pytest.param(p.TermFuzzy("body", "rotterdan", 1), ["Rotterdam"], id="fuzzy"),
        pytest.param(p.TermFuzzy("body", "hrabour", 1), ["harbour"], id="fuzzy-swap-is-one-edit"),
        pytest.param(p.Term("stem", "us"), ["U.S."], id="acronym-with-dots"),
        pytest.param(p.Term("body", "obrien"), ["O’Brien"], id="apostrophe-inside-a-name"),
        pytest.param(
            p.TermNear("body", ("union", "work"), 3),
            ["work", "union"],
            id="near-marks-its-words-in-either-order",
        ),
        pytest.param(p.TermNear("body", ("union", "work"), 2), [], id="near-but-too-far"),
        pytest.param(
            p.TermWithin("body", ("union",), ("work",), 3),
            ["work", "union"],
            id="within-marks-both-sides",
        ),
        pytest.param(
            p.TermWithin("body", ("union",), ("work",), 9, ordered=True), [], id="within-out-of-order"
        ),
        pytest.param(
            p.TermWithin("body", ("dockers", "in"), ("stopped", "work"), 1, ordered=True),
            ["Dockers in", "stopped work"],
            id="within-marks-phrases-whole",
        ),
        pytest.param(
            p.TermWithin("body", (p.Forms("strike"),), (p.Forms("rotterdam"),), 5),
            ["strike", "Rotterdam"],
            id="within-marks-the-form-that-is-near",
        ),
        pytest.param(
            p.Constant(p.Term("stem", "docker"), 0.0, marked=False), [], id="what-only-narrows-is-not-marked"
        ),
        pytest.param(
            p.TermWithin("body", ("the",), ("the",), 12),
            ["The", "the", "the", "the"],
            id="within-a-word-and-itself",
        ),
        pytest.param(
            p.Checked(
                p.All((p.Term("stem", "strike"), p.TermPrefix("body", "rott"))),
                p.Together((p.Term("stem", "strike"), p.TermPrefix("body", "rott")), ("body",), "sentence"),
            ),
            ["strike", "Rotterdam", "striking"],
            id="what-is-checked-is-marked",
        ),
        pytest.param(p.Boost(p.Term("stem", "docker"), 2.0), ["Dockers"], id="boosted-is-marked"),
        pytest.param(p.Except(p.Term("stem", "strike")), [], id="excluded-is-never-marked"),
        pytest.param(
            p.Reward(p.Term("stem", "docker"), (p.Term("stem", "union"),)),
            ["Dockers"],
            id="rewards-are-not-marked",
        ),
        pytest.param(p.Constant(p.Term("stem", "docker"), 0), ["Dockers"], id="constant-is-marked"),
        pytest.param(p.Term("title", "harbour"), [], id="title-leaf-leaves-the-body-alone"),
        pytest.param(p.Term("lead_stem", "strike"), ["strike"], id="lead-marks-the-first-paragraph-only"),
    ],
)
def test_marks_what_the_plan_matched(plan: p.Plan, expected: list[str]) -> None:
    assert shown(STORY, plan) == expected


def test_body_only_stems_leave_the_title_unmarked() -> None:
    plan = p.All((p.Term("stem", "strike"), p.Except(p.Term("title_only", "strike"))))

    matchers = matchers_from_plan(plan)

    assert not mark("Harbour strike", matchers.title, "en")
    assert mark("Harbour strike", matchers.body, "en") == ((8, 14),)


def test_marks_survive_folds_that_change_length() -> None:
    text = "Weißer Straßenbau™ … in Ærø: Straße"

    spans = mark(text, Matcher(((p.Term("body", "strasse"), 0),)), "de")

    assert [text[a:b] for a, b in spans] == ["Straße"]


def test_marks_cjk_bigrams_as_a_run() -> None:
    text = "昨日、東京都で会議が開かれた。"

    spans = mark(text, Matcher(((p.TermPhrase("body", ("東京", "京都")), 0),)), "ja")

    assert [text[a:b] for a, b in spans] == ["東京都"]


words = st.sampled_from(
    [
        "strike",
        "strikes",
        "don't",
        "U.S.",
        "us",
        "O’Brien",
        "obrien",
        "AT&T",
        "at",
        "1,000",
        "1000",
        "3.5",
        "café",
        "naïve",
        "Straße",
        "long-range",
        "ß",
        "東京",
        "l'homme",
        "x.y",
    ]
)
glue = st.sampled_from([" ", ", ", ". ", "-", "'", "\n\n", "…", "—"])


@given(st.lists(st.tuples(words, glue), max_size=12))
def test_scanning_finds_what_analysis_finds(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + sign for word, sign in parts)
    analysed = tokenize(text)
    for token in dict.fromkeys(tokens(text)):
        stemmed = stem(token, "en")
        for leaf, is_meant in (
            (p.Term("body", token), lambda word, token=token: word == token),
            (p.Term("stem", stemmed), lambda word, stemmed=stemmed: stem(word, "en") == stemmed),
            (p.TermPrefix("body", token[:2]), lambda word, token=token: word.startswith(token[:2])),
        ):
            quick = SearchedText(text, "en")._scanned(leaf, 0, wanted_for(leaf, "en"))
            if quick is not None:
                assert quick == [Match(t.start, t.end, 0) for t in analysed if is_meant(t.text)]


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", ""]))
def test_every_token_of_any_text_is_marked(text: str, language: str) -> None:
    for token in dict.fromkeys(tokens(text)):
        assert mark(text, Matcher(((p.Term("body", token), 0),)), language)


class TestSnippets:
    def test_are_stretches_of_the_text_with_spans_inside(self) -> None:
        found = make_snippets(STORY, matchers_from_plan(p.Term("stem", "strike")), "en")

        assert [STORY[s.start : s.start + len(s.text)] for s in found] == [s.text for s in found]
        assert [[s.text[a:b] for a, b in s.spans] for s in found] == [["strike"], ["striking"]]

    def test_begin_and_end_at_sentences(self) -> None:
        (snippet,) = make_snippets(STORY, matchers_from_plan(p.Term("stem", "docker")), "en", max_chars=90)

        assert snippet.text == "Dockers in Rotterdam stopped work at noon, the union said."

    def test_abbreviations_do_not_end_a_sentence(self) -> None:
        text = "Mr. Smith and Gen. Jones met U.S. officials in Washington on Friday. They agreed."

        (snippet,) = make_snippets(text, matchers_from_plan(p.Term("stem", "offici")), "en", max_chars=75)

        assert snippet.text == "Mr. Smith and Gen. Jones met U.S. officials in Washington on Friday."

    def test_run_on_over_hard_wrapped_lines(self) -> None:
        text = "Finance ministers of the\nGulf states met in\nAbu Dhabi on Tuesday.\n\nNothing else."

        (snippet,) = make_snippets(text, matchers_from_plan(p.Term("stem", "minist")), "en")

        assert snippet.text == "Finance ministers of the\nGulf states met in\nAbu Dhabi on Tuesday."

    def test_find_a_match_at_the_end_of_a_long_text(self) -> None:
        text = "\n\n".join(["Nothing to see in this paragraph at all."] * 20_000 + ["Here is the needle."])

        (snippet,) = make_snippets(text, matchers_from_plan(p.Term("stem", "needl")), "en")

        assert snippet.text == "Here is the needle."

    def test_prefer_passages_with_different_words(self) -> None:
        text = "\n\n".join(["The strike goes on."] * 5 + ["The union called the strike."])
        plan = p.All((p.Term("stem", "strike"), p.Term("stem", "union")))

        found = make_snippets(text, matchers_from_plan(plan), "en", max_snippets=1)

        assert [s.text for s in found] == ["The union called the strike."]

    def test_without_matches_show_the_beginning(self) -> None:
        assert make_snippets(STORY, matchers_from_plan(p.Every()), "en") == (
            Snippet(
                "The harbour strike began on Monday. Dockers in Rotterdam stopped work at noon, the union said.",
                (),
            ),
        )

    def test_of_nothing_are_none(self) -> None:
        assert make_snippets("", matchers_from_plan(p.Term("stem", "x")), "en") == ()

    @given(
        st.lists(
            st.sampled_from(["strike", "work.", "The", "Dr.", "\n\n", "a" * 90, "union,", "東京"]),
            max_size=80,
        ),
        st.integers(40, 300),
    )
    def test_are_never_longer_than_asked_and_never_overlap(self, parts: list[str], max_chars: int) -> None:
        text = " ".join(parts).strip()
        plan = p.Any((p.Term("stem", "strike"), p.Term("stem", "union")))

        found = make_snippets(text, matchers_from_plan(plan), "en", max_chars=max_chars)

        assert all(len(s.text) <= max(max_chars, 6) for s in found)
        ends = [(s.start, s.start + len(s.text)) for s in found]
        assert all(before[1] <= after[0] for before, after in zip(ends, ends[1:], strict=False))
        assert all(0 <= a < b <= len(s.text) for s in found for a, b in s.spans)


LONG = (
    "Ministers met on Monday. "
    + "The talks between the union and the company, which " * 6
    + "ended without the strikers. Nobody in Rotterdam, said Dr. Smith, was surprised at this. "
    + "Prices rose (again) " * 30
    + "before noon."
)


@pytest.mark.parametrize(
    ("word", "cut_before", "cut_after"),
    [
        pytest.param("monday", False, False, id="a-whole-sentence"),
        pytest.param("strikers", True, False, id="from-the-middle-to-a-full-stop"),
        pytest.param("noon", True, False, id="up-to-the-end"),
        pytest.param("rose", True, True, id="in-the-middle"),
    ],
)
def test_a_snippet_tells_where_it_is_cut(word: str, cut_before: bool, cut_after: bool) -> None:
    matchers = matchers_from_plan(p.Term("body", word))

    last = make_snippets(LONG, matchers, "en", max_chars=90)[-1]

    assert word in last.text.casefold()
    assert (last.cut_before, last.cut_after) == (cut_before, cut_after)


@pytest.mark.parametrize(
    ("text", "start", "inside"),
    [
        ("One. Two", 5, False),
        ("One.” Two", 6, False),
        ("Dr. Two", 4, True),
        ("One. two", 5, True),
        ("Heading\n\nTwo", 9, False),
        ("One two", 4, True),
        ("(one) two", 6, True),
        ("One two", 0, False),
        ("今日は雨。明日は", 5, False),
    ],
)
def test_a_stretch_that_begins_in_the_middle_of_a_sentence_is_known(
    text: str, start: int, inside: bool
) -> None:
    assert starts_inside(text, start) is inside


@pytest.mark.parametrize(
    ("text", "end", "inside"),
    [
        ("One. Two", 4, False),
        ("“One.” Two", 6, False),
        ("One Dr. Two", 7, True),
        ("Heading\n\nTwo", 7, False),
        ("One two", 3, True),
        ("(one) two", 5, True),
        ("One two", 7, False),
        ("One? two", 4, False),
    ],
)
def test_a_stretch_that_ends_in_the_middle_of_a_sentence_is_known(text: str, end: int, inside: bool) -> None:
    assert ends_inside(text, end) is inside
