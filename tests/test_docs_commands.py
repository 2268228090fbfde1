"""The documentation holds every command, option and setting; every command shows an example."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from webapp.cli import cli
from webapp.settings import SETTINGS

DOCS = Path(__file__).parents[1] / "docs"

COMMANDS = sorted(cli.commands.items())


def section(name: str) -> str:
    """Return the part of the page on commands that is about ``name``."""
    text = (DOCS / "commands.md").read_text("utf-8")
    found = re.search(rf"^## archive {name}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no section '## archive {name}'"
    return found[1]


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_every_option_is_documented(name: str, command: click.Command) -> None:
    text = section(name)

    named = {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--") and option != "--home"
    }

    assert named <= set(re.findall(r"--[a-z-]+", text))


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_no_option_is_documented_that_is_not_there(name: str, command: click.Command) -> None:
    known = {option for parameter in command.params for option in parameter.opts}

    listed = set(re.findall(r"^- `(--[a-z-]+)", section(name), re.MULTILINE))

    assert listed <= known


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_every_command_has_help_with_one_example(name: str, command: click.Command) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"])

    assert shown.exit_code == 0
    assert shown.output.count("Example:") == 1
    assert f"archive {name}" in shown.output.partition("Example:")[2]
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_every_command_takes_home(name: str) -> None:
    assert any("--home" in parameter.opts for parameter in cli.commands[name].params)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_as_the_table_has_it(setting) -> None:
    rows = (DOCS / "settings.md").read_text("utf-8").splitlines()

    default = "" if setting.default in (None, "") else f"`{setting.default}`"
    row = next((row for row in rows if row.startswith(f"| `{setting.name}` |")), "")

    assert f"`{setting.variable}`" in row
    assert default in row
    assert setting.help.split(". Default")[0].rstrip(".") in row


@pytest.mark.parametrize(
    "page", [DOCS.parent / "README.md", DOCS / "commands.md"], ids=lambda page: page.name
)
def test_what_a_session_shows_is_what_is_printed(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(DOCS.parent)
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)

    for session in (
        each for block in blocks for each in re.split(r"^\$ archive ", block, flags=re.MULTILINE)[1:]
    ):
        command, _, shown = session.partition("\n")
        if "--output" in command:
            continue
        printed = CliRunner().invoke(cli, [*shlex.split(command), "--home", str(tmp_path)]).output

        assert _comparable(printed, tmp_path) == _comparable(shown, tmp_path), command


def _comparable(output: str, home: Path) -> list[str]:
    """The lines that are not empty, without what differs from run to run."""
    output = output.replace("/home/you/.local/share/article-archive", str(home))
    output = re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "T", output)
    return [line.rstrip() for line in re.sub(r"\d+\.\d MB", "N MB", output).splitlines() if line.strip()]
