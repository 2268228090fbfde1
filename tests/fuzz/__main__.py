"""Fuzz one target, guided by coverage, from its kept corpus; stop at the first finding.

    python tests/fuzz [--seconds 60] [--runs N] [--seed N] [--work FOLDER] TARGET...
    python tests/fuzz --replay FILE TARGET

Needs `atheris` (`pip install atheris`; Linux).  ``TARGET`` may be ``all``.  With
``--runs`` a run ends after so many inputs, the same ones each time.  New inputs
that reach new code are kept in FOLDER, which the next run goes on from.  A finding is
written there as ``crash-…``, ``timeout-…`` or ``oom-…``: mend it, cut it down, and put it
into ``tests/fuzz/corpus/TARGET`` so that it is replayed for ever after.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: One input may take so long, and the process so much memory.
INPUT_S, MEMORY_MB = 20, 2_000


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="+", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--runs", type=int, default=-1, help="at most so many inputs for each target")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--work", type=Path, help="where inputs and findings are kept; else a new folder")
    parser.add_argument("--replay", type=Path, help="only run this one input")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        fuzz(options.targets[0], options)
    from fuzz_targets import TARGETS

    names = list(TARGETS) if options.targets == ["all"] else options.targets
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        parser.error(f"unknown target {unknown[0]!r}: {', '.join(TARGETS)}")
    if options.replay:
        TARGETS[names[0]](options.replay.read_bytes())
        return 0
    work = options.work or Path(tempfile.mkdtemp(prefix="fuzz-"))
    return max([run(name, work, options) for name in names])


def run(name: str, work: Path, options: argparse.Namespace) -> int:
    """Fuzz in a process of its own: a finding ends it."""
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    command = [sys.executable, __file__, "--here", f"--seconds={options.seconds}", f"--seed={options.seed}"]
    command.append(f"--runs={options.runs}")
    with (work / f"{name}.log").open("w+") as log:
        done = subprocess.run(
            [*command, f"--work={work}", name],
            stdout=log,
            stderr=log,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        log.seek(0)
        said = log.read().splitlines()
    counted = [line.split()[1] for line in said if line.startswith("Done ")]
    runs = (
        counted[0]
        if counted
        else next((line.split("\t")[0] for line in reversed(said) if line[:1] == "#"), "?")
    )
    state = "no finding" if done.returncode == 0 else f"FINDING, see {work / name}.log"
    print(
        f"{name}: {runs} inputs in {time.monotonic() - begun:.0f} s, seed {options.seed}: {state}", flush=True
    )
    return int(done.returncode != 0)


def fuzz(name: str, options: argparse.Namespace) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["archive", "index", "webapp"]):
        from fuzz_targets import CORPUS, MAX_BYTES, TARGETS

    folder = options.work / name
    arguments = [
        sys.argv[0],
        f"-max_total_time={options.seconds}",
        f"-runs={options.runs}",
        f"-seed={options.seed}",
        f"-max_len={MAX_BYTES}",
        f"-timeout={INPUT_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={folder}{os.sep}",
        str(folder),
        str(CORPUS / name),
    ]
    atheris.Setup(arguments, TARGETS[name], internal_libfuzzer=True)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
