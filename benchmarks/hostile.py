"""Every hostile file at hand through the readers: what becomes of each, in what time and memory.

    python -m benchmarks.hostile FOLDER [--only NAME] [--list CODE]

``FOLDER`` holds files that are meant to break readers, in any folders; some collections
are known by their form and taken apart first: tree cases of html5lib (``*.dat`` in
``tree-construction``) become a page each, lines of strings (``blns.json``,
``articles.jsonl``, ``xss/*.txt``) an article each, ``names.jsonl`` a file each of that
name.  Everything is read in one child process under the limits of an ingest; then each
set is ingested as a folder beside one good article, which must be stored.

The columns are files by outcome, the most processor time that one took, the most
memory of the child, and what became of the good neighbour.  In class are: ingested, ingested with a warning, and refused (or passed over) with a
reason and a code.  Not in class: a reader that failed, more than 30 s, more than 1 GB.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from archive.ingest import IngestOptions, ingest
from archive.limits import LIMITS
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle
from archive.store import Store
from archive.workers import ReaderPool

SECONDS: Final = 30.0
BYTES: Final = 1_000_000_000
_STARTING_S: Final = 30.0  # a child that has to be started first
_GOOD: Final = "A good neighbour\n\nThis text must be stored whatever stands beside it.\n"
_LINES: Final = {"xss", "blns"}
_UNSEEN: Final = frozenset(
    {"script", "style", "title", "template", "noscript", "textarea", "iframe", "noembed"}
)
_TREE_LINE: Final = re.compile(r"\| ( *)(.*)")


@dataclass(slots=True)
class Tally:
    """What became of one set."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    peak_bytes: int = 0
    neighbour: bool = False
    marked: int = 0
    marked_kept: int = 0
    trees: int = 0
    trees_kept: int = 0
    bad: list[str] = field(default_factory=list)

    @property
    def files(self) -> int:
        return self.outcomes.total()


def main() -> None:
    """Run every set and print what became of it; exit 1 if something is not in class."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="only sets whose name begins so")
    parser.add_argument(
        "--list", default="", metavar="CODE", help="print the names of files with this outcome"
    )
    arguments = parser.parse_args()
    total = Tally(neighbour=True)
    files = 0
    print(
        f"{'set':<34}{'files':>6}{'ingested':>9}{'warned':>8}{'refused':>8}{'passed':>7}{'cpu s':>7}{'MB':>6}{'good':>7}  codes"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name, paths in sorted(_sets(arguments.folder, Path(scratch)).items()):
            if not name.startswith(arguments.only):
                continue
            files += len(paths)
            tally = _judge(name, paths, arguments.list)
            _show(name, tally)
            _add(total, tally)
    _show("all", total)
    print(f"{total.files:,} of {files:,} files have an outcome; {len(total.bad)} are not in class")
    print(f"good neighbours stored: {'all' if total.neighbour else 'NOT ALL'}; ", end="")
    print(f"files with a marked part: {total.marked_kept} of {total.marked} give it")
    if total.trees:
        print(f"tree cases: {total.trees_kept:,} of {total.trees:,} keep 95 % of the text or warn")
    for each in total.bad:
        print(f"  {each}")
    sys.exit(1 if total.bad or not total.neighbour or total.files != files else 0)


def _sets(folder: Path, scratch: Path) -> dict[str, list[Path]]:
    """Set -> its files: those of the folder, and those made of its collections."""
    sets: dict[str, list[Path]] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        inside = path.relative_to(folder).parts
        sets.setdefault("/".join(inside[:-1][:2]) or "top", []).append(path)
    for name, files in [*sets.items()]:
        for path in files:
            made = f"cases of {name}"
            if path.suffix == ".dat" and "tree-construction" in path.parts:
                sets.setdefault(made, []).extend(_trees(path, scratch))
            elif path.name == "names.jsonl":
                sets.setdefault("cases of names", []).extend(_named(path, scratch))
            elif path.name == "articles.jsonl":
                lines = [
                    orjson.dumps(orjson.loads(line)["article"]) for line in path.read_bytes().splitlines()
                ]
                sets.setdefault("cases of articles", []).extend(_each(lines, scratch / "articles", ".json"))
            elif path.suffix in {".txt", ".json"} and name in _LINES and not path.name.startswith("LICENSE"):
                sets.setdefault(made, []).append(_payloads(path, scratch / name))
    return sets


def _trees(path: Path, scratch: Path) -> list[Path]:
    blocks = re.split(rb"(?:^|\n)#data\n", path.read_bytes())[1:]
    pages = [block.partition(b"\n#errors\n")[0] for block in blocks]
    made = _each(pages, scratch / path.stem, ".html")
    for page, block in zip(made, blocks, strict=True):
        page.with_suffix(".tree").write_bytes(block.partition(b"#document\n")[2])
    return made


def _named(path: Path, scratch: Path) -> list[Path]:
    """Files of hostile names; those that no file system takes are left out."""
    folder = scratch / "names"
    folder.mkdir()
    made: list[Path] = []
    for line in path.read_bytes().splitlines():
        name = os.fsdecode(base64.b64decode(orjson.loads(line)["b64"]))
        target = folder / name
        with contextlib.suppress(OSError, ValueError):
            if name.strip("./") and "/" not in name:
                target.write_text(f"A named file\n\nText of the file number {len(made)}.\n", "utf-8")
                made.append(target)
    return sorted(set(made))


def _each(contents: list[bytes], folder: Path, suffix: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for number, content in enumerate(contents):
        path = folder / f"{number:04d}{suffix}"
        path.write_bytes(content)
        made.append(path)
    return made


def _payloads(path: Path, folder: Path) -> Path:
    """One list of articles whose every field is a payload."""
    folder.mkdir(parents=True, exist_ok=True)
    data = path.read_bytes()
    strings = orjson.loads(data) if path.suffix == ".json" else data.decode("utf-8", "replace").splitlines()
    lines = []
    for number, each in enumerate(strings):
        text = each if isinstance(each, str) else str(each)
        values = dict.fromkeys(("title", "author", "section", "source"), text)
        lines.append(orjson.dumps({"id": number, "text": f"Payload: {text}", "tags": [text], **values}))
    target = folder / f"{path.stem}-{path.suffix[1:]}.jsonl"
    target.write_bytes(b"\n".join(lines))
    return target


def _judge(name: str, paths: list[Path], listed: str) -> Tally:
    tally = Tally()
    options = ReadOptions(limits=LIMITS)
    with ReaderPool(1, LIMITS) as pool:
        pool.submit(__file__, options).result()  # the first one would pay for the start
        for path in paths:
            before = sum(map(_cpu, pool.pids()))
            started = time.monotonic()
            results = pool.submit(os.fspath(path), options).result()
            wall = time.monotonic() - started
            # Of a busy machine the processor time tells more; a child that was killed has none to tell.
            seconds = sum(map(_cpu, pool.pids())) - before
            seconds = seconds if seconds > 0 else min(wall, SECONDS)
            tally.slowest_s = max(tally.slowest_s, seconds)
            tally.peak_bytes = max(tally.peak_bytes, *(_peak(pid) for pid in pool.pids()), 0)
            outcome = _outcome(results)
            tally.outcomes[outcome] += 1
            if listed and outcome.endswith(listed):
                print(f"  {outcome}: {path}", file=sys.stderr)
            failed = [each for each in results if isinstance(each, ReadFailure) and each.code == "failed"]
            if failed or wall > SECONDS + _STARTING_S or tally.peak_bytes > BYTES or not results:
                why = failed[0].reason if failed else f"{wall:.1f} s, {tally.peak_bytes:,} bytes"
                tally.bad.append(f"{name}: {path.name!r}: {why}")
            _note_kept(path, results, outcome, tally)
    tally.neighbour = _has_neighbour(paths)
    return tally


def _peak(pid: int) -> int:
    """Most memory that a process has used; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _outcome(results: list[ReadArticle | ReadFailure]) -> str:
    articles = [each for each in results if isinstance(each, ReadArticle)]
    codes = {each.code for each in results if isinstance(each, ReadFailure)}
    if articles:
        return "warned" if codes or any(each.document.warnings for each in articles) else "ingested"
    return f"refused {min(codes)}" if codes != {"skipped"} else "passed over"


