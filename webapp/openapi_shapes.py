"""Small shapes that the description of the API is made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

#: What may stand for a parameter that is not given: forms send empty fields.
EMPTY = {"type": "string", "pattern": r"^[ \t\r\n]*$"}

#: Any text; nothing holds a null character.
ANY_TEXT = {"type": "string", "pattern": r"^[^\x00]*$"}

#: A date that there is, but for days at the end of a month; or nothing.
GIVEN_DATE = r"^(?!0000)([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$"

INSTANT = {"type": "string", "format": "date-time"}


def ref(name: str) -> Schema:
    """Return a reference to the schema ``name``."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(description: str, properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """Return an object with exactly these keys, those of ``optional`` now and then."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def listed(items: Schema, description: str = "") -> Schema:
    """Return an array of ``items``."""
    return {"type": "array", "items": items, **({"description": description} if description else {})}


def text(description: str, **more: Any) -> Schema:
    """Return a string."""
    return {"type": "string", "description": description, **more}


def count(description: str) -> Schema:
    """Return a whole number from 0."""
    return {"type": "integer", "minimum": 0, "description": description}


def yes_or_no(description: str) -> Schema:
    """Return the schema of a claim that is true or not."""
    return {"type": "boolean", "description": description}


def maybe(schema: Schema) -> Schema:
    """Return ``schema``, or null."""
    return {"oneOf": [schema, {"type": "null"}]}


def parameter(name: str, description: str, schema: Schema, **more: Any) -> Schema:
    """Return a parameter of the query string."""
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def or_empty(schema: Schema) -> Schema:
    """Return ``schema``, or an empty value, which counts as none."""
    return {"anyOf": [schema, EMPTY]}


def errors(*statuses: int) -> Schema:
    """Return the answers of error statuses, with those that any address may have."""
    everywhere = (400, 401, 404, 405, 406, 413, 414, 429, 431, 500, 503)
    return {
        str(status): {"$ref": f"#/components/responses/Error{status}"}
        for status in sorted({*everywhere, *statuses})
    }


def answer(description: str, schema: Schema) -> Schema:
    """Return an answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def error_answer(description: str, schema: Schema) -> Schema:
    """Return the answer to an error: JSON under /api, elsewhere a page unless JSON is asked for.

    The server itself answers in plain text what it cannot read.
    """
    return {
        "description": description,
        "content": {
            "application/json": {"schema": schema},
            "text/html": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
