"""Requests read more strictly than waitress does: one end, one version, one host."""

from __future__ import annotations

import re

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

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


class StrictChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read strictly."""

    parser_class = StrictParser
