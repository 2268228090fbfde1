"""One error shape, in HTML or JSON by what was asked, that tells no secrets."""

import pytest
from bs4 import BeautifulSoup

from archive.errors import LockHeldError, StoreDamagedError, StoreError
from index.errors import (
    DeadlineExceededError,
    EngineError,
    EngineUnavailableError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    QueryError,
    QueryLimitError,
)
from tests.webapp.fake_services import FakeServices, make_client

SECRET = "/home/ada/archive/index"

ERRORS = [
    pytest.param(QueryError("Too odd.", position=3), 400, "bad_query", id="query"),
    pytest.param(QueryLimitError("Longer than 4,000 characters."), 400, "query_too_large", id="limit"),
    pytest.param(IndexMissingError(f"no index in {SECRET}"), 503, "index_missing", id="missing"),
    pytest.param(IndexOutdatedError(f"old index in {SECRET}"), 503, "index_outdated", id="outdated"),
    pytest.param(IndexDamagedError(f"bad file {SECRET}"), 503, "index_damaged", id="damaged"),
    pytest.param(EngineUnavailableError(SECRET), 503, "engine_unavailable", id="unavailable"),
    pytest.param(DeadlineExceededError(SECRET), 503, "deadline_exceeded", id="deadline"),
    pytest.param(EngineError(SECRET), 503, "engine_error", id="engine"),
    pytest.param(LockHeldError(SECRET), 503, "locked", id="locked"),
    pytest.param(StoreDamagedError(SECRET), 503, "store_damaged", id="store-damaged"),
    pytest.param(StoreError(SECRET), 503, "store_error", id="store"),
    pytest.param(ZeroDivisionError(SECRET), 500, "internal_error", id="bug"),
    pytest.param(OSError(28, "No space left", SECRET), 500, "internal_error", id="system"),
]


@pytest.mark.parametrize(("error", "status", "code"), ERRORS)
def test_an_error_becomes_json_under_the_api(error, status, code):
    answer = make_client(FakeServices(error=error)).get("/api/v1/search?q=x")

    assert answer.status_code == status
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["message"]
    assert "ada" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("error", "status", "code"), ERRORS)
def test_an_error_becomes_a_page_elsewhere(error, status, code):
    answer = make_client(FakeServices(error=error)).get("/?q=x")

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert code in answer.text
    assert "/home/ada" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("error", [IndexMissingError(""), IndexOutdatedError(""), IndexDamagedError("")])
def test_an_unusable_index_names_the_command_that_mends_it(error):
    client = make_client(FakeServices(error=error))

    page = BeautifulSoup(client.get("/?q=x").data, "lxml")

    assert page.main.pre.get_text() == "archive reindex"
    assert "archive reindex" in client.get("/api/v1/search").json["error"]["message"]


def test_the_command_is_that_of_the_engine_that_was_asked():
    error = IndexMissingError(f"No index in {SECRET}. Build it with: archive reindex --engine whoosh")

    answer = make_client(FakeServices(error=error)).get("/api/v1/search?q=x&engine=whoosh").json

    assert answer["error"]["message"] == "No index has been built yet. Run: archive reindex --engine whoosh"


@pytest.mark.parametrize(("error", "status", "code"), ERRORS)
def test_who_should_come_again_is_told_when(error, status, code):
    answer = make_client(FakeServices(error=error)).get("/api/v1/search?q=x")

    assert ("Retry-After" in answer.headers) is (status == 503)


def test_an_unexpected_error_is_logged_under_the_number_it_shows(caplog):
    answer = make_client(FakeServices(error=ZeroDivisionError("why"))).get("/api/v1/search?q=x")

    number = answer.json["error"]["message"].split(" noted as ")[1].split(";")[0]
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_query_error_says_where():
    error = (
        make_client(FakeServices(error=QueryError("Odd.", position=3))).get("/api/v1/search").json["error"]
    )

    assert error == {"code": "bad_query", "message": "Odd.", "parameter": "q", "position": 3}


def test_an_error_in_another_parameter_names_it():
    services = FakeServices(error=QueryError("cursor: it belongs to another search."))

    assert make_client(services).get("/api/v1/search").json["error"]["parameter"] == "cursor"


SHAPES = [
    pytest.param("/nope", "text/html", "text/html", id="page"),
    pytest.param("/nope", "application/json", "application/json", id="json-asked"),
    pytest.param("/nope", "*/*", "text/html", id="anything"),
    pytest.param("/nope", "text/html,application/json;q=0.9", "text/html", id="browser"),
    pytest.param("/api/nope", "text/html", "application/json", id="api-always-json"),
    pytest.param("/api/v1/nope", "*/*", "application/json", id="api"),
]


@pytest.mark.parametrize(("path", "accept", "mimetype"), SHAPES)
def test_the_shape_follows_what_was_asked(path, accept, mimetype):
    answer = make_client().get(path, headers={"Accept": accept})

    assert answer.status_code in (404, 406)
    assert answer.mimetype == mimetype


@pytest.mark.parametrize(
    "path", ["/nope", "/article/nope", "/author/nope", "/static/nope", "/static/../app.py"]
)
def test_what_is_not_there_is_404_with_a_way_on(path):
    answer = make_client().get(path)

    assert answer.status_code == 404
    assert 'role="search"' in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/api/v1/search", "/nope", "/static/style.css"])
def test_only_get_and_head_are_answered(method, path):
    answer = make_client().open(path, method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_wrong_parameter_is_a_helpful_page():
    answer = make_client().get("/?q=harbour&limit=1000")

    assert answer.status_code == 400
    assert "from 1 to 100" in answer.text
    assert 'value="harbour"' in answer.text


def test_the_page_of_an_error_is_escaped():
    answer = make_client().get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&%3Cb%3E=1")

    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text
