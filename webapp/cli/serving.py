"""``archive serve`` and ``archive demo``."""

from __future__ import annotations

import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import fail, home_option, plural, say, settings_from

if TYPE_CHECKING:
    from webapp.settings import Settings


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on. [default: the setting, 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one. [default: the setting, 8000]"
)
@click.option("--public", is_flag=True, help="Allow an address that other machines can reach.")
@home_option
def serve(host: str | None, port: int | None, public: bool, home: Path | None) -> None:
    """Serve the search page and the API until interrupted.

    \b
    Example:
      archive serve --port 8080
    """
    _serve(settings_from(home, host=host, port=port), public=public)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port; 0 takes a free one. [default: the setting, 8000, or a free one if that is taken]",
)
@click.option("--no-serve", is_flag=True, help="Ingest the samples and end.")
@home_option
def demo(port: int | None, no_serve: bool, home: Path | None) -> None:
    """Ingest the sample articles and serve the search page over them.

    Without --home they go to a folder of their own that is removed at the end.

    \b
    Example:
      archive demo --port 8080
    """
    seeds = find_seeds()
    if seeds is None:
        fail("the sample articles are not here; give your own with: archive ingest PATH")
        return
    if home is not None:
        _demo(_or_free(settings_from(home, port=port), port), seeds, no_serve=no_serve)
        return
    with tempfile.TemporaryDirectory(prefix="archive-demo-", ignore_cleanup_errors=True) as folder:
        _demo(_or_free(settings_from(Path(folder), port=port), port), seeds, no_serve=no_serve)


def find_seeds() -> Path | None:
    """Return the folder of sample articles: packaged, or that of a checkout."""
    webapp = Path(__file__).resolve().parents[1]
    for folder in (webapp / "seeds", webapp.parent / "seeds"):
        if folder.is_dir():
            return folder
    return None


def _demo(settings: Settings, seeds: Path, *, no_serve: bool) -> None:
    from webapp.cli.ingesting import ingest_paths
    from webapp.opening import open_archive

    with open_archive(settings, create=True) as opened:
        report = ingest_paths(opened, (str(seeds),))
        articles = opened.store.count()
    if report.failed:
        fail(f"{plural(report.failed, 'sample')} could not be ingested.")
    say(f"The archive in {settings.home} holds {plural(articles, 'article')}.")
    if not no_serve:
        _serve(settings, public=False)


def _or_free(settings: Settings, port: int | None) -> Settings:
    """Take any free port when the usual one is taken and none was asked for."""
    if port is None:
        with socket.socket() as probe:
            try:
                probe.bind((settings.host, settings.port))
            except OSError:
                return replace(settings, port=0)
    return settings


def _serve(settings: Settings, *, public: bool) -> None:
    from webapp.app import create_app
    from webapp.server import ServeError
    from webapp.server import serve as serve_until_stopped
    from webapp.services import Services

    with Services(settings) as services:
        problem = services.status().problem
        if problem:
            say(f"Warning: {problem}")
        try:
            serve_until_stopped(
                create_app(settings, services=services),
                host=settings.host,
                port=settings.port,
                threads=settings.threads,
                public=public,
                on_listen=_say_where,
            )
        except ServeError as error:
            fail(str(error))
    say("Stopped.")


def _say_where(url: str) -> None:
    click.echo(f"Serving the archive at {url}")
    say("Press Ctrl+C to stop.")
