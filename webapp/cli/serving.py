"""``archive serve`` and ``archive demo``."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import fail, home_option, plural, say, settings_from
from webapp.logs import configure

if TYPE_CHECKING:
    from webapp.deadline import WorkerPool
    from webapp.settings import Settings


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on. [default: the setting, 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one. [default: the setting, 8000]"
)
@click.option(
    "--public", is_flag=True, help="Allow an address that other machines can reach, without a password."
)
@click.option(
    "--log-format", type=click.Choice(["plain", "json"]), help="Form of the log. [default: the setting]"
)
@home_option
def serve(
    host: str | None, port: int | None, public: bool, log_format: str | None, home: Path | None
) -> None:
    """Serve the search page and the API until interrupted.

    Any address but those of this machine needs a password (archive password set)
    or --public.

    \b
    Example:
      archive serve --port 8080
    """
    settings = settings_from(home, host=host, port=port, log_format=log_format)
    configure(settings.log_format, settings.log_level)
    _serve(settings, public=public)


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
    from webapp.access import AccessFile
    from webapp.app import create_app
    from webapp.limits import lane_of, lanes_for
    from webapp.observing import metrics_of
    from webapp.proxies import ProxiesError
    from webapp.security import is_loopback
    from webapp.server import ServeError, check_address
    from webapp.server import serve as serve_until_stopped
    from webapp.services import Services

    has_password = bool(AccessFile(settings.home).read().password)
    for_all = public or settings.public == "yes" or is_loopback(settings.host)
    allowed = for_all or has_password
    try:
        check_address(settings.host, public=allowed)
        with Services(settings) as services, _workers(settings) as workers:
            problem = services.status().problem
            if problem:
                say(f"Warning: {problem}")
            app = create_app(settings, services=services, runner=workers, needs_password=not for_all)
            serve_until_stopped(
                app,
                host=settings.host,
                port=settings.port,
                lanes=lanes_for(settings),
                lane_of=lane_of,
                on_refused=lambda lane: metrics_of(app).add("archive_refused_total", reason=lane),
                public=allowed,
                behind_proxy=bool(settings.proxies),
                on_listen=_say_where,
            )
    except (ServeError, ProxiesError) as error:
        fail(str(error))
    say("Stopped.")


@contextmanager
def _workers(settings: Settings) -> Iterator[WorkerPool | None]:
    """Yield the processes that search, ready, or None if there shall be none."""
    if not settings.search_workers:
        yield None
        return
    from webapp.deadline import WorkerPool
    from webapp.limits import export_places

    timeout_s = settings.query_timeout_ms / 1000
    pool = WorkerPool(
        settings, size=settings.search_workers, exports=export_places(settings), timeout_s=timeout_s
    )
    try:
        pool.wait_ready()
        yield pool
    finally:
        pool.close()


def _say_where(url: str) -> None:
    click.echo(f"Serving the archive at {url}")
    say("Press Ctrl+C to stop.")
