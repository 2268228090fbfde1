"""Articles as JSON between processes: not pickles, which run what they are told to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

from archive.document import Document, Draft, Origin, PartialDate, Provenance
from archive.limits import Limits
from archive.readers import ReadFailure, ReadOptions
from archive.reading import ReadArticle


def options_to_json(options: ReadOptions) -> bytes:
    """Return read options as JSON."""
    return orjson.dumps(options, default=dict)


def options_from_json(data: bytes) -> ReadOptions:
    """Read what `options_to_json` wrote."""
    value = orjson.loads(data)
    value["limits"] = Limits(**value["limits"])
    if value["known"] is not None:
        value["known"] = Draft(**_restored(value["known"]))
    return ReadOptions(**value)


def results_to_json(results: list[ReadArticle | ReadFailure]) -> bytes:
    """Return what came of one item as JSON."""
    return orjson.dumps(
        [{"article" if isinstance(result, ReadArticle) else "failure": result} for result in results]
    )


def results_from_json(data: bytes) -> list[ReadArticle | ReadFailure]:
    """Read what `results_to_json` wrote."""
    results: list[ReadArticle | ReadFailure] = []
    for value in orjson.loads(data):
        if "failure" in value:
            results.append(ReadFailure(**value["failure"]))
        else:
            article = value["article"]
            document = Document(**_restored(article["document"]))
            results.append(
                ReadArticle(
                    document=document,
                    external_id=article["external_id"],
                    is_at_address=article["is_at_address"],
                )
            )
    return results


def _restored(value: dict[str, Any]) -> dict[str, Any]:
    """The fields of a draft or document with their types back."""
    value["origin"] = Origin(**value["origin"])
    value["provenance"] = {name: Provenance(**found) for name, found in value["provenance"].items()}
    for name in ("authors", "tags", "warnings"):
        value[name] = tuple(value[name])
    if value["published"] is not None:
        value["published"] = PartialDate(**value["published"])
    for name in ("published_at", "added", "updated"):
        if value.get(name) is not None:
            value[name] = dt.datetime.fromisoformat(value[name])
    return value
