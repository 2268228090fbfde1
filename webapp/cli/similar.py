"""``archive similar``."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.cli.common import ADDRESS, engine_option, home_option, print_json, say, settings_from
from webapp.marking import visible_text
from webapp.presenters import date_words, hit_json


@click.command()
@click.argument("slug", type=ADDRESS)
@click.option(
    "--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="Most articles to print."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@engine_option
@home_option
def similar(slug: str, limit: int, as_json: bool, engine: str | None, home: Path | None) -> None:
    """Print the articles most like the one at SLUG, the most alike first.

    \b
    Example:
      archive similar long-range-missiles-approved
    """
    from webapp.services import Services

    with Services(settings_from(home, engine=engine), create=False) as services:
        hits = services.similar(slug, limit=limit)
    for hit in hits:
        if as_json:
            print_json(hit_json(hit))
        else:
            click.echo(f"{visible_text(hit.title)}\n  {date_words(hit.published)} · {hit.slug}")
    if not hits:
        say("No article is like it.")
