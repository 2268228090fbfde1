"""A few articles in a real archive, and searches for them."""

from __future__ import annotations

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp.models import SearchPage, SearchParams
from webapp.services import Services
from webapp.settings import Settings

ARTICLES: tuple[dict[str, object], ...] = (
    {
        "title": "Harbour strike",
        "text": "Dock workers walked out of the harbour on Monday.",
        "authors": ("Ada Lovelace", "Grace Hopper"),
        "published": PartialDate(2024, 9, 30),
        "source": "Post",
        "language": "en",
    },
    {
        "title": "Strike ends",
        "text": "The harbour is open and the workers are back.",
        "authors": ("Hopper Stone", "Grace Jones"),
        "published": PartialDate(2024, 10, 1),
        "source": "Post News",
        "language": "en",
    },
    {
        "title": "Grève au port",
        "text": "Les dockers du port sont en grève depuis lundi.",
        "published": PartialDate(2024),
        "source": "Post",
        "language": "fr",
    },
    {"title": "Undated notes", "text": "Notes on pearl diving in the harbour.", "authors": ("Ada Lovelace",)},
)


def fill(settings: Settings, articles: tuple[dict[str, object], ...]) -> None:
    drafts = [
        Draft(origin=Origin(path=f"/{number}.txt"), **values)  # type: ignore[arg-type]
        for number, values in enumerate(articles, 1)
    ]
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(draft) for draft in drafts])
        Indexer(store, settings.index_root, settings.engine).catch_up()


def titles(page: SearchPage) -> list[str]:
    return [hit.title for hit in page.hits]


def search(services: Services, q: str = "", **more: object) -> SearchPage:
    return services.search(SearchParams(q=q, **more))  # type: ignore[arg-type]
