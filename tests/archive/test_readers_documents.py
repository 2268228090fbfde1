"""MHTML, e-books, Word and OpenDocument texts, PDF: the text whole, the fields plausible, damage said."""

from __future__ import annotations

import base64
import quopri
import sys
from collections.abc import Callable

import pytest
from made_files import SENTENCE, epub_of, found_in, page, pdf_of, zip_of

from archive.document import PartialDate
from archive.errors import (
    EmptyItemError,
    LimitExceededError,
    MalformedItemError,
    ReadError,
    UnsupportedFormatError,
)
from archive.limits import Limits
from archive.safexml import parse_xml

_LEVELS = "".join(f"<!ENTITY x{level} '" + f"&x{level - 1};" * 10 + "'>" for level in range(1, 9))
BOMB = f"<!DOCTYPE a [<!ENTITY x0 'xxxxxxxxxx'>{_LEVELS}]>"


def mhtml_of(html: bytes, encoding: str = "quoted-printable", *, closed: bool = True) -> bytes:
    packed = {
        "quoted-printable": quopri.encodestring,
        "base64": base64.encodebytes,
        "8bit": bytes,
    }[encoding](html)
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.com/news/one\r\n"
        b"Subject: =?utf-8?Q?Z=C3=BCrich=20bees?=\r\nDate: Tue, 4 May 2021 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----B----"\r\n\r\n'
        b"------B----\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: https://example.com/news/one\r\n"
        b"Content-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + packed + b"\r\n------B----\r\n"
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0=\r\n"
    ) + (b"------B------\r\n" if closed else b"")


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("closed", [True, False], ids=["whole", "without-its-end"])
def test_a_saved_page_is_read_with_its_address(encoding: str, closed: bool) -> None:
    drafts, _ = found_in(mhtml_of(page("Bees in Zürich"), encoding, closed=closed), "page.mhtml")

    (draft,) = drafts
    assert draft.title == "Bees in Zürich"
    assert draft.text.count(SENTENCE.strip()) == 5
    assert draft.url == "https://example.com/news/one"
    assert draft.published is None
    assert draft.provenance["fetched"].raw.startswith("Tue, 4 May 2021")


def test_the_subject_stands_in_for_a_title() -> None:
    html = b"<html><body>" + f"<p>{SENTENCE}</p>".encode() * 5 + b"</body></html>"

    drafts, _ = found_in(mhtml_of(html), "page.mht")

    assert drafts[0].title == "Zürich bees"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(
            b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x--\n",
            "no HTML",
            id="no-part",
        ),
        pytest.param(
            b"MIME-Version: 1.0\nContent-Type: multipart/related\n\nwords", "no HTML", id="no-boundary"
        ),
        pytest.param(b"only words", "no end", id="no-header"),
    ],
)
def test_a_broken_saved_page_says_what_is_wrong(data: bytes, reason: str) -> None:
    with pytest.raises(MalformedItemError, match=reason):
        found_in(data, "page.mhtml")


def test_a_saved_page_of_endless_parts_is_refused() -> None:
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"

    with pytest.raises(LimitExceededError, match="parts"):
        found_in(head + b"--x\nContent-Type: image/png\n\n\n" * 6_000, "page.mhtml")


CHAPTER = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body>{}</body></html>'
BOOK = (
    "<dc:title>The Meadow</dc:title><dc:creator opf:role='aut'>Jane Doe</dc:creator>"
    "<dc:creator opf:role='ill'>Max Painter</dc:creator><dc:language>en</dc:language><dc:date>1999-03</dc:date>"
)


def test_each_chapter_is_an_article_of_the_book() -> None:
    chapters = {
        "cover.xhtml": CHAPTER.format("<img src='c.png'/>"),
        "one.xhtml": CHAPTER.format(f"<h1>I.</h1><p>{SENTENCE}</p><p>{SENTENCE}&nbsp;&eacute;</p>"),
        "two.xhtml": CHAPTER.format(f"<h2>The <i>second</i></h2><p>{SENTENCE * 2}</p>"),
    }
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>First things</text>'
        '</navLabel><content src="one.xhtml#top"/></navPoint></navMap></ncx>'
    )

    drafts, failures = found_in(epub_of(chapters, metadata=BOOK, extra={"toc.ncx": ncx}), "meadow.epub")

    assert [(draft.origin.member, draft.title) for draft in drafts] == [
        ("OEBPS/one.xhtml", "First things"),
        ("OEBPS/two.xhtml", "The second"),
    ]
    first = drafts[0]
    assert (first.source, first.authors, first.language) == ("The Meadow", ("Jane Doe",), "en")
    assert first.published == PartialDate(1999, 3)
    assert first.text == f"{SENTENCE.strip()}\n\n{SENTENCE.strip()} é"
    assert not failures


def test_a_table_of_contents_in_html_names_the_chapters() -> None:
    nav = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
        '<nav epub:type="toc"><ol><li><a href="one.xhtml">From the list</a></li></ol></nav></body></html>'
    )

    drafts, _ = found_in(
        epub_of({"one.xhtml": CHAPTER.format(f"<p>{SENTENCE}</p>")}, extra={"nav.xhtml": nav})
    )

    assert [draft.title for draft in drafts] == ["From the list"]


