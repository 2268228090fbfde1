"""``archive ingest`` and ``archive extract``."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.common import F, fail, home_option, plural, print_json, say, settings_from
from webapp.cli.maintenance import report_to
from webapp.cli.progress import ProgressLine

if TYPE_CHECKING:
    from archive.ingest import IngestOptions, IngestReport, ItemOutcome, Progress
    from archive.reading import ReadArticle
    from webapp.opening import OpenArchive

#: So many notes are printed; a hundred thousand articles may have as many.
_NOTES = 20


def _source_options(command: F) -> F:
    """Add what `ingest` and `extract` know of their sources."""
    command = click.option(
        "--fields",
        metavar="FIELD=NAME,...",
        default="",
        callback=_parse_fields,
        help="Names of fields in JSON, JSONL and CSV that the usual aliases do not cover.",
    )(command)
    return click.option(
        "--manifest",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="JSONL file that lists files, one {path, url, id, ...} a line; what it knows wins.",
    )(command)


def _parse_fields(_context: click.Context, _parameter: click.Parameter, text: str) -> dict[str, str]:
    """Read ``title=headline,text=content``."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    fields = {name.strip(): value.strip() for name, _, value in pairs}
    if not all(fields) or not all(fields.values()):
        raise click.BadParameter("give pairs such as title=headline,text=content")
    from archive.readers.fields import ALIASES

    unknown = sorted(set(fields) - set(ALIASES))
    if unknown:
        raise click.BadParameter(f"there is no field {unknown[0]!r}; known are: {', '.join(ALIASES)}")
    return fields


@click.command()
@click.argument("paths", metavar="PATH... | -", nargs=-1)
@_source_options
@click.option("--no-index", is_flag=True, help="Store only; the next ingest or `archive reindex` indexes.")
@click.option("--no-wait", is_flag=True, help="Fail at once if another process writes to the archive.")
@click.option("--keep-source", is_flag=True, help="Keep the original files too, for `archive reprocess`.")
@home_option
def ingest(
    paths: tuple[str, ...],
    manifest: Path | None,
    fields: dict[str, str],
    no_index: bool,
    no_wait: bool,
    keep_source: bool,
    home: Path | None,
) -> None:
    """Read files and folders into the archive; - reads standard input.

    Safe to repeat.  Exits 1 if something could not be read; all else is in.

    \b
    Example:
      archive ingest ~/articles export.jsonl --fields title=headline
    """
    from webapp.opening import open_archive

    _require_sources(paths, manifest)
    settings = settings_from(home)
    keep = keep_source or bool(settings.keep_source)
    options = replace(_options(manifest, fields), keep_source=keep)
    with open_archive(settings, create=True) as opened:
        wait_s = 0.0 if no_wait else math.inf
        report = ingest_paths(opened, paths, options, index=not no_index, wait_s=wait_s)
    click.echo(
        f"added {report.added:,}, changed {report.changed:,}, unchanged {report.unchanged:,}, "
        f"duplicate {report.duplicate:,}, failed {report.failed:,}"
    )
    if report.failed:
        fail(f"{plural(report.failed, 'item')} could not be read; everything else is in the archive.")


def ingest_paths(
    opened: OpenArchive,
    paths: tuple[str, ...],
    options: IngestOptions | None = None,
    *,
    index: bool = True,
    wait_s: float = math.inf,
) -> IngestReport:
    """Store what is under ``paths`` and index it, telling how far it is.

    Other writers are waited for at most ``wait_s`` seconds.

    Raises:
        StoreError, LockHeldError: the store cannot be written.
        EngineError: it can, but the index cannot; the articles are safe.
    """
    from archive.ingest import IngestOptions
    from archive.ingest import ingest as ingest_sources
    from webapp.cli.duplicates import find_duplicates

    options = replace(options or IngestOptions(), lock_path=opened.settings.lock_path, lock_timeout_s=wait_s)
    with ProgressLine() as line:
        outcomes = _Outcomes(line)
        report = ingest_sources(
            opened.store,
            paths,
            options=options,
            on_progress=lambda progress: _show(line, progress),
            on_outcome=outcomes.say,
        )
        line.clear()
        outcomes.finish()
        if index:
            find_duplicates(opened, line, wait_s=wait_s)
            opened.indexer().catch_up(report_to(line), wait_s=wait_s)
    return report


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1)
@_source_options
@click.option(
    "--jsonl", is_flag=True, default=True, help="One JSON object a line; the default and only form."
)
@home_option
def extract(
    paths: tuple[str, ...],
    manifest: Path | None,
    fields: dict[str, str],
    jsonl: bool,  # noqa: ARG001 - the only form so far
    home: Path | None,
) -> None:
    """Print the articles in files and folders without storing them.

    \b
    Example:
      archive extract saved-page.html --jsonl
    """
    from archive.ingest import ItemOutcome, extract_items

    settings_from(home)  # a wrong setting is told here too
    _require_sources(paths, manifest)
    failed = 0
    with ProgressLine() as line:
        outcomes = _Outcomes(line)
        for found in extract_items(
            paths, options=_options(manifest, fields), on_progress=lambda progress: _show(line, progress)
        ):
            if isinstance(found, ItemOutcome):
                failed += found.outcome == "failed"
                outcomes.say(found)
            else:
                line.clear()
                print_json(_extracted_json(found))
    if failed:
        fail(f"{plural(failed, 'item')} could not be read.")


def _require_sources(paths: tuple[str, ...], manifest: Path | None) -> None:
    if not paths and manifest is None:
        raise click.UsageError("Give at least one PATH, - for standard input, or --manifest FILE.")


def _options(manifest: Path | None, fields: dict[str, str]) -> IngestOptions:
    from archive.ingest import IngestOptions

    return IngestOptions(manifest=manifest, fields=fields)


def _show(line: ProgressLine, progress: Progress) -> None:
    line.show(
        "Reading",
        progress.items,
        None,
        rate=progress.rate,
        left_s=progress.left_s,
        fraction=progress.bytes_done / progress.bytes_total if progress.bytes_total else None,
    )


class _Outcomes:
    """Says what went wrong as it happens: every failure, and the first notes."""

    def __init__(self, line: ProgressLine) -> None:
        self._line = line
        self._notes = 0

    def say(self, outcome: ItemOutcome) -> None:
        where = f"{outcome.path} {outcome.member}".rstrip()
        if outcome.outcome == "failed":
            self._line.clear()
            say(f"Failed: {where}: {outcome.reason}")
        for warning in outcome.warnings:
            self._notes += 1
            if self._notes <= _NOTES:
                self._line.clear()
                say(f"Note: {where}: {warning}")

    def finish(self) -> None:
        if self._notes > _NOTES:
            say(f"… and {self._notes - _NOTES:,} more notes; `archive show SLUG` prints those of an article.")


def _extracted_json(found: ReadArticle) -> dict[str, Any]:
    document = found.document
    return {
        "id": found.external_id or document.identity,
        "path": document.origin.path,
        "title": document.title,
        "authors": list(document.authors),
        "date": document.published.isoformat() if document.published else None,
        "text": document.text,
        "language": document.language,
        "source": document.source,
        "url": document.url,
        "provenance": {name: asdict(value) for name, value in document.provenance.items()},
    }
