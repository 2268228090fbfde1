"""Child processes: started from where the code is, not from where one stands."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archive.children import LENGTH, MAX_FRAME_BYTES, module_command, read_frame, start_child, write_frame
from index.analyst import records_of


def test_a_package_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = tmp_path / "index"
    planted.mkdir()
    (planted / "__init__.py").write_text("")
    (planted / "analyst.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)

    with start_child(module_command("index.analyst")) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        write_frame(child.stdin, b"[]")  # type: ignore[arg-type]
        answer = read_frame(child.stdout)  # type: ignore[arg-type]
        child.stdin.close()

    assert answer is not None
    assert records_of(answer) == []
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\x01", LENGTH.pack(3) + b"ab", LENGTH.pack(MAX_FRAME_BYTES + 1)],
    ids=["nothing", "no whole length", "no whole frame", "too long"],
)
def test_what_is_no_whole_frame_is_none(data: bytes) -> None:
    assert read_frame(io.BytesIO(data)) is None


def test_frames_are_read_as_they_were_written() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, b"one")
    write_frame(pipe, b"")
    pipe.seek(0)

    assert [read_frame(pipe), read_frame(pipe), read_frame(pipe)] == [b"one", b"", None]
