"""An open database, and the one writer that it has at a time: what every part of the store stands on."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection, Engine

from archive.closing import Closing
from archive.errors import StoreError
from archive.store.connection import writer_of
from archive.store.failures import store_errors


class Opened(Closing):
    """The database, its connections and its lock."""

    def __init__(
        self,
        engine: Engine,
        *,
        where: str,
        path: Path | None,
        read_only: bool,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._engine = engine
        self._writer = writer_of(engine)
        self._where = where
        self._path = path
        self._read_only = read_only
        self._clock = clock
        self._write_lock = threading.Lock()
        # Number of ids, with text -> statement: it is asked at each search.
        self._compiled: dict[tuple[int, bool], str] = {}

    def close(self) -> None:
        """Close every connection; the store cannot be used any more."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with store_errors(self._where), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._read_only:
            raise StoreError(f"{self._where} was opened for reading only")
        with self._write_lock, store_errors(self._where), self._writer.begin() as connection:
            yield connection
