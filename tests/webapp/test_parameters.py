"""One table of parameters: every door takes all of it, and means the same by it."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import click
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from werkzeug.datastructures import MultiDict

from tests.webapp.fake_services import FakeServices, make_client
from tests.webapp.small_archive import build
from webapp import create_app
from webapp.cli import cli
from webapp.cli.options import params_from
from webapp.models import SearchParams
from webapp.openapi import OPENAPI
from webapp.parameters import PARAMETERS, About, Kind, Parameter
from webapp.params import search_params
from webapp.services import Services

DOCS = Path(__file__).parents[2] / "docs"

each_parameter = pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda each: each.name)


def example(parameter: Parameter) -> str:
    """Return a value that ``parameter`` takes, other than the default."""
    values = {
        Kind.CHOICE: parameter.choices[-1] if parameter.choices else "",
        Kind.NUMBER: "2",
        Kind.SWITCH: "0" if parameter.default == "1" else "1",
        Kind.CURSOR: "abc",
    }
    return values.get(parameter.kind, parameter.example)


def test_the_table_has_every_field_of_a_search_and_no_other():
    fields = {field.name for field in dataclasses.fields(SearchParams)}

    assert {parameter.field for parameter in PARAMETERS} == fields


@each_parameter
def test_a_value_changes_the_search(parameter):
    given = search_params(MultiDict({parameter.name: example(parameter)}))

    assert given != search_params(MultiDict())
    assert getattr(given, parameter.field) != getattr(search_params(MultiDict()), parameter.field)


DOORS = [
    pytest.param("/", set(About), set(), id="page"),
    pytest.param("/api/v1/search", set(About), set(), id="json"),
    pytest.param("/article/harbour-strike", set(About), set(), id="article"),
    pytest.param("/export/csv", {About.MATCHES, About.ORDER}, {"limit"}, id="export"),
    pytest.param("/feed.atom", {About.MATCHES, About.ORDER}, {"limit"}, id="feed"),
]


@each_parameter
@pytest.mark.parametrize(("path", "about", "besides"), DOORS)
def test_every_door_takes_its_parameters_and_refuses_the_others(path, about, besides, parameter):
    client = make_client(FakeServices(total=500))

    status = client.get(f"{path}?{urlencode({parameter.name: example(parameter)})}").status_code

    takes = parameter.about in about or parameter.name in besides
    assert status == (200 if takes else 400)


@each_parameter
def test_the_page_and_json_ask_for_the_same(parameter):
    query = urlencode({parameter.name: example(parameter)})
    page, api = FakeServices(total=500), FakeServices(total=500)

    make_client(page).get(f"/?{query}")
    make_client(api).get(f"/api/v1/search?{query}")

    # The page draws the matches over time unless it is told not to.
    assert dataclasses.replace(page.asked[0], histogram=api.asked[0].histogram) == api.asked[0]


def test_the_page_draws_the_matches_over_time_unless_told_not_to():
    services = FakeServices()

    for query in ("", "?histogram=1", "?histogram=0"):
        make_client(services).get(f"/{query}")

    assert [params.histogram for params in services.asked] == [True, True, False]


COMMANDS = [("search", set(About)), ("export", {About.MATCHES, About.ORDER})]


@each_parameter
@pytest.mark.parametrize(("name", "about"), COMMANDS)
def test_every_command_that_searches_has_the_options(name, about, parameter):
    options = {option for each in cli.commands[name].params for option in (*each.opts, *each.secondary_opts)}

    wanted = set(parameter.options) if parameter.about in about else set()
    assert wanted <= options


@each_parameter
def test_an_option_means_what_the_parameter_means(parameter):
    value: object = example(parameter)
    if parameter.kind is Kind.VALUES:
        value = (value,)
    if parameter.kind is Kind.SWITCH:
        value = value == "1"

    query, given = (("harbour strike",), {}) if parameter.name == "q" else ((), {parameter.name: value})

    assert params_from(query, given) == search_params(MultiDict({parameter.name: example(parameter)}))


@each_parameter
def test_the_description_has_what_the_table_says(parameter):
    described = {each["name"]: each for each in OPENAPI["paths"]["/api/v1/search"]["get"]["parameters"]}

    said = described[parameter.name]

    assert said["description"].startswith(parameter.help)
    assert set(said["schema"].get("enum", ())) - {""} in (set(parameter.choices), {"0", "1"})
    assert said["schema"].get("default", "") in (
        parameter.default,
        *map(int, filter(str.isdigit, [parameter.default])),
    )


@each_parameter
def test_the_page_on_the_api_documents_it(parameter):
    table = (DOCS / "api.md").read_text("utf-8").partition("| Parameter | Meaning |")[2].partition("\n\n")[0]

    names = {
        name
        for row in table.splitlines()
        for name in re.findall(r"`([^`]+)`", row.split("|")[1] if "|" in row else "")
    }
    assert parameter.name in names


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    with Services(build(tmp_path_factory.mktemp("archive"), "tantivy", extra=30)) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(services):
    return create_app(services.settings, services=services).test_client()


SEARCHES = [
    pytest.param({"q": "missiles"}, ["missiles"], id="words"),
    pytest.param({"q": "missiles", "author": "none"}, ["missiles", "--author", "none"], id="no-author"),
    pytest.param({"year": "none"}, ["--year", "none"], id="undated"),
    pytest.param({"-year": "none"}, ["--not-year", "none"], id="not-undated"),
    pytest.param({"month": ["2020-03", "2020-04"]}, ["--month", "2020-03", "--month", "2020-04"], id="months"),
    pytest.param(
        {"q": "bulletin", "-month": "2020-03", "sort": "title", "limit": "30"},
        ["bulletin", "--not-month", "2020-03", "--sort", "title", "--limit", "30"],
        id="not-a-month-by-title",
    ),
    pytest.param({"q": "harbour -pearl", "from": "2023"}, ["harbour -pearl", "--since", "2023"], id="since"),
    pytest.param({"to": "2020-02", "limit": "9"}, ["--until", "2020-02", "--limit", "9"], id="until"),
    pytest.param({"-author": "Ada Lovelace", "q": "missiles"}, ["missiles", "--not-author", "Ada Lovelace"], id="not"),
    pytest.param({"q": "strike pearl", "match": "any"}, ["strike pearl", "--match", "any"], id="any"),
    pytest.param({"-language": "en"}, ["--not-lang", "en"], id="not-a-language"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "arguments"), SEARCHES)
def test_the_same_search_finds_the_same_at_every_door(services, client, query, arguments):
    home = ["--home", str(services.settings.home)]
    encoded = urlencode(query, doseq=True)

    page = BeautifulSoup(client.get(f"/?{encoded}").data, "html.parser")
    answer = client.get(f"/api/v1/search?{encoded}").json
    exported = client.get(f"/export/ndjson?{encoded}").text.splitlines()
    feed = client.get(f"/feed.json?{encoded}").json["items"]
    found = CliRunner().invoke(cli, ["search", *home, "--json", *arguments])
    taken = CliRunner().invoke(cli, ["export", *home, *arguments])

    slugs = [hit["slug"] for hit in answer["hits"]]
    limit = int(query.get("limit", 10))
    links = [link["href"].split("/")[-1].split("?")[0] for link in page.select("ol.hits h2 a")]
    printed = [json.loads(line) for line in found.stdout.splitlines()]
    assert [each["slug"] for each in printed if not each.get("partial")] == slugs
    assert links == slugs
    assert [json.loads(line)["slug"] for line in exported][:limit] == slugs
    assert [json.loads(line)["slug"] for line in taken.stdout.splitlines()][:limit] == slugs
    if answer["total"] <= limit:
        assert sorted(item["url"].split("/")[-1] for item in feed) == sorted(slugs)


def test_the_answer_of_the_command_line_is_that_of_the_api(services, client):
    query = {"q": "harbour strike", "histogram": "1", "explain": "1", "limit": "1"}
    arguments = ["harbour strike", "--histogram", "--explain", "--limit", "1"]

    answer = client.get(f"/api/v1/search?{urlencode(query)}").json
    found = CliRunner().invoke(cli, ["search", "--home", str(services.settings.home), "--answer", *arguments])

    printed = json.loads(found.stdout)
    assert {**printed, "took_ms": 0} == {**answer, "took_ms": 0}
    assert printed["facets"]
    assert printed["hits"][0]["explain"]


def test_hits_with_some_of_the_words_have_one_shape_everywhere(services, client):
    answer = client.get("/api/v1/search?q=harbour+strike").json
    found = CliRunner().invoke(
        cli, ["search", "--home", str(services.settings.home), "--json", "harbour", "strike"]
    )

    assert [json.loads(line) for line in found.stdout.splitlines()] == answer["hits"] + answer["partial"][
        "hits"
    ]


def test_an_option_that_cannot_be_is_named_as_the_command_line_has_it(services):
    found = CliRunner().invoke(cli, ["search", "--home", str(services.settings.home), "--month", "2024"])

    assert found.exit_code == 2
    assert "--month must be a month such as 2024-09, or 'none'" in found.stderr


def test_the_help_of_a_search_stands_under_headings():
    shown = CliRunner().invoke(cli, ["search", "--help"]).output

    order = ["Which articles:", "In which order:", "How many:", "What besides:", "Options:"]
    assert sorted(order, key=shown.index) == order
    assert isinstance(cli.commands["search"], click.Command)
