"""Log lines for people and for programs, with the id of the request they belong to.

Whatever a request holds can land in a message, so both forms escape what would
begin another line or act on a terminal.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import secrets
import sys
from contextvars import ContextVar
from typing import IO

from webapp.marking import visible_text

#: The id of the request that this thread answers, or empty.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LINE_ENDS = str.maketrans(
    {sign: sign.encode("unicode_escape").decode("ascii") for sign in "\n\r\t\x85\u2028\u2029"}
)

#: What every record has of itself; anything else was given with ``extra``.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def new_request_id(given: str = "") -> str:
    """Return ``given`` if it can be an id, else a random one."""
    return given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)


class PlainFormatter(logging.Formatter):
    """``2026-11-22T10:00:00Z INFO webapp.auth [request id] message name=value``, one line each.

    A traceback follows on lines that begin with ``  |``.
    """

    def format(self, record: logging.LogRecord) -> str:
        parts = [_time(record), record.levelname, record.name]
        if request_id := REQUEST_ID.get():
            parts.append(f"[{request_id}]")
        parts.append(one_line(record.getMessage()))
        parts += [f"{name}={one_line(str(value))}" for name, value in _extra(record).items()]
        line = " ".join(parts)
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line += "".join(f"\n  | {one_line(text)}" for text in trace.splitlines())
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request_id, what was added."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            said["request_id"] = request_id
        said.update(_extra(record))
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, default=str)


def configure(form: str, level: str, *, stream: IO[str] | None = None) -> None:
    """Send the records of this program from ``level`` on to ``stream``, and warnings of libraries.

    Args:
        form: ``plain`` or ``json``.
        stream: standard error unless given.
    """
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else PlainFormatter())
    root = logging.getLogger()
    for before in root.handlers[:]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("archive", "index", "webapp"):
        logging.getLogger(name).setLevel(level.upper())
    # Waitress warns of every request that waits; refusals are counted and logged by us.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def one_line(text: str) -> str:
    """Return ``text`` as one line in which nothing acts on a terminal."""
    return visible_text(text.replace("\\", "\\\\").translate(_LINE_ENDS))


def _time(record: logging.LogRecord) -> str:
    when = dt.datetime.fromtimestamp(record.created, dt.UTC)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _OWN}
