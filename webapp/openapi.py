"""The API's description, OpenAPI 3.1, written by hand; tests hold answers to it."""

from __future__ import annotations

from typing import Any

from index.engines import ENGINES
from webapp.cursors import MAX_DEPTH
from webapp.models import DEFAULT_LIMIT, FACETS, MAX_LIMIT, MISSING
from webapp.openapi_takeaway import takeaway_paths
from webapp.params import MATCHES, MAX_CURSOR_CHARS, MAX_VALUE_CHARS, MAX_VALUES, SORTS

Schema = dict[str, Any]

_PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(description: str, properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items, **({"description": description} if description else {})}


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _count(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def _maybe(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _parameter(name: str, description: str, schema: Schema, **more: Any) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _several(name: str, description: str, example: str) -> Schema:
    items = {"type": "string", "maxLength": MAX_VALUE_CHARS}
    schema = {"type": "array", "items": items, "maxItems": MAX_VALUES}
    return _parameter(name, description, schema, explode=True, example=[example])


def _errors(*statuses: int) -> Schema:
    return {str(status): {"$ref": f"#/components/responses/Error{status}"} for status in statuses}


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_SEARCH_PARAMETERS = [
    _parameter("q", "The query; /help describes its language.", {"type": "string"}, example="harbour strike"),
    _several("author", f"Only articles by this author; '{MISSING}' for those without.", "Ada Lovelace"),
    _several("source", f"Only articles of this source; '{MISSING}' for those without.", "The Daily Planet"),
    _several("language", f"Only articles in this language; '{MISSING}' if unknown.", "en"),
    _several("year", f"Only articles published in this year; '{MISSING}' for undated.", "2024"),
    _several("tag", f"Only articles with this tag or section; '{MISSING}' for those without.", "shipping"),
    _several("month", f"Only articles published in this month; '{MISSING}' for undated.", "2024-09"),
    *(
        _several(f"-{name}", f"Leave out what '{name}' with this value would find.", example)
        for name, example in (
            ("author", "Ada Lovelace"),
            ("source", "The Daily Planet"),
            ("tag", "sport"),
            ("language", "de"),
            ("year", "2023"),
            ("month", "2023-12"),
        )
    ),
    _parameter(
        "from",
        "Published on or after: a year, month or day.",
        {"type": "string", "pattern": _PARTIAL_DATE},
        example="2024-09",
    ),
    _parameter(
        "to",
        "Published on or before: a year, month or day, all of it included.",
        {"type": "string", "pattern": _PARTIAL_DATE},
        example="2024",
    ),
    _parameter(
        "sort",
        "Order of the hits; undated articles are last both ways. Default: relevance, or newest without q.",
        {"type": "string", "enum": list(SORTS)},
    ),
    _parameter(
        "match",
        "How bare words match: all of them, any of them, or as many as give enough answers.",
        {"type": "string", "enum": list(MATCHES), "default": "auto"},
    ),
    _parameter(
        "page",
        f"Page number from 1, as far as hit {MAX_DEPTH:,}; go on with cursor.",
        {"type": "integer", "minimum": 1, "default": 1},
    ),
    _parameter(
        "limit",
        "Hits on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    _parameter(
        "cursor",
        "The 'next' of an earlier answer to the same search, instead of 'page'.",
        {"type": "string", "maxLength": MAX_CURSOR_CHARS},
    ),
    _parameter("facets", "0 leaves the facets out.", {"type": "string", "enum": ["0", "1"], "default": "1"}),
    _parameter(
        "explain",
        "1 tells why each hit matched, and what made its score.",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
    ),
    _parameter(
        "histogram",
        "1 adds the matches over time.",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
    ),
    _parameter(
        "collapse",
        "1 folds near-duplicates under the one that ranks first; total still counts articles.",
        {"type": "string", "enum": ["0", "1"], "default": "0"},
    ),
    _parameter(
        "engine",
        "The engine to ask instead of the configured one.",
        {"type": "string", "enum": list(ENGINES)},
    ),
]

_SPAN = {
    "type": "array",
    "description": "Half-open [start, end) in Unicode code points.",
    "items": {"type": "integer", "minimum": 0},
    "minItems": 2,
    "maxItems": 2,
}

_HIT_PROPERTIES: Schema = {
    "id": {"type": "integer", "minimum": 1},
    "slug": _text("Permanent address: /article/<slug>."),
    "url": _text("Canonical address at the source, or empty. Check its scheme before you link to it."),
    "title": _text("Plain text, never HTML."),
    "authors": _list({"type": "string"}, "As printed, in the order of the byline."),
    "published": _maybe(_ref("PartialDate")),
    "source": _text("Site or publication, or empty."),
    "language": _text("ISO 639-1 code, or empty."),
    "score": {"type": "number", "description": "Comparable within one answer only; 0 unless by relevance."},
    "title_spans": _list(_ref("Span"), "What matched in the title."),
    "snippets": _list(_ref("Snippet")),
}

_EXPLAIN: Schema = {
    "explain": _list(
        _object(
            "Part of the search that matched.",
            {
                "clause": _text("In terms of the index, such as stem:missil."),
                "score": {"type": "number", "minimum": 0, "description": "What it added to the score."},
                "share": {"type": "number", "minimum": 0, "maximum": 1},
            },
        ),
        "With explain=1: why it matched, the weightiest first.",
    )
}

_INSTANT = {"type": "string", "format": "date-time"}

_SCHEMAS: Schema = {
    "Span": _SPAN,
    "PartialDate": _object(
        "A date as far as the source gives it.",
        {
            "value": _text("2024, 2024-09 or 2024-09-10.", pattern=_PARTIAL_DATE),
            "precision": {"type": "string", "enum": ["year", "month", "day"]},
        },
    ),
    "Snippet": _object(
        "A passage of the article: plain text, to be escaped before it is marked.",
        {"text": {"type": "string"}, "spans": _list(_ref("Span"), "What matched, sorted and disjoint.")},
    ),
    "Hit": _object(
        "An article that matches.",
        {
            **_HIT_PROPERTIES,
            "also": _list(_ref("OtherCopy"), "The others of its group if collapsed; twenty at most."),
            "also_total": _count("How many others there are."),
            **_EXPLAIN,
        },
        optional=("also", "also_total", *_EXPLAIN),
    ),
    "OtherCopy": _object(
        "Another article that says nearly the same.",
        {"slug": _text("Its address."), "source": _text("Site or publication, or empty.")},
    ),
    "PartialHit": _object(
        "An article with most of the words.",
        {**_HIT_PROPERTIES, "missing": _list({"type": "string"}, "Words of the query that it lacks.")},
    ),
    "Warning": _object(
        "Something in the query that was not taken as it may have been meant.",
        {
            "code": _text("Stable word."),
            "message": _text("For people."),
            "span": {**_SPAN, "description": "Where in the query, half-open, in Unicode code points."},
        },
    ),
    "FacetValue": _object(
        "One value of a facet, counted among what matches when nothing is chosen in this facet.",
        {
            "value": _text("What the filter parameter takes."),
            "label": _text("What people read."),
            "count": _count("Articles with it, exact."),
            "selected": {"type": "boolean"},
            "excluded": {"type": "boolean", "description": "The search leaves it out."},
        },
        optional=("excluded",),
    ),
    "FacetAnswer": _object(
        "A page of all values of a facet.",
        {
            "name": _text("Of the facet."),
            "find": _text("What the values were searched for."),
            "total": _count("Values there are."),
            "page": {"type": "integer", "minimum": 1},
            "values": _list(_ref("FacetValue")),
        },
    ),
    "SearchAnswer": _object(
        "One page of a search.",
        {
            "query": _text("As typed."),
            "understood": _text("What was searched for, in canonical form, filters included."),
            "warnings": _list(_ref("Warning")),
            "total": _count("Articles that match, exact; partial matches are not counted."),
            "took_ms": {"type": "number", "minimum": 0},
            "hits": _list(_ref("Hit")),
            "partial": _object(
                "Articles with most of the words, when too few have them all.",
                {"total": _count("How many there are."), "hits": _list(_ref("PartialHit"))},
            ),
            "facets": {
                "type": "object",
                "description": "By name: author, source, tag, language, year, and month where years are few.",
                "additionalProperties": _list(_ref("FacetValue")),
            },
            "repair": _ref("Repair"),
            "histogram": _ref("Histogram"),
            "next": _maybe(_text("Cursor of the next page.")),
        },
        optional=("repair", "histogram"),
    ),
    "CompletionAnswer": _object(
        "What a query may become.",
        {
            "query": _text("As typed."),
            "completions": _list(
                _object(
                    "One of them.",
                    {
                        "kind": {
                            "type": "string",
                            "enum": ["word", "author", "source", "tag", "title", "operator"],
                        },
                        "text": _text("What people read."),
                        "query": _text("The whole query, completed."),
                        "slug": _text("Of the article, if it is a title."),
                    },
                    optional=("slug",),
                )
            ),
        },
    ),
    "SimilarAnswer": _object("Articles like one.", {"hits": _list(_ref("Hit"))}),
    "Alternative": _object(
        "Another search.",
        {
            "text": _text("In words: the corrected query, or what is left out."),
            "query": _text("Its query text."),
            "total": _count("Articles that match it."),
        },
    ),
    "Repair": _object(
        "What may help where few articles match, or none.",
        {
            "did_you_mean": _maybe(_ref("Alternative")),
            "without": _list(_ref("Alternative"), "Without one word or filter each, most matches first."),
            "any": _count("Articles with any of the words, where none has all."),
        },
    ),
    "Histogram": _object(
        "Matches over time, from the first to the last, empty stretches included.",
        {
            "unit": {"type": "string", "enum": ["day", "week", "month", "year", "decade"]},
            "buckets": _list(
                _object(
                    "A stretch of time.",
                    {
                        "start": _text("Its first day, month or year, as 'from' takes it."),
                        "end": _text("Its last, as 'to' takes it."),
                        "count": _count("Matches dated within it."),
                        "articles": _count("Articles of the archive dated within it."),
                        "share": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                )
            ),
            "coarse": _count("Matches whose dates are too coarse for the unit, in no bucket."),
        },
    ),
    "Provenance": _object(
        "Where a value came from.",
        {
            "method": _text("Such as json-ld, meta, header, byline."),
            "detail": _text("Where exactly."),
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "raw": _text("As the source had it."),
        },
    ),
    "Article": _object(
        "A whole article.",
        {
            **{
                name: _HIT_PROPERTIES[name] for name in ("id", "slug", "url", "title", "authors", "published")
            },
            "published_at": _maybe(_INSTANT),
            "source": _HIT_PROPERTIES["source"],
            "language": _HIT_PROPERTIES["language"],
            "section": {"type": "string"},
            "tags": _list({"type": "string"}),
            "words": _count("Number of words of the text."),
            "lead": _text("First paragraph."),
            "text": _text("Plain text; paragraphs are separated by a blank line."),
            "added": _maybe(_INSTANT),
            "updated": _maybe(_INSTANT),
            "content_hash": {"type": "string"},
            "origin": _object(
                "What it was read from.",
                {
                    "path": _text("File name."),
                    "member": _text("Part inside it."),
                    "media_type": _text("Type."),
                },
            ),
            "provenance": {"type": "object", "additionalProperties": _ref("Provenance")},
            "warnings": _list({"type": "string"}),
        },
    ),
    "Error": _object(
        "The one shape of every error.",
        {
            "error": _object(
                "What went wrong.",
                {
                    "code": _text("Stable word for programs."),
                    "message": _text("For people."),
                    "parameter": _text("The parameter at fault."),
                    "position": _count("Where in the query."),
                },
                optional=("parameter", "position"),
            )
        },
    ),
    "SavedSearches": _object(
        "The saved searches.",
        {
            "searches": _list(
                _object(
                    "A name for a search.",
                    {
                        "slug": _text("Address: /saved/<slug>."),
                        "name": _text("As given."),
                        "query": _text("Query string of the search."),
                        "total": _count("Articles that match."),
                        "new": _count("Of those, stored since the last visit."),
                        "created": _INSTANT,
                        "visited": _maybe(_INSTANT),
                        "problem": _text("Why it cannot be answered any more, or empty."),
                    },
                )
            )
        },
    ),
    "Health": _object("Sign of life.", {"status": {"type": "string", "const": "ok"}}),
    "Readiness": _object(
        "Whether searches can be answered.",
        {
            "ready": {"type": "boolean"},
            "articles": _count("Articles in the store; not told to strangers where there is a password."),
            "behind": _count("Changes that the index has not seen; likewise."),
            "problem": _text("Such as index_missing."),
        },
        optional=("articles", "behind", "problem"),
    ),
}

_ERROR_RESPONSES = {
    400: "A parameter is unknown, doubled or malformed, or the query is beyond the limits.",
    401: "The archive has a password: send a token as Authorization: Bearer TOKEN.",
    404: "There is nothing at this address.",
    405: "Only GET and HEAD are answered.",
    406: "The Accept header excludes JSON.",
    413: "The request has a body.",
    414: "The address is longer than 8 KiB.",
    429: "Too many requests from one client; Retry-After says when to ask again.",
    500: "A fault of the archive, noted in its log.",
    503: "No search is possible just now; the message says what mends it, Retry-After when to ask again.",
}

#: Parameters of a search that are about its hits.
_OF_HITS = ("sort", "page", "limit", "cursor", "facets", "histogram", "explain", "collapse")

_SLUG = {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}}

_TYPED = _parameter("q", "The query so far.", {"type": "string"}, example="harbour str")

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
                "parameters": _SEARCH_PARAMETERS,
                "responses": {
                    "200": _answer("One page of hits.", _ref("SearchAnswer")),
                    **_errors(400, 401, 405, 406, 413, 414, 429, 500, 503),
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
                    _parameter("find", "Only values with words that begin so.", {"type": "string"}),
                    *(entry for entry in _SEARCH_PARAMETERS if entry["name"] not in _OF_HITS),
                    _parameter("page", "Page number, 100 values each.", {"type": "integer", "minimum": 1}),
                ],
                "responses": {
                    "200": _answer("A page of values.", _ref("FacetAnswer")),
                    **_errors(400, 404, 405, 406, 414, 500, 503),
                },
            }
        },
        "/api/v1/complete": {
            "get": {
                "operationId": "complete",
                "summary": "Complete a query as it is typed",
                "parameters": [_TYPED],
                "responses": {
                    "200": _answer("What it may become.", _ref("CompletionAnswer")),
                    **_errors(400, 405, 406, 414, 500, 503),
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
                        "description": "The query, and queries that it may become.",
                        "content": {
                            "application/x-suggestions+json": {
                                "schema": {"type": "array", "minItems": 2, "maxItems": 2}
                            }
                        },
                    },
                    **_errors(400, 405, 414, 500, 503),
                },
            }
        },
        "/api/v1/articles/{slug}": {
            "get": {
                "operationId": "article",
                "summary": "Read one article",
                "parameters": [_SLUG],
                "responses": {
                    "200": _answer("The article.", _ref("Article")),
                    **_errors(400, 401, 404, 405, 406, 429, 500, 503),
                },
            }
        },
        **takeaway_paths(_SEARCH_PARAMETERS, _SLUG, _errors),
        "/api/v1/searches": {
            "get": {
                "operationId": "savedSearches",
                "summary": "List the saved searches and what is new in them",
                "responses": {
                    "200": _answer("All of them by name.", _ref("SavedSearches")),
                    **_errors(400, 406, 500, 503),
                },
            }
        },
        "/api/v1/articles/{slug}/similar": {
            "get": {
                "operationId": "similar",
                "summary": "Find articles like one",
                "parameters": [
                    _SLUG,
                    _parameter(
                        "limit",
                        "How many.",
                        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
                    ),
                ],
                "responses": {
                    "200": _answer("The most alike first.", _ref("SimilarAnswer")),
                    **_errors(400, 404, 405, 406, 500, 503),
                },
            }
        },
        "/healthz": {
            "get": {
                "operationId": "health",
                "summary": "The process answers",
                "responses": {"200": _answer("It does.", _ref("Health"))},
            }
        },
        "/readyz": {
            "get": {
                "operationId": "ready",
                "summary": "Searches can be answered",
                "responses": {
                    "200": _answer("They can.", _ref("Readiness")),
                    "503": _answer("They cannot.", _ref("Readiness")),
                },
            }
        },
    },
    # A token is needed only where the archive has a password.
    "security": [{}, {"token": []}],
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": _SCHEMAS,
        "responses": {
            f"Error{status}": _answer(description, _ref("Error"))
            for status, description in _ERROR_RESPONSES.items()
        },
    },
}