ENCRYPTION = "<encryption><EncryptedData><EncryptionMethod Algorithm='{}'/></EncryptedData></encryption>"

BAD_BOOKS = [
    pytest.param(epub_of({"a.xhtml": CHAPTER.format("")}), "empty", id="no-text"),
    pytest.param(zip_of({"mimetype": "application/epub+zip"}), "malformed", id="no-container"),
    pytest.param(
        zip_of({"mimetype": "application/epub+zip", "META-INF/container.xml": "<a><b></a>"}),
        "malformed",
        id="not-xml",
    ),
    pytest.param(
        epub_of(
            {"a.xhtml": "x"}, extra={"META-INF/encryption.xml": ENCRYPTION.format("http://www.w3.org/aes")}
        ),
        "encrypted",
        id="protected",
    ),
]


@pytest.mark.parametrize(("data", "code"), BAD_BOOKS)
def test_a_book_that_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as caught:
        found_in(data, "book.epub")

    assert caught.value.code == code


def test_hidden_fonts_do_not_make_a_book_protected() -> None:
    fonts = ENCRYPTION.format("http://www.idpf.org/2008/embedding")
    data = epub_of(
        {"a.xhtml": CHAPTER.format(f"<p>{SENTENCE}</p>")}, extra={"META-INF/encryption.xml": fonts}
    )

    assert len(found_in(data)[0]) == 1


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx_of(body: str, *, core: str = "", extra: dict[str, str] | None = None) -> bytes:
    members = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:mc="mc"><w:body>{body}</w:body></w:document>',
    }
    if core:
        members["docProps/core.xml"] = (
            '<cp:coreProperties xmlns:cp="cp" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="dcterms">'
            f"{core}</cp:coreProperties>"
        )
    return zip_of(members | (extra or {}))


def _p(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_document_gives_its_text_in_order() -> None:
    styles = (
        f'<w:styles xmlns:w="{WORD}"><w:style w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>'
    )
    notes = f'<w:footnotes xmlns:w="{WORD}"><w:footnote>{_p("A note below.")}</w:footnote></w:footnotes>'
    body = (
        _p("Bees at noon", "Titel")
        + "<w:p><w:r><w:t>One</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three.</w:t></w:r></w:p>"
        + "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>"
        + f"<w:tbl><w:tr><w:tc>{_p('Cell one')}</w:tc><w:tc>{_p('Cell two')}</w:tc></w:tr></w:tbl>"
        + "<w:p><mc:AlternateContent><mc:Choice><w:txbxContent>"
        + _p("In a box")
        + f"</w:txbxContent></mc:Choice><mc:Fallback>{_p('In a box')}</mc:Fallback></mc:AlternateContent></w:p>"
    )

    (draft,), _ = found_in(
        docx_of(body, extra={"word/styles.xml": styles, "word/footnotes.xml": notes}), "a.docx"
    )

    assert draft.title == "Bees at noon"
    assert draft.text.split("\n\n") == [
        *("One\ttwo\nthree.", "kept", "Cell one", "Cell two", "In a box", "A note below."),
    ]


PROPERTIES = [
    pytest.param(
        "Real title",
        "Jane Doe",
        "2020-05-06T01:02:03Z",
        ("Real title", ("Jane Doe",), PartialDate(2020, 5, 6)),
        id="plausible",
    ),
    pytest.param(
        "Microsoft Word - draft3.doc", "Jane Doe", "", ("", ("Jane Doe",), None), id="title-of-a-program"
    ),
    pytest.param("untitled", "Microsoft Office User", "", ("", (), None), id="defaults"),
    pytest.param(
        "Real title",
        "python-docx",
        "2013-12-23T23:15:00Z",
        ("Real title", (), None),
        id="date-not-in-the-text",
    ),
]


@pytest.mark.parametrize(("title", "author", "created", "expected"), PROPERTIES)
def test_properties_are_believed_as_far_as_plausible(
    title: str, author: str, created: str, expected: tuple[str, tuple[str, ...], PartialDate | None]
) -> None:
    core = f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dcterms:created>{created}</dcterms:created>"

    (draft,), _ = found_in(docx_of(_p("Some words of the year 2020."), core=core))

    assert (draft.title, draft.authors, draft.published) == expected
    assert draft.published_at is None


def odt_of(body: str, meta: str = "", manifest: str = "<manifest/>") -> bytes:
    namespaces = 'xmlns:office="o" xmlns:text="t" xmlns:dc="d" xmlns:meta="m"'
    return zip_of(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {namespaces}><office:body>{body}</office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {namespaces}>{meta}</office:document-meta>",
            "META-INF/manifest.xml": manifest,
        }
    )


