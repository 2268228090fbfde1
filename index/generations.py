"""Where the generations of an index lie, which one is live, and which may go.

    <root>/<engine>/CURRENT             name of the live generation
    <root>/<engine>/<generation>/       manifest.json, and the engine's files in data/

A generation's name is a number that grows and a random part: the number orders
them without trusting the clock, the random part keeps a mark in the store from
ever meaning another index that was given the same number.
"""

from __future__ import annotations

import logging
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from index.errors import EngineError, IndexDamagedError, IndexMissingError, not_permitted
from index.manifests import (
    MANIFEST,
    Manifest,
    State,
    make_folder,
    read_manifest,
    replace_file,
    running_manifest,
    sync_folder,
    write_manifest,
)

log = logging.getLogger(__name__)

POINTER = "CURRENT"

_NAME = re.compile(r"[0-9]{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One build of an index: its folder, and its manifest when it was read."""

    engine: str
    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def data(self) -> Path:
        """The engine's own folder."""
        return self.path / "data"

    @property
    def mark(self) -> str:
        """Under which name the store remembers how far it is indexed."""
        return mark_name(self.engine, self.name)


def mark_name(engine: str, generation: str) -> str:
    """Return the store's mark for a generation."""
    return f"{engine}/{generation}"


class Generations:
    """The generations of one engine under ``root``; no state but the files, and what was read of them."""

    def __init__(self, root: Path, engine: str) -> None:
        self.engine = engine
        self.folder = root / engine
        self._pointer = self.folder / POINTER
        #: The pointer's version when it was last read, and the manifest that it led to.
        self._manifest_of = ((0, 0, 0), Path())
        #: What a person runs to build the index anew.
        self.command = "archive reindex" if engine == "tantivy" else f"archive reindex --engine {engine}"
        self.mend = f"Mend it with: {self.command}"
        self._build_it = f"Build it with: {self.command}"

    def current(self) -> Generation:
        """Return the live generation.

        Raises:
            IndexMissingError: there is none.
            IndexDamagedError: the pointer or the manifest cannot be trusted.
        """
        name = self.current_name()
        if name is None:
            raise IndexMissingError(f"There is no {self.engine} search index yet. {self._build_it}")
        generation = self._read(name)
        if generation.manifest.state is State.DAMAGED:
            raise IndexDamagedError(
                f"A check found damage in the live search index {generation.path}. {self.mend}"
            )
        if generation.manifest.state is not State.COMPLETE or generation.manifest.engine != self.engine:
            raise IndexDamagedError(f"The live search index {generation.path} is not finished. {self.mend}")
        return generation

    def current_name(self) -> str | None:
        """Return the name in the pointer file, or None if there is no such file.

        Raises:
            IndexDamagedError: what stands there is no name.
        """
        pointer = self.folder / POINTER
        try:
            name = pointer.read_text("ascii").strip()
        except FileNotFoundError:
            return None
        except PermissionError as exc:
            raise not_permitted(pointer) from exc
        except (OSError, UnicodeDecodeError) as exc:
            raise IndexDamagedError(f"The pointer {pointer} cannot be read ({exc}). {self.mend}") from exc
        if not _NAME.fullmatch(name):
            raise IndexDamagedError(f"The pointer {pointer} names no index. {self.mend}")
        return name

    def stamp(self) -> tuple[int, int]:
        """Return a pair that changes with every commit and every switch.

        Two stats: cheap enough to ask before each search.
        """
        try:
            found = self._pointer.stat()
            version = (found.st_mtime_ns, found.st_ino, found.st_size)
            known, manifest = self._manifest_of
            if known != version:  # the pointer is replaced, never rewritten
                manifest = self.folder / self._pointer.read_text("ascii").strip() / MANIFEST
                self._manifest_of = version, manifest
            return found.st_mtime_ns, manifest.stat().st_mtime_ns
        except (OSError, ValueError):
            return (0, 0)

    def create(self, store: str, sequence: int) -> Generation:
        """Begin a generation that starts from ``store`` as of ``sequence``."""
        name = f"{self._highest() + 1:06d}-{secrets.token_hex(4)}"
        path = self.folder / name
        make_folder(path / "data")
        manifest = running_manifest(self.engine, store=store, sequence=sequence)
        write_manifest(path, manifest)
        sync_folder(self.folder)
        return Generation(engine=self.engine, path=path, manifest=manifest)

    def unfinished(self, store: str, sequence: int) -> Generation | None:
        """Return the newest unfinished build of ``store`` that this program could
        go on with; one from beyond ``sequence`` is of a later state of the store."""
        for path in reversed(self._folders()):
            try:
                generation = self._read(path.name)
            except EngineError:
                continue
            same = not generation.manifest.difference(running_manifest(self.engine))
            known = generation.manifest.store == store and generation.manifest.sequence <= sequence
            if generation.manifest.state is State.BUILDING and same and known:
                return generation
        return None

    def complete(self) -> list[Generation]:
        """Return the complete generations, oldest first."""
        return [self._read(path.name) for path in self._folders() if self._is_complete(path)]

    def update(self, generation: Generation, manifest: Manifest) -> Generation:
        """Write ``manifest`` and return the generation with it."""
        write_manifest(generation.path, manifest)
        return Generation(engine=self.engine, path=generation.path, manifest=manifest)

    def switch(self, generation: Generation) -> None:
        """Make ``generation`` the live one, in one step."""
        replace_file(self.folder / POINTER, generation.name + "\n")

    def before(self, live: str) -> Generation | None:
        """Return the last good generation before ``live``, or None."""
        return next((found for found in reversed(self.complete()) if found.name < live), None)

    def names(self) -> list[str]:
        """Return the names of all generations, oldest first, whatever their state."""
        return [path.name for path in self._folders()]

    def prune(self, last: str | None = None, *, keep_last: bool = True) -> list[str]:
        """Remove all but the live generation and the last good one.

        Args:
            last: which was live before, if that was good; else the complete one
                before the live one is the last good one.
            keep_last: False removes that one too.

        Returns:
            Names of the generations that were removed.
        """
        live = self.current_name()
        keep = {live}
        if keep_last and live is not None:
            earlier = self.before(live)
            good = last is not None and last != live and self._is_complete(self.folder / last)
            keep.add(last if good else earlier.name if earlier else None)
        removed = [path for path in self._folders() if path.name not in keep]
        for path in removed:
            self.remove(path)
        return [path.name for path in removed]

    def remove(self, path: Path) -> None:
        """Remove one generation's folder; what resists is logged and left."""
        try:
            # First, so that what a kill leaves of it never counts as complete.
            (path / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(path)
        except OSError as exc:
            log.warning("the old index %s could not be removed: %s", path, exc)

    def _is_complete(self, path: Path) -> bool:
        try:
            return self._read(path.name).manifest.state is State.COMPLETE
        except EngineError:
            return False

    def _read(self, name: str) -> Generation:
        path = self.folder / name
        return Generation(engine=self.engine, path=path, manifest=read_manifest(path, mend=self.mend))

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir())

    def _highest(self) -> int:
        return max((int(path.name.partition("-")[0]) for path in self._folders()), default=0)
