"""Walking folders, opening files, manifests."""

from __future__ import annotations

import io
import json
import os
import socket
from pathlib import Path

import pytest

from archive.errors import EmptyItemError, ReadError, UnsupportedFormatError
from archive.manifest import read_manifest
from archive.sources import Item, Unread, find_items, measure, open_item, printable_path

needs_links = pytest.mark.skipif(os.name == "nt", reason="links and pipes need POSIX")


def write(path: Path, text: str = "Title\n\nwords") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names(root: Path, found: list[Item | Unread]) -> list[str]:
    return [str(Path(each.path).relative_to(root)) for each in found if isinstance(each, Item)]


def unread(found: list[Item | Unread]) -> dict[str, str]:
    return {
        Path(each.path).name: each.reason for each in found if isinstance(each, Unread) and not each.skipped
    }


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/z.txt", "sub/deep/y.txt", "Other/x.txt"):
        write(tmp_path / name)

    found = list(find_items([tmp_path]))

    assert names(tmp_path, found) == ["a.txt", "b.txt", "Other/x.txt", "sub/z.txt", "sub/deep/y.txt"]
    assert measure(found).files == 5
    assert measure(found).size == 5 * len("Title\n\nwords")


def test_hidden_files_are_passed_over_and_assets_skipped(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/x.txt", "page_files/style.css", "page_files/photo.JPG", "a.txt"):
        write(tmp_path / name)

    found = list(find_items([tmp_path]))

    assert names(tmp_path, found) == ["a.txt"]
    assert sorted(Path(each.path).name for each in found if isinstance(each, Unread)) == [
        "photo.JPG",
        "style.css",
    ]


def test_what_is_named_is_read_whatever_its_name(tmp_path: Path) -> None:
    hidden = write(tmp_path / ".hidden.css")

    assert names(tmp_path, list(find_items([hidden]))) == [".hidden.css"]


def test_what_is_not_there_is_a_failure(tmp_path: Path) -> None:
    (found,) = find_items([tmp_path / "gone.txt"])

    assert isinstance(found, Unread)
    assert "no such file" in found.reason


def test_a_path_that_is_none_is_a_failure() -> None:
    (found,) = find_items(["a\0b"])

    assert isinstance(found, Unread)


@needs_links
def test_links_stay_inside_the_folder_and_circles_end(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root / "a.txt")
    outside = write(tmp_path / "outside" / "secret.txt")
    (root / "in").symlink_to(root / "a.txt")
    (root / "out").symlink_to(outside)
    (root / "outdir").symlink_to(outside.parent)
    (root / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "dangling").symlink_to(root / "nowhere")

    found = list(find_items([root]))

    assert names(root, found) == ["a.txt", "in"]
    assert sorted(unread(found)) == ["dangling", "out", "outdir", "self"]
    assert "outside" in unread(found)["out"]


@needs_links
def test_pipes_sockets_and_devices_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")

        found = list(find_items([tmp_path, "/dev/null"]))

    assert unread(found) == {
        "pipe": "this is a named pipe, not a file",
        "socket": "this is a socket, not a file",
        "null": "this is a device, not a file",
    }
    with pytest.raises(UnsupportedFormatError, match="pipe"):
        open_item(str(tmp_path / "pipe"))


@needs_links
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_failure(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt")
    secret.chmod(0)

    with pytest.raises(ReadError, match="permission"):
        open_item(str(secret))


@needs_links
def test_names_that_are_not_utf8_can_be_told(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9\n.txt"
    Path(os.fsdecode(name)).write_bytes(b"Title\n\nwords")

    (found,) = find_items([tmp_path])

    assert isinstance(found, Item)
    assert printable_path(found.path).endswith("caf\\xe9\n.txt")
    with open_item(found.path) as stream:
        assert stream.read() == b"Title\n\nwords"


def test_an_empty_file_and_a_vanished_one(tmp_path: Path) -> None:
    with pytest.raises(EmptyItemError):
        open_item(str(write(tmp_path / "empty.txt", "")))
    with pytest.raises(ReadError, match="any more"):
        open_item(str(tmp_path / "gone.txt"))


def test_standard_input_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"line\n" * 100_000

    class Standard:
        buffer = io.BufferedReader(io.BytesIO(data))

    monkeypatch.setattr("sys.stdin", Standard)

    assert open_item("-").read() == data


def test_a_manifest_names_files_beside_it(tmp_path: Path) -> None:
    page = write(tmp_path / "pages" / "a.html", "<p>x")
    lines = [
        json.dumps(
            {"path": "pages/a.html", "url": "https://e.org/a", "id": "A7", "title": "T", "date": "2024-09"}
        ),
        "",
        "# comment",
        json.dumps({"path": "pages/gone.html"}),
        json.dumps({"url": "https://e.org/b"}),
        "oops",
        json.dumps({"path": str(page), "authors": None}),
    ]
    manifest = write(tmp_path / "list.jsonl", "\n".join(lines))

    found = list(read_manifest(manifest))

    first, gone, nameless, broken, last = found
    assert isinstance(first, Item)
    assert isinstance(last, Item)
    assert first.known is not None
    assert (first.path, last.path) == (str(page), str(page))
    assert (first.known.title, first.known.external_id, str(first.known.published)) == ("T", "A7", "2024-09")
    assert first.known.provenance["title"].method == "manifest"
    assert [each.member for each in (gone, nameless, broken) if isinstance(each, Unread)] == [
        "line 4",
        "line 5",
        "line 6",
    ]
    assert isinstance(gone, Unread)
    assert "gone.html" in gone.reason


def test_a_manifest_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        list(read_manifest(tmp_path / "none.jsonl"))
