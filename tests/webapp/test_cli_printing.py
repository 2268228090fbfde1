"""How the command line prints marks, durations and progress."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from tests.webapp.small_archive import build
from webapp.cli.common import marked
from webapp.cli.progress import describe, duration
from webapp.cli.serving import _or_free
from webapp.settings import Settings, load_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return build(tmp_path_factory.mktemp("archive"), "tantivy", extra=130)


def test_marks_are_brackets_where_bold_cannot_be() -> None:
    assert marked("one two", ((4, 7),)) == "one [two]"


def test_marks_are_bold_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.cli.common.is_styled", lambda: True)

    assert marked("one two", ((4, 7),)) == "one \x1b[1mtwo\x1b[0m"


DURATIONS = [
    pytest.param(0.4, "0 s", id="none"),
    pytest.param(59.6, "1 min 0 s", id="rounded-up"),
    pytest.param(200, "3 min 20 s", id="minutes"),
    pytest.param(7500, "2 h 5 min", id="hours"),
]


@pytest.mark.parametrize(("seconds", "text"), DURATIONS)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_progress_tells_amount_rate_and_time_left() -> None:
    assert describe("Indexing", 5000, 20000, rate=2500.4, left_s=6.0) == (
        "Indexing: 5,000 of 20,000, 2,500 a second, 6 s left"
    )
    assert describe("Reading", 5000, None, rate=2500.0, left_s=None) == "Reading: 5,000, 2,500 a second"


def test_the_demo_takes_a_free_port_when_the_usual_one_is_taken(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with socket.socket() as taken:
        taken.bind((settings.host, 0))
        busy = replace(settings, port=taken.getsockname()[1])

        assert _or_free(busy, None).port == 0
        assert _or_free(busy, busy.port).port == busy.port
