"""Query parameters, strictly: what is unknown, doubled or malformed is refused.

A parameter that is silently ignored gives a wrong answer that looks right.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import MultiDict

from archive.document import PartialDate
from webapp.cursors import MAX_DEPTH
from webapp.models import DEFAULT_LIMIT, MISSING, SearchParams
from webapp.parameters import (
    BY_NAME,
    EXCLUDE,
    FILTERS,
    MAX_CURSOR_CHARS,
    MAX_VALUE_CHARS,
    MAX_VALUES,
    About,
    Parameter,
    default_sort,
    parameters_about,
)
from webapp.parameters import PARAMETERS as TABLE

#: The names of all parameters of a search.
PARAMETERS = tuple(each.name for each in TABLE)

#: Those that say which articles match, and those that put them in order besides.
OF_MATCHES = tuple(each.name for each in parameters_about(About.MATCHES))
OF_ORDER = tuple(each.name for each in parameters_about(About.ORDER))

_NUMBER = re.compile(r"[0-9]{1,9}")
_CURSOR = re.compile(r"[A-Za-z0-9_.~=-]+")


@dataclass(eq=False)
class ParameterError(Exception):
    """A query parameter is not what it should be; the message is safe to show.

    Attributes:
        code: ``unknown_parameter``, ``repeated_parameter``, ``bad_parameter``
            or ``bad_encoding``.
        parameter: its name as given, at most 50 characters, or empty.
    """

    code: str
    message: str
    parameter: str = ""

    def __str__(self) -> str:
        return self.message


def search_params(args: MultiDict[str, str], *, page_size: int = DEFAULT_LIMIT) -> SearchParams:
    """Read the parameters of a search.  Empty values count as absent.

    Args:
        page_size: hits on a page when ``limit`` is not given.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, PARAMETERS)
    q = _text(args, "q")
    limit = _number(args, "limit", page_size)
    date_from, date_to = _date(args, "from"), _date(args, "to")
    if date_from and date_to and _first(date_from) >= _end(date_to):
        raise ParameterError("bad_parameter", f"'from' ({date_from}) lies after 'to' ({date_to}).", "from")
    return SearchParams(
        q=q,
        **{name: _values(args, BY_NAME[name]) for name in FILTERS},
        excluded=tuple((name, value) for name in FILTERS for value in _values(args, BY_NAME[EXCLUDE + name])),
        date_from=date_from,
        date_to=date_to,
        sort=_choice(args, "sort", default_sort(q)),
        match=_choice(args, "match"),
        page=_page(args, limit),
        limit=limit,
        cursor=_cursor(args),
        facets=_switch(args, "facets"),
        explain=_switch(args, "explain"),
        histogram=_switch(args, "histogram"),
        collapse=_switch(args, "collapse"),
        engine=_choice(args, "engine") or None,
    )


def facet_params(args: MultiDict[str, str], *, keep: Sequence[str] = ()) -> tuple[SearchParams, str, int]:
    """Read the search whose facet is listed, what to find in it, and the page.

    Args:
        keep: parameters that say nothing about values, kept for the way back.

    Raises:
        ParameterError: see there.
    """
    of_list = ("find", "page")
    _refuse_strangers(args, (*OF_MATCHES, *of_list, *keep))
    search = MultiDict((name, value) for name, value in args.items(multi=True) if name not in of_list)
    find = _text(args, "find")
    if len(find) > MAX_VALUE_CHARS:
        raise ParameterError("bad_parameter", f"'find' must be at most {MAX_VALUE_CHARS} characters.", "find")
    return search_params(search), find, _whole(args, "page", 1, 1, 100)


def history_params(args: MultiDict[str, str]) -> tuple[int | None, int | None]:
    """Return the numbers of the versions to compare; None where none is given.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, ("from", "to"))
    before, after = (_whole(args, name, 0, 1, 10**6) or None for name in ("from", "to"))
    return before, after


def typed_param(args: MultiDict[str, str]) -> str:
    """Return the query typed so far; a space at its end counts.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, ("q",))
    _text(args, "q")
    return args.get("q", "").lstrip()


def limit_param(args: MultiDict[str, str], *, page_size: int = DEFAULT_LIMIT) -> int:
    """Return how many are wanted, where that is all that can be asked.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, ("limit",))
    return _number(args, "limit", page_size)


def page_params(args: MultiDict[str, str], *, page_size: int = DEFAULT_LIMIT) -> tuple[int, str]:
    """Return the page number and the cursor of a list without other parameters.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, ("page", "cursor"))
    return _page(args, page_size), _cursor(args)


def no_params(args: MultiDict[str, str]) -> None:
    """Refuse any parameter.

    Raises:
        ParameterError: there is one.
    """
    _refuse_strangers(args, ())


