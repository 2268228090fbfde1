"""Near-duplicates: what comes into one group, what does not, and that nothing is lost."""

from __future__ import annotations

import random

import numpy as np
import pytest
from store_documents import document

from archive.dedupe import MARK, group_duplicates, groups
from archive.document import PartialDate
from archive.nearness import LOOSE, Likeness, likeness
from archive.normalise import content_hash
from archive.shingles import MIN_SHINGLES, overlap, shingles, signatures
from archive.store import Store

WORDS = [f"{a}{b}{c}" for a in "bcdfglmnprst" for b in "aeiou" for c in ("r", "n", "st", "le")]
DAY = PartialDate(2024, 9, 10)


def prose(seed: int, words: int = 240) -> str:
    """Paragraphs of 40 words that no other seed shares."""
    rng = random.Random(seed)
    told = [rng.choice(WORDS) for _ in range(words)]
    return "\n\n".join(" ".join(told[at : at + 40]) for at in range(0, words, 40))


def article(identity, text, **values):
    title = values.pop("title", f"Title of {identity}")
    given = {"published": DAY, "source": "Gazette", "content_hash": content_hash(title, text)}
    return document(identity, title, text, **given | values)


def grouped(store):
    """Identities by group."""
    return [{each.identity for each in group.articles} for group in groups(store)]


STORY = prose(1)
PARAGRAPHS = STORY.split("\n\n")
EDITS = [
    pytest.param(STORY, "Another headline", id="new-headline"),
    pytest.param("\n\n".join(PARAGRAPHS[:3]), None, id="cut-to-a-half"),
    pytest.param("\n\n".join([*PARAGRAPHS[:3], prose(9, 80), *PARAGRAPHS[3:]]), None, id="paragraph-added"),
    pytest.param(
        f"Read our newsletter every day.\n\n{STORY}\n\nAll rights reserved 2024.", None, id="footer"
    ),
    pytest.param(STORY.upper().replace(" ", " – "), None, id="case-and-punctuation"),
]


@pytest.mark.parametrize(("text", "title"), EDITS)
def test_edited_copy_in_another_paper_joins_the_group(store, text, title):
    store.put([article("a", STORY), article("other", prose(2))])
    store.put([article("b", text, title=title or "Title of a", source="Herald")])

    group_duplicates(store)

    assert grouped(store) == [{"a", "b"}]


DIFFERENT = [
    pytest.param(prose(3), {}, id="another-story"),
    pytest.param(STORY, {"published": PartialDate(2025, 9, 10), "title": "A"}, id="a-year-later"),
    pytest.param("\n\n".join(PARAGRAPHS[:3]), {"published": None}, id="undated-and-only-half"),
    pytest.param(
        "\n\n".join([*PARAGRAPHS[:4], prose(4, 80)]),
        {"published": PartialDate(2024, 9, 17)},
        id="form-filled-in-again-a-week-later",
    ),
    pytest.param(
        STORY + "\n\n" + prose(4, 12),
        {"published": PartialDate(2024, 9, 11)},
        id="next-part-under-another-title",
    ),
    pytest.param("\n\n".join([STORY, prose(5, 900)]), {}, id="digest-that-holds-it"),
    pytest.param(
        "I disagree:\n\n"
        + STORY.replace("\n\n", "\n").replace("\n", "\n> ").join(("> ", "\n\n"))
        + prose(6, 80),
        {},
        id="answer-that-quotes-it",
    ),
]


@pytest.mark.parametrize(("text", "values"), DIFFERENT)
def test_different_article_stays_alone(store, text, values):
    store.put([article("a", STORY), article("b", text, **values)])

    group_duplicates(store)

    assert grouped(store) == []


def test_same_text_is_a_group_whenever_it_appeared(store):
    store.put(
        [
            article("a", STORY, title="T"),
            article("b", STORY, title="T", source="Herald", url="https://h/b", published=PartialDate(2020)),
        ]
    )

    group_duplicates(store)

    assert grouped(store) == [{"a", "b"}]


def test_same_source_repeats_itself_under_the_same_title(store):
    later = article(
        "b", STORY + "\n\n" + prose(4, 12), title="Title of a", published=PartialDate(2024, 9, 11)
    )
    store.put([article("a", STORY), later])

    group_duplicates(store)

    assert grouped(store) == [{"a", "b"}]


def test_same_source_under_the_same_title_weeks_later_filled_in_a_form(store):
    again = article(
        "b", STORY + "\n\n" + prose(4, 12), title="Title of a", published=PartialDate(2024, 9, 24)
    )
    store.put([article("a", STORY), again])

    group_duplicates(store)

    assert grouped(store) == []


def test_undated_copy_needs_nearly_all_of_the_text(store):
    store.put([article("a", STORY), article("b", STORY + "\n\nCorrected on Monday.", published=None)])

    group_duplicates(store)

    assert grouped(store) == [{"a", "b"}]


def test_documents_carry_their_group_and_indexes_are_told(store):
    store.put([article("a", STORY), article("b", STORY + " More.", source="Herald"), article("c", prose(2))])
    before = store.last_sequence()

    report = group_duplicates(store)

    assert [store.get(id_).group for id_ in (1, 2, 3)] == [1, 1, 0]
    assert [each.group for each in store.get_many([2, 3], with_text=False)] == [1, 0]
    assert store.by_slug(store.get(2).slug).group == 1
    assert {change.id for change in store.changes_since(before)} == {1, 2}
    assert (report.looked_at, report.compared, report.grouped) == (3, 1, 2)


