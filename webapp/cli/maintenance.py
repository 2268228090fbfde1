"""``archive reindex``, ``archive status`` and ``archive verify``."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.common import FAILED, engine_option, fail, home_option, plural, print_json, say, settings_from
from webapp.cli.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.store import StoreStats
    from index.indexer import Indexer, IndexStatus
    from index.progress import Progress, Report
    from webapp.settings import Settings

#: How long a repair waits for another writer.
WAIT_S = 60.0

_PHASES = {"reindex": "Indexing", "commit": "Writing", "catch-up": "Catching up", "check": "Checking"}


def report_to(line: ProgressLine) -> Report:
    """Return a function that shows the indexer's progress on ``line``."""

    def report(progress: Progress) -> None:
        line.show(
            _PHASES.get(progress.phase, progress.phase),
            progress.done,
            progress.total,
            rate=progress.rate,
            left_s=progress.left_s,
        )

    return report


@click.command()
@click.option("--if-needed", is_flag=True, help="Do the least: nothing, catching up, or a rebuild.")
@click.option("--only-missing", is_flag=True, help="Add what the index lacks, remove what the store lacks.")
@click.option("--since", metavar="DATE", help="Index again what was added or changed since YYYY[-MM[-DD]].")
@click.option("--rollback", is_flag=True, help="Go back to the index before this one, and catch up.")
@click.option("--prune", is_flag=True, help="Remove former indexes, also the one kept for --rollback.")
@engine_option
@home_option
def reindex(engine: str | None, home: Path | None, since: str | None, **modes: bool) -> None:
    """Build the search index anew from the stored articles.

    The new index is built beside the old one, checked, and put in its place in
    one step; searches go on meanwhile.  A run that was interrupted goes on
    where it stopped.

    \b
    Example:
      archive reindex --if-needed
    """
    from webapp.opening import open_archive

    chosen = [name for name, given in modes.items() if given] + (["since"] if since else [])
    if len(chosen) > 1:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in chosen)
        raise click.UsageError(f"Give only one of {names}.")
    settings = settings_from(home, engine=engine)
    day = _since(since) if since else None
    with open_archive(settings) as opened, ProgressLine() as line:
        said = _reindexed(opened.indexer(), chosen[0] if chosen else "", day, line)
    click.echo(said)


def _reindexed(indexer: Indexer, mode: str, day: dt.datetime | None, line: ProgressLine) -> str:
    """Do what ``mode`` says, and return what was done in words."""
    from index import mending

    report = report_to(line)
    started = time.monotonic()
    if mode == "if_needed":
        done = mending.bring_up(indexer, report)
        if done != "rebuilt":
            return "The index is up to date." if done == "nothing" else "The index has caught up."
    elif mode == "only_missing":
        found = mending.add_missing(indexer, report)
        return f"Added {plural(len(found.missing), 'article')}, removed {len(found.orphans):,}."
    elif mode == "since" and day is not None:
        return f"Indexed {plural(mending.refresh_since(indexer, day, report), 'article')} again."
    elif mode == "rollback":
        live = mending.rollback(indexer, report)
        held = plural(live.manifest.documents, "article")
        return f"Went back to {live.mark}, which has caught up and holds {held}."
    elif mode == "prune":
        return f"Removed {plural(len(indexer.prune(keep_last=False)), 'former index', 'former indexes')}."
    generation = indexer.generations.current() if mode else indexer.reindex(report)
    seconds = time.monotonic() - started
    count = generation.manifest.documents
    rate = f", {count / seconds:,.0f} a second" if count else ""
    return f"Indexed {plural(count, 'article')} in {seconds:.1f} s{rate} ({generation.mark})."


def _since(text: str) -> dt.datetime:
    from archive.document import PartialDate

    try:
        first = PartialDate.from_iso(text).first
    except ValueError as error:
        raise click.BadParameter("give a date such as 2026-11-22", param_hint="--since") from error
    return dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@home_option
