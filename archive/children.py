"""Child processes that run a module of ours: how they are started, and what crosses their pipes.

Both directions carry frames: a length and as many bytes.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

LENGTH: Final = struct.Struct("<Q")
MAX_FRAME_BYTES: Final = 500_000_000


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame; None at the end of the stream, or if what follows is no whole frame."""
    header = stream.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(header)
    if size > MAX_FRAME_BYTES:
        return None
    data = stream.read(size)
    return data if len(data) == size else None


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame and flush."""
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def module_command(module: str) -> tuple[str, ...]:
    """The command that runs ``module``, without looking for it in the working folder,
    which may be one of saved pages."""
    return (sys.executable, "-P", "-m", module)


def start_child(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a process with pipes for input and output, that finds the modules this one finds.

    Raises:
        OSError: none can be started.
    """
    return subprocess.Popen(  # noqa: S603 - the command is ours
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | same_modules() | dict(environment or {}),
    )


def same_modules() -> dict[str, str]:
    """The environment in which a process finds the modules that this one finds, and no others."""
    found_in = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return {"PYTHONPATH": found_in, "PYTHONSAFEPATH": "1"}
