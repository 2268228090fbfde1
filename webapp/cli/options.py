"""Options of the command line for the parameters of a search, made of the one table.

So every command that searches takes what pages and JSON take, with the same
meaning and the same checks.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from webapp.models import SearchParams
from webapp.parameters import BY_NAME, About, Kind, Parameter, parameters_about

F = TypeVar("F", bound=Callable[..., Any])

#: What was given of the parameters of a search, by their names; what was not is absent.
Given = dict[str, Any]

_HEADINGS = {
    About.MATCHES: "Which articles",
    About.ORDER: "In which order",
    About.PAGE: "How many",
    About.BESIDE: "What besides",
}

_QUOTED = re.compile(r"'(-?[a-z]+)'")


class SearchOption(click.Option):
    """An option that stands under a heading of its command's help."""

    def __init__(self, *args: Any, heading: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.heading = heading


class SearchCommand(click.Command):
    """A command whose help has the options of a search under headings, and its own after them."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        headings: dict[str, list[tuple[str, str]]] = {}
        for option in self.get_params(ctx):
            if not isinstance(option, click.Option):
                continue
            record = option.get_help_record(ctx)
            if record is not None:
                headings.setdefault(getattr(option, "heading", "Options"), []).append(record)
        headings["Options"] = headings.pop("Options", [])
        for heading, records in headings.items():
            with formatter.section(heading):
                formatter.write_dl(records, col_max=24)


def search_options(*about: About, without: Sequence[str] = ()) -> Callable[[F], F]:
    """Give a command the options of the parameters about any of ``about``.

    The command gets them together, as ``given``.

    Args:
        without: names of parameters that the command has its own way for.
    """
    wanted = [each for each in parameters_about(*about) if each.options and each.name not in without]

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def collected(*args: Any, **options: Any) -> Any:
            values = {each.name: options.pop(_variable(each)) for each in wanted}
            given = {name: value for name, value in values.items() if value not in (None, (), "")}
            return command(*args, given=given, **options)

        for each in reversed(wanted):
            collected = _option(each)(collected)
        return collected  # type: ignore[return-value]

    return decorate


def params_from(query: Sequence[str], given: Mapping[str, Any], **more: object) -> SearchParams:
    """Return the search that the words ``query`` and the options ``given`` ask for.

    Args:
        more: parameters besides, by name.

    Raises:
        click.UsageError: a value cannot be.
    """
    from werkzeug.datastructures import MultiDict

    from webapp.params import ParameterError, search_params

    args: MultiDict[str, str] = MultiDict()
    args["q"] = " ".join(query)
    for name, value in {**given, **more}.items():
        args.setlist(name, [_written(one) for one in (value if isinstance(value, tuple) else (value,))])
    try:
        return search_params(args)
    except ParameterError as error:
        raise click.UsageError(_QUOTED.sub(_as_option, error.message)) from error


def _option(each: Parameter) -> Callable[[F], F]:
    names = [_variable(each), *each.options]
    shown: dict[str, Any]
    match each.kind:
        case Kind.VALUES:
            shown = {"multiple": True, "metavar": each.metavar}
        case Kind.CHOICE:
            shown = {"type": click.Choice(each.choices)}
        case Kind.NUMBER:
            shown = {"type": click.IntRange(each.low, each.high), "metavar": each.metavar}
        case Kind.SWITCH if each.default == "1":
            names[-1] = f"{each.options[-1]}/--no-{each.options[-1][2:]}"
            shown = {"default": None}
        case Kind.SWITCH:
            shown = {"is_flag": True, "default": None}
        case _:
            shown = {"metavar": each.metavar}
    told = each.default if each.kind in (Kind.CHOICE, Kind.NUMBER) else ""
    help_ = each.help + (f" [default: {told}]" if told else "")
    return click.option(*names, cls=SearchOption, heading=_HEADINGS[each.about], help=help_, **shown)


def _variable(each: Parameter) -> str:
    """Return the name of the option's variable, which no other option of a command has."""
    return "search_" + each.name.replace("-", "not_")


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _as_option(found: re.Match[str]) -> str:
    """Return the option that a message means by a parameter's name."""
    known = BY_NAME.get(found[1])
    return known.options[0] if known and known.options else found[0]
