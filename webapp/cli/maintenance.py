"""``archive reindex``, ``archive status`` and ``archive verify``."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.common import engine_option, fail, home_option, plural, print_json, say, settings_from
from webapp.cli.progress import ProgressLine

if TYPE_CHECKING:
    from index.progress import Progress, Report

_PHASES = {"reindex": "Indexing", "catch-up": "Catching up"}


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
@engine_option
@home_option
def reindex(engine: str | None, home: Path | None) -> None:
    """Build the search index anew from the stored articles.

    The new index is built beside the old one, checked, and put in its place in
    one step; searches go on meanwhile.  A run that was interrupted goes on
    where it stopped.

    \b
    Example:
      archive reindex --engine whoosh
    """
    from webapp.opening import open_archive

    settings = settings_from(home, engine=engine)
    started = time.monotonic()
    with open_archive(settings) as opened, ProgressLine() as line:
        generation = opened.indexer().reindex(report_to(line))
    seconds = time.monotonic() - started
    count = generation.manifest.documents
    rate = f", {count / seconds:,.0f} a second" if seconds > 1 else ""
    click.echo(f"Indexed {plural(count, 'article')} in {seconds:.1f} s{rate} ({generation.mark}).")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@home_option
def status(as_json: bool, home: Path | None) -> None:
    """Tell what the archive holds and how its indexes stand.

    \b
    Example:
      archive status --json
    """
    from webapp.opening import open_archive

    settings = settings_from(home)
    with open_archive(settings) as opened:
        articles, languages = opened.store.count(), opened.store.languages()
        indexes = opened.index_statuses()
    live = next(index for index in indexes if index.engine == settings.engine)
    if as_json:
        print_json(
            {
                "articles": articles,
                "home": str(settings.home),
                "engine": settings.engine,
                "ready": live.state == "ready",
                "behind": live.behind,
                "problem": live.problem,
                "indexes": {index.engine: _without_engine(asdict(index)) for index in indexes},
                "languages": languages,
            }
        )
        return
    click.echo(f"Home:     {settings.home}")
    click.echo(f"Articles: {articles:,}")
    for index in indexes:
        used = " (in use)" if index.engine == settings.engine else ""
        click.echo(f"Index:    {index.engine}{used}: {_described(index.state, index)}")


def _without_engine(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "engine"}


def _described(state: str, index: Any) -> str:
    if state != "ready":
        return f"{state}. {index.problem}"
    behind = f"behind by {plural(index.behind, 'change')}" if index.behind else "up to date"
    return f"ready, {plural(index.documents or 0, 'article')}, {behind}, built {index.built_at}"


@click.command()
@home_option
def verify(home: Path | None) -> None:
    """Check every stored article, and the index against them.

    Exits 1 if anything is wrong, and says what mends it.

    \b
    Example:
      archive verify
    """
    from webapp.opening import open_archive
    from webapp.verifying import verify_archive

    settings = settings_from(home)
    with open_archive(settings) as opened:
        found = verify_archive(opened.store, opened.indexer())
    for problem in found.problems:
        say(f"Problem: {problem}")
    click.echo(f"Checked {plural(found.articles, 'article')}; {plural(len(found.problems), 'problem')}.")
    if found.problems:
        fail("the archive is not in order; see above.")
