"""Requests that wait for a thread: in lanes, each with an end.

Waitress has one queue and lets it grow; then everybody waits for everybody
before, and gives up before the answer comes, and a watchdog's question waits
behind searches.  Here each kind of request has places of its own.  One that
would wait too long is refused by the thread that read it, at once, which takes
no other thread and next to no time.
"""

from __future__ import annotations

import functools
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher

from webapp import refusals
from webapp.security import HEADERS

#: How much the time of the last request counts for the mean of a lane.
_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A kind of request.

    Attributes:
        places: requests of it that are answered at the same time.
        waiting: requests of it that may wait.
        wait_s: the longest that they may be expected to wait.  As many as there
            are places may always wait, or a lane of slow requests would stand
            empty between two of them.
    """

    name: str
    places: int
    waiting: int
    wait_s: float = 1.0


class LaneQueue:
    """A lane and who is in it.

    Attributes:
        running: requests of it that are being answered.
        mean_s: how long one takes of late, 0 before the first.
    """

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.running = 0
        self.waiting: deque[HTTPChannel] = deque()
        self.mean_s = 0.0

    def has_room(self) -> bool:
        """Tell whether one more may come."""
        waiting = len(self.waiting)
        if waiting < max(0, self.lane.places - self.running):
            return True  # it will not wait
        if waiting >= self.lane.waiting:
            return False
        expected_s = (waiting + 1) * self.mean_s / self.lane.places
        return waiting < self.lane.places or expected_s <= self.lane.wait_s

    def is_runnable(self) -> bool:
        """Tell whether one may go on now."""
        return bool(self.waiting) and self.running < self.lane.places

    def note(self, seconds: float) -> None:
        """Remember how long a request took."""
        self.mean_s += (seconds - self.mean_s) * (_WEIGHT if self.mean_s else 1.0)


class LaneDispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Hands requests to threads, lane by lane; refuses those for which there is no room.

    Args:
        lanes: the first with somebody to go on comes first.
        lane_of: the name of a request's lane by its path; the first lane unless given.
        on_refused: told the lane of each that is refused.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        lane_of: Callable[[str], str] | None = None,
        on_refused: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._queues = {lane.name: LaneQueue(lane) for lane in lanes}
        self._lane_of = lane_of or (lambda _path: lanes[0].name)
        self._on_refused = on_refused
        #: The thread that reads requests, and may send refusals itself.
        self.reading_thread = 0
        self.set_thread_count(sum(lane.places for lane in lanes))

    def add_task(self, task: HTTPChannel) -> None:
        """Queue the first request of the connection ``task``, or refuse it.

        Called with the connection's lock held, by the thread that reads or by
        the one that answered the request before.
        """
        name = self._lane_of(_path(task))
        with self.lock:
            queue = self._queues[name]
            if queue.has_room():
                queue.waiting.append(task)
                self.queue_cv.notify()
                return
        refuse(task, at_once=threading.get_ident() == self.reading_thread)
        if self._on_refused is not None:
            self._on_refused(name)

    def waiting(self) -> int:
        """Return how many requests wait in all lanes."""
        return sum(len(queue.waiting) for queue in self._queues.values())

    def handler_thread(self, thread_no: int) -> None:
        """Answer requests until told to stop."""
        while (found := self._next(thread_no)) is not None:
            queue, task = found
            began = time.monotonic()
            try:
                task.service()
            except BaseException:
                self.logger.exception("Exception when servicing %r", task)
            finally:
                with self.lock:
                    queue.running -= 1
                    queue.note(time.monotonic() - began)

    def _next(self, thread_no: int) -> tuple[LaneQueue, HTTPChannel] | None:
        """Wait for a request that may go on, and take it; None if this thread shall end."""
        with self.lock:
            while self.stop_count == 0:
                queue = next(filter(LaneQueue.is_runnable, self._queues.values()), None)
                if queue is not None:
                    queue.running += 1
                    return queue, queue.waiting.popleft()
                self.active_count -= 1
                self.queue_cv.wait()
                self.active_count += 1
            self.active_count -= 1
            self.stop_count -= 1
            self.threads.discard(thread_no)
            self.thread_exit_cv.notify()
            return None


def refuse(channel: HTTPChannel, *, at_once: bool = False) -> None:
    """Answer what the connection asks with 503 and close it.

    Args:
        at_once: send it now; only the thread that reads may.
    """
    answer = _answer(_path(channel), str(getattr(channel.requests[0], "command", "")))
    for each in channel.requests:
        each.close()
    channel.requests = []
    with channel.outbuf_lock:
        channel.outbufs[-1].append(answer)
        channel.current_outbuf_count += len(answer)
        channel.total_outbufs_len += len(answer)
        channel.close_when_flushed = True
        if at_once:
            channel.handle_write()
    if not at_once:
        channel.server.pull_trigger()


def _path(channel: HTTPChannel) -> str:
    """Return the path of the first request; one that cannot be read has none, and is answered with why."""
    return str(getattr(channel.requests[0], "path", ""))


def _answer(path: str, method: str) -> bytes:
    head, body = _refusal(is_api=path.startswith("/api/"))
    return head if method == "HEAD" else head + body


@functools.cache
def _refusal(*, is_api: bool) -> tuple[bytes, bytes]:
    """Return head and body of a refusal."""
    refused = refusals.busy()
    if is_api:
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
    return "\r\n".join((*head, "", "")).encode("latin-1"), body
