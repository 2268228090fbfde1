"""``archive fetch`` and ``archive feeds``: pages and feeds from the web."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import F, fail, home_option, plural, print_json, say, settings_from
from webapp.cli.maintenance import report_to
from webapp.cli.progress import ProgressLine
from webapp.marking import visible_text

if TYPE_CHECKING:
    from archive.fetch.client import Client
    from archive.following import PollOptions
    from archive.ingest import IngestReport, ItemOutcome
    from archive.store.web import Feed
    from webapp.opening import OpenArchive
    from webapp.settings import Settings

_MAX_URLS = 1_000_000
_NOTES = 20


def _web_options(command: F) -> F:
    """Add what the operator allows and how polite to be."""
    for decorate in (
        click.option("--no-index", is_flag=True, help="Store only; the next ingest or reindex indexes."),
        click.option("--no-source", is_flag=True, help="Keep the articles only, not the pages themselves."),
        click.option(
            "--every",
            "every_s",
            type=click.FloatRange(0.1, 3600.0),
            default=1.0,
            show_default=True,
            metavar="SECONDS",
            help="Time between two requests to one host.",
        ),
        click.option(
            "--allow-port",
            "ports",
            type=click.IntRange(1, 65535),
            multiple=True,
            metavar="PORT",
            help="Also ask this port, besides 80, 443 and 8000 to 8999; can be repeated.",
        ),
        click.option(
            "--allow-private", is_flag=True, help="Also ask addresses of private networks and this machine."
        ),
    ):
        command = decorate(command)
    return command


@click.command()
@click.argument("urls", metavar="URL... | -", nargs=-1)
@click.option("--again", is_flag=True, help="Ask for whole pages even if they have not changed.")
@_web_options
@home_option
def fetch(
    urls: tuple[str, ...],
    again: bool,
    allow_private: bool,
    ports: tuple[int, ...],
    every_s: float,
    no_index: bool,
    no_source: bool,
    home: Path | None,
) -> None:
    """Fetch pages from the web into the archive; - reads addresses from standard input.

    One request a second to a host, robots.txt obeyed.  Safe to repeat: a page
    that has not changed is not sent again.  Exits 1 if something could not be
    fetched or read; all else is in.

    \b
    Example:
      archive fetch https://example.org/an-article
    """
    from archive.fetch.storing import FetchOptions
    from archive.fetch.storing import fetch as fetch_pages
    from webapp.opening import open_archive

    if not urls:
        raise click.UsageError("Give at least one URL, or - to read them from standard input.")
    settings = settings_from(home)
    options = FetchOptions(
        again=again, keep_source=not no_source, lock_path=settings.lock_path, lock_timeout_s=math.inf
    )
    client = _client(settings, allow_private, ports, every_s)
    with open_archive(settings, create=True) as opened, ProgressLine() as line:
        outcomes = _Outcomes(line, "Fetching")
        report = fetch_pages(
            opened.store, _addresses(urls), client=client, options=options, on_outcome=outcomes.say
        )
        _index(opened, line, no_index=no_index or not report.stored)
    _conclude(report)


@click.command()
@click.argument("action", type=click.Choice(["add", "list", "remove", "poll"]), default="list")
@click.argument("names", metavar="[URL | NAME...]", nargs=-1)
@click.option("--name", default="", help="With add: what to call the feed. [default: from its address]")
@click.option("--full", is_flag=True, help="With poll: fetch the pages of entries that are only summaries.")
@click.option("--json", "as_json", is_flag=True, help="With list: print one JSON object a line.")
@_web_options
@home_option
def feeds(
    action: str,
    names: tuple[str, ...],
    name: str,
    full: bool,
    as_json: bool,
    allow_private: bool,
    ports: tuple[int, ...],
    every_s: float,
    no_index: bool,
    no_source: bool,
    home: Path | None,
) -> None:
    """Follow RSS, Atom and JSON feeds: add URL, list, remove NAME, poll [NAME...].

    `poll` asks the feeds that are due, or those that are named, and stores what
    is new.  A feed that fails is asked less and less often.

    \b
    Example:
      archive feeds add https://example.org/feed.xml --name example
      archive feeds poll --full
    """
    from archive.following import PollOptions
    from webapp.opening import open_archive

    if action in {"add", "remove"} and not names:
        raise click.UsageError(f"Give the {'URL' if action == 'add' else 'NAME'} of a feed.")
    if action == "list" and names:
        raise click.UsageError("`list` takes no NAME.")
    settings = settings_from(home)
    client = _client(settings, allow_private, ports, every_s)
    with open_archive(settings, create=action == "add") as opened:
        if action == "add":
            _add(opened, client, names, name)
        elif action == "remove":
            for each in names:
                opened.store.remove_feed(each)
                click.echo(f"Removed {each}; its articles stay.")
        elif action == "list":
            _list(opened.store.feeds(), as_json=as_json)
        else:
            options = PollOptions(
                full=full,
                keep_source=not no_source,
                lock_path=settings.lock_path,
                lock_timeout_s=math.inf,
            )
            _poll(opened, client, names, options, no_index=no_index)


def _add(opened: OpenArchive, client: Client, urls: tuple[str, ...], name: str) -> None:
    if name and len(urls) > 1:
        raise click.UsageError("--name names one feed; give one URL with it.")
    for url in urls:
        destination = client.destination(url)
        feed = opened.store.add_feed(destination.url, name or destination.host.removeprefix("www."))
        click.echo(f"Following {feed.name}: {feed.url}")


def _list(found: list[Feed], *, as_json: bool) -> None:
    for feed in found:
        if as_json:
            print_json(
                {
                    "name": feed.name,
                    "url": feed.url,
                    "added": feed.added,
                    "polled": feed.polled,
                    "status": feed.status,
                    "failures": feed.failures,
                    "next_poll": feed.next_poll,
                }
            )
            continue
        polled = f"{feed.polled:%Y-%m-%d %H:%M} UTC, {feed.status}" if feed.polled else "not polled yet"
        gone = "" if feed.next_poll else "; not asked any more"
        click.echo(visible_text(f"{feed.name}  {feed.url}  {polled}{gone}"))
    if not found:
        say("No feeds are followed; `archive feeds add URL` begins.")


def _poll(
    opened: OpenArchive, client: Client, names: tuple[str, ...], options: PollOptions, *, no_index: bool
) -> None:
    from archive.following import due_feeds, poll

    store = opened.store
    chosen = [store.feed_by_name(each) for each in dict.fromkeys(names)] if names else due_feeds(store)
    if not chosen:
        _say_not_due(store.feeds())
        return
    with ProgressLine() as line:
        outcomes = _Outcomes(line, "Polling")
        report = poll(store, chosen, client=client, options=options, on_outcome=outcomes.say)
        _index(opened, line, no_index=no_index or not report.articles.stored)
    _conclude(report.articles)


def _say_not_due(found: list[Feed]) -> None:
    times = [feed.next_poll for feed in found if feed.next_poll is not None]
    if not found:
        say("No feeds are followed; `archive feeds add URL` begins.")
    elif times:
        say(f"No feed is due before {min(times):%Y-%m-%d %H:%M} UTC; name one to poll it now.")
    else:
        say("Every feed is gone; name one to try it again.")


def _client(settings: Settings, allow_private: bool, ports: tuple[int, ...], every_s: float) -> Client:
    from archive.fetch.addresses import AddressRules
    from archive.fetch.client import Client
    from archive.fetch.politeness import Politeness

    is_allowed = allow_private or settings.fetch_private == 1
    rules = AddressRules(allow_private=is_allowed, ports=frozenset(ports))
    return Client(rules=rules, politeness=Politeness(every_s))


def _addresses(urls: tuple[str, ...]) -> Iterator[str]:
    for url in urls:
        if url != "-":
            yield url
            continue
        for number, line in enumerate(sys.stdin):
            if number >= _MAX_URLS:
                fail(f"more than {_MAX_URLS:,} addresses; fetch them in parts.")
            if line.strip() and not line.lstrip().startswith("#"):
                yield line.strip()


def _index(opened: OpenArchive, line: ProgressLine, *, no_index: bool) -> None:
    line.clear()
    if not no_index:
        opened.indexer().catch_up(report_to(line), wait_s=math.inf)


def _conclude(report: IngestReport) -> None:
    click.echo(
        f"added {report.added:,}, changed {report.changed:,}, unchanged {report.unchanged:,}, "
        f"duplicate {report.duplicate:,}, failed {report.failed:,}"
    )
    if report.failed:
        fail(f"{plural(report.failed, 'address', 'addresses')} gave nothing; all else is in the archive.")


class _Outcomes:
    """Says what went wrong as it happens, and how far the run is."""

    def __init__(self, line: ProgressLine, label: str) -> None:
        self._line = line
        self._label = label
        self._done = 0
        self._start = time.monotonic()
        self._notes = 0

    def say(self, outcome: ItemOutcome) -> None:
        self._done += 1
        rate = self._done / max(time.monotonic() - self._start, 1e-6)
        self._line.show(self._label, self._done, None, rate=rate, left_s=None)
        where = f"{outcome.path} {outcome.member}".rstrip()
        if outcome.outcome == "failed":
            self._line.clear()
            say(f"Failed: {where}: {outcome.reason}")
        elif outcome.outcome == "skipped":
            self._note(f"Skipped: {where}: {outcome.reason}")
        for warning in outcome.warnings:
            self._note(f"Note: {where}: {warning}")

    def _note(self, words: str) -> None:
        self._notes += 1
        if self._notes <= _NOTES:
            self._line.clear()
            say(words)
