"""Feeds: what an entry's values become, and that what is broken or hostile costs no other entry."""

from __future__ import annotations

import datetime as dt
import socket
from pathlib import Path

import pytest

from archive.document import Draft, PartialDate
from archive.errors import EmptyItemError, LimitExceededError, MalformedItemError, UnsupportedFormatError
from archive.readers.feed import person_of
from archive.readers.feedxml import _parsed
from tests.archive.made_files import found_in

FORMATS = Path(__file__).parents[1] / "data" / "formats"


def read_file(name: str) -> tuple[list[Draft], list[str]]:
    drafts, failures = found_in((FORMATS / name).read_bytes(), name)
    return drafts, [f"{each.member}: {each.code}" for each in failures]


def feed(items: str, before: str = "") -> bytes:
    return f"{before}<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


def item(text: str, title: str = "t") -> str:
    return f"<item><title>{title}</title><description>{text}</description></item>"


def test_rss_gives_one_article_an_entry() -> None:
    (bees, plain), failures = read_file("feed-rss.xml")

    assert bees.title == "Bees & trees"
    assert bees.text.replace("\xa0", " ") == "The bees came back.\n\nSo did the trees of old."
    assert bees.authors == ("Jane Doe", "Max Muster")
    assert bees.published == PartialDate(2024, 9, 2)
    assert bees.published_at == dt.datetime(2024, 9, 3, 4, 30, tzinfo=dt.UTC)
    assert bees.url == "https://river.example/2024/bees?utm_source=rss"
    assert (bees.source, bees.language, bees.tags) == ("The River & Mill", "en", ("Nature", "Bees"))
    assert bees.external_id == "tag:river.example,2024:1"
    assert bees.provenance["authors"].detail == "dc:creator"
    assert plain.text == "Water & flour < 3 pounds, and more […]"
    assert plain.authors == ("Ann Onym",)
    assert (plain.url, plain.published) == ("https://river.example/plain", PartialDate(2024, 8, 30))
    assert len(plain.warnings) == 2  # the date that is none, and the text that is cut
    assert failures == ["entry 3: skipped"]


def test_atom_gives_one_article_an_entry() -> None:
    (weir, addition), failures = read_file("feed-atom.xml")

    assert weir.text == "Das Wehr ist alt.\n\nEs hält."
    assert weir.published == PartialDate(2023, 5, 6)
    assert (weir.url, weir.source, weir.language) == ("https://tal.example/blog/am-wehr", "Das Tal", "de")
    assert (weir.authors, weir.tags) == (("Eva Beispiel",), ("Wasser",))
    assert addition.text == "Weniger &lt;als&gt; gedacht."
    assert addition.authors == ("Otto Muster",)
    assert addition.published == PartialDate(2024, 2, 3)
    assert addition.provenance["published"].detail == "updated"
    assert addition.provenance["published"].confidence < weir.provenance["published"].confidence
    assert failures == []


def test_rdf_gives_one_article_an_entry() -> None:
    (water,), _ = read_file("feed-rdf.xml")

    assert (water.title, water.text) == ("L'eau", "Un texte sur l'eau.")
    assert (water.authors, water.tags, water.language) == (("Marie Dupont",), ("eau",), "fr")
    assert (water.url, water.published) == ("https://old.example/1", PartialDate(2003, 5, 6))


def test_json_feed_gives_one_article_an_item() -> None:
    (one, two), failures = read_file("feed.json")

    assert (one.text, one.title, one.authors) == ("First note.\n\nIts end.", "One", ("Ann Onym",))
    assert (one.published, one.tags, one.language) == (PartialDate(2020, 2, 2), ("ink", "paper"), "en")
    assert (two.text, two.authors, two.external_id) == ("a < b is no tag", ("Bo Li",), "2")
    assert failures == ["entry 3: skipped", "entry 4: malformed"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("jane@example.org (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jane@example.org>", "Jane Doe"),
        ("Jane Doe jane@example.org", "Jane Doe"),
        ("jane@example.org", ""),
        ("Jane Doe", "Jane Doe"),
        ("@" * 16_000 + "(", ""),
    ],
)
def test_a_name_is_taken_out_of_an_address(raw: str, name: str) -> None:
    assert person_of(raw) == name


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;"><!ENTITY x "&b;&b;&b;">]>',
        '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE l [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE l [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["bomb", "file", "network", "parameter", "external"],
)
def test_entities_are_never_resolved(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a connection was opened"))

    (draft,), _ = found_in(feed(item("before &x; after"), before), "feed.xml")

    assert draft.text == "before &x; after"


@pytest.mark.parametrize("recover", [False, True])
def test_the_parser_itself_resolves_nothing(recover: bool) -> None:
    """What is taken out of a feed before it is parsed is the first of two walls."""
    root = _parsed('<!DOCTYPE r [<!ENTITY x "taken in">]><r>before &x; after</r>', recover=recover)

    assert "taken in" not in "".join(root.itertext())


@pytest.mark.parametrize(
    ("middle", "codes", "texts"),
    [
        (item("a & b &nbsp;&eacute; &bogus;"), [], ["first", "a & b é &bogus;", "last"]),
        ("<item><description>one <b>two</description></item>", [], ["first", "one two", "last"]),
        ("<item><x:y>1</x:y><description>odd</description></item>", [], ["first", "odd", "last"]),
        ("<item><title>no end" + item("next"), [], ["first", "next", "last"]),
        (item("nul \x00 and \x1b esc"), [], ["first", "nul and esc", "last"]),
        (item("<a>" * 300), ["entry 2"], ["first", "last"]),
    ],
    ids=["entities", "tags", "namespace", "unclosed", "controls", "deep"],
)
def test_a_broken_entry_costs_no_other(middle: str, codes: list[str], texts: list[str]) -> None:
    drafts, failures = found_in(feed(item("first") + middle + item("last")), "feed.xml")

    got = [" ".join(draft.text.split()) for draft in drafts]
    assert [text for text in got if text in texts] == texts
    assert set(codes) <= {failure.member for failure in failures}
    assert all(draft.warnings for draft in drafts)


def test_what_was_cut_off_is_kept_with_a_warning() -> None:
    data = feed(item("whole") + "<item><title>c</title><description>The cut entry goes on and on")
    cut = data[: data.index(b"</channel")]

    drafts, _ = found_in(cut, "feed.xml")

    assert [draft.text for draft in drafts] == ["whole", "The cut entry goes on and on"]
    assert "not well-formed" in drafts[1].warnings[-1]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<rss><channel></channel></rss>", EmptyItemError),
        (b"<rss><channel><title>x", MalformedItemError),
        (b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * 8_000 + b"]><rss/>", LimitExceededError),
        (b"<?xml version='1.0'?><other/>", UnsupportedFormatError),
    ],
    ids=["no entry", "cut before any", "huge document type", "other XML"],
)
def test_a_feed_without_entries_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        found_in(data, "feed.xml")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "iso-8859-7", "utf-8-sig"])
def test_the_encoding_is_found(encoding: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{encoding.removesuffix('-sig')}'?>"
    data = f"{declaration}<rss><channel>{item('Το νερό')}</channel></rss>".encode(encoding)

    (draft,), _ = found_in(data, "feed.xml")

    assert draft.text == "Το νερό"


def test_fifty_thousand_attributes_are_read() -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(50_000))

    (draft,), _ = found_in(feed(f"<item {attributes}><description>text</description></item>"), "feed.xml")

    assert draft.text == "text"
