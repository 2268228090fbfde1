"""The description of exports and feeds, from the same table that they are made from."""

from __future__ import annotations

from webapp.exports import FEEDS, FORMATS, Format
from webapp.exports.params import FEED_LENGTH, MAX_EXPORT, MAX_FEED, PAGING
from webapp.openapi_shapes import Schema, errors, or_empty


def takeaway_paths(search: list[Schema], slug: Schema) -> Schema:
    """Return the paths of exports and feeds.

    Args:
        search: the parameters of a search.
        slug: the parameter of an article's address.
    """
    shared = [each for each in search if each["name"] not in (*PAGING, "limit", "sort")]
    order = next(each for each in search if each["name"] == "sort")
    latest = {**order, "description": "Order of the articles; the latest stored first (added) unless told."}
    export = [*shared, order, _limit(MAX_EXPORT, "Most articles; all unless told."), *_TEXT]
    feed = [*shared, latest, _limit(MAX_FEED, f"Entries; {FEED_LENGTH} unless told.")]
    names = [each.name for each in FORMATS.values()]
    extensions = [each.extension for each in FORMATS.values()]
    feeds = [each.extension for each in FEEDS.values()]
    return {
        "/export/{format}": _get(
            "export",
            "Every article of a search, streamed",
            [_path("format", names), *export],
            {"200": _files(FORMATS), **errors(400, 404, 503)},
        ),
        "/article/{slug}.{extension}": _get(
            "exportArticle",
            "One article in a format of other programs",
            [slug, _path("extension", extensions)],
            {"200": _files(FORMATS), **errors(400, 404, 503)},
        ),
        "/feed.{extension}": _get(
            "feed",
            "A search as a feed, the latest stored first; answers 304 to If-None-Match",
            [_path("extension", feeds), *feed],
            {"200": _files(FEEDS), "304": {"description": "As before."}, **errors(400, 404, 503)},
        ),
    }


_TEXT = [
    {
        "name": name,
        "in": "query",
        "description": description,
        "schema": {"type": "string", "enum": ["0", "1", ""]},
    }
    for name, description in (
        ("text", "1 gives whole texts, 0 first paragraphs, in CSV and Markdown."),
        ("bom", "1 begins CSV with a byte order mark."),
    )
]


def _get(name: str, summary: str, parameters: list[Schema], responses: Schema) -> Schema:
    return {
        "get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}
    }


def _limit(most: int, description: str) -> Schema:
    schema = {"type": "integer", "minimum": 1, "maximum": most}
    return {"name": "limit", "in": "query", "description": description, "schema": or_empty(schema)}


def _path(name: str, values: list[str]) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "enum": values}}


def _files(formats: dict[str, Format]) -> Schema:
    types = [each.media_type.partition(";")[0] for each in formats.values()]
    of_json = {"type": ["object", "array"]}
    return {
        "description": "The articles: docs/exports.md says what each format holds.",
        "content": {
            each: {"schema": of_json if each.endswith("json") else {"type": "string"}} for each in types
        },
    }
