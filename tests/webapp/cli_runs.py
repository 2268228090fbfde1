"""Commands run on an archive in this process, and what they print."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result

from webapp.cli import cli
from webapp.settings import Settings


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments[:1], "--home", str(settings.home), *arguments[1:]])


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]
