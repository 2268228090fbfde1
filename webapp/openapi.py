"""The API's description, OpenAPI 3.1: addresses and what they take; tests hold answers to it."""

from __future__ import annotations

from webapp.cursors import MAX_DEPTH
from webapp.models import FACETS, MISSING
from webapp.openapi_schemas import SCHEMAS
from webapp.openapi_shapes import (
    ANY_TEXT,
    GIVEN_DATE,
    Schema,
    answer,
    error_answer,
    errors,
    or_empty,
    parameter,
    ref,
)
from webapp.openapi_takeaway import takeaway_paths
from webapp.parameters import (
    BY_NAME,
    MAX_CURSOR_CHARS,
    MAX_VALUE_CHARS,
    MAX_VALUES,
    PARAMETERS,
    About,
    Kind,
    Parameter,
    parameters_about,
)


def described(each: Parameter, **more: str) -> Schema:
    """Return a parameter of a search as OpenAPI has it.

    Args:
        more: what else its schema says.
    """
    schema = {**_schema(each), **more}
    help_ = f"{each.help} 1 for yes, 0 for no." if each.kind is Kind.SWITCH else each.help
    if each.is_repeatable:
        return parameter(each.name, help_, schema, explode=True, example=[each.example])
    return parameter(each.name, help_, schema, **({"example": each.example} if each.example else {}))


def _schema(each: Parameter) -> Schema:
    schema: Schema
    match each.kind:
        case Kind.VALUES:
            items = {**ANY_TEXT, "maxLength": MAX_VALUE_CHARS}
            if each.form is not None:
                items["pattern"] = f"^({MISSING}|{each.form.pattern})?$"
            return {"type": "array", "items": items, "maxItems": MAX_VALUES}
        case Kind.NUMBER:
            schema = {"type": "integer", "minimum": each.low, "maximum": each.high or MAX_DEPTH}
            return {**or_empty(schema), "default": int(each.default)}
        case Kind.DATE:
            return {"type": "string", "pattern": GIVEN_DATE}
        case Kind.CURSOR:
            return {"type": "string", "maxLength": MAX_CURSOR_CHARS, "pattern": "^[A-Za-z0-9_-]*$"}
        case Kind.CHOICE | Kind.SWITCH:
            choices = [*(each.choices or ("0", "1")), ""]
            schema = {"type": "string", "enum": choices}
            return {**schema, **({"default": each.default} if each.default else {})}
        case Kind.TEXT:
            return ANY_TEXT


_SEARCH = [described(each) for each in PARAMETERS]
_OF_MATCHES = [described(each) for each in parameters_about(About.MATCHES)]

_ERROR_RESPONSES = {
    400: "A parameter is unknown, doubled or malformed, or the query is beyond the limits.",
    401: "The archive has a password: send a token as Authorization: Bearer TOKEN.",
    404: "There is nothing at this address.",
    405: "Only GET and HEAD are answered.",
    406: "The Accept header excludes JSON.",
    413: "The request has a body.",
    414: "The address is longer than 8 KiB.",
    431: "Address and headers are longer than 16 KiB together.",
    429: "Too many requests from one client; Retry-After says when to ask again.",
    500: "A fault of the archive, noted in its log.",
    503: "No search is possible just now; the message says what mends it, Retry-After when to ask again.",
}

_SLUG = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}

_PAGE = {"type": "integer", "minimum": 1, "maximum": MAX_DEPTH // 100}

_TYPED = parameter("q", "The query so far.", ANY_TEXT, example="harbour str")

OPENAPI: Schema = {
    "openapi": "3.1.0",
    "info": {
        "title": "Article archive",
        "version": "1",
        "description": "Search and read the articles of this archive. Answers are UTF-8 JSON.",
        "license": {"name": "MIT", "identifier": "MIT"},
    },
    "paths": {
        "/api/v1/search": {
            "get": {
                "operationId": "search",
                "summary": "Search the articles",
                "parameters": _SEARCH,
                "responses": {
                    "200": answer("One page of hits.", ref("SearchAnswer")),
                    **errors(400, 401, 405, 406, 413, 414, 429, 500, 503),
                },
            }
        },
        "/api/v1/facets/{name}": {
            "get": {
                "operationId": "facet",
                "summary": "List all values of a facet",
                "parameters": [
                    {
                        "name": "name",
                        "in": "path",
                        "required": True,
                        "description": "Which facet.",
                        "schema": {"type": "string", "enum": list(FACETS)},
                    },
                    parameter("find", "Only values with words that begin so.", ANY_TEXT),
                    *_OF_MATCHES,
                    parameter("page", "Page number, 100 values each.", or_empty(_PAGE)),
                ],
                "responses": {
                    "200": answer("A page of values.", ref("FacetAnswer")),
                    **errors(400, 404, 405, 406, 414, 500, 503),
                },
            }
        },
        "/api/v1/complete": {
            "get": {
                "operationId": "complete",
                "summary": "Complete a query as it is typed",
                "parameters": [_TYPED],
                "responses": {
                    "200": answer("What it may become.", ref("CompletionAnswer")),
                    **errors(400, 405, 406, 414, 500, 503),
                },
            }
        },
        "/api/v1/suggest": {
            "get": {
                "operationId": "suggest",
                "summary": "The same as OpenSearch Suggestions, for browsers",
                "parameters": [_TYPED],
                "responses": {
                    "200": {
                        "description": "The query, queries that it may become, what they are, and addresses.",
                        "content": {
                            "application/x-suggestions+json": {
                                "schema": {"type": "array", "minItems": 4, "maxItems": 4}
                            }
                        },
                    },
                    **errors(400, 405, 414, 500, 503),
                },
            }
        },
        "/api/v1/articles/{slug}": {
            "get": {
                "operationId": "article",
                "summary": "Read one article",
                "parameters": [_SLUG],
                "responses": {
                    "200": answer("The article.", ref("Article")),
                    **errors(400, 401, 404, 405, 406, 429, 500, 503),
                },
            }
        },
        **takeaway_paths(_SEARCH, _SLUG),
        "/api/v1/searches": {
            "get": {
                "operationId": "savedSearches",
                "summary": "List the saved searches and what is new in them",
                "responses": {
                    "200": answer("All of them by name.", ref("SavedSearches")),
                    **errors(400, 406, 500, 503),
                },
            }
        },
        "/api/v1/articles/{slug}/similar": {
            "get": {
                "operationId": "similar",
                "summary": "Find articles like one",
                "parameters": [
                    _SLUG,
                    described(BY_NAME["limit"]),
                ],
                "responses": {
                    "200": answer("The most alike first.", ref("SimilarAnswer")),
                    **errors(400, 404, 405, 406, 500, 503),
                },
            }
        },
        "/healthz": {
            "get": {
                "operationId": "health",
                "summary": "The process answers",
                "responses": {"200": answer("It does.", ref("Health")), **errors()},
            }
        },
        "/readyz": {
            "get": {
                "operationId": "ready",
                "summary": "Searches can be answered",
                "responses": {
                    **errors(),
                    "200": answer("They can.", ref("Readiness")),
                    "503": answer("They cannot.", ref("Readiness")),
                },
            }
        },
    },
    # A token is needed only where the archive has a password.
    "security": [{}, {"token": []}],
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": SCHEMAS,
        "responses": {
            f"Error{status}": error_answer(description, ref("Error"))
            for status, description in _ERROR_RESPONSES.items()
        },
    },
}
