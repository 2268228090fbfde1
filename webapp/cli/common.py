"""What every command shares: the home option, errors as one line, safe printing."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from archive.errors import ArchiveError, ArticleNotFoundError, SearchNotFoundError
from index.errors import QueryError, SearchError
from index.query.ast import QueryWarning
from webapp.marking import pieces, visible_text
from webapp.models import Spans
from webapp.settings import Settings, SettingsError, load_settings

F = TypeVar("F", bound=Callable[..., Any])

FAILED, WRONG_USAGE, INTERRUPTED, CUT_OFF = 1, 2, 130, 141


class Commands(click.Group):
    """A group that turns the errors of our trees into one line and an exit code.

    Attributes:
        headings: what each command stands under in the help, by its name.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.headings: dict[str, str] = {}

    def invoke(self, ctx: click.Context) -> Any:
        logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s", stream=sys.stderr)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows ?
        try:
            return super().invoke(ctx)
        except (QueryError, SettingsError) as error:
            fail(str(error), code=WRONG_USAGE)
        except ArticleNotFoundError as error:
            fail(f"{error}. Find its address with: archive search WORDS")
        except SearchNotFoundError as error:
            fail(f"{error}. The saved searches are listed by: archive searches")
        except (ArchiveError, SearchError) as error:
            fail(str(error))
        except KeyboardInterrupt:
            fail("Interrupted.", code=INTERRUPTED)
        except BrokenPipeError:
            _stop_printing()
            raise click.exceptions.Exit(CUT_OFF) from None
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                fail("the disk is full: free some space and run the same command again.")
            fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order in which a newcomer needs them."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under their headings."""
        longest = max(map(len, self.commands), default=0)
        records: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            told = self.commands[name].get_short_help_str(150)
            records.setdefault(self.headings.get(name, "Commands"), []).append((name.ljust(longest), told))
        for heading, listed in records.items():
            with formatter.section(heading):
                formatter.write_dl(listed)


def _stop_printing() -> None:
    """Let nothing more reach a reader that has gone, as `| head` does: not even what is still buffered."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a stream of a test has no number
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def fail(message: str, *, code: int = FAILED) -> None:
    """Print ``message`` as the error and end with ``code``."""
    say(f"Error: {message}")
    raise click.exceptions.Exit(code)


class Address(click.ParamType):  # type: ignore[type-arg]
    """The address of an article: its slug, or the address of its page as a browser shows it."""

    name = "SLUG"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Return the slug."""
        _, found, rest = str(value).rpartition("/article/")
        return re.split("[/?#]", rest)[0] if found else str(value)


#: The type of an argument that names an article.
ADDRESS = Address()


def home_option(command: F) -> F:
    """Add ``--home DIR``."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Folder of the archive. [default: ARCHIVE_HOME, else the user's data folder]",
    )(command)


def with_home(group: click.Group, home: Path) -> dict[str, Any]:
    """Return the defaults that give ``home`` to every command of ``group``, whatever its depth."""
    return {
        name: with_home(command, home) if isinstance(command, click.Group) else {"home": home}
        for name, command in group.commands.items()
    }


def engine_option(command: F) -> F:
    """Add ``--engine NAME``."""
    return click.option(
        "--engine", metavar="NAME", help="Search engine: tantivy, whoosh or memory. [default: the setting]"
    )(command)


def settings_from(home: Path | None, **overrides: object) -> Settings:
    """Return the settings in force, with what the command line overrides.

    Raises:
        SettingsError: a setting has a name or a value that cannot be.
    """
    return load_settings(home, overrides=overrides)


def say(message: str) -> None:
    """Print words for people, to standard error."""
    click.echo(visible_text(message), err=True)


def print_json(value: object) -> None:
    """Print ``value`` as one line of JSON."""
    click.echo(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE), nl=False)


def is_styled() -> bool:
    """Tell whether standard output is a terminal that takes bold."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def marked(text: str, spans: Spans) -> str:
    """Return ``text`` for a terminal: bold where marked, or in brackets where
    bold cannot be; what the article holds can never act on the terminal."""
    styled = is_styled()
    out = []
    for piece, is_marked in pieces(text, spans):
        safe = visible_text(piece)
        if not is_marked:
            out.append(safe)
        else:
            out.append(click.style(safe, bold=True) if styled else f"[{safe}]")
    return "".join(out)


def marked_line(text: str, spans: Spans) -> str:
    """Return ``text`` as `marked`, on one line."""
    return marked(text.translate({10: " ", 13: " ", 9: " "}), spans)


def say_notes(warnings: Iterable[QueryWarning]) -> None:
    """Say what in a query was not taken as it may have been meant: the same words once."""
    for message in dict.fromkeys(warning.message for warning in warnings):
        say(f"Note: {message}")


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return ``1 article`` or ``2,000 articles``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {nouns or noun + 's'}"
