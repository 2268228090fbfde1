"""Query parameters, strictly: what is unknown, doubled or malformed is refused.

A parameter that is silently ignored gives a wrong answer that looks right.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import MultiDict

from archive.document import PartialDate
from index.engine import Sort
from index.engines import ENGINES
from webapp.cursors import MAX_DEPTH
from webapp.models import DEFAULT_LIMIT, MAX_LIMIT, MISSING, SearchParams
from webapp.urls import EXCLUDE, FILTERS, default_sort

MAX_VALUE_CHARS = 200
MAX_VALUES = 20
MAX_CURSOR_CHARS = 500

MATCHES = ("auto", "all", "any")
SORTS = tuple(sort.value for sort in Sort)

_SINGLE = (
    *("q", "from", "to", "sort", "match", "page", "limit", "cursor"),
    *("facets", "histogram", "explain", "collapse", "engine"),
)
_SEVERAL = (*FILTERS, *(EXCLUDE + name for name in FILTERS))
#: Every parameter of a search.
PARAMETERS = (*_SINGLE, *_SEVERAL)

_NUMBER = re.compile(r"[0-9]{1,9}")
_CURSOR = re.compile(r"[A-Za-z0-9_.~=-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")

#: What the values of some filters look like.
_FORMS = {
    "language": (_LANGUAGE, "a language code such as 'en'"),
    "year": (_YEAR, "a year such as 2024"),
    "month": (_MONTH, "a month such as 2024-09"),
}


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
    _refuse_strangers(args, single=_SINGLE, several=_SEVERAL)
    q = _text(args, "q")
    limit = _number(args, "limit", page_size, 1, MAX_LIMIT)
    date_from, date_to = _date(args, "from"), _date(args, "to")
    if date_from and date_to and _first(date_from) >= _end(date_to):
        raise ParameterError("bad_parameter", f"'from' ({date_from}) lies after 'to' ({date_to}).", "from")
    return SearchParams(
        q=q,
        **{name: _filter(args, name, name) for name in FILTERS},
        excluded=tuple((name, value) for name in FILTERS for value in _filter(args, name, EXCLUDE + name)),
        date_from=date_from,
        date_to=date_to,
        sort=_choice(args, "sort", SORTS, default_sort(q)),
        match=_choice(args, "match", MATCHES, "auto"),
        page=_page(args, limit),
        limit=limit,
        cursor=_cursor(args),
        facets=_choice(args, "facets", ("0", "1"), "1") == "1",
        explain=_choice(args, "explain", ("0", "1"), "0") == "1",
        histogram=_choice(args, "histogram", ("0", "1"), "0") == "1",
        collapse=_choice(args, "collapse", ("0", "1"), "0") == "1",
        engine=_choice(args, "engine", tuple(ENGINES), "") or None,
    )


def facet_params(args: MultiDict[str, str]) -> tuple[SearchParams, str, int]:
    """Read the search whose facet is listed, what to find in it, and the page.

    Raises:
        ParameterError: see there.
    """
    known = ("q", "from", "to", "match", "engine", "find", "page")
    _refuse_strangers(args, single=known, several=_SEVERAL)
    of_list = ("find", "page")
    search = MultiDict((name, value) for name, value in args.items(multi=True) if name not in of_list)
    find = _text(args, "find")
    if len(find) > MAX_VALUE_CHARS:
        raise ParameterError("bad_parameter", f"'find' must be at most {MAX_VALUE_CHARS} characters.", "find")
    return search_params(search), find, _number(args, "page", 1, 1, 100)


def article_params(args: MultiDict[str, str]) -> str:
    """Return the query whose words the article page marks.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, single=("q",), several=())
    return _text(args, "q")


