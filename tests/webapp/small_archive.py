"""A small real archive: a store on disk, an index, and the application over both."""

from __future__ import annotations

from pathlib import Path

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp.settings import Settings

XSS = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


def _draft(number: int, title: str, text: str, **more: object) -> Draft:
    return Draft(title=title, text=text, origin=Origin(path=f"/data/{number}.txt"), **more)


DRAFTS = (
    _draft(
        1,
        "Long-range missiles approved",
        "The government approved long-range missiles on Tuesday.\n\nThe missile, called ATACMS, can fly far.",
        authors=("Ada Lovelace",),
        published=PartialDate(2024, 9, 10),
        source="Daily Post",
        language="en",
        url="https://example.org/missiles",
    ),
    _draft(
        2,
        "Harbour strike ends",
        "Dock workers ended their strike.\n\nNobody spoke of missiles.",
        authors=("Ada Lovelace", "Grace Hopper"),
        published=PartialDate(2023, 5),
        source="Harbour News",
        language="en",
    ),
    _draft(3, "Undated notes", "Some notes about pearl diving in the harbour.", language="en"),
    _draft(
        4,
        f"Hostile {XSS}",
        f"A hostile text {XSS} about missiles.",
        authors=(f"Mallory {XSS[:40]}",),
        source=XSS[:60],
        language="en",
        url="javascript:alert(1)",
        published=PartialDate(2022),
    ),
)


def build(home: Path, engine: str, *, extra: int = 0) -> Settings:
    """Make an archive of `DRAFTS`, and ``extra`` articles more, in ``home``."""
    settings = Settings(home=home, engine=engine)
    home.mkdir(parents=True, exist_ok=True)
    more = tuple(
        _draft(
            100 + n,
            f"Bulletin number {n}",
            f"Bulletin {n} tells of ships and weather, day {n}.",
            published=PartialDate(2020, 1 + n % 12),
            language="en",
        )
        for n in range(extra)
    )
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(draft) for draft in (*DRAFTS, *more)])
        Indexer(store, settings.index_root, engine).reindex()
    return settings
