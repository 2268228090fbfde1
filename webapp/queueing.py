"""The queue of whole requests that wait for a thread, with an end.

Waitress lets it grow; then everybody waits for everybody before, and gives up
before the answer comes.  A request that finds the queue full is refused by the
thread that read it, which takes no other thread and next to no time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

from webapp import refusals
from webapp.security import HEADERS


class BoundedDispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Hands requests to threads; refuses those for which there is no room.

    Args:
        waiting: requests that may wait.
        on_refused: told of each that is refused.
        is_refused: tells of an address whether the application would refuse it
            now; then it is not asked.
    """

    def __init__(
        self,
        waiting: int,
        on_refused: Callable[[], None] | None = None,
        is_refused: Callable[[str], bool] | None = None,
    ) -> None:
        super().__init__()
        self._is_refused = is_refused
        self._waiting = waiting
        self._on_refused = on_refused

    def add_task(self, task: HTTPChannel) -> None:
        """Queue the first request of the connection ``task``, or refuse it.

        Called with the connection's lock held, by the thread that reads or by
        the one that answered the request before.
        """
        full = len(self.queue) >= self._waiting
        if full or (self._is_refused is not None and self._is_refused(str(task.requests[0].path))):
            refuse(task)
            if self._on_refused is not None:
                self._on_refused()
            return
        super().add_task(task)


def refuse(channel: HTTPChannel) -> None:
    """Answer what the connection asks with 503 and close it."""
    first = channel.requests[0]
    answer = _answer(str(first.path), str(first.command))
    with channel.outbuf_lock:
        channel.outbufs[-1].append(answer)
        channel.current_outbuf_count += len(answer)
        channel.total_outbufs_len += len(answer)
    for each in channel.requests:
        each.close()
    channel.requests = []
    channel.close_when_flushed = True
    channel.server.pull_trigger()


def _answer(path: str, method: str) -> bytes:
    refused = refusals.busy()
    if path.startswith("/api/"):
        kind = "application/json"
        body = json.dumps({"error": {"code": refused.code, "message": refused.message}}).encode()
    else:
        kind, body = "text/plain; charset=utf-8", f"{refused.message}\n".encode()
    status = HTTPStatus(refused.status)
    headers = {
        **HEADERS,
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Cache-Control": "private, no-cache",
        "Retry-After": str(refused.retry_after_s),
        "Connection": "close",
    }
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join((*head, "", "")).encode("latin-1") + (b"" if method == "HEAD" else body)
