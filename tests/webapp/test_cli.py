"""The command line as a whole: wrong usage, interrupts, help."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.webapp.cli_runs import run
from tests.webapp.small_archive import build
from webapp.cli import cli
from webapp.services import Services
from webapp.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("archive"), "tantivy", extra=130)


WRONG = [
    pytest.param(["search", "--sort", "best"], 2, "--sort", id="option"),
    pytest.param(["search", "--from", "soon"], 2, "--from must be a date", id="date"),
    pytest.param(["search", "((((((((((((((((((((((((((a"], 2, "too deep", id="query"),
    pytest.param(["search", "--limit", "200", "--page", "2"], 2, "--page goes with", id="page-of-many"),
    pytest.param(["search", "--engine", "lucene"], 2, "'lucene' is not one of", id="engine"),
    pytest.param(["show", "nobody"], 1, "'nobody'. Find its address with: archive search", id="slug"),
    pytest.param(["similar", "nobody"], 1, "archive search WORDS", id="similar"),
    pytest.param(["searches", "run", "nobody"], 1, "listed by: archive searches", id="saved-search"),
    pytest.param(
        ["export", "x", "--output", "/no/such/x.csv"], 2, "no folder /no/such: make it", id="no-folder"
    ),
    pytest.param(["search", "x", "--answer", "--json"], 2, "--answer is one page", id="answer-of-lines"),
    pytest.param(["search", "x", "--json", "--facets"], 2, "--answer prints facets", id="facets-of-lines"),
    pytest.param(["search", "x", "--cursor", "abc"], 2, "cursor: it must be the 'next'", id="cursor"),
    pytest.param(["delete", "nobody"], 1, "There is no article nobody", id="delete"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG)
def test_what_is_wrong_is_said_in_a_line(
    settings: Settings, arguments: list[str], code: int, message: str
) -> None:
    result = run(settings, *arguments)

    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [["status", "--json"], ["searches", "list"], ["token", "list"]])
def test_the_home_may_stand_before_the_command_too(
    settings: Settings, tmp_path: Path, command: list[str]
) -> None:
    before = CliRunner().invoke(cli, ["--home", str(settings.home), *command])
    both = CliRunner().invoke(cli, ["--home", str(tmp_path / "none"), *command, "--home", str(settings.home)])

    assert before.exit_code == both.exit_code == 0
    assert not (tmp_path / "none").exists()
    assert before.stdout == both.stdout
    if command[0] == "status":
        assert str(settings.home) in before.stdout


@pytest.mark.parametrize("command", [["search", "x"], ["show", "x"], ["status"], ["reindex"], ["export"]])
def test_no_archive_names_the_command_that_begins_one(tmp_path: Path, command: list[str]) -> None:
    result = run(Settings(home=tmp_path / "none"), *command)

    assert result.exit_code == 1
    assert "archive ingest" in result.stderr
    assert not (tmp_path / "none").exists()


def test_a_wrong_configuration_file_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("prot = 1\n")

    result = run(Settings(home=tmp_path), "status")

    assert result.exit_code == 2
    assert "did you mean 'port'" in result.stderr


def test_an_interrupt_ends_with_130(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Services, "search", interrupt)

    result = run(settings, "search", "x")

    assert result.exit_code == 130
    assert "Interrupted" in result.stderr


def heed_interrupts() -> None:
    """Undo what a shell does to what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(settings: Settings, *arguments: str, **more: Any) -> subprocess.Popen[str]:
    """Start the command line as a process of its own, as a shell does."""
    command = [
        sys.executable,
        "-m",
        "webapp.cli",
        *arguments[:1],
        "--home",
        str(settings.home),
        *arguments[1:],
    ]
    return subprocess.Popen(command, text=True, stderr=subprocess.PIPE, cwd=ROOT, **more)


@pytest.mark.skipif(os.name == "nt", reason="pipes end otherwise there")
@pytest.mark.parametrize(
    "arguments", [("search", "--all", "--json"), ("export",), ("export", "bulletin", "--format", "csv")]
)
def test_a_reader_that_goes_ends_the_output_quietly(settings: Settings, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    process = start(settings, *arguments, stdout=writing)
    os.close(writing)
    said = process.communicate(timeout=60)[1]

    assert process.returncode == 141
    assert "Traceback" not in said
    assert "Error" not in said


@pytest.mark.skipif(os.name == "nt", reason="pipes end otherwise there")
def test_a_search_is_saved_though_its_reader_goes(settings: Settings) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    process = start(settings, "search", "bulletin", "--all", "--json", "--save", "kept", stdout=writing)
    os.close(writing)
    process.communicate(timeout=60)

    assert process.returncode == 141
    assert "kept" in run(settings, "searches", "list").stdout


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interrupt_ends_a_command_under_way(settings: Settings) -> None:
    reading, writing = os.pipe()  # nobody reads: the command waits when the pipe is full
    process = start(settings, "export", stdout=writing, preexec_fn=heed_interrupts)
    os.close(writing)
    os.read(reading, 1)  # it has begun

    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    os.close(reading)

    assert process.returncode == 130
    assert said.strip() == "Error: Interrupted."


def test_every_command_stands_under_a_heading_of_the_help() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).stdout

    assert "Commands:" not in shown
    assert "Find and read them:\n  search " in shown
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in cli.commands)


def test_an_interrupt_while_it_is_loaded_ends_without_a_traceback() -> None:
    code = (
        "import os, signal; from webapp.cli import _starting; signal.signal(signal.SIGINT, _starting._leave);"
        "os.kill(os.getpid(), signal.SIGINT)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (130, "")


def test_once_loaded_the_signal_is_the_commands_again() -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import webapp.cli; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    )

    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
