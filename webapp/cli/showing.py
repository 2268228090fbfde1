"""``archive show``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import ADDRESS, fail, home_option, marked, marked_line, print_json, say, settings_from
from webapp.marking import visible_text
from webapp.presenters import article_json, date_words

if TYPE_CHECKING:
    from archive.document import Document
    from webapp.services import Services


@click.command()
@click.argument("slug", type=ADDRESS)
@click.option("--query", "-q", default="", metavar="QUERY", help="Mark what QUERY matches.")
@click.option("--json", "as_json", is_flag=True, help="Print the article as one JSON object.")
@click.option("--provenance", is_flag=True, help="Also print where each value came from.")
@click.option("--source", is_flag=True, help="Write the original file instead, if it was kept.")
@home_option
def show(slug: str, query: str, as_json: bool, provenance: bool, source: bool, home: Path | None) -> None:
    """Print the article SLUG.

    \b
    Example:
      archive show ukraine-asks-for-long-range-missiles --provenance
    """
    from webapp.services import Services

    with Services(settings_from(home), create=False) as services:
        page = services.article(slug, query)
        if source:
            _write_source(services, page.document)
            return
    if as_json:
        print_json(article_json(page.document, whole_origin=True))
        return
    document = page.document
    click.echo(marked_line(document.title, page.title_spans))
    for name, value in _facts(document):
        click.echo(f"{name}: {visible_text(value)}")
    for warning in document.warnings:
        say(f"Note: {warning}")
    if provenance:
        for name, found in document.provenance.items():
            where = f"{found.method} ({found.detail})" if found.detail else found.method
            raw = f", {found.raw!r}" if found.raw else ""
            click.echo(visible_text(f"  {name} from {where}, confidence {found.confidence:.2f}{raw}"))
    click.echo()
    click.echo(marked(document.text, page.body_spans))


def _write_source(services: Services, document: Document) -> None:
    from archive.originals import original_bytes

    original = services.store.original_of(document.id)
    if original is None:
        fail(f"The source of {document.slug} was not kept: ingest it again with --keep-source.")
    else:
        click.echo(original_bytes(original), nl=False)


def _facts(document: Document) -> list[tuple[str, str]]:
    facts = [
        ("Authors", ", ".join(document.authors)),
        ("Published", date_words(document.published)),
        ("Source", document.source),
        ("Section", document.section),
        ("Tags", ", ".join(document.tags)),
        ("Language", document.language),
        ("URL", document.url),
        ("Words", f"{document.words:,}"),
        ("Read from", " ".join(part for part in (document.origin.path, document.origin.member) if part)),
    ]
    return [(name, value) for name, value in facts if value]