def test_second_pass_does_nothing(store):
    store.put([article("a", STORY), article("b", STORY + " More.", source="Herald")])
    group_duplicates(store)
    before = store.last_sequence()

    report = group_duplicates(store)

    assert (report.compared, report.grouped, store.last_sequence()) == (0, 0, before)
    assert grouped(store) == [{"a", "b"}]


def test_later_copy_joins_the_group_that_is_there(store):
    store.put([article("a", STORY), article("b", STORY + " More.", source="Herald")])
    group_duplicates(store)
    store.put([article("c", "\n\n".join(PARAGRAPHS[:5]), source="Courier")])

    group_duplicates(store)

    assert grouped(store) == [{"a", "b", "c"}]


def test_groups_do_not_depend_on_the_batches(store, tmp_path):
    copies = [
        article(f"{name}{seed}", text, source=name)
        for seed in range(20, 30)
        for name, text in (("a", prose(seed)), ("b", prose(seed) + " and more"), ("c", prose(seed)[:1100]))
    ]
    store.put(copies)
    group_duplicates(store)
    with Store.open(tmp_path / "bits.db") as other:
        for at in range(0, len(copies), 7):
            other.put(copies[at : at + 7])
            group_duplicates(other)

        assert grouped(other) == grouped(store)
    assert len(grouped(store)) == 10


def test_article_that_became_another_leaves_the_group(store):
    store.put([article("a", STORY), article("b", STORY + " More.", source="Herald")])
    group_duplicates(store)
    store.put([article("a", prose(8))])

    group_duplicates(store)

    assert grouped(store) == []
    assert [store.get(id_).group for id_ in (1, 2)] == [0, 0]


def test_first_article_changed_a_little_stays_in_the_group(store):
    store.put([article("a", STORY), article("b", STORY + " More.", source="Herald")])
    group_duplicates(store)
    store.put([article("a", STORY + "\n\nThis was corrected.")])

    group_duplicates(store)

    assert grouped(store) == [{"a", "b"}]
    assert store.get(2).group == 1


def test_group_survives_the_deletion_of_its_first(store):
    store.put([article(name, STORY + f" {name}", source=name) for name in ("a", "b", "c")])
    group_duplicates(store)
    store.delete([1])

    group_duplicates(store)

    assert grouped(store) == [{"b", "c"}]


def test_article_whose_copies_were_deleted_is_alone_again(store):
    store.put([article("a", STORY), article("b", STORY + " More.", source="Herald")])
    group_duplicates(store)
    store.delete([1])

    group_duplicates(store)

    assert store.get(2).group == 0


def test_looking_anew_finds_the_same(store):
    store.put([article(name, STORY + f" {name}", source=name) for name in ("a", "b", "c")])
    group_duplicates(store)

    group_duplicates(store, anew=True)

    assert grouped(store) == [{"a", "b", "c"}]
    assert store.mark(MARK) is not None


def test_short_text_has_no_signature_and_no_group(store):
    short = " ".join(WORDS[: MIN_SHINGLES + 2])
    store.put([article("a", short), article("b", short + " end", source="Herald")])

    group_duplicates(store)

    assert grouped(store) == []


def test_a_thousand_texts_of_one_form_are_compared_with_few_others(store):
    texts = [STORY + f"\n\n{prose(100 + n, 20)}" for n in range(200)]
    store.put([article(f"a{n}", text, source=f"s{n}") for n, text in enumerate(texts)])

    report = group_duplicates(store)

    assert report.compared <= 200 * 6
    assert [len(each) for each in grouped(store)] == [200]


def test_shingles_ignore_case_and_punctuation_and_keep_texts_apart():
    one, other, both = shingles(["a b c d e", "A, b; C. d? E!", "x y z"])

    assert one.tolist() == other.tolist()
    assert (len(one), len(both)) == (2, 0)


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "😀😀😀😀😀", "日本語の文章はここにあります", "\udcff " * 5, "ไทยภาษา", "a" * 300_000],
    ids=["empty", "blank", "emoji", "japanese", "surrogates", "thai", "one-huge-word"],
)
def test_shingles_take_any_text_beside_others(text):
    alone = shingles(["one two three four five"])[0]

    found = shingles(["one two three four five", text, "one two three four five"])

    assert found[0].tolist() == found[2].tolist() == alone.tolist()


def test_text_without_spaces_has_shingles_of_characters():
    one, other = shingles(["日本語の文章はここにあります", "日本語の文章はここにあった"])

    assert len(one) > 5
    assert overlap(one, other) > 5


def test_signatures_estimate_the_resemblance():
    words = prose(7, 2000).split()
    sets = shingles([" ".join(words), " ".join(words[:1000]), prose(8, 2000)])

    found = signatures(sets)

    assert (found[0] == found[1]).mean() == pytest.approx(0.5, abs=0.2)
    assert (found[0] == found[2]).mean() < 0.1


def test_signature_does_not_depend_on_what_stands_beside_it():
    sets = shingles([prose(1, 40), prose(2), prose(3)])

    together = signatures(sets)

    assert np.array_equal(together[0], signatures(sets[:1])[0])


def test_likeness_is_told_in_three_parts():
    one, half = shingles([STORY, " ".join(STORY.split()[:123])])

    found = likeness(one, half)

    assert (found.containment, found.size) == (1.0, found.resemblance)
    assert LOOSE.holds(found)
    assert not LOOSE.holds(Likeness(resemblance=0.3, containment=1.0, size=0.3))
