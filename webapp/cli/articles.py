"""``archive delete``."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.cli.common import ADDRESS, fail, home_option, plural, say, settings_from


@click.command()
@click.argument("slugs", type=ADDRESS, metavar="SLUG...", nargs=-1, required=True)
@home_option
def delete(slugs: tuple[str, ...], home: Path | None) -> None:
    """Remove the articles SLUG... from the archive and the index.

    \b
    Example:
      archive delete ukraine-asks-for-long-range-missiles
    """
    from archive.errors import ArticleNotFoundError
    from archive.lock import WriterLock
    from webapp.opening import open_archive

    unknown = 0
    settings = settings_from(home)
    with open_archive(settings) as opened, WriterLock(settings.lock_path, timeout_s=10):
        ids = []
        for slug in dict.fromkeys(slugs):
            try:
                ids.append(opened.store.by_slug(slug).id)
            except ArticleNotFoundError:
                unknown += 1
                say(f"There is no article {slug}")
        removed = opened.store.delete(ids) if ids else 0
        indexer = opened.indexer()
        if removed and not indexer.is_new():
            indexer.catch_up()
    click.echo(f"Deleted {plural(removed, 'article')}.")
    if unknown:
        fail(f"{plural(unknown, 'article')} could not be deleted.")
