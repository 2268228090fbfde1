"""``archive backup`` and ``archive restore``."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.cli.common import fail, home_option, plural, say, settings_from
from webapp.cli.maintenance import WAIT_S, report_to
from webapp.cli.progress import ProgressLine


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@home_option
def backup(file: Path, home: Path | None) -> None:
    """Copy every article with its history to FILE, while the archive is in use.

    The copy is checked, every row of it.  Indexes are not copied: they are made
    from the articles.

    \b
    Example:
      archive backup /media/disk/archive-2026-11-22.db
    """
    from archive.store import Store
    from webapp.opening import open_archive

    with open_archive(settings_from(home)) as opened:
        opened.store.backup_to(file)
    with Store.open(file, read_only=True) as copy:
        articles = copy.count()
        damaged = list(copy.verify_rows())
    click.echo(f"Copied {plural(articles, 'article')} to {file} ({file.stat().st_size:,} bytes).")
    if damaged:
        say(f"Problem: {plural(len(damaged), 'article')} of it are damaged in the archive itself.")
        fail("keep earlier backups, and run: archive verify")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the archive that is there; it is kept beside.")
@home_option
def restore(file: Path, force: bool, home: Path | None) -> None:
    """Make an archive from the backup FILE, and index it.

    The backup is checked first, every row of it.  Nobody may use the archive
    that is replaced: stop `archive serve` before.

    \b
    Example:
      archive restore /media/disk/archive-2026-11-22.db --home ~/restored
    """
    from archive.lock import WriterLock
    from archive.store.restoring import restore as restore_store
    from webapp.opening import open_archive

    settings = settings_from(home)
    with WriterLock(settings.lock_path, timeout_s=WAIT_S):
        done = restore_store(file, settings.store_path, force=force)
    if done.replaced is not None:
        say(f"The archive that was there is kept as {done.replaced}.")
    click.echo(f"Restored {plural(done.articles, 'article')}.")
    with open_archive(settings) as opened, ProgressLine() as line:
        opened.indexer().reindex(report_to(line), wait_s=WAIT_S)
