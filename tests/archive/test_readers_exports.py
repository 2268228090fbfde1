"""Exports of reading services: fields as their services mean them, and saving is no publishing."""

from __future__ import annotations

from pathlib import Path

import orjson

from archive.document import PartialDate
from archive.ingest import extract_items
from archive.reading import ReadArticle
from tests.archive.made_files import found_in, page, zip_of

FORMATS = Path(__file__).parents[1] / "data" / "formats"


def test_instapaper_gives_the_selected_passage() -> None:
    (draft,), (rest,) = found_in((FORMATS / "instapaper.csv").read_bytes(), "instapaper-export.csv")

    assert (draft.title, draft.url) == ("One", "https://one.example/a")
    assert draft.text.startswith("The mill on the river")
    assert draft.tags == ("ink", "paper", "Essays")
    assert draft.published is None
    assert (draft.provenance["saved"].detail, draft.provenance["saved"].raw) == ("timestamp", "1700000000")
    assert rest.reason.startswith("a list of 1 address")


def test_wallabag_gives_its_articles() -> None:
    (draft,), (rest,) = found_in((FORMATS / "wallabag.json").read_bytes(), "export.json")

    assert (draft.title, draft.text) == ("The mill", "The mill stands.\n\nIt turns.")
    assert draft.authors == ("Jane Doe",)
    assert draft.published == PartialDate(2019, 8, 9)
    assert (draft.source, draft.language, draft.tags) == ("one.example", "en", ("ink", "paper"))
    assert (draft.url, draft.external_id) == ("https://one.example/mill", "7")
    assert draft.provenance["saved"].raw == "2024-03-04T05:06:07+00:00"
    assert rest.code == "skipped"  # what wallabag could not fetch itself


def test_reader_gives_its_articles_without_highlights() -> None:
    (draft,), (rest,) = found_in((FORMATS / "reader.json").read_bytes(), "reader.json")

    assert (draft.title, draft.text) == ("The mill", "The mill stands.\n\nIt turns.")
    assert draft.url == "https://one.example/mill"
    assert draft.published == PartialDate(2019, 8, 9)
    assert (draft.source, draft.authors, draft.tags) == ("One", ("Jane Doe",), ("ink",))
    assert rest.reason.startswith("a list of 1 address")


def test_omnivore_joins_pages_and_what_is_known_of_them(tmp_path: Path) -> None:
    record = {
        "id": "a1", "slug": "the-mill", "title": "The Mill by Hand", "author": "Jane Doe", "state": "Active",
        "url": "https://one.example/mill", "readingProgress": 3, "labels": ["ink"], "description": "short",
        "savedAt": "2024-03-04T05:06:07.000Z", "updatedAt": "2024-03-05T05:06:07.000Z",
        "publishedAt": "2019-08-09T10:11:12.000Z",
    }  # fmt: skip
    records = [record, record | {"slug": "gone", "url": "https://one.example/gone"}]
    export = tmp_path / "omnivore.zip"
    members: dict[str, bytes | str] = {
        "metadata_0_to_20.json": orjson.dumps(records),
        "content/the-mill.html": page("Some other title"),
        "content/unlisted.html": page("Unlisted"),
        "highlights/the-mill.md": "> a highlight that is no article",
    }
    export.write_bytes(zip_of(members))

    found = list(extract_items([export]))

    mill, unlisted = (each.document for each in found if isinstance(each, ReadArticle))
    assert (mill.title, mill.authors, mill.tags) == ("The Mill by Hand", ("Jane Doe",), ("ink",))
    assert (mill.url, mill.published) == ("https://one.example/mill", PartialDate(2019, 8, 9))
    assert mill.text.startswith("The bees of the meadow")
    assert mill.provenance["fetched"].raw == "2024-03-04T05:06:07.000Z"
    assert unlisted.title == "Unlisted"
    assert [(each.code, each.outcome) for each in found if not isinstance(each, ReadArticle)] == [
        ("skipped", "skipped")
    ]
