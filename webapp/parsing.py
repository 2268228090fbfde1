"""Requests read more strictly than waitress does, and answers that are whole or visibly broken."""

from __future__ import annotations

import re
import socket
import struct

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask

from webapp.security import HEADERS

_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:")


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses what a proxy in front might read as another request than we do."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request.

        Raises:
            ParsingError: it is malformed; the answer is 400 and the end of the connection.
        """
        super().parse_header(header_plus)
        if self.chunked and _LENGTH.search(header_plus):
            raise ParsingError("Content-Length beside Transfer-Encoding")
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("HTTP version")


class PlainErrorTask(ErrorTask):  # type: ignore[misc]
    """The answer to a request that cannot be read, with the headers of all answers."""

    def execute(self) -> None:
        """Send the answer."""
        self.response_headers.extend({**HEADERS, "Cache-Control": "private, no-cache"}.items())
        super().execute()


class WholeTask(WSGITask):  # type: ignore[misc]
    """An answer that, when it fails half way, does not look like one that came to its end."""

    def execute(self) -> None:
        """Send the answer.

        Raises:
            Exception: what the application raised while it was asked for more.
        """
        try:
            super().execute()
        except BaseException:
            if self.wrote_header:
                self.channel.is_broken = True
            raise


class StrictChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read strictly.

    Attributes:
        is_broken: its answer was cut off: the connection is reset, since a client
            of HTTP/1.0 takes an ordinary end for the end of the answer.
        sent_bytes: sent so far, of all answers.
    """

    parser_class = StrictParser
    task_class = WholeTask
    error_task_class = PlainErrorTask
    is_broken = False
    sent_bytes = 0

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what the client takes of ``data``, and return how much that is."""
        sent = int(super().send(data, do_close))
        self.sent_bytes += sent
        return sent

    def handle_close(self) -> None:
        """Close the connection."""
        if self.is_broken and self.socket is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super().handle_close()
