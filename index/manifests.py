"""What an index was built by and from: the manifest beside its files.

A generation's manifest is replaced whole (written beside, synced, renamed), so
that it is either the old one or the new one.  Readers compare it with the
running program before they open anything.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any

from index.analysis import ANALYZER_VERSION
from index.errors import IndexDamagedError, IndexOutdatedError, not_permitted
from index.schema import SCHEMA_VERSION

MANIFEST = "manifest.json"

#: Distribution whose version decides the format of an engine's files.
LIBRARIES = {"tantivy": "tantivy", "whoosh": "Whoosh"}

#: The stemmers, whichever is installed: other versions may give other stems.
STEMMERS = ("PyStemmer", "snowballstemmer")


class State(StrEnum):
    """How far a generation has come."""

    BUILDING = "building"
    COMPLETE = "complete"
    #: A check found a file that is not what was written: not to be searched any more.
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What one generation was built by, and from what.

    Attributes:
        store: the id of the store that it was built from.
        documents: how many it held at the last commit.
        sequence: the store's sequence that it is a copy of, or newer.
        after_id: while building, the last document id that is committed.
        built_at: when it was begun, ISO 8601 in UTC.
    """

    engine: str
    schema: int
    analyzer: int
    library: str
    stemmer: str
    store: str = ""
    state: State = State.BUILDING
    documents: int = 0
    sequence: int = 0
    after_id: int = 0
    built_at: str = ""

    def difference(self, running: Manifest) -> str:
        """Say in which way the running program differs, or return ''."""
        pairs = (
            ("engine", self.engine, running.engine),
            ("schema version", self.schema, running.schema),
            ("analyzer version", self.analyzer, running.analyzer),
            (f"{self.engine} version", _release(self.library), _release(running.library)),
            ("stemmer version", _release(self.stemmer), _release(running.stemmer)),
        )
        return "; ".join(f"{name} {was or '?'}, now {now or '?'}" for name, was, now in pairs if was != now)


def running_manifest(engine: str, *, store: str = "", sequence: int = 0) -> Manifest:
    """Return the manifest of an index that this program would begin now, from
    ``store`` as of ``sequence``."""
    return Manifest(
        engine=engine,
        store=store,
        sequence=sequence,
        schema=SCHEMA_VERSION,
        analyzer=ANALYZER_VERSION,
        library=_installed(LIBRARIES.get(engine, "")),
        stemmer=next((f"{name} {found}" for name in STEMMERS if (found := _installed(name))), ""),
        built_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def read_manifest(generation: Path, *, mend: str) -> Manifest:
    """Read the manifest in the folder ``generation``.

    Raises:
        IndexDamagedError: it is missing or not as it was written; the message
            ends with ``mend``, the command that mends it.
        EngineUnavailableError: this user may not read it.
    """
    path = generation / MANIFEST
    try:
        values = json.loads(path.read_text("utf-8"))
        return _manifest(values)
    except PermissionError as exc:
        raise not_permitted(path) from exc
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise IndexDamagedError(f"The search index's manifest {path} cannot be read ({exc}). {mend}") from exc


def write_manifest(generation: Path, manifest: Manifest) -> None:
    """Replace the manifest in the folder ``generation``, durably."""
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n"
    replace_file(generation / MANIFEST, text)


def require_current(manifest: Manifest, *, mend: str) -> None:
    """Check that the running program may search what ``manifest`` describes.

    Raises:
        IndexOutdatedError: another version built it.
    """
    difference = manifest.difference(running_manifest(manifest.engine))
    if difference:
        raise IndexOutdatedError(f"The search index was built by another version ({difference}). {mend}")


def replace_file(path: Path, text: str) -> None:
    """Replace the file ``path`` by one that holds ``text``: atomic and durable."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make the folder ``path`` and those above it that are missing, each of them durably."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir(mode=mode, exist_ok=True)
            with suppress(PermissionError):  # a folder that may be entered and not listed
                sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the platform can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _manifest(values: Any) -> Manifest:
    checks: dict[str, Callable[[Any], bool]] = {
        "int": lambda value: isinstance(value, int),
        "str": lambda value: isinstance(value, str),
    }
    for name, kind in Manifest.__annotations__.items():
        if kind in checks and not checks[kind](values[name]):
            raise ValueError(f"{name} is {values[name]!r}")
    known = {name: values[name] for name in Manifest.__annotations__}  # a newer program may say more
    return Manifest(**{**known, "state": State(known["state"])})


def _installed(distribution: str) -> str:
    try:
        return metadata.version(distribution) if distribution else ""
    except metadata.PackageNotFoundError:
        return ""


def _release(version: str) -> str:
    """Return ``0.27`` of ``0.27.1``: formats and stems change with the minor version."""
    return ".".join(version.split(".")[:2])
