"""The command line: each command parses, calls one function and prints.

Results go to standard output, words about them to standard error.  Exit codes:
0 done (also without hits), 1 failed, 2 wrong usage or query, 130 interrupted,
141 cut off: whoever read the output has gone.
"""

from __future__ import annotations

from pathlib import Path

import click

from webapp.cli import _starting  # before the others, which take their time
from webapp.cli.access import password, token
from webapp.cli.agents import mcp
from webapp.cli.articles import delete
from webapp.cli.backups import backup, restore
from webapp.cli.common import Commands, home_option, with_home
from webapp.cli.duplicates import duplicates
from webapp.cli.editing import edit
from webapp.cli.exporting import export
from webapp.cli.fetching import feeds, fetch
from webapp.cli.ingesting import extract, ingest
from webapp.cli.maintenance import reindex, status, verify
from webapp.cli.reprocessing import reprocess
from webapp.cli.searches import searches
from webapp.cli.searching import search
from webapp.cli.serving import demo, serve
from webapp.cli.showing import show
from webapp.cli.similar import similar
from webapp.cli.versions import diff, history

__all__ = ["cli", "main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="article-archive", prog_name="archive")
@home_option
@click.pass_context
def cli(ctx: click.Context, home: Path | None) -> None:
    """A searchable archive of articles.

    Results go to standard output, words about them to standard error. Exit
    codes: 0 done (also when nothing was found), 1 failed, 2 wrong usage,
    setting or query, 130 interrupted, 141 cut off by whoever read the output.

    \b
    Example:
      archive ingest ~/articles
      archive search '"long-range missiles" author:oswald'
    """
    if home is not None:
        ctx.default_map = with_home(cli, home)


#: Every command under the heading that it has in the help.
_COMMANDS = {
    "Take articles in": (ingest, extract, fetch, feeds, reprocess),
    "Find and read them": (search, searches, show, similar, duplicates, history, diff),
    "Change them, take them away": (edit, delete, export),
    "Serve them": (serve, demo, mcp, password, token),
    "Keep the archive in order": (status, reindex, verify, backup, restore),
}
for _heading, _commands in _COMMANDS.items():
    for _command in _commands:
        cli.add_command(_command)
        cli.headings[_command.name or ""] = _heading


_starting.done()


def main() -> None:
    """Run the command that the process was started with, and exit."""
    cli(prog_name="archive")