def history_params(args: MultiDict[str, str]) -> tuple[int | None, int | None]:
    """Return the numbers of the versions to compare; None where none is given.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, single=("from", "to"), several=())
    before, after = (_number(args, name, 0, 1, 10**6) or None for name in ("from", "to"))
    return before, after


def typed_param(args: MultiDict[str, str]) -> str:
    """Return the query typed so far; a space at its end counts.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, single=("q",), several=())
    _text(args, "q")
    return args.get("q", "").lstrip()


def limit_param(args: MultiDict[str, str], *, page_size: int = DEFAULT_LIMIT) -> int:
    """Return how many are wanted, where that is all that can be asked.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, single=("limit",), several=())
    return _number(args, "limit", page_size, 1, MAX_LIMIT)


def page_param(args: MultiDict[str, str], *, page_size: int = DEFAULT_LIMIT) -> int:
    """Return the page number of a list without other parameters.

    Raises:
        ParameterError: see there.
    """
    _refuse_strangers(args, single=("page",), several=())
    return _page(args, page_size)


def no_params(args: MultiDict[str, str]) -> None:
    """Refuse any parameter.

    Raises:
        ParameterError: there is one.
    """
    _refuse_strangers(args, single=(), several=())


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


def _refuse_strangers(
    args: MultiDict[str, str], *, single: tuple[str, ...], several: tuple[str, ...]
) -> None:
    known = (*single, *several)
    for name, values in args.lists():
        shown = name[:50]
        if name not in known:
            near = difflib.get_close_matches(shown, known, n=1, cutoff=0.6)
            hint = f"Did you mean '{near[0]}'?" if near else _known_names(known)
            raise ParameterError("unknown_parameter", f"There is no parameter '{shown}'. {hint}", shown)
        if name in single and len(values) > 1:
            raise ParameterError("repeated_parameter", f"'{name}' may be given only once.", name)


def _known_names(known: tuple[str, ...]) -> str:
    return f"Known here: {', '.join(known)}." if known else "None is known here."


def _text(args: Mapping[str, str], name: str) -> str:
    text = args.get(name, "")
    if "\x00" in text:
        raise ParameterError("bad_parameter", f"'{name}' holds a null character.", name)
    return text.strip()


def _number(args: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = args.get(name, "").strip()
    if not text:
        return default
    if _NUMBER.fullmatch(text) is None or not low <= int(text) <= high:
        raise ParameterError("bad_parameter", f"'{name}' must be a whole number from {low} to {high}.", name)
    return int(text)


def _page(args: Mapping[str, str], limit: int) -> int:
    highest = max(1, MAX_DEPTH // limit)
    text = args.get("page", "").strip()
    if _NUMBER.fullmatch(text) and int(text) > highest:
        message = f"Page numbers end at {highest}: narrow the search by words, author or date."
        raise ParameterError("bad_parameter", message, "page")
    return _number(args, "page", 1, 1, highest)


def _choice(args: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    text = args.get(name, "").strip()
    if not text:
        return default
    if text not in known:
        raise ParameterError("bad_parameter", f"'{name}' must be one of: {', '.join(known)}.", name)
    return text


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


def _filter(args: MultiDict[str, str], name: str, parameter: str) -> tuple[str, ...]:
    """Return the values that ``parameter`` gives to the filter ``name``."""
    form, described = _FORMS.get(name, (None, ""))
    return _values(args, parameter, form, described)


def _values(
    args: MultiDict[str, str], name: str, form: re.Pattern[str] | None = None, described: str = ""
) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for text in args.getlist(name) if (value := text.strip())))
    if len(values) > MAX_VALUES:
        raise ParameterError("bad_parameter", f"'{name}' may be given at most {MAX_VALUES} times.", name)
    for value in values:
        if len(value) > MAX_VALUE_CHARS or "\x00" in value:
            message = f"'{name}' must be text of at most {MAX_VALUE_CHARS} characters."
            raise ParameterError("bad_parameter", message, name)
        if form is not None and value != MISSING and form.fullmatch(value) is None:
            raise ParameterError("bad_parameter", f"'{name}' must be {described}, or '{MISSING}'.", name)
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
