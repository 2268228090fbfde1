"""JSON-LD as sites write it: broken JSON, graphs, references, lists for values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

MAX_BLOCKS = 200
MAX_BLOCK_CHARS = 2_000_000
MAX_NODES = 5000

_CONTROL = re.compile(r"[\x00-\x1f]+")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?|;)\s*$"
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|Report|LiveBlogPosting|SocialMediaPosting|Posting|Review|Recipe|AnalysisNewsArticle)$"
)
_BEST = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report)$")
_DESCEND = (
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "itemListElement",
    "item",
    "hasPart",
    "liveBlogUpdate",
)


@dataclass(slots=True)
class Graph:
    """All objects of a page's JSON-LD, in page order, with an index by ``@id``."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)

    def article(self) -> dict[str, Any]:
        """The first article of the page; an empty object when there is none."""
        return next(
            (
                node
                for pattern in (_BEST, _ARTICLE)
                for node in self.nodes
                if any(pattern.search(kind) for kind in types(node)) and len(node) > 2
            ),
            {},
        )

    def first(self, *kinds: str) -> dict[str, Any]:
        """The first object of one of these types."""
        return next((node for node in self.nodes if any(kind in kinds for kind in types(node))), {})

    def resolve(self, value: Any) -> list[Any]:
        """``value`` as a list, with ``{"@id": …}`` replaced by what it points at."""
        items = value if isinstance(value, list) else [value]
        resolved: list[Any] = []
        for item in items:
            if isinstance(item, list):
                resolved.extend(self.resolve(item))
                continue
            target = self.by_id.get(str(item["@id"])) if isinstance(item, dict) and "@id" in item else None
            resolved.append(target if target is not None and "name" not in item else item)
        return [item for item in resolved if item not in (None, "", {})]

    def names(self, value: Any) -> list[str]:
        """Names of persons or organisations: strings, objects or lists of both."""
        names: list[str] = []
        for item in self.resolve(value):
            name = item.get("name") if isinstance(item, dict) else item
            for one in name if isinstance(name, list) else [name]:
                if isinstance(one, str) and one.strip():
                    names.append(one)
        return names

    def text(self, node: dict[str, Any], *keys: str) -> str:
        """The first string under one of ``keys``, looking into ``@value`` and lists."""
        for key in keys:
            for item in self.resolve(node.get(key)):
                value = item.get("@value", item.get("name")) if isinstance(item, dict) else item
                if isinstance(value, str) and value.strip():
                    return value.strip()
        return ""


def types(node: dict[str, Any]) -> list[str]:
    """The ``@type`` of an object as a list of local names."""
    value = node.get("@type")
    kinds = value if isinstance(value, list) else [value]
    return [kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in kinds if isinstance(kind, str)]


def graph_from_blocks(blocks: Iterable[str]) -> Graph:
    """Read the ``application/ld+json`` blocks of one page; what cannot be read at all is passed over."""
    nodes = list(islice(_nodes(islice(blocks, MAX_BLOCKS)), MAX_NODES))
    graph = Graph(nodes=nodes)
    for node in nodes:
        _index(graph.by_id, node)
    return graph


def _nodes(blocks: Iterable[str]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if len(block) > MAX_BLOCK_CHARS or not block.strip():
            continue
        try:
            values = parse_block(block)
        except ValueError:
            continue
        for value in values:
            yield from _walk(value)


def _index(by_id: dict[str, dict[str, Any]], node: dict[str, Any]) -> None:
    for part in (node, node.get("author"), node.get("publisher"), node.get("creator")):
        for item in part if isinstance(part, list) else [part]:
            if isinstance(item, dict) and isinstance(item.get("@id"), str) and len(item) > 1:
                known = by_id.get(item["@id"])
                if known is None or ("name" in item and "name" not in known):
                    by_id[item["@id"]] = item


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    """Objects of ``value``, outer before inner, without recursion."""
    stack: list[Any] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item[:MAX_NODES]))
        elif isinstance(item, dict):
            yield item
            stack.extend(item[key] for key in reversed(_DESCEND) if isinstance(item.get(key), dict | list))


def parse_block(block: str) -> list[Any]:
    """The JSON values of one block, mending what sites commonly break.

    Raises:
        ValueError: nothing in it can be read.
    """
    try:
        return [orjson.loads(block)]
    except orjson.JSONDecodeError:
        pass
    text = block.strip().lstrip("\ufeff")
    previous = None
    while text != previous:
        previous, text = text, _WRAPPING.sub("", text).strip()
    text = _TRAILING_COMMA.sub("", _CONTROL.sub(" ", text))
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    position = 0
    try:
        while position < len(text):
            value, position = decoder.raw_decode(text, position)
            values.append(value)
            while position < len(text) and text[position] in " ,;":
                position += 1
    except (ValueError, RecursionError) as error:
        if not values:
            raise ValueError(f"not JSON: {error}") from error
    return values
