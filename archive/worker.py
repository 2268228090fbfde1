"""The child process that reads pages: run by `archive.workers`, never by hand.

A request is a length and JSON options, a length and JSON origin, and for a
container's member a length and its content; the answer is a length and JSON
results.  Pages are hostile input, so the process limits its own
memory for good and its processor time for each page.
"""

from __future__ import annotations

import io
import os
import signal
import sys

import orjson

from archive.children import read_frame, write_frame
from archive.containers import buffered
from archive.document import Origin
from archive.errors import ReadError
from archive.readers import ReadFailure, ReadOptions
from archive.readers.registry import open_stream
from archive.reading import ReadArticle, read_opened
from archive.sources import open_item
from archive.wire import options_from_json, results_to_json

if sys.platform != "win32":
    import resource


def main() -> None:
    """Answer requests until standard input ends."""
    # Ctrl-C is the parent's to handle: it ends this process by closing the pipe or killing it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    requests = sys.stdin.buffer
    limited = False
    while (head := read_frame(requests)) is not None:
        frame = read_frame(requests)
        if frame is None:
            return
        place = orjson.loads(frame)
        data = read_frame(requests) if "inside" in place else b""
        if data is None:
            return
        options = options_from_json(head)
        if not limited:
            _limit_memory(options.limits.worker_bytes)
            limited = True
        _limit_time(options.limits.item_cpu_s)
        write_frame(answers, results_to_json(_results(place, data, options)))


def _results(place: dict[str, str], data: bytes, options: ReadOptions) -> list[ReadArticle | ReadFailure]:
    """Read the file that a request names, or ``data``, the content of a container's member."""
    origin = Origin(path=place["path"], member=place.get("inside", ""))
    try:
        with _stream(place, data) as stream:
            opened = open_stream(stream, origin, options)
            return list(read_opened(opened, options))
    except ReadError as error:
        return [ReadFailure(member=origin.member, code=error.code, reason=str(error))]


def _stream(place: dict[str, str], data: bytes) -> io.BufferedReader:
    if "inside" in place:
        return buffered(io.BytesIO(data))
    # The real path travels as bytes in hexadecimal: names need not be UTF-8.
    return open_item(os.fsdecode(bytes.fromhex(place["member"])))


def _limit_memory(size: int) -> None:
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(seconds: int) -> None:
    """Allow ``seconds`` of processor time from now on; then the system ends the process."""
    if sys.platform != "win32":
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        soft = used + seconds + 1
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()
