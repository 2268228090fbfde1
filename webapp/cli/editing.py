"""``archive edit``: values set by hand."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.cli.common import home_option, settings_from


@click.command()
@click.argument("slug")
@click.option("--title", metavar="TEXT", help="The title.")
@click.option("--author", "authors", multiple=True, metavar="NAME", help="An author; repeat it for each.")
@click.option("--date", metavar="DATE", help="The publication date: 2024-09-10, 2024-09 or 2024.")
@click.option("--source", metavar="NAME", help="The site or publication.")
@click.option("--url", metavar="URL", help="The address.")
@click.option("--language", metavar="CODE", help="The language, such as en.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; repeat it for each.")
@click.option("--section", metavar="NAME", help="The section.")
@click.option("--clear", multiple=True, metavar="FIELD", help="Leave FIELD empty, such as author or date.")
@home_option
def edit(
    slug: str,
    title: str | None,
    authors: tuple[str, ...],
    date: str | None,
    source: str | None,
    url: str | None,
    language: str | None,
    tags: tuple[str, ...],
    section: str | None,
    clear: tuple[str, ...],
    home: Path | None,
) -> None:
    """Set values of the article SLUG by hand.

    They win over what its source says, also when that is ingested again.  The
    former state is kept: `archive history SLUG`.

    \b
    Example:
      archive edit harbour-strike-ends --author "Ada Lovelace" --date 2024-09
    """
    from archive.editing import Edit, EditError, edited
    from archive.lock import WriterLock
    from archive.store import PutOutcome
    from webapp.opening import open_archive

    wanted = Edit(
        title=title,
        authors=authors or None,
        date=date,
        source=source,
        url=url,
        language=language,
        tags=tags or None,
        section=section,
        clear=clear,
    )
    if wanted == Edit():
        raise click.UsageError("Give at least one value to set, or --clear FIELD.")
    settings = settings_from(home)
    with open_archive(settings) as opened:
        with WriterLock(settings.lock_path, timeout_s=10):
            document = opened.store.by_slug(slug)
            try:
                changed = edited(document, wanted)
            except EditError as error:
                raise click.UsageError(str(error)) from error
            (result,) = opened.store.put([changed])
        indexer = opened.indexer()
        if not indexer.is_new():
            indexer.catch_up()
    click.echo(f"{'Changed' if result.outcome is PutOutcome.CHANGED else 'Nothing to change in'} {slug}.")
