"""Mail: what a message becomes, what is kept out of it, and how little a hostile one can do."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest

from archive.document import Draft, PartialDate
from archive.errors import EmptyItemError
from archive.ingest import extract_items
from archive.limits import Limits
from archive.reading import ReadArticle
from tests.archive.made_files import found_in

FORMATS = Path(__file__).parents[1] / "data" / "formats"
FROM_LINE = "From jane@example.org Mon Jan  1 00:00:00 2024\n"


def message(body: str = "Some words.", *head: str, sender: str = "Jane Doe <jane@mill.example>") -> bytes:
    return "\n".join((f"From: {sender}", "MIME-Version: 1.0", *head, "", body)).encode()


def one(data: bytes, name: str = "m.eml", limits: Limits | None = None) -> Draft:
    drafts, failures = found_in(data, name, limits=limits or Limits())
    assert failures == []
    assert len(drafts) == 1
    return drafts[0]


def test_a_newsletter_is_an_article() -> None:
    draft = one((FORMATS / "newsletter.eml").read_bytes())

    assert draft.title == "Grüße von der Mühle"
    assert draft.authors == ("Jürgen Müller",)
    assert draft.published == PartialDate(2024, 9, 10)
    assert draft.published_at == dt.datetime(2024, 9, 10, 21, 45, tzinfo=dt.UTC)
    assert (draft.source, draft.language) == ("The Mill Letter", "de")
    assert (draft.url, draft.external_id) == ("https://lists.example/letter/42", "42@mill.example")
    assert draft.tags == ("Wasser", "Holz")
    assert "Die Mühle steht am Fluss." in draft.text
    assert "x()" not in draft.text
    assert "attached" not in draft.text
    assert draft.warnings == ()


@pytest.mark.parametrize(
    ("sender", "head", "authors", "source"),
    [
        ("Jane Doe <jane@mill.example>", "X: y", ("Jane Doe",), "mill.example"),
        ("Jane Doe <jane@gmail.com>", "X: y", ("Jane Doe",), ""),
        ("Jane Doe <j@x.example>", "List-Id: <weekly.mill.example>", ("Jane Doe",), "weekly.mill.example"),
        ("Jane Doe <j@x.example>", "Sender: The Mill <m@x.example>", ("Jane Doe",), "The Mill"),
        ("Mill Weekly News <n@x.example>", "X: y", (), "Mill Weekly News"),
        ("=?utf-8?q?M=C3=BCller=2C_Eva?= <e@x.example>", "X: y", ("Eva Müller",), "x.example"),
        ("n@x.example", "X: y", (), "x.example"),
    ],
)
def test_who_wrote_and_who_published(sender: str, head: str, authors: tuple[str, ...], source: str) -> None:
    draft = one(message("Some words.", head, sender=sender))

    assert (draft.authors, draft.source) == (authors, source)


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (b"=?utf-8?b?YQ0KU2V0LUNvb2tpZTogeD0x?=", "a Set-Cookie: x=1"),
        (b"=?nosuch?q?plain_words?=", "plain words"),
        (b"=?utf-8?b?w7?= =?utf-8?q?=BC?=", "ü"),
        ("Grüße aus Köln".encode("cp1252"), "Grüße aus Köln"),
        ("Grüße".encode(), "Grüße"),
        (b"=?utf-8?q?" + b"?x" * 30_000, ""),
        (b"\x00nul \x1b[31mred", "nul red"),
    ],
    ids=["line break", "unknown set", "split character", "8 bit", "raw UTF-8", "flood", "controls"],
)
def test_a_subject_is_one_clean_line(raw: bytes, title: str) -> None:
    draft = one(b"From: a@b.example\nSubject: " + raw + b"\n\nwords")

    assert draft.title == title or (not title and len(draft.title) <= 16_000)
    assert not any(char in draft.title for char in "\r\n\x00\x1b")


@pytest.mark.parametrize(
    ("head", "body", "text", "warned"),
    [
        ("Content-Type: text/plain; charset=nosuch", "words", "words", "character set"),
        ("Content-Transfer-Encoding: base64", base64.b64encode(b"some words").decode(), "some words", ""),
        ("Content-Transfer-Encoding: base64", "!!c29tZSB3b3Jkcw==", "some words", "base64"),
        ("Content-Transfer-Encoding: quoted-printable", "caf=C3=A9 and=\n more", "café and more", ""),
        ("Content-Transfer-Encoding: quoted-printable", "a =ZZ b", "a =ZZ b", "quoted-printable"),
        ("Content-Transfer-Encoding: x-own", "words", "words", "transfer encoding"),
        ("Content-Type: text/plain; format=flowed", "one \ntwo\n\nthree", "one two\n\nthree", ""),
        ("Content-Type: text/plain; format=flowed; delsp=yes", "on \ne", "one", ""),
        ("Content-Type: text/html", "<p>one</p><p>two</p>", "one\n\ntwo", ""),
        ("Content-Type: multipart/mixed", "words", "words", "told apart"),
    ],
)
def test_a_body_is_decoded(head: str, body: str, text: str, warned: str) -> None:
    draft = one(message(body, head))

    assert draft.text == text
    assert [warned in warning for warning in draft.warnings[:1]] == ([True] if warned else [])


def test_a_page_that_only_points_to_the_plain_part_is_not_taken() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\n" + "The whole letter is here. " * 20
        + "\n--b\nContent-Type: text/html\n\n<p>See the plain part.</p>\n--b--"
    )  # fmt: skip

    draft = one(message(body, "Content-Type: multipart/alternative; boundary=b"))

    assert draft.text.startswith("The whole letter")


def test_each_message_of_a_digest_is_an_article() -> None:
    body = "--d\n\nSubject: one\nFrom: Ann Onym <a@x.example>\n\nText one\n--d\n\nSubject: two\n\nText two\n--d--"

    drafts, failures = found_in(message(body, "Content-Type: multipart/digest; boundary=d"), "m.eml")

    assert [(draft.title, draft.text, draft.origin.member) for draft in drafts] == [
        ("one", "Text one", "message 1"),
        ("two", "Text two", "message 2"),
    ]
    assert failures == []


def deep(levels: int) -> str:
    inner = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(levels))
    return f"From: a@b.example\n{inner}Content-Type: text/plain\n\nDEEP"


def test_parts_are_read_up_to_their_limits() -> None:
    limits = Limits(mail_parts=8, mail_depth=3, mail_head_bytes=300)
    parts = "".join(f"--b\n\npart{number}\n" for number in range(20))

    many = one(message(parts, "Content-Type: multipart/mixed; boundary=b"), limits=limits)
    at_limit = one(deep(3).encode(), limits=limits)
    long_head = one(message("words", *(f"X-{n}: {'y' * 20}" for n in range(20))), limits=limits)

    assert "part0" in many.text
    assert "part19" not in many.text
    assert "only the first 8" in many.warnings[0]
    assert at_limit.text == "DEEP"
    assert long_head.text == "words"
    assert "header is longer than 300" in long_head.warnings[0]
    with pytest.raises(EmptyItemError, match="deeper than 3"):
        found_in(deep(4).encode(), "m.eml", limits=limits)


@pytest.mark.parametrize(
    "data",
    [
        deep(2_000).encode(),
        message("--b\n\n\n" * 300_000, "Content-Type: multipart/mixed; boundary=b"),
    ],
    ids=["depth", "parts"],
)
def test_a_flood_of_parts_is_refused(data: bytes) -> None:
    # What is slow here takes minutes, or ends in a recursion error.
    with pytest.raises(EmptyItemError, match=r"left out|only the first"):
        found_in(data, "m.eml")


@pytest.mark.parametrize(
    "head",
    [
        b"From: " + b"a@e.example, " * 100_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\nFrom: a@b.example",
        b'From: a@b.example\nContent-Type: text/plain; x="' + b'";"' * 15_000,
    ],
    ids=["addresses", "encoded words", "parameters"],
)
def test_a_flood_in_the_header_costs_no_text(head: bytes) -> None:
    assert one(head + b"\n\nbody").text == "body"


def test_text_without_a_header_is_kept() -> None:
    draft = one(b"no header at all")

    assert draft.text == "no header at all"
    assert "no header" in draft.warnings[0]


def test_a_message_is_known_without_its_suffix() -> None:
    data = b"Received: from x\nMessage-ID: <1@x>\nFrom: Jane Doe <j@x.example>\nSubject: s\n\nwords"

    assert one(data, "cur/1234.M1").title == "s"
    assert one(data, "letter.txt").title == "s"


def test_a_mailbox_is_read_message_by_message(tmp_path: Path) -> None:
    box = tmp_path / "list.mbox"
    box.write_text(
        FROM_LINE + "From: Jane Doe <j@x.example>\nSubject: one\n\nText one.\n\n>From here it was quoted.\n"
        "From no blank line before it 10:30\n\nFrom now on it is a sentence\n\n"
        + FROM_LINE + "Subject: two\n\nText two.\n\n"
        + FROM_LINE + "Subject: three\n\n"
    )  # fmt: skip

    found = list(extract_items([box]))

    articles = [each.document for each in found if isinstance(each, ReadArticle)]
    assert [(each.title, each.origin.member) for each in articles] == [
        ("one", "message 1"),
        ("two", "message 2"),
    ]
    assert "\n\nFrom here it was quoted." in articles[0].text
    assert articles[0].text.endswith("From now on it is a sentence")
    assert [(each.member, each.code) for each in found if not isinstance(each, ReadArticle)] == [
        ("message 3", "empty")
    ]


def test_a_message_that_is_too_large_costs_no_other() -> None:
    data = (FROM_LINE + "\n" + "x" * 5_000 + "\n\n" + FROM_LINE + "Subject: good\n\nwords\n").encode()

    drafts, failures = found_in(data, "b.mbox", limits=Limits(file_bytes=1_000))

    assert [(draft.title, draft.text) for draft in drafts] == [("good", "words")]
    assert [(each.member, each.code) for each in failures] == [("message 1", "limit")]
