"""``archive search``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.common import home_option, plural, print_json, say, say_notes, settings_from
from webapp.cli.options import Given, SearchCommand, params_from, search_options
from webapp.cli.results import print_facets, print_histogram, print_hit, say_repair
from webapp.models import MAX_LIMIT, SearchPage, SearchParams
from webapp.parameters import About
from webapp.presenters import search_json
from webapp.wording import query_label

if TYPE_CHECKING:
    from webapp.services import Services

_DEEPEST = 1_000_000


@click.command(cls=SearchCommand)
@click.argument("query", nargs=-1)
@search_options(*About, without=("limit",))
@click.option(
    "--limit",
    type=click.IntRange(1, _DEEPEST),
    default=10,
    show_default=True,
    metavar="N",
    help="How many articles to print.",
)
@click.option("--all", "everything", is_flag=True, help="Print all of them, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, an article each.")
@click.option("--answer", is_flag=True, help="Print the one JSON object that /api/v1/search gives.")
@click.option("--save", metavar="NAME", help="Save the search as NAME; see `archive searches`.")
@home_option
def search(
    query: tuple[str, ...],
    given: Given,
    limit: int,
    everything: bool,
    as_json: bool,
    answer: bool,
    save: str | None,
    home: Path | None,
) -> None:
    """Print the articles that match QUERY, best first.

    Without QUERY all articles are printed.  Put -- before a query that begins
    with a minus sign.

    \b
    Example:
      archive search '"long-range missiles" -nuclear' --from 2024-09 --limit 5
    """
    _check(given, limit, everything=everything, as_json=as_json, answer=answer)
    beside = {} if answer else {"facets": given.get("facets", False)}
    if everything and given.get("page", 1) == 1:
        limit = MAX_LIMIT  # at a time
    request = params_from(query, {**given, **beside}, limit=min(limit, MAX_LIMIT))
    from webapp.services import Services

    with Services(settings_from(home, engine=request.engine), create=False) as services:
        # Before printing, which ends the command when its reader goes, as `| head` does.
        saved = services.saved.save(save, request) if save is not None else None
        if answer:
            print_json(search_json(services.search(request)))
        else:
            print_pages(services, request, None if everything else limit, as_json=as_json)
        if saved is not None:
            say(f"Saved as {saved.slug}; see it with: archive searches run {saved.slug}")


def _check(given: dict[str, Any], limit: int, *, everything: bool, as_json: bool, answer: bool) -> None:
    """Refuse options that cannot be meant together.

    Raises:
        click.UsageError: some cannot.
    """
    if limit > MAX_LIMIT and given.get("page", 1) > 1:
        raise click.UsageError(f"--page goes with a --limit of at most {MAX_LIMIT}.")
    if answer and (as_json or everything or limit > MAX_LIMIT):
        raise click.UsageError(
            f"--answer is one page of at most {MAX_LIMIT} articles: go on with --cursor and its 'next'."
        )
    if as_json and (given.get("facets") or given.get("histogram")):
        raise click.UsageError("--json prints articles only; --answer prints facets and histogram too.")


def print_pages(services: Services, request: SearchParams, most: int | None, *, as_json: bool) -> None:
    """Print up to ``most`` hits, a request at a time, and say what there is besides.

    Args:
        most: None for all.
    """
    from dataclasses import replace

    from webapp.cursors import hits_before

    first = answer = services.search(request)
    _say_understood(first)
    number = hits_before(request.cursor) if request.cursor else (request.page - 1) * request.limit
    shown = 0
    while True:
        for hit in (*answer.hits, *answer.partial):
            shown += 1
            print_hit(hit, number + shown, as_json=as_json, partial=hit in answer.partial)
        left = MAX_LIMIT if most is None else most - shown
        if answer.next is None or left <= 0 or (most is None and answer.partial):
            break  # all that match; of those with some of the words there may be thousands
        request = replace(request, cursor=answer.next, page=1, limit=min(MAX_LIMIT, left))
        request = replace(request, facets=False, histogram=False)
        answer = services.search(request)
    print_facets(first)
    print_histogram(first)
    if not shown and first.total:
        say("There are no articles on this page.")
    elif not shown:
        empty = not services.status().articles
        say("The archive is empty. Begin with: archive ingest PATH" if empty else "No articles match.")
    say_repair(first)
    if answer.next is not None:
        what = "There are more with some of the words" if answer.partial else "There are more"
        say(f"{what}: add --cursor {answer.next}{'' if most is None or answer.partial else ' or --all'}")


def _say_understood(answer: SearchPage) -> None:
    say_notes(answer.warnings)
    line = (
        f"{plural(answer.total, 'article')} for: {query_label(answer.understood, answer.query)}"
        if answer.understood
        else plural(answer.total, "article")
    )
    if answer.match == "best":
        line += " (any of the words, complete and close matches first; --match all asks for all)"
    if answer.partial_total:
        line += f" ({answer.partial_total:,} more have some of the words)"
    say(line)
