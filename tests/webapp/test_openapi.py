"""The description of the API is valid, and the answers are as described."""

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.webapp.fake_services import FACETS, HIT, FakeServices, make_client
from webapp.openapi import OPENAPI
from webapp.params import PARAMETERS


def test_the_description_is_valid_openapi():
    validate(OPENAPI)


def test_the_description_is_served():
    assert make_client().get("/api/v1/openapi.json").json == OPENAPI


def test_the_description_names_every_parameter_of_a_search():
    described = [p["name"] for p in OPENAPI["paths"]["/api/v1/search"]["get"]["parameters"]]

    assert sorted(described) == sorted(PARAMETERS)


ANSWERS = [
    pytest.param("/api/v1/search?q=x", 200, "SearchAnswer", id="search"),
    pytest.param("/api/v1/search?q=x&page=3&facets=0", 200, "SearchAnswer", id="search-page"),
    pytest.param("/api/v1/articles/harbour-strike", 200, "Article", id="article"),
    pytest.param("/healthz", 200, "Health", id="health"),
    pytest.param("/readyz", 200, "Readiness", id="ready"),
    pytest.param("/api/v1/search?limit=0", 400, "Error", id="bad-parameter"),
    pytest.param("/api/v1/articles/none", 404, "Error", id="no-article"),
    pytest.param("/api/v2/search", 404, "Error", id="no-address"),
]


@pytest.mark.parametrize(("path", "status", "schema"), ANSWERS)
def test_the_answer_is_as_described(path, status, schema):
    services = FakeServices(total=50, facets=FACETS, partial=(HIT,))

    answer = make_client(services).get(path)

    assert answer.status_code == status
    wanted = {"$ref": f"#/components/schemas/{schema}", "components": OPENAPI["components"]}
    Draft202012Validator(wanted).validate(answer.json)


def test_an_answer_with_another_key_would_not_be_as_described():
    wanted = {"$ref": "#/components/schemas/Health", "components": OPENAPI["components"]}

    assert not Draft202012Validator(wanted).is_valid({"status": "ok", "more": 1})