def status(as_json: bool, home: Path | None) -> None:
    """Tell what the archive holds and how its indexes stand.

    \b
    Example:
      archive status --json
    """
    from webapp.access import AccessFile
    from webapp.opening import open_archive

    settings = settings_from(home)
    access = AccessFile(settings.home).read()
    with open_archive(settings) as opened:
        stats, changes = opened.store.stats(), opened.store.last_sequence()
        indexes = opened.index_statuses()
    if as_json:
        given = {"password": bool(access.password), "tokens": len(access.tokens)}
        print_json(_status_json(settings, stats, changes, indexes) | given)
        return
    click.echo(f"Home:     {settings.home}")
    click.echo(f"Articles: {stats.articles:,}{_lacking(stats)}")
    click.echo(f"Store:    {stats.bytes_on_disk / 1e6:,.1f} MB, {plural(changes, 'change')} so far")
    for index in indexes:
        used = " (in use)" if index.engine == settings.engine else ""
        click.echo(f"Index:    {index.engine}{used}: {_described(index)}")
    for hint in _hints(stats, indexes, settings.engine):
        click.echo(f"Next:     {hint}")


def _status_json(
    settings: Settings, stats: StoreStats, changes: int, indexes: Sequence[IndexStatus]
) -> dict[str, Any]:
    live = next(index for index in indexes if index.engine == settings.engine)
    return {
        "articles": stats.articles,
        "home": str(settings.home),
        "engine": settings.engine,
        "ready": live.state == "ready",
        "behind": live.behind,
        "problem": live.problem,
        "indexes": {index.engine: _without_engine(asdict(index)) for index in indexes},
        "languages": stats.by_language,
        "changes": changes,
        "undated": stats.undated,
        "without_author": stats.without_author,
        "versions": stats.versions,
        "copies": stats.copies,
        "store_bytes": stats.bytes_on_disk,
    }


def _lacking(stats: StoreStats) -> str:
    parts = [
        f"{count:,} {what}"
        for count, what in ((stats.undated, "undated"), (stats.without_author, "without an author"))
        if count
    ]
    return f", {' and '.join(parts)}" if parts else ""


def _hints(stats: StoreStats, indexes: Sequence[IndexStatus], engine: str) -> list[str]:
    """Return what to run, the most pressing first; nothing where all is well."""
    if not stats.articles:
        return ["archive ingest PATH takes articles in"]
    hints = []
    for index in indexes:
        option = "" if index.engine == engine else f" --engine {index.engine}"
        if index.state != "ready":
            hints.append(f"archive reindex --if-needed{option} mends the {index.engine} index")
        elif index.behind:
            hints.append(f"archive reindex --if-needed{option} indexes what is behind")
    if hints:
        hints.append("archive verify --deep checks articles and indexes")
    return hints


def _without_engine(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "engine"}


def _described(index: IndexStatus) -> str:
    if index.state != "ready":
        return f"{index.state}. {index.problem}"
    behind = f"behind by {plural(index.behind, 'change')}" if index.behind else "up to date"
    return f"ready, {plural(index.documents or 0, 'article')}, {behind}, built {index.built_at}"


@click.command()
@click.option("--deep", is_flag=True, help="Also read every byte of the indexes, and look for leftovers.")
@click.option("--repair", is_flag=True, help="Mend what can be: everything but damaged articles.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@home_option
def verify(deep: bool, repair: bool, as_json: bool, home: Path | None) -> None:
    """Check every stored article, and the index against them.

    Exits 1 if anything is wrong and was not mended.

    \b
    Example:
      archive verify --deep --repair
    """
    from archive.lock import WriterLock
    from webapp.opening import open_archive
    from webapp.verifying import repair_archive, verify_archive

    settings = settings_from(home)
    repaired: list[str] = []
    with open_archive(settings) as opened, ProgressLine() as line:
        indexers = opened.indexers()
        if not deep:
            indexers = [indexer for indexer in indexers if indexer.engine == settings.engine]
        found = verify_archive(opened.store, indexers, deep=deep)
        if repair and found.problems:
            before = found.problems
            with WriterLock(settings.lock_path, timeout_s=WAIT_S):
                repair_archive(opened.store, indexers, before, report_to(line))
            line.clear()
            found = verify_archive(opened.store, indexers, deep=deep)
            left = {problem.message for problem in found.problems}
            repaired = [problem.message for problem in before if problem.message not in left]
    if as_json:
        problems = [problem.message for problem in found.problems]
        print_json({"articles": found.articles, "problems": problems, "repaired": repaired})
        if problems:
            raise click.exceptions.Exit(FAILED)
        return
    for message in repaired:
        say(f"Repaired: {message}")
    for problem in found.problems:
        say(f"Problem: {problem.message}")
    click.echo(f"Checked {plural(found.articles, 'article')}; {plural(len(found.problems), 'problem')}.")
    if found.problems:
        fail("the archive is not in order; see above.")
