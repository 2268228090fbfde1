"""``archive mcp``."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import click

from webapp.cli.common import fail, home_option, settings_from


@click.command()
@home_option
def mcp(home: Path | None) -> None:
    """Let agents search and read the archive, over standard input and output.

    Speaks the Model Context Protocol, read-only. Needs one more package: pip
    install 'mcp>=2.3'

    \b
    Example:
      archive mcp --home ~/archive
    """
    from webapp.services import Services

    try:
        from webapp.mcp_server import build_server
    except ModuleNotFoundError as exc:
        if not (exc.name or "").startswith("mcp"):
            raise
        fail("archive mcp needs the package mcp: pip install 'mcp>=2.3'")
        return
    with Services(settings_from(home), create=False) as services:
        build_server(services, version=version("article-archive")).run("stdio")
