"""More like this, in every engine."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from archive.document import Draft, Origin
from archive.errors import ArticleNotFoundError
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp import create_app
from webapp.cli import cli
from webapp.services import Services
from webapp.settings import Settings

TEXTS = {
    "Harbour strike": "Dock workers at the harbour began a strike over wages. The union wants higher wages.",
    "Dockers walk out": "The union of dock workers called a strike at the harbour; wages are too low, it says.",
    "Wage talks": "Talks between the union and the harbour about wages and the strike go on.",
    "Pearl diving": "Divers look for pearls in warm lagoons, holding their breath for minutes.",
    "Lagoon pearls": "Pearls from lagoons are rare; divers find one pearl among many oysters.",
    "Alone": "Zymurgy xylophone quixotic.",
}


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    drafts = [
        Draft(title=title, text=text, language="en", origin=Origin(path=f"/{title}"))
        for title, text in TEXTS.items()
    ]
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(draft) for draft in drafts])
        Indexer(store, settings.index_root, settings.engine).catch_up()
    with Services(settings) as opened:
        yield opened


def similar(services, slug, **more):
    return [hit.title for hit in services.similar(slug, **more)]


def test_articles_about_the_same_come_first_and_the_article_itself_never(services):
    assert set(similar(services, "harbour-strike")) == {"Dockers walk out", "Wage talks"}
    assert similar(services, "pearl-diving") == ["Lagoon pearls"]


def test_an_article_like_no_other_has_none(services):
    assert similar(services, "alone") == []


def test_there_are_at_most_as_many_as_asked_for(services):
    assert len(similar(services, "harbour-strike", limit=1)) == 1


def test_an_unknown_article_is_an_error(services):
    with pytest.raises(ArticleNotFoundError):
        services.similar("nothing")


def test_page_and_api_show_them(services):
    client = create_app(services.settings, services=services).test_client()

    page = BeautifulSoup(client.get("/article/pearl-diving").data, "html.parser")
    answer = client.get("/api/v1/articles/pearl-diving/similar?limit=3").json

    assert [link["href"] for link in page.select(".alike a")] == ["/article/lagoon-pearls"]
    assert [hit["slug"] for hit in answer["hits"]] == ["lagoon-pearls"]
    assert client.get("/api/v1/articles/nothing/similar").status_code == 404


def test_the_command_prints_them(services):
    settings = services.settings
    given = ["similar", "pearl-diving", "--home", str(settings.home), "--engine", settings.engine]

    plain, lines = CliRunner().invoke(cli, given), CliRunner().invoke(cli, [*given, "--json"])

    assert plain.exit_code == lines.exit_code == 0
    assert "lagoon-pearls" in plain.stdout
    assert '"slug":"lagoon-pearls"' in lines.stdout.replace(" ", "")
    assert CliRunner().invoke(cli, ["similar", "nothing", "--home", str(settings.home)]).exit_code == 1