def test_an_opendocument_text_gives_its_text_in_order() -> None:
    body = (
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:h text:outline-level="1">Bees</text:h>'
        '<text:p>One<text:s text:c="2"/>two<text:line-break/><text:span>three</text:span>.'
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note>"
        "</text:p><text:list><text:list-item><text:p>Item</text:p></text:list-item></text:list>"
    )
    meta = "<meta:initial-creator>Jane Doe</meta:initial-creator><dc:title>Other title</dc:title><dc:language>en-GB</dc:language>"

    (draft,), _ = found_in(odt_of(body, meta), "a.odt")

    assert (draft.title, draft.authors, draft.language) == ("Bees", ("Jane Doe",), "en")
    assert draft.text.split("\n\n") == ["One  two\nthree.", "A note.", "Item"]


BAD_DOCUMENTS = [
    pytest.param(lambda: docx_of(""), "empty", id="empty-docx"),
    pytest.param(lambda: odt_of(""), "empty", id="empty-odt"),
    pytest.param(lambda: zip_of({"word/document.xml": "<w:document"}), "malformed", id="cut-xml"),
    pytest.param(lambda: zip_of({"word/document.xml": "<a>" * 5_000}), "limit", id="deep-xml"),
    pytest.param(lambda: odt_of("", manifest="<encryption-data/>"), "encrypted", id="encrypted-odt"),
    pytest.param(
        lambda: zip_of({"mimetype": "application/vnd.oasis.opendocument.text"}), "malformed", id="no-content"
    ),
    pytest.param(lambda: pdf_of([[]]), "empty", id="pdf-without-text"),
    pytest.param(lambda: b"%PDF-1.7\nnothing of it", "malformed", id="broken-pdf"),
]


@pytest.mark.parametrize(("make", "code"), BAD_DOCUMENTS)
def test_a_document_that_cannot_be_read_says_why(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(ReadError) as caught:
        found_in(make(), "document")

    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param(BOMB + "<a>&x8;</a>", id="bomb"),
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>words &x;</a>', id="file"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><a>words</a>', id="parameter"
        ),
    ],
)
def test_entities_are_never_resolved(xml: str) -> None:
    try:
        text = "".join(str(each) for each in parse_xml(xml.encode(), "it").itertext())
    except ReadError:
        text = ""

    assert "root:" not in text
    assert len(text) < 100


def _pages() -> list[list[str]]:
    return [
        [
            "The Daily Meadow",
            "Bees of the river" if number == 0 else "The bees gather their pollen along the river bank un-",
            "The bees gather their pollen along the river bank un-",
            "til the evening comes, and then they go home to rest for",
            "the night in their hives.",
            "A new paragraph begins here and has its own lines that go",
            "on until the end of it.",
            str(number + 1),
        ]
        for number in range(4)
    ]


def test_lines_of_a_pdf_become_paragraphs() -> None:
    (draft,), _ = found_in(pdf_of(_pages()[:1]), "a.pdf")

    assert (
        "river bank until the evening comes, and then they go home to rest for the night in their hives."
        in draft.text
    )
    assert (
        "\n\nA new paragraph begins here and has its own lines that go on until the end of it." in draft.text
    )


def test_what_stands_on_every_page_is_left_out() -> None:
    (draft,), _ = found_in(pdf_of(_pages()), "a.pdf")

    assert "Daily Meadow" not in f"{draft.title} {draft.text}"
    assert not any(line.strip().isdigit() for line in draft.text.split("\n"))
    assert draft.text.count("A new paragraph begins") == 4


def test_the_properties_of_a_pdf_are_believed_as_far_as_plausible() -> None:
    lines = [["By the end of 2019 the bees were gone from the meadow, and nobody had an answer to that."] * 3]
    information = "/Title (The bees are gone) /Author (Jane Doe) /CreationDate (D:20191103120000Z)"

    (draft,), _ = found_in(pdf_of(lines, information), "a.pdf")

    assert draft.authors == ("Jane Doe",)
    assert draft.published == PartialDate(2019, 11, 3)
    assert draft.provenance["published"].method == "pdf-properties"


def test_broken_properties_of_a_pdf_cost_only_themselves() -> None:
    (draft,), _ = found_in(pdf_of(_pages()[:1], "/Title <=3=> /Author (Jane Doe)"), "a.pdf")

    assert "A new paragraph begins" in draft.text
    assert not draft.authors


def test_pages_of_a_pdf_are_limited() -> None:
    with pytest.raises(LimitExceededError, match="pages"):
        found_in(pdf_of(_pages()), limits=Limits(pages=3))


def test_without_its_library_a_pdf_is_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)

    with pytest.raises(UnsupportedFormatError, match=r"pip install article-archive\[formats\]"):
        found_in(pdf_of(_pages()))


def test_a_document_in_a_zip_is_read_like_one_outside() -> None:
    data = zip_of(
        {"a.docx": docx_of(_p("Words of Word.")), "b.pdf": pdf_of(_pages()[:1]), "c.odt": odt_of("<text:p/>")}
    )

    drafts, failures = found_in(data)

    assert [draft.origin.member for draft in drafts] == ["a.docx", "b.pdf"]
    assert [(failure.member, failure.code) for failure in failures] == [("c.odt", EmptyItemError.code)]
