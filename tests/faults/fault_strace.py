"""Faults by strace: count the system calls of a run, then kill it or fail it at the N-th."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

#: Whatever changes a file or a folder, or waits until that is on the disk.
SYSCALLS = (
    *("write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir"),
)

_CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?([a-z0-9_]+)[( ]")


def counting(strace: str, log: Path) -> list[str]:
    return [strace, "-f", "--seccomp-bpf", "-qq", "-o", str(log), "-e", f"trace={','.join(SYSCALLS)}"]


def points(log: Path) -> list[tuple[str, int]]:
    """Every (system call, N) that the counted run reached; strace counts each thread by itself."""
    counts: Counter[tuple[str, str]] = Counter()
    for line in log.read_text(errors="replace").splitlines():
        found = _CALL.match(line)
        if found and "resumed>" not in line:
            counts[found[1], found[2]] += 1
    most: dict[str, int] = {}
    for (_, call), count in counts.items():
        most[call] = max(most.get(call, 0), count)
    return [(call, number) for call in sorted(most) for number in range(1, most[call] + 1)]


def injecting(strace: str, call: str, fault: str, number: int, *, forever: bool = False) -> list[str]:
    """Wrap a command so that ``fault`` (``signal=SIGKILL``, ``error=EIO``) happens at the N-th ``call``."""
    when = f"{number}+" if forever else str(number)
    inject = f"inject={call}:{fault}:when={when}"
    # Not with --seccomp-bpf: strace 6.1 then traces and injects nothing.
    return [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
