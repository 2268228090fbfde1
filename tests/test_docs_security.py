"""The table of docs/security.md names tests that exist; what docs/deploy.md gives can be used."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

NAMED = sorted(
    set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
)


def block(name: str) -> str:
    """Return the code block of docs/deploy.md that follows the mention of ``name``."""
    text = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    found = re.search(rf"`{re.escape(name)}`[^\n]*:\n\n```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/deploy.md has no {name}"
    return found[1]


def test_the_table_names_many_tests() -> None:
    assert len(NAMED) > 50


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_named_test_exists(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "article-archive-test.service"
    unit.write_text(
        block("article-archive.service").replace("/opt/article-archive/bin/archive", sys.executable)
    )

    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_container_runs_as_nobody_special_and_ends_on_sigterm() -> None:
    text = block("Containerfile")

    assert re.search(r"^USER (?!0|root)", text, re.MULTILINE)
    assert re.search(r'^(ENTRYPOINT|CMD) \[".*archive"', text, re.MULTILINE), "a shell would swallow SIGTERM"
    assert "ARCHIVE_HOST=0.0.0.0" in text
    assert "--public" not in text
