"""The JSON API, version 1, and two signs of life."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import NotAcceptable, NotFound

from webapp.auth import is_known
from webapp.context import answers, page_size
from webapp.models import FACETS, Completion, SearchParams
from webapp.openapi import OPENAPI
from webapp.params import facet_params, limit_param, no_params, search_params, typed_param
from webapp.presenters import article_json, completion_json, facet_json, hit_json, saved_json, search_json
from webapp.urls import absolute, article_url, search_url

api = Blueprint("api", __name__)


@api.before_request
def _accepts_json() -> None:
    if request.endpoint in ("api.describe", "api.suggest"):
        return
    accepted = request.accept_mimetypes
    if accepted and not accepted["application/json"]:
        raise NotAcceptable


@api.get("/api/v1/search")
def search() -> Response:
    """One page of a search."""
    params = search_params(request.args, page_size=page_size())
    return jsonify(search_json(answers().search(params)))


@api.get("/api/v1/facets/<name>")
def facet(name: str) -> Response:
    """All values of a facet of a search."""
    if name not in FACETS:
        raise NotFound
    params, find, page = facet_params(request.args)
    return jsonify(facet_json(answers().facet(params, name, find=find, page=page)))


@api.get("/api/v1/complete")
def complete() -> Response:
    """What a query may become."""
    text = typed_param(request.args)
    answer = [completion_json(found) for found in answers().complete(text)]
    return jsonify({"query": text, "completions": answer})


@api.get("/api/v1/suggest")
def suggest() -> Response:
    """The same for browsers' search fields: OpenSearch Suggestions."""
    text = typed_param(request.args)
    found = answers().complete(text)
    answer = jsonify(
        [
            text,
            [each.query for each in found],
            [f"{each.kind}: {each.text}" for each in found],
            [absolute(_address(each)) for each in found],
        ]
    )
    answer.mimetype = "application/x-suggestions+json"
    return answer


def _address(found: Completion) -> str:
    """Return where a completion leads: to its article, or to the search."""
    if found.slug:
        return article_url(found.slug)
    return search_url(SearchParams(q=found.query, limit=page_size()))


@api.get("/api/v1/articles/<slug>")
def article(slug: str) -> Response:
    """One whole article."""
    no_params(request.args)
    return jsonify(article_json(answers().article(slug).document))


@api.get("/api/v1/searches")
def searches() -> Response:
    """All saved searches, with what is new."""
    no_params(request.args)
    return jsonify({"searches": [saved_json(found) for found in answers().saved.all()]})


@api.get("/api/v1/articles/<slug>/similar")
def similar(slug: str) -> Response:
    """The articles most like one."""
    limit = limit_param(request.args, page_size=page_size())
    return jsonify({"hits": [hit_json(hit) for hit in answers().similar(slug, limit=limit)]})


@api.get("/api/v1/openapi.json")
def openapi() -> Response:
    """What this API takes and gives, as OpenAPI 3.1."""
    no_params(request.args)
    return jsonify(OPENAPI)


@api.get("/api")
def describe() -> str:
    """The same for people."""
    no_params(request.args)
    return render_template("api.html", openapi=OPENAPI)


@api.get("/api/<path:_rest>")
def nothing(_rest: str) -> Response:
    """Say in JSON that an address under /api does not exist."""
    raise NotFound


@api.get("/healthz")
def health() -> Response:
    """The process answers requests."""
    return jsonify({"status": "ok"})


@api.get("/readyz")
def ready() -> tuple[Response, int]:
    """Searches can be answered: 200, else 503 and why."""
    status = answers().status()
    said: dict[str, bool | int | str] = {"ready": status.ready}
    if is_known():  # a watchdog needs no password, and learns no numbers
        said.update(articles=status.articles, behind=status.behind)
    if status.problem_code:
        said["problem"] = status.problem_code
    return jsonify(said), 200 if status.ready else 503
