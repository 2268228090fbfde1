"""``archive searches``: list, run and remove saved searches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import home_option, plural, print_json, say, settings_from
from webapp.cli.searching import print_pages
from webapp.marking import visible_text
from webapp.presenters import day_words, saved_json

if TYPE_CHECKING:
    from webapp.saved import Counted


@click.command()
@click.argument("action", type=click.Choice(["list", "run", "remove"]), default="list")
@click.argument("slug", required=False)
@click.option("--keep", is_flag=True, help="With run: do not note that the results were seen.")
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000_000),
    default=10,
    show_default=True,
    help="With run: how many articles.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@home_option
def searches(action: str, slug: str | None, keep: bool, limit: int, as_json: bool, home: Path | None) -> None:
    """List, run or remove saved searches; `archive search --save NAME` saves one.

    `run` prints what SLUG finds, the latest stored first, and notes that it was
    seen: what is stored later is new.

    \b
    Example:
      archive searches run missiles --limit 20
    """
    if (slug is None) != (action == "list"):
        raise click.UsageError("`list` takes no SLUG; `run` and `remove` take the SLUG of a saved search.")
    from webapp.services import Services

    with Services(settings_from(home), create=False) as services:
        if slug is None:
            _list(services.saved.all(), as_json=as_json)
        elif action == "remove":
            services.saved.remove(slug)
            click.echo(f"Removed {slug}.")
        else:
            found = services.saved.one(slug)
            if found.problem:
                raise click.UsageError(f"This search cannot be answered: {found.problem}")
            latest = services.last_id()
            since = day_words(found.search.visited or found.search.created)
            say(f"{plural(found.new, 'new article')} since {since}")
            request = replace(found.params, sort="added", limit=min(limit, 100), facets=False)
            print_pages(services, request, limit, as_json=as_json)
            if not keep:
                services.saved.visit(slug, seen=latest)


def _list(found: tuple[Counted, ...], *, as_json: bool) -> None:
    for each in found:
        if as_json:
            print_json(saved_json(each))
            continue
        counts = each.problem or f"{each.new:,} new of {each.total:,}"
        click.echo(visible_text(f"{each.search.slug}  {each.search.name}: {counts}"))
    if not found:
        say("No searches are saved.")
