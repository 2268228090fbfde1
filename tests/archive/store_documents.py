"""Documents for the tests of the store: made by hand, every value where a test can see it."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from archive.document import Document, Origin, Provenance

COLUMN = Provenance(method="column", detail="title")
HAND = Provenance(method="hand")


def document(
    identity: str, title: str = "Harbour strike", text: str | None = None, **values: Any
) -> Document:
    """A document; its text differs with its identity unless it is given."""
    if text is None:
        text = f"First paragraph of {identity}.\n\nSecond paragraph, rather longer than the first."
    digest = hashlib.blake2b(f"{title}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16)
    given: dict[str, Any] = {
        "title": title,
        "text": text,
        "lead": text.split("\n\n")[0],
        "identity": identity,
        "origin": Origin(path=f"/articles/{identity}.txt", media_type="text/plain"),
        "content_hash": digest.hexdigest(),
        "words": len(text.split()),
    }
    return Document(**given | values)


NOON = dt.datetime(2024, 9, 10, 12, tzinfo=dt.UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(hours=1)
        return self.now


def outcomes(results):
    return [result.outcome for result in results]