def _note_kept(path: Path, results: list[ReadArticle | ReadFailure], outcome: str, tally: Tally) -> None:
    found = " ".join(
        f"{each.document.title} {each.document.text}" for each in results if isinstance(each, ReadArticle)
    )
    if path.suffix != ".jsonl" and "handmade" in path.parts and b"MARKER" in path.read_bytes():
        tally.marked += 1
        tally.marked_kept += "MARKER" in found
    tree = path.with_suffix(".tree")
    if path.suffix == ".html" and tree.exists():
        wanted = "".join(_visible(tree.read_text("utf-8", "replace")).split())
        kept = Counter("".join(found.split()))
        shared = sum((Counter(wanted) & kept).values())
        tally.trees += 1
        tally.trees_kept += outcome != "ingested" or shared >= 0.95 * len(wanted)


def _visible(tree: str) -> str:
    """The text of a tree in html5lib's form, without that of elements that show none."""
    texts: list[str] = []
    hidden: int | None = None
    for line in tree.splitlines():
        match = _TREE_LINE.match(line)
        if match is None:
            continue
        depth, content = len(match[1]), match[2]
        if hidden is not None and depth > hidden:
            continue
        hidden = None
        if content.startswith("<") and content.strip("<>").split(" ")[-1] in _UNSEEN:
            hidden = depth
        elif content.startswith('"'):
            texts.append(content.strip('"'))
    return " ".join(texts)


def _has_neighbour(paths: list[Path]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        good = Path(folder) / "zz good.txt"
        good.write_text(_GOOD, "utf-8")
        with Store.open(Path(folder) / "archive.db") as store:
            ingest(store, [*paths, good], options=IngestOptions(workers=2))
            return any(each.title == "A good neighbour" for batch in store.iterate() for each in batch)


def _add(total: Tally, tally: Tally) -> None:
    total.outcomes += tally.outcomes
    total.slowest_s = max(total.slowest_s, tally.slowest_s)
    total.peak_bytes = max(total.peak_bytes, tally.peak_bytes)
    total.neighbour = total.neighbour and tally.neighbour
    for name in ("marked", "marked_kept", "trees", "trees_kept"):
        setattr(total, name, getattr(total, name) + getattr(tally, name))
    total.bad += tally.bad


def _show(name: str, tally: Tally) -> None:
    found = tally.outcomes
    refused = Counter(
        {key.removeprefix("refused "): n for key, n in found.items() if key.startswith("refused")}
    )
    codes = ", ".join(f"{code} {number}" for code, number in _ordered(refused))
    print(
        f"{name:<34}{tally.files:>6}{found['ingested']:>9}{found['warned']:>8}{refused.total():>8}"
        f"{found['passed over']:>7}{tally.slowest_s:>7.1f}{tally.peak_bytes / 1e6:>6.0f}"
        f"{'stored' if tally.neighbour else 'LOST':>7}  {codes}",
        flush=True,
    )


def _ordered(counts: Counter[str]) -> Iterator[tuple[str, int]]:
    yield from sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


if __name__ == "__main__":
    main()
