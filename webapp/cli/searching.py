"""``archive search`` and ``archive show``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import (
    engine_option,
    fail,
    home_option,
    marked,
    marked_line,
    plural,
    print_json,
    say,
    settings_from,
)
from webapp.marking import visible_text
from webapp.models import MAX_LIMIT, Hit, SearchPage, SearchParams
from webapp.presenters import article_json, date_words, hit_json

if TYPE_CHECKING:
    from archive.document import Document
    from webapp.services import Services

_DEEPEST = 1_000_000


@click.command()
@click.argument("query", nargs=-1)
@click.option("--author", multiple=True, metavar="NAME", help="Only articles by NAME; may be repeated.")
@click.option("--source", multiple=True, metavar="NAME", help="Only articles of the source NAME.")
@click.option("--lang", multiple=True, metavar="CODE", help="Only articles in the language CODE, such as en.")
@click.option(
    "--from", "date_from", metavar="DATE", default="", help="Published on DATE or later: 2024[-09[-10]]."
)
@click.option(
    "--to", "date_to", metavar="DATE", default="", help="Published on DATE or earlier; 2024-09 is all of it."
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "title", "added"]),
    default="relevance",
    show_default=True,
    help="Order of the articles; undated ones come last. added: latest stored first.",
)
@click.option(
    "--match",
    type=click.Choice(["auto", "all", "any"]),
    default="auto",
    show_default=True,
    help="How many of the bare words an article must have.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, _DEEPEST),
    default=10,
    show_default=True,
    help="How many articles to print.",
)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="Which page of them.")
@click.option("--collapse", is_flag=True, help="Only one article of each group of near-duplicates.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, an article each.")
@click.option("--save", metavar="NAME", help="Save the search as NAME; see `archive searches`.")
@engine_option
@home_option
def search(
    query: tuple[str, ...],
    author: tuple[str, ...],
    source: tuple[str, ...],
    lang: tuple[str, ...],
    date_from: str,
    date_to: str,
    sort: str,
    match: str,
    limit: int,
    page: int,
    collapse: bool,
    as_json: bool,
    save: str | None,
    engine: str | None,
    home: Path | None,
) -> None:
    """Print the articles that match QUERY, best first.

    Without QUERY all articles are printed.  Put -- before a query that begins
    with a minus sign.

    \b
    Example:
      archive search '"long-range missiles" -nuclear' --from 2024-09 --limit 5
    """
    if limit > MAX_LIMIT and page > 1:
        raise click.UsageError(f"--page goes with a --limit of at most {MAX_LIMIT}.")
    from webapp.services import Services

    request = SearchParams(
        q=" ".join(query),
        author=author,
        source=source,
        language=lang,
        date_from=date_from,
        date_to=date_to,
        sort=sort,
        match=match,
        page=page,
        limit=min(limit, MAX_LIMIT),
        facets=False,
        collapse=collapse,
        engine=engine,
    )
    with Services(settings_from(home, engine=engine), create=False) as services:
        shown = print_pages(services, request, limit, as_json=as_json)
        if save is not None:
            saved = services.saved.save(save, request)
            say(f"Saved as {saved.slug}; see it with: archive searches run {saved.slug}")
    if not shown:
        say("No articles match.")


def print_pages(services: Services, request: SearchParams, limit: int, *, as_json: bool) -> int:
    """Print up to ``limit`` hits, a request at a time; return how many."""
    from dataclasses import replace

    shown = 0
    while True:
        answer = services.search(request)
        if shown == 0 and not request.cursor:
            _say_understood(answer)
        for hit in answer.hits[: limit - shown]:
            shown += 1
            _print_hit(hit, shown + (request.page - 1) * request.limit, as_json=as_json, partial=False)
        for hit in answer.partial[: limit - shown]:
            shown += 1
            _print_hit(hit, shown + (request.page - 1) * request.limit, as_json=as_json, partial=True)
        if answer.next is None or shown >= limit:
            return shown
        request = replace(request, cursor=answer.next, page=1)


def _say_understood(answer: SearchPage) -> None:
    for warning in answer.warnings:
        say(f"Note: {warning.message}")
    line = (
        f"{plural(answer.total, 'article')} for: {answer.understood}"
        if answer.understood
        else plural(answer.total, "article")
    )
    if answer.partial_total:
        line += f" ({answer.partial_total:,} more have some of the words)"
    say(line)


def _print_hit(hit: Hit, number: int, *, as_json: bool, partial: bool) -> None:
    if as_json:
        extra = {"partial": True, "missing": list(hit.missing)} if partial else {}
        print_json({**hit_json(hit), **extra})
        return
    parts = [", ".join(hit.authors), date_words(hit.published), hit.source]
    click.echo(f"{number:>3}. {marked_line(hit.title, hit.title_spans)}")
    click.echo("     " + visible_text(" · ".join(part for part in parts if part)))
    click.echo(f"     {hit.slug}" + (" (some of the words)" if partial else ""))
    if hit.also_total:
        names = ", ".join(copy.source or copy.slug for copy in hit.also)
        click.echo(visible_text(f"     also in {plural(hit.also_total, 'source')}: {names}"))
    for snippet in hit.snippets:
        click.echo("     … " + marked_line(snippet.text, snippet.spans))
    click.echo()


@click.command()
@click.argument("slug")
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
