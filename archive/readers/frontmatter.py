"""Front matter: the YAML or TOML block before a Markdown text.

YAML is read with every plain value as the text that stands there, so that
``country: NO`` and ``1:30`` stay what they are.  Tags of Python objects, deep
nesting and floods of aliases are refused: the block is left out with a warning.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

import yaml

from archive.limits import Limits

_YAML: Final = re.compile(r"---[ \t]*\n(.*?)(?:(?<=\n)|\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML: Final = re.compile(r"\+\+\+[ \t]*\n(.*?)(?:(?<=\n)|\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_YAML_START: Final = re.compile(r"---[ \t]*\n\s*[\w\"'-]+[ \t]*:(?:\s|$)")
_UNCLOSED: Final = re.compile(r"---[ \t]*\n((?:[\w-]+:[ \t].*\n)+)")
_MAX_DEPTH: Final = 10
# Tables in which site generators keep more of the same.
_NESTED: Final = ("params", "extra", "taxonomies")


class _FrontMatterError(ValueError):
    """The block is not to be used; the message says why."""


def has_front_matter(text: str) -> bool:
    """Say whether ``text`` begins with a YAML or TOML block."""
    return _YAML_START.match(text) is not None or _TOML.match(text) is not None


def split_front_matter(text: str, limits: Limits, warnings: list[str]) -> tuple[dict[str, Any], str]:
    """Return the values of the front matter (empty if there is none) and the text after it."""
    if not text.startswith(("---", "+++")) or not has_front_matter(text):
        return {}, text
    match = (_YAML if text.startswith("---") else _TOML).match(text[: limits.front_matter_chars])
    if match is None:
        warnings.append("the front matter does not end; its first lines were taken for it")
        match = _UNCLOSED.match(text)
    if match is None:
        return {}, text
    try:
        values = _from_yaml(match[1], limits) if text.startswith("---") else tomllib.loads(match[1])
    except (_FrontMatterError, tomllib.TOMLDecodeError, RecursionError) as error:
        warnings.append(f"the front matter was left out: {str(error)[:200]}")
        values = {}
    for name in _NESTED:
        inner = values.get(name)
        if isinstance(inner, Mapping):
            values = {**inner, **values}
    return {str(name): value for name, value in values.items()}, text[match.end() :]


def _from_yaml(block: str, limits: Limits) -> dict[str, Any]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _check(block, loader, limits)
        values = yaml.load(block, Loader=loader)  # noqa: S506 - the base loader makes text, lists and mappings only
    except yaml.YAMLError as error:
        reason = getattr(error, "problem", None) or str(error)
        raise _FrontMatterError(f"not YAML: {reason}") from error
    if values is None or values == "":
        return {}
    if not isinstance(values, dict):
        raise _FrontMatterError("not a list of names and values")
    return values


def _check(block: str, loader: type, limits: Limits) -> None:
    depth = aliases = 0
    for event in yaml.parse(block, Loader=loader):
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        tag = getattr(event, "tag", None)
        if tag is not None and "python" in tag:
            raise _FrontMatterError("it asks for Python objects")
        if aliases > limits.front_matter_aliases:
            raise _FrontMatterError(f"more than {limits.front_matter_aliases} aliases")
        if depth > _MAX_DEPTH:
            raise _FrontMatterError(f"nested deeper than {_MAX_DEPTH} levels")
