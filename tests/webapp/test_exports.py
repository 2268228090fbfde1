"""Exports of a search: from the web, from the command line, the same for both, streamed."""

from __future__ import annotations

import csv
import io
import tracemalloc
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from archive.document import Draft, Origin
from archive.normalise import document_from_draft
from archive.store import Store
from index.engines import ENGINES
from index.errors import IndexMissingError
from index.indexer import Indexer
from tests.webapp.fake_services import FakeServices, make_client
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.cli import cli
from webapp.cli.exporting import NAMES
from webapp.exports import FEEDS, FORMATS
from webapp.models import SearchParams
from webapp.services import Services
from webapp.settings import Settings


@pytest.fixture(scope="module", params=sorted(ENGINES))
def home(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    settings = build(folder, request.param, extra=5)
    (folder / "config.toml").write_text(f'engine = "{settings.engine}"\n')
    return folder


@pytest.fixture(scope="module")
def client(home):
    settings = Settings(home=home, engine=home.name.rstrip("0123456789"))
    with Services(settings) as services:
        yield create_app(settings, services=services).test_client()


def titles(answer) -> list[str]:
    return [row["title"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]


def test_an_export_holds_every_article_of_the_search_in_its_order(client):
    everything = client.get("/api/v1/search?q=bulletin&sort=oldest&limit=100").json["hits"]

    answer = client.get("/export/csv?q=bulletin&sort=oldest")

    assert titles(answer) == [hit["title"] for hit in everything]
    assert len(titles(answer)) == 5


def test_filters_narrow_an_export_as_they_narrow_a_search(client):
    assert titles(client.get("/export/csv?q=missiles&author=Ada+Lovelace&year=2023")) == [
        "Harbour strike ends"
    ]


def test_without_words_everything_is_exported(client):
    assert len(titles(client.get("/export/csv"))) == 9


def test_limit_is_how_many_there_are(client):
    assert len(titles(client.get("/export/csv?limit=2"))) == 2
    assert client.get("/export/markdown?limit=2").text.startswith("# 2 articles\n")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_is_a_download_of_its_own_type(client, name):
    answer = client.get(f"/export/{name}?q=harbour")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == FORMATS[name].media_type
    assert (
        answer.headers["Content-Disposition"] == f'attachment; filename="articles.{FORMATS[name].extension}"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Length" not in answer.headers
    assert "Harbour strike ends" in answer.text


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_single_article_comes_in_every_format(client, name):
    extension = FORMATS[name].extension

    answer = client.get(f"/article/harbour-strike-ends.{extension}")

    assert answer.status_code == 200
    assert f'filename="harbour-strike-ends.{extension}"' in answer.headers["Content-Disposition"]
    assert "Harbour strike ends" in answer.text
    if name in ("csv", "markdown", "ndjson"):
        assert "Nobody spoke of missiles." in answer.text


@pytest.mark.parametrize(
    "path", ["/export/xls", "/export/", "/article/harbour-strike-ends.exe", "/article/none.csv"]
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


BAD = [
    ("page=2", "unknown_parameter", "page"),
    ("cursor=abc", "unknown_parameter", "cursor"),
    ("facets=1", "unknown_parameter", "facets"),
    ("colour=red", "unknown_parameter", "colour"),
    ("limit=0", "bad_parameter", "limit"),
    ("limit=1000001", "bad_parameter", "limit"),
    ("limit=1&limit=2", "repeated_parameter", "limit"),
    ("text=yes", "bad_parameter", "text"),
    ("bom=2", "bad_parameter", "bom"),
    ("sort=best", "bad_parameter", "sort"),
    ("from=soon", "bad_parameter", "from"),
]


@pytest.mark.parametrize(("query", "code", "parameter"), BAD)
def test_a_wrong_parameter_is_refused_before_anything_is_sent(query, code, parameter):
    answer = make_client().get(f"/export/csv?{query}", headers={"Accept": "application/json"})

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["parameter"] == parameter


def test_a_missing_index_is_told_before_anything_is_sent():
    services = FakeServices(error=IndexMissingError("no index"))

    assert make_client(services).get("/export/csv?q=x").status_code == 503


def test_the_same_is_asked_as_by_the_page():
    services = FakeServices()
    client = make_client(services)
    query = "?q=x&author=Ada&year=2024&from=2024-01&to=2024&sort=title&match=any"

    client.get("/" + query)
    client.get("/export/csv" + query)

    assert services.asked[0] == replace(services.asked[1], histogram=True)


def test_the_page_of_results_links_to_every_format_with_its_state():
    client = make_client(FakeServices(total=50))
    page = BeautifulSoup(client.get("/?q=x&author=Ada&sort=title&page=3&limit=5").data, "html.parser")

    links = {a.text: a["href"] for a in page.select(".takeaway a")}

    assert links["CSV"] == "/export/csv?q=x&author=Ada&sort=title"
    assert links["Atom"] == "/feed.atom?q=x&author=Ada"
    assert set(links) == {each.title for each in (*FORMATS.values(), *FEEDS.values())}
    assert all(client.get(url).status_code == 200 for url in links.values())


def test_the_article_page_links_to_every_format():
    client = make_client()
    page = BeautifulSoup(client.get("/article/harbour-strike").data, "html.parser")

    links = [a["href"] for a in page.select(".record a[download]")]

    assert links == [f"/article/harbour-strike.{each.extension}" for each in FORMATS.values()]
    assert all(client.get(url).status_code == 200 for url in links)


def test_head_gives_no_body_and_reads_no_article():
    services = FakeServices()

    answer = make_client(services).head("/export/ndjson")

    assert answer.status_code == 200
    assert answer.data == b""


def test_a_reader_that_goes_away_gives_the_index_back(home):
    settings = Settings(home=home, engine=home.name.rstrip("0123456789"))
    with Services(settings) as services:
        found = services.matches(SearchParams(q="bulletin")).documents
        next(found)

        found.close()

        assert services._reader(None)._current.users == 0


# The command line


def run(home: Path, *arguments: str):
    return CliRunner().invoke(cli, ["export", *arguments, "--home", str(home)])


def test_the_command_line_knows_every_format():
    assert set(NAMES) == {*FORMATS, *FEEDS}


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_writes_every_format(home, name):
    result = run(home, "harbour", "--format", name)

    assert result.exit_code == 0
    assert "Harbour strike ends" in result.stdout
    assert "2 articles exported" in result.stderr


def test_the_command_line_and_the_web_write_the_same(home, client):
    web = client.get("/export/ris?q=missiles&from=2023&sort=oldest").data

    result = run(home, "missiles", "--from", "2023", "--sort", "oldest", "--format", "ris")

    addresses = [line for line in web.splitlines() if b"localhost" not in line]
    assert result.stdout_bytes.splitlines() == addresses


def test_an_export_takes_its_name_only_when_it_is_whole(home, tmp_path):
    file = tmp_path / "out.csv"

    result = run(
        home, "bulletin", "--format", "csv", "--bom", "--text", "--limit", "3", "--output", str(file)
    )

    assert result.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    assert len(rows) == 3
    assert rows[0]["text"].startswith("Bulletin")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_without_a_query_every_article_is_printed_by_id(home):
    result = run(home)

    found = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert [each["id"] for each in found] == sorted(each["id"] for each in found)
    assert len(found) == 9
    assert found[0]["origin"]["path"].startswith("/data/")


@pytest.mark.parametrize(
    "arguments",
    [("--bom",), ("--jsonl", "--format", "csv"), ("--limit", "0"), ("--format", "xls"), ("--from", "soon")],
)
def test_wrong_usage_is_told(home, arguments):
    assert run(home, *arguments).exit_code == 2


# Memory


def test_a_long_export_needs_no_more_memory_than_a_short_one(tmp_path):
    settings = Settings(home=tmp_path, engine="tantivy")
    words = " ".join(f"word{n}" for n in range(400))
    with Store.open(settings.store_path) as store:
        for batch in range(6):
            drafts = [
                Draft(
                    title=f"Long {batch} {n}",
                    text=f"{words} {batch} {n}",
                    origin=Origin(path=f"/d/{batch}/{n}"),
                )
                for n in range(250)
            ]
            store.put([document_from_draft(draft) for draft in drafts])
        Indexer(store, settings.index_root, "tantivy").reindex()
    with Services(settings) as services:
        client = create_app(settings, services=services).test_client()
        peaks = []
        for limit in (300, 1_500):
            tracemalloc.start()
            answer = client.get(f"/export/ndjson?limit={limit}")
            size = sum(len(chunk) for chunk in answer.response)
            answer.close()
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    assert size > 8_000_000
    assert peaks[1] < peaks[0] + 1_500_000
