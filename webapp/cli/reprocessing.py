"""``archive reprocess``: kept sources, read again."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from webapp.cli.common import fail, home_option, plural, say, settings_from
from webapp.cli.maintenance import report_to
from webapp.cli.progress import ProgressLine


@click.command()
@click.argument("slugs", metavar="[SLUG...]", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every article whose source was kept.")
@home_option
def reprocess(slugs: tuple[str, ...], everything: bool, home: Path | None) -> None:
    """Read the kept sources of articles again, with the readers of today.

    Values set by hand stay; what changes is a new version.  Sources are kept by
    `archive ingest --keep-source`.

    \b
    Example:
      archive reprocess --all
    """
    from archive.lock import WriterLock
    from archive.originals import reprocess as read_again
    from webapp.cli.duplicates import find_duplicates
    from webapp.opening import open_archive

    if bool(slugs) == everything:
        raise click.UsageError("Give either SLUG... or --all.")
    settings = settings_from(home)
    with open_archive(settings) as opened, ProgressLine() as line:
        with WriterLock(settings.lock_path, timeout_s=10):
            store = opened.store
            ids = store.ids_with_original() if everything else [store.by_slug(slug).id for slug in slugs]
            start = time.monotonic()

            def show(done: int) -> None:
                rate = done / max(time.monotonic() - start, 1e-6)
                left_s = (len(ids) - done) / rate if rate else None
                line.show("Reading", done, len(ids), rate=rate, left_s=left_s)

            report = read_again(store, ids, workers=os.cpu_count() or 1, on_progress=show)
        line.clear()
        indexer = opened.indexer()
        if not indexer.is_new():
            find_duplicates(opened, line)
            indexer.catch_up(report_to(line))
    for slug, reason in report.failed:
        say(f"Failed: {slug}: {reason}")
    click.echo(
        f"changed {report.changed:,}, unchanged {report.unchanged:,}, "
        f"without source {report.without:,}, failed {len(report.failed):,}"
    )
    if report.failed or (report.without and not everything):
        fail(f"{plural(len(report.failed) + report.without, 'article')} stayed as they are.")
