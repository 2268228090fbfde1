"""How the command line prints what a search found: articles, and what stands beside them."""

from __future__ import annotations

import sys

import click

from webapp.cli.common import marked_line, plural, print_json, say
from webapp.marking import visible_text
from webapp.models import Hit, SearchPage
from webapp.presenters import date_words, hit_json, partial_json
from webapp.wording import FACET_TITLES, query_label, value_label

#: Width of the longest bar of a histogram, in characters.
_BAR = 40


def print_hit(hit: Hit, number: int, *, as_json: bool, partial: bool) -> None:
    """Print an article that was found, as a JSON object on a line or for people."""
    if as_json:
        print_json(partial_json(hit) if partial else hit_json(hit))
        return
    parts = [", ".join(hit.authors), date_words(hit.published), hit.source]
    click.echo(f"{number:>3}. {marked_line(hit.title, hit.title_spans)}")
    click.echo("     " + visible_text(" · ".join(part for part in parts if part)))
    lacking = f" (some of the words; without {', '.join(hit.missing)})" if partial else ""
    click.echo(visible_text(f"     {hit.slug}{lacking}"))
    if hit.also_total:
        names = ", ".join(copy.source or copy.slug for copy in hit.also)
        click.echo(visible_text(f"     also in {plural(hit.also_total, 'source')}: {names}"))
    for snippet in hit.snippets:
        before, after = "… " * snippet.cut_before, " …" * snippet.cut_after
        click.echo(f"     {before}{marked_line(snippet.text, snippet.spans)}{after}")
    for reason in hit.reasons:
        click.echo(visible_text(f"     {reason.share:>5.0%}  {reason.clause}"))
    click.echo()


def print_facets(answer: SearchPage) -> None:
    """Print what the search counted by author, source and so on, if it was asked."""
    for name, values in answer.facets.items():
        if not values:
            continue
        click.echo(FACET_TITLES[name])
        width = max(len(f"{value.count:,}") for value in values)
        for value in values:
            label = value_label(name, value.value, {value.value: value.label})
            sign = "+" if value.selected else "-" if value.excluded else " "
            click.echo(visible_text(f" {sign}{value.count:>{width},}  {label}"))
        click.echo()


def print_histogram(answer: SearchPage) -> None:
    """Print the matches over time as bars, if it was asked and any has a date."""
    histogram = answer.histogram
    if histogram is None or not histogram.buckets:
        return
    most = max(bucket.count for bucket in histogram.buckets)
    width = len(f"{most:,}")
    block = _block()
    click.echo(f"By {histogram.unit}")
    for bucket in histogram.buckets:
        bar = block * (-(-bucket.count * _BAR // most) if most else 0)
        click.echo(f"  {bucket.start:<10}  {bucket.count:>{width},}  {bar}".rstrip())
    if histogram.coarse:
        click.echo(f"  {histogram.coarse:,} more with a coarser date")
    click.echo()


def say_repair(answer: SearchPage) -> None:
    """Say what would find more, where little was found."""
    repair = answer.repair
    if repair is None:
        return
    if repair.corrected is not None:
        meant = query_label(repair.corrected.text, answer.query)
        say(f"Did you mean: {meant} ({plural(repair.corrected.total, 'article')})")
    for other in repair.without:
        say(f"Without {query_label(other.text, answer.query)}: {plural(other.total, 'article')}")
    if repair.widened is not None:
        say(f"With any of the words (--match any): {plural(repair.widened.total, 'article')}")


def _block() -> str:
    """Return a full block, or a sign that every terminal has."""
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#"
    return "█"
