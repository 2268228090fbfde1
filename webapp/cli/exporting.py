"""``archive export``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from webapp.cli.common import home_option, plural, print_json, say, say_notes, settings_from
from webapp.cli.options import Given, SearchCommand, params_from, search_options
from webapp.models import SearchParams
from webapp.parameters import About
from webapp.presenters import article_json

#: The formats by name, here so that `archive --help` need not load them.
_FEEDS = ("atom", "jsonfeed")
NAMES = ("csv", "ndjson", "markdown", "bibtex", "ris", "csl", *_FEEDS)

MAX_ARTICLES = 1_000_000


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1)
@click.option("--format", "name", type=click.Choice(NAMES), help="Format of the articles. [default: ndjson]")
@click.option("--jsonl", is_flag=True, help="One JSON object a line, as --format ndjson; the default.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to FILE instead of standard output.",
)
@search_options(About.MATCHES, About.ORDER)
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_ARTICLES),
    metavar="N",
    help="At most so many articles. [default: all]",
)
@click.option(
    "--text/--no-text",
    "text",
    default=None,
    help="Whole texts, or first paragraphs. [default: as the format does]",
)
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for Excel.")
@home_option
def export(
    query: tuple[str, ...],
    given: Given,
    name: str | None,
    jsonl: bool,
    output: Path | None,
    limit: int | None,
    text: bool | None,
    bom: bool,
    home: Path | None,
) -> None:
    """Print the articles that match QUERY in a format of other programs.

    Without QUERY and any other choice, every article is printed by id, and no
    index is needed.

    \b
    Example:
      archive export '"long-range missiles"' --format csv --output missiles.csv
    """
    if jsonl and name not in (None, "ndjson"):
        raise click.UsageError("--jsonl is --format ndjson; give one of them.")
    if bom and name != "csv":
        raise click.UsageError("--bom goes with --format csv.")
    request = params_from(query, {"sort": "added", **given} if name in _FEEDS else given)
    if name in (None, "ndjson") and limit is None and output is None and not (query or given):
        _everything(home)
        return
    _matching(request, name or "ndjson", output, limit, text, bom=bom, home=home)


def _everything(home: Path | None) -> None:
    from webapp.opening import open_archive

    with open_archive(settings_from(home)) as opened:
        for documents in opened.store.iterate():
            for document in documents:
                print_json(article_json(document, whole_origin=True))


def _matching(
    request: SearchParams,
    name: str,
    output: Path | None,
    limit: int | None,
    text: bool | None,
    *,
    bom: bool,
    home: Path | None,
) -> None:
    import datetime as dt

    from index.query.escapes import for_people
    from webapp.exports import FEEDS, FORMATS, Format, Head, chunks
    from webapp.services import Services

    formats: dict[str, Format] = {**FORMATS, **FEEDS}
    wanted = formats[name]
    with Services(settings_from(home, engine=request.engine), create=False) as services:
        found = services.matches(request, most=limit)
        say_notes(found.warnings)
        total = found.total if limit is None else min(found.total, limit)
        head = Head(
            query=found.understood,
            exported=dt.datetime.now(dt.UTC),
            total=total,
            store_id=services.store_id(),
            text=wanted.text if text is None else text,
            bom=bom,
            whole_origin=True,
            title=for_people(found.understood) or "Article Archive",
        )
        with _destination(output) as stream:
            for chunk in chunks(wanted.write(found.documents, head)):
                stream.write(chunk)
    say(f"{plural(total, 'article')} exported" + (f" to {output}" if output else ""))


@contextmanager
def _destination(output: Path | None) -> Iterator[IO[bytes]]:
    """Lend what to write to; a file takes its name only once it is whole."""
    if output is None:
        with click.open_file("-", "wb") as stdout:
            yield stdout
            stdout.flush()
        return
    if not output.parent.is_dir():
        raise click.UsageError(f"There is no folder {output.parent}: make it first.")
    partial = output.with_name(output.name + ".part")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
