"""Services beside a store that changes: articles and authors, what is new, what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.document import Draft, Origin
from archive.errors import ArticleNotFoundError, StoreError
from archive.normalise import document_from_draft
from archive.store import Store
from index.errors import IndexMissingError
from tests.webapp.filled_archive import ARTICLES, fill, search
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import Settings


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    fill(settings, ARTICLES)
    with Services(settings) as opened:
        yield opened


# Articles and authors


def test_article_marks_every_place(services: Services) -> None:
    slug = search(services, "harbour strike").hits[0].slug

    page = services.article(slug, "harbour strikes")

    text = page.document.text
    assert [text[start:end] for start, end in page.body_spans] == ["harbour"]
    assert len(page.title_spans) == 2
    assert page.author_slugs == ("ada-lovelace", "grace-hopper")


def test_article_without_query_has_no_marks(services: Services) -> None:
    page = services.article(search(services, "walked").hits[0].slug)

    assert (page.title_spans, page.body_spans) == ((), ())


def test_author_lists_articles_newest_first(services: Services) -> None:
    page = services.author("ada-lovelace")

    assert (page.name, page.total) == ("Ada Lovelace", 2)
    assert [hit.title for hit in page.hits] == ["Harbour strike", "Undated notes"]


@pytest.mark.parametrize("kind", ["article", "author"])
def test_what_is_not_there_is_not_found(services: Services, kind: str) -> None:
    with pytest.raises(ArticleNotFoundError):
        getattr(services, kind)("nobody-and-nothing")


# Changes meanwhile


def test_an_article_deleted_meanwhile_is_skipped(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    fill(settings, ARTICLES)

    with Services(settings) as services:
        gone = search(services, "walked").hits[0].id
        services.store.delete([gone])

        page = search(services, "harbour")

    assert gone not in {hit.id for hit in page.hits}
    assert len(page.hits) == page.total - 1


def test_what_another_process_ingests_is_seen(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="tantivy")
    fill(settings, ARTICLES[:1])

    with Services(settings) as services:
        before = search(services, "").total
        fill(settings, ARTICLES)
        after = search(services, "", author=("Hopper Stone",))

    assert (before, after.total) == (1, 1)
    assert {"Hopper Stone", "Grace Jones"} <= {value.label for value in after.facets["author"]}


def test_changes_left_by_an_earlier_run_are_indexed_at_the_start(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    fill(settings, ARTICLES[:1])
    with Store.open(settings.store_path) as store:
        put_late(store)

    with Services(settings) as services:
        assert search(services, "late").total == 1


def put_late(store: Store) -> None:
    store.put([document_from_draft(Draft(text="Late news.", origin=Origin(path="/late.txt")))])


def test_results_of_an_index_that_is_behind_say_so_until_it_has_caught_up(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="tantivy")
    fill(settings, ARTICLES[:1])

    with Services(settings) as services:
        put_late(services.store)
        late = search(services, "late")
        export = services.matches(SearchParams(q="late"))
        services.catch_up()
        found = search(services, "late")

    assert [warning.code for warning in late.warnings] == ["index_behind"]
    assert "1 change behind" in late.warnings[0].message
    assert late.warnings[0].message.endswith("Run: archive reindex --if-needed")
    assert export.warnings == late.warnings
    assert (found.total, found.warnings) == (1, ())


def test_another_engine_that_is_behind_names_its_own_command(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="tantivy")
    fill(settings, ARTICLES[:1])
    fill(replace(settings, engine="memory"), ARTICLES[:1])
    fill(settings, ARTICLES)

    with Services(settings) as services:
        page = search(services, "", engine="memory")

    assert page.warnings[0].message.endswith("Run: archive reindex --engine memory --if-needed")


def test_a_new_archive_answers_with_nothing(tmp_path: Path) -> None:
    with Services(Settings(home=tmp_path / "new", engine="tantivy")) as services:
        page = search(services, "anything")
        status = services.status()

    assert (page.total, page.hits, page.next) == (0, (), None)
    assert (status.articles, status.ready, status.indexed) == (0, True, 0)


def test_articles_that_were_never_indexed_are_told_not_hidden(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, engine="memory")
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(Draft(text="Some news.", origin=Origin(path="/a.txt")))])

    with Services(settings) as services:
        status = services.status()
        with pytest.raises(IndexMissingError, match="archive reindex"):
            search(services, "news")

    assert (status.ready, status.problem_code) == (False, "index_missing")
    assert "archive reindex" in status.problem


def test_no_archive_is_told_when_none_may_be_made(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="archive ingest"):
        Services(Settings(home=tmp_path / "none"), create=False)

    assert not (tmp_path / "none").exists()
