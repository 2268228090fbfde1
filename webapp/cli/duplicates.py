"""``archive duplicates``: groups of articles that say the same."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from webapp.cli.common import home_option, plural, print_json, say, settings_from
from webapp.cli.maintenance import report_to
from webapp.cli.progress import ProgressLine
from webapp.marking import visible_text
from webapp.presenters import date_words, published_json

if TYPE_CHECKING:
    from archive.dedupe import Group, GroupingReport
    from archive.document import Document
    from archive.store.groups import Member
    from webapp.opening import OpenArchive


@click.command()
@click.option("--scan", is_flag=True, help="First look for new ones; `archive ingest` does so by itself.")
@click.option("--anew", is_flag=True, help="First look at every article again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, a group each.")
@home_option
def duplicates(scan: bool, anew: bool, as_json: bool, home: Path | None) -> None:
    """Print the groups of articles that are copies of each other, or nearly.

    \b
    Example:
      archive duplicates --json
    """
    from archive.dedupe import groups
    from webapp.opening import open_archive

    number = articles = 0
    with open_archive(settings_from(home)) as opened:
        if scan or anew:
            with ProgressLine() as line:
                report = find_duplicates(opened, line, anew=anew)
                indexer = opened.indexer()
                if not indexer.is_new():
                    indexer.catch_up(report_to(line), wait_s=math.inf)
            say(f"Looked at {plural(report.looked_at, 'article')}; {report.grouped:,} came into a group.")
        for group in groups(opened.store):
            number += 1
            articles += len(group.articles)
            if as_json:
                print_json(_group_json(group))
            else:
                _print(group)
    say(f"{plural(number, 'group')} of {plural(articles, 'article')}.")


def find_duplicates(
    opened: OpenArchive, line: ProgressLine, *, anew: bool = False, wait_s: float = math.inf
) -> GroupingReport:
    """Put what was stored since the last time into groups, telling how far it is.

    Raises:
        LockHeldError: another process wrote to the archive for longer than ``wait_s``.
        StoreError: the store cannot be written.
    """
    from archive.dedupe import group_duplicates
    from archive.lock import WriterLock

    start = time.monotonic()

    def report(done: int) -> None:
        seconds = max(time.monotonic() - start, 1e-6)
        line.show("Comparing", done, None, rate=done / seconds, left_s=None)

    with WriterLock(opened.settings.lock_path, timeout_s=wait_s):
        found = group_duplicates(opened.store, anew=anew, on_progress=report)
    line.clear()
    return found


def _print(group: Group) -> None:
    members = {member.article_id: member for member in group.members}
    for place, document in enumerate(group.articles):
        alike = _likeness_words(members[document.id])
        facts = [date_words(document.published), document.source, alike]
        click.echo(("  " if place else "") + visible_text(document.title.replace("\n", " ")))
        click.echo("    " + visible_text(" · ".join(fact for fact in facts if fact)))
        click.echo(f"    {document.slug}")
    click.echo()


def _likeness_words(member: Member) -> str:
    if member.nearest_id is None:
        return ""
    return f"{int(member.similarity * 100)}% alike"  # cut, not rounded: 100 % is the same text


def _group_json(group: Group) -> dict[str, Any]:
    slugs = {document.id: document.slug for document in group.articles}
    members = {member.article_id: member for member in group.members}
    return {
        "group": group.id,
        "articles": [_member_json(document, members[document.id], slugs) for document in group.articles],
    }


def _member_json(document: Document, member: Member, slugs: dict[int, str]) -> dict[str, Any]:
    known = member.nearest_id is not None
    return {
        "id": document.id,
        "slug": document.slug,
        "title": document.title,
        "source": document.source,
        "published": published_json(document.published),
        "url": document.url,
        "similarity": round(member.similarity, 3) if known else None,
        "similar_to": slugs.get(member.nearest_id) if member.nearest_id is not None else None,
    }
