"""``archive ingest`` and ``archive extract``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.common import F, fail, home_option, plural, print_json, say, settings_from
from webapp.cli.progress import ProgressLine

if TYPE_CHECKING:
    from archive.ingest import IngestReport
    from webapp.opening import OpenArchive


def ingest_paths(opened: OpenArchive, paths: list[str]) -> IngestReport:
    raise NotImplementedError


@click.command()
@click.argument("paths", metavar="PATH... | -", nargs=-1)
@home_option
def ingest(paths: tuple[str, ...], home: Path | None) -> None:
    """x"""


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1)
@home_option
def extract(paths: tuple[str, ...], home: Path | None) -> None:
    """x"""
