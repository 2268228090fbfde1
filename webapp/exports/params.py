"""Parameters of exports and feeds: those of a search without its pages, and a few more."""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from webapp.models import SearchParams
from webapp.parameters import About, parameters_about
from webapp.params import ParameterError, search_params

#: Parameters of a search that are about pages and what stands beside them.
PAGING = tuple(each.name for each in parameters_about(About.PAGE, About.BESIDE) if each.name != "limit")

#: Most articles of an export that names a number, and of a feed.
MAX_EXPORT = 1_000_000
MAX_FEED = 100
FEED_LENGTH = 50

_NUMBER = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportParams:
    """An export as it was asked.

    Attributes:
        most: how many articles, or None for all.
        text: whole texts, or None for what the format does unless told.
        bom: begin with a byte order mark.
    """

    search: SearchParams
    most: int | None = None
    text: bool | None = None
    bom: bool = False


def export_params(args: MultiDict[str, str]) -> ExportParams:
    """Read the parameters of an export.

    Raises:
        ParameterError: one is unknown, doubled or malformed, or about pages.
    """
    text = _choice(args, "text", {"": None, "0": False, "1": True})
    bom = _choice(args, "bom", {"": False, "0": False, "1": True})
    return ExportParams(
        search=_search(args, ("text", "bom", "limit")),
        most=_number(args, "limit", MAX_EXPORT),
        text=text,
        bom=bool(bom),
    )


def feed_params(args: MultiDict[str, str]) -> ExportParams:
    """Read the parameters of a feed: unless told, what was stored last comes first.

    Raises:
        ParameterError: as `export_params`.
    """
    wanted = MultiDict(args)
    if not args.get("sort", "").strip():
        wanted["sort"] = "added"
    most = _number(args, "limit", MAX_FEED)
    return ExportParams(search=_search(wanted, ("limit",)), most=FEED_LENGTH if most is None else most)


def _search(args: MultiDict[str, str], own: tuple[str, ...]) -> SearchParams:
    for name in PAGING:
        if name in args:
            message = f"'{name}' is for pages of results; exports and feeds have none."
            raise ParameterError("unknown_parameter", message, name)
    return search_params(
        MultiDict((name, value) for name, value in args.items(multi=True) if name not in own)
    )


def _number(args: MultiDict[str, str], name: str, most: int) -> int | None:
    text = _once(args, name)
    if not text:
        return None
    if _NUMBER.fullmatch(text) is None or not 1 <= int(text) <= most:
        raise ParameterError("bad_parameter", f"'{name}' must be a whole number from 1 to {most}.", name)
    return int(text)


def _choice(args: MultiDict[str, str], name: str, known: dict[str, bool | None]) -> bool | None:
    text = _once(args, name)
    if text not in known:
        raise ParameterError("bad_parameter", f"'{name}' must be 0 or 1.", name)
    return known[text]


def _once(args: MultiDict[str, str], name: str) -> str:
    if len(args.getlist(name)) > 1:
        raise ParameterError("repeated_parameter", f"'{name}' may be given only once.", name)
    return args.get(name, "").strip()
