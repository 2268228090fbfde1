"""Records: every field of the schema, as the schema says."""

from __future__ import annotations

import datetime as dt

import pytest

from archive.document import Document, Origin, PartialDate
from index.query.ast import PRESENCE
from index.records import record_from_document
from index.schema import BREAK, BREAKS, BY_NAME, TITLE_WEIGHT, Kind

GAP = " ".join([BREAK] * BREAKS)


def a_document(**values):
    text = values.pop("text", "A longer story.\n\nWith more.")
    known = {
        "id": 7,
        "title": "A title",
        "text": text,
        "lead": text.split("\n\n")[0],
        "identity": "id:7",
        "origin": Origin(path="/x"),
        "content_hash": "0",
        "words": len(text.split()),
        "language": "en",
    }
    return Document(**{**known, **values})


def test_stem_field_holds_the_title_several_times_then_the_text():
    record = record_from_document(a_document(title="Rising prices", text="Wines cost more."))

    assert record.text["stem"] == "rise price " * TITLE_WEIGHT + "wine cost more"


def test_exact_fields_hold_tokens_as_they_stand():
    record = record_from_document(a_document(title="Rising Prices!", text="Wines cost\n\nmore."))

    assert record.text["title"] == "rising prices"
    assert record.text["body"] == "wines cost more"
    assert record.text["lead"] == "wines cost"


def test_hyphenated_words_give_compounds_in_stemmed_fields_only():
    record = record_from_document(a_document(title="T-shirts", text="Long-range missiles."))

    assert record.text["body"] == "long range missiles"
    assert record.text["stem"].split() == ["t", "shirt", "tshirt"] * TITLE_WEIGHT + [
        "long",
        "rang",
        "missil",
        "longrang",
    ]
    assert record.text["title_stem"] == "t shirt tshirt"
    assert record.text["lead_stem"] == "long rang missil longrang"


def test_title_only_holds_what_the_text_lacks():
    record = record_from_document(
        a_document(title="Missiles over Kyiv", text="A missile fell over the town.")
    )

    assert record.text["title_only"] == "kyiv"


def test_title_only_is_left_out_when_the_text_has_all():
    record = record_from_document(a_document(title="Missiles", text="Missile."))

    assert "title_only" not in record.text


def test_lead_that_does_not_begin_the_text_is_analysed_by_itself():
    record = record_from_document(a_document(text="One two three.", lead="Two"))

    assert (record.text["lead"], record.text["body"]) == ("two", "one two three")


def test_words_are_stemmed_in_the_language_of_the_article():
    german = record_from_document(a_document(language="de", title="X", text="Häusern"))
    english = record_from_document(a_document(language="en", title="X", text="Häusern"))

    assert german.text["stem"].split()[-1] == "haus|de"
    assert english.text["stem"].split()[-1] == "hausern"


def test_values_of_several_authors_and_tags_stand_apart():
    record = record_from_document(
        a_document(authors=("Jane Doe", "J. Roe"), tags=("War",), section="World news")
    )

    assert record.text["author"] == f"jane doe {GAP} j roe"
    assert record.text["tag"] == f"war {GAP} world news"
    assert record.keywords["author_key"] == ("jane doe", "j. roe")
    assert record.keywords["tag_key"] == ("war", "world news")


def test_source_and_address():
    record = record_from_document(a_document(source="BBC News", url="https://www.bbc.co.uk/news/a-b"))

    assert record.text["source"] == "bbc news"
    assert record.text["url"] == "https www bbc co uk news a b"
    assert record.keywords["source_key"] == ("bbc news",)


@pytest.mark.parametrize(
    ("published", "first", "after"),
    [
        pytest.param(PartialDate(2024, 9, 10), dt.date(2024, 9, 10), dt.date(2024, 9, 11), id="day"),
        pytest.param(PartialDate(2024, 2), dt.date(2024, 2, 1), dt.date(2024, 3, 1), id="month"),
        pytest.param(PartialDate(2024), dt.date(2024, 1, 1), dt.date(2025, 1, 1), id="year"),
    ],
)
def test_dates(published, first, after):
    record = record_from_document(a_document(published=published))

    assert record.numbers["published_start"] == first.toordinal()
    assert record.numbers["published_end"] == after.toordinal()
    assert record.numbers["published_sort"] == first.toordinal() << 40 | 7
    assert record.keywords["year"] == ("2024",)


def test_undated_articles_have_no_date_at_all():
    record = record_from_document(a_document())

    assert set(record.numbers) == {"id", "words", "words_sort"}
    assert "year" not in record.keywords
    assert "date" not in record.keywords["has"]


def test_presence_names_the_values_that_are_there():
    record = record_from_document(
        a_document(
            authors=("A",), published=PartialDate(2024), source="S", url="https://x.example/", tags=("t",)
        )
    )

    assert record.keywords["has"] == ("author", "date", "source", "lang", "tag", "url")
    assert "has" not in record_from_document(a_document(language="")).keywords


def test_titles_sort_folded_and_ties_by_id():
    record = record_from_document(a_document(title="Éclair  au Café", id=12))

    assert record.keywords["title_sort"] == ("eclair au cafe\x000000000000000000012",)
    assert record.keywords["title_key"] == ("eclair au cafe",)


def test_times_are_seconds():
    record = record_from_document(a_document(added=dt.datetime(1970, 1, 2, tzinfo=dt.UTC)))

    assert record.numbers["added"] == 86_400


def test_every_field_is_of_the_schema_and_in_its_place():
    record = record_from_document(
        a_document(
            authors=("A",), published=PartialDate(2024), source="S", url="https://x.example/", tags=("t",)
        )
    )

    kinds = {name: BY_NAME[name].kind for name in (*record.text, *record.keywords, *record.numbers)}
    assert {name for name, kind in kinds.items() if kind is Kind.NUMBER} == set(record.numbers)
    assert {name for name, kind in kinds.items() if kind is Kind.KEYWORD} == set(record.keywords)


def test_presence_is_known_for_everything_that_can_be_asked_for():
    full = a_document(
        authors=("A",),
        published=PartialDate(2024),
        source="S",
        url="https://x.example/",
        section="world",
        group=7,
    )

    assert sorted(record_from_document(full).keywords["has"]) == sorted(PRESENCE)