def check_encoding(query_string: bytes) -> None:
    """Refuse a query string that is not percent-encoded UTF-8.

    Raises:
        ParameterError: it is not.
    """
    try:
        unquote_to_bytes(query_string).decode("utf-8")
    except UnicodeDecodeError as exc:
        message = "The address is not UTF-8: encode its parameters as UTF-8."
        raise ParameterError("bad_encoding", message) from exc


def _refuse_strangers(args: MultiDict[str, str], known: Sequence[str]) -> None:
    for name, values in args.lists():
        shown = name[:50]
        if name not in known:
            near = difflib.get_close_matches(shown, known, n=1, cutoff=0.6)
            hint = f"Did you mean '{near[0]}'?" if near else _known_names(known)
            raise ParameterError("unknown_parameter", f"There is no parameter '{shown}'. {hint}", shown)
        if len(values) > 1 and not (name in BY_NAME and BY_NAME[name].is_repeatable):
            raise ParameterError("repeated_parameter", f"'{name}' may be given only once.", name)


def _known_names(known: Sequence[str]) -> str:
    return f"Known here: {', '.join(known)}." if known else "None is known here."


#: What people leave around a value; other white space belongs to it, and makes it wrong.
BLANKS = " \t\r\n"


def _text(args: Mapping[str, str], name: str) -> str:
    text = args.get(name, "")
    if "\x00" in text:
        raise ParameterError("bad_parameter", f"'{name}' holds a null character.", name)
    return text.strip()


def _number(args: Mapping[str, str], name: str, default: int) -> int:
    each = BY_NAME[name]
    return _whole(args, name, default, each.low, each.high or 0)


def _whole(args: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = args.get(name, "").strip(BLANKS)
    if not text:
        return default
    if _NUMBER.fullmatch(text) is None or not low <= int(text) <= high:
        raise ParameterError("bad_parameter", f"'{name}' must be a whole number from {low} to {high}.", name)
    return int(text)


def _page(args: Mapping[str, str], limit: int) -> int:
    highest = max(1, MAX_DEPTH // limit)
    text = args.get("page", "").strip(BLANKS)
    if _NUMBER.fullmatch(text) and int(text) > highest:
        message = f"Page numbers end at {highest}: go on with 'next' as 'cursor', or narrow the search."
        raise ParameterError("bad_parameter", message, "page")
    return _whole(args, "page", 1, 1, highest)


def _choice(args: Mapping[str, str], name: str, default: str = "") -> str:
    each = BY_NAME[name]
    text = args.get(name, "").strip()
    if not text:
        return default or each.default
    if text not in each.choices:
        raise ParameterError("bad_parameter", f"'{name}' must be one of: {', '.join(each.choices)}.", name)
    return text


def _switch(args: Mapping[str, str], name: str) -> bool:
    text = args.get(name, "").strip() or BY_NAME[name].default
    if text not in ("0", "1"):
        raise ParameterError("bad_parameter", f"'{name}' must be one of: 0, 1.", name)
    return text == "1"


def _cursor(args: Mapping[str, str]) -> str:
    text = args.get("cursor", "").strip()
    if not text:
        return ""
    if len(text) > MAX_CURSOR_CHARS or _CURSOR.fullmatch(text) is None:
        message = "'cursor' must be a 'next' value of an earlier answer."
        raise ParameterError("bad_parameter", message, "cursor")
    if args.get("page", "").strip():
        raise ParameterError("bad_parameter", "Give 'page' or 'cursor', not both.", "cursor")
    return text


def _values(args: MultiDict[str, str], each: Parameter) -> tuple[str, ...]:
    name = each.name
    given = args.getlist(name)
    values = tuple(dict.fromkeys(value for text in given if (value := text.strip())))
    if len(given) > MAX_VALUES:
        raise ParameterError("bad_parameter", f"'{name}' may be given at most {MAX_VALUES} times.", name)
    for value in values:
        if len(value) > MAX_VALUE_CHARS or "\x00" in value:
            message = f"'{name}' must be text of at most {MAX_VALUE_CHARS} characters."
            raise ParameterError("bad_parameter", message, name)
        if each.form is not None and value != MISSING and each.form.fullmatch(value) is None:
            raise ParameterError("bad_parameter", f"'{name}' must be {each.formed}, or '{MISSING}'.", name)
    return values


def _date(args: Mapping[str, str], name: str) -> str:
    text = args.get(name, "").strip()
    if not text:
        return ""
    try:
        return PartialDate.from_iso(text).isoformat()
    except ValueError as exc:
        message = f"'{name}' must be a date such as 2024, 2024-09 or 2024-09-10."
        raise ParameterError("bad_parameter", message, name) from exc


def _first(text: str) -> int:
    return PartialDate.from_iso(text).start


def _end(text: str) -> int:
    return PartialDate.from_iso(text).end
