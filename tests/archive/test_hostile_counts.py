"""The command that counts what becomes of hostile files loses none of them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from benchmarks import hostile


def test_every_file_and_every_case_is_counted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bad" / "tree-construction"
    folder.mkdir(parents=True)
    (folder / "a.dat").write_text(
        '#data\n<p>One two\n#errors\n#document\n| <p>\n|   "One two"\n\n#data\n<b>\n#errors\n#document\n| <b>\n'
    )
    (tmp_path / "good.txt").write_text("Good\n\nSome words of a text.\n")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "bad.json").write_text("{oops")
    monkeypatch.setattr(sys, "argv", ["hostile", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        hostile.main()

    printed = capsys.readouterr().out
    assert ended.value.code == 0
    assert re.search(r"^all +6 +\d", printed, re.MULTILINE)
    assert "6 of 6 files have an outcome; 0 are not in class" in printed
    assert "good neighbours stored: all" in printed
    assert "tree cases: 2 of 2" in printed
