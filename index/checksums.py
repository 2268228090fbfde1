"""What the files of a generation were when they were written: a seal that can be checked.

    checksums.json        name -> [bytes, SHA-256] of every file in data/: the seal
    checksums.open.json   the last seal, while somebody writes or was killed writing

The seal is broken, durably, before anything is written and put back when the
engine is closed.  So a file that differs from an unbroken seal is damaged, and
a killed writer never looks like damage; the next one that writes seals anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from index.errors import not_permitted
from index.manifests import replace_file, sync_folder

SEAL, BROKEN_SEAL = "checksums.json", "checksums.open.json"

#: Files that engines rewrite under the same name; all others are written once.
REWRITTEN = frozenset({"meta.json", ".managed.json", "records.jsonl"})

#: At every opening files up to this size are read whole; of larger ones only the size is compared.
SMALL_BYTES = 64 * 1024

_CHUNK = 1024 * 1024

Seal: TypeAlias = dict[str, tuple[int, str]]


def is_sealed(generation: Path) -> bool:
    """Whether the files of a generation can be compared with what was written."""
    return (generation / SEAL).exists()


def break_seal(generation: Path) -> None:
    """Say that the files are about to change; without a seal nothing happens."""
    try:
        (generation / SEAL).replace(generation / BROKEN_SEAL)
    except FileNotFoundError:
        return
    sync_folder(generation)


def seal(generation: Path) -> None:
    """Write down every file's size and SHA-256; what was sealed before is not read again."""
    known = _read(generation / BROKEN_SEAL) or {}
    files: Seal = {}
    for name, path in _files(generation):
        size = path.stat().st_size
        if name in known and name not in REWRITTEN:
            files[name] = known[name]  # also if it has been damaged since
        else:
            files[name] = (size, _sha256(path))
    replace_file(generation / SEAL, json.dumps(files, indent=0, sort_keys=True) + "\n")
    (generation / BROKEN_SEAL).unlink(missing_ok=True)


def differences(generation: Path, *, deep: bool) -> list[str]:
    """Say which files are not what was written; empty as well when that cannot be told.

    A finished generation has a seal or a broken one: a killed writer leaves the latter.

    Args:
        deep: compare every byte, not only sizes and the small files.

    Raises:
        EngineUnavailableError: this user may not read them.
    """
    for _ in range(3):
        stamp = _stamp(generation)
        if stamp is None:
            if (generation / BROKEN_SEAL).exists():
                return _differences(generation, _broken(generation), deep=deep) if deep else []
            if _stamp(generation) is None:  # else it was put back between the two looks
                return [f"{SEAL} is missing"]
            continue
        files = _read(generation / SEAL)
        found = [f"{SEAL} cannot be read"] if files is None else _differences(generation, files, deep=deep)
        if not found or _stamp(generation) == stamp:
            return found
    return []  # somebody commits all the time: what was seen says nothing


def _broken(generation: Path) -> Seal:
    """Return what a killed writer cannot have touched."""
    known = _read(generation / BROKEN_SEAL) or {}
    there = {name for name, _ in _files(generation)}
    return {name: entry for name, entry in known.items() if name in there and name not in REWRITTEN}


def _differences(generation: Path, files: Seal, *, deep: bool) -> list[str]:
    found = []
    for name, (size, digest) in sorted(files.items()):
        path = generation / "data" / name
        try:
            actual = path.stat().st_size
            if actual != size:
                found.append(f"{name} has {actual:,} bytes instead of {size:,}")
            elif not os.access(path, os.R_OK):
                raise not_permitted(path)
            elif (deep or size <= SMALL_BYTES) and _sha256(path) != digest:
                found.append(f"{name} is not what was written")
        except FileNotFoundError:
            found.append(f"{name} is missing")
        except PermissionError as exc:
            raise not_permitted(path) from exc
        except OSError as exc:
            found.append(f"{name} cannot be read ({exc.strerror or exc})")
    return found


def _stamp(generation: Path) -> tuple[int, int] | None:
    try:
        found = (generation / SEAL).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _files(generation: Path) -> Iterator[tuple[str, Path]]:
    data = generation / "data"
    for path in sorted(data.rglob("*")):
        if path.is_file() and not path.name.endswith(".lock") and not path.name.endswith("LOCK"):
            yield path.relative_to(data).as_posix(), path


def _read(path: Path) -> Seal | None:
    """Return a seal, or None if there is none that can be read."""
    try:
        values = json.loads(path.read_text("utf-8"))
        return {str(name): (int(size), str(digest)) for name, (size, digest) in values.items()}
    except PermissionError as exc:
        raise not_permitted(path) from exc
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
