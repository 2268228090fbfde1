"""Writes to an archive in small steps and says what is stored, until somebody kills it.

    fault_worker.py ingest PATH | reindex | backup FILE | restore FILE | run COMMAND...

A line `ack SLUG` means that the article is stored.  ARCHIVE_HOME and
ARCHIVE_ENGINE say where.  `run` is the command line itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

import index.build
import index.changes
from archive.ingest import IngestOptions, ItemOutcome, ingest
from archive.lock import WriterLock
from archive.store.restoring import restore
from webapp.cli import main as run_command_line
from webapp.opening import open_archive
from webapp.settings import load_settings


def acknowledge(outcome: ItemOutcome) -> None:
    if outcome.slug:
        print(f"ack {outcome.slug}", flush=True)


def main(task: str, *arguments: str) -> None:
    # Small steps, so that a few articles give many of them.
    index.build.BATCH, index.build.COMMIT_EVERY = 4, 8
    index.changes.BATCH, index.changes.COMMIT_EVERY = 4, 8
    if task == "run":
        sys.argv = ["archive", *arguments]
        run_command_line()
    settings = load_settings()
    if task == "restore":
        with WriterLock(settings.lock_path):
            restore(Path(arguments[0]), settings.store_path, force=True)
    with open_archive(settings, create=True) as opened:
        if task == "ingest":
            options = IngestOptions(batch=4, workers=1, lock_path=settings.lock_path, lock_timeout_s=60)
            ingest(opened.store, arguments, options=options, on_outcome=acknowledge)
            opened.indexer().catch_up()
        elif task in ("reindex", "restore"):
            opened.indexer().reindex(lambda progress: print(f"step {progress.done}", flush=True), wait_s=60)
        elif task == "backup":
            opened.store.backup_to(arguments[0])
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
