"""``archive history`` and ``archive diff``: what an article said before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.common import home_option, is_styled, plural, print_json, say, settings_from
from webapp.marking import visible_text
from webapp.presenters import captures, instant_json

if TYPE_CHECKING:
    from archive.differences import Difference, Piece
    from archive.store import Version


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, a version each.")
@home_option
def history(slug: str, as_json: bool, home: Path | None) -> None:
    """Print the versions of the article SLUG, the oldest first.

    \b
    Example:
      archive history ukraine-asks-for-long-range-missiles
    """
    from archive.history import all_versions
    from webapp.opening import open_archive

    with open_archive(settings_from(home)) as opened:
        versions = all_versions(opened.store, slug)
    for version in versions:
        if as_json:
            print_json(_version_json(version))
            continue
        document = version.document
        click.echo(
            f"{version.number:>3}. {instant_json(document.updated)} · {plural(document.words, 'word')}"
        )
        click.echo("     " + visible_text(document.title))
        if times := captures(document):
            click.echo(f"     captured {', '.join(str(instant_json(at)) for at in times)}")


@click.command()
@click.argument("slug")
@click.option("--from", "before", type=click.IntRange(1), metavar="N", help="Version to compare with.")
@click.option("--to", "after", type=click.IntRange(1), metavar="M", help="Version to compare.")
@click.option("--json", "as_json", is_flag=True, help="Print the difference as one JSON object.")
@home_option
def diff(slug: str, before: int | None, after: int | None, as_json: bool, home: Path | None) -> None:
    """Print what changed between two versions of the article SLUG, word by word.

    The last two are compared unless told.  What went stands in [-…-], what came in {+…+}.

    \b
    Example:
      archive diff ukraine-asks-for-long-range-missiles --from 1
    """
    from archive.differences import compare
    from archive.history import all_versions, two_versions
    from webapp.opening import open_archive

    with open_archive(settings_from(home)) as opened:
        earlier, later = two_versions(all_versions(opened.store, slug), before, after)
    found = compare(earlier.document, later.document)
    if as_json:
        print_json(_difference_json(earlier, later, found))
        return
    say(f"Version {earlier.number} to {later.number}")
    for change in found.fields:
        click.echo(f"{change.name}: {_marked('gone', change.before)}{_marked('new', change.after)}")
    if found.text_changed:
        click.echo("".join(_marked(piece.kind, piece.text) for piece in found.text))
    elif not found.fields:
        say("Nothing changed.")


def _marked(kind: str, text: str) -> str:
    safe = visible_text(text)
    if kind == "same" or not text:
        return safe
    if is_styled():
        colour = "red" if kind == "gone" else "green"
        return click.style(safe, fg=colour, strikethrough=kind == "gone", bold=kind == "new")
    return f"[-{safe}-]" if kind == "gone" else f"{{+{safe}+}}"


def _version_json(version: Version) -> dict[str, Any]:
    document = version.document
    return {
        "version": version.number,
        "updated": instant_json(document.updated),
        "captured": [instant_json(at) for at in captures(document)],
        "title": document.title,
        "words": document.words,
        "content_hash": document.content_hash,
    }


def _difference_json(earlier: Version, later: Version, found: Difference) -> dict[str, Any]:
    return {
        "from": earlier.number,
        "to": later.number,
        "fields": {change.name: {"before": change.before, "after": change.after} for change in found.fields},
        "text": [_piece_json(piece) for piece in found.text] if found.text_changed else [],
    }


def _piece_json(piece: Piece) -> list[str]:
    return [piece.kind.value, piece.text]
