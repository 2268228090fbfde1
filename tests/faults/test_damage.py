"""Six damages to each file: a deep check finds them, or they do no harm; no search answers wrongly."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fault_archives import (
    ENGINES,
    WORD,
    FaultRun,
    archive,
    copy_home,
    require_whole,
    settings_of,
    write_sources,
)

from archive.errors import StoreError
from index.errors import EngineError
from webapp.models import SearchParams
from webapp.services import Services

NUMBERS = range(1, 25)


def flip_bit(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)


def halve(path: Path, _rng: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path, _rng: random.Random) -> None:
    path.write_bytes(b"")


def zero(path: Path, _rng: random.Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def remove(path: Path, _rng: random.Random) -> None:
    path.unlink()


def leave(_path: Path, _rng: random.Random) -> None:
    """Nothing: what finds damage must not find it here."""


DAMAGES: tuple[Callable[[Path, random.Random], None], ...] = (flip_bit, halve, empty, zero, remove, leave)

QUERIES = (WORD, "title:article", "author:lovelace", '"tells of the harbour"', "ship AND number", "2024")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def base(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(f"base-{engine}")
    sources = write_sources(folder / "sources", NUMBERS)
    for command in (["ingest", sources], ["reindex"], ["ingest", write_sources(folder / "one", [99])]):
        assert archive(folder / "home", engine, *command).exit_code == 0
    return folder


def answers(home: Path, engine: str) -> list[tuple[int, ...]] | str:
    """What the searches find, or the reason why they cannot be made."""
    try:
        with Services(settings_of(home, engine), create=False) as services:
            found = [services.search(SearchParams(q=query, limit=50)) for query in QUERIES]
            return [tuple(hit.id for hit in page.hits) for page in found]
    except (EngineError, StoreError) as error:
        return str(error)


def test_damage_to_the_index_is_found_or_harmless(
    faults: FaultRun, engine: str, base: Path, tmp_path: Path
) -> None:
    name = f"damage to the index, {engine}"
    home = tmp_path / "home"
    right = answers(base / "home", engine)
    files = sorted(
        path.relative_to(base / "home")
        for path in (base / "home" / "index").rglob("*")
        if path.is_file() and not path.name.lower().endswith("lock")
    )
    rounds = range(6 if faults.long else 1)
    cases = [(file, damage, turn) for file in files for damage in DAMAGES for turn in rounds]
    for file, damage, turn in faults.sample(cases, 36, name):
        case = f"{damage.__name__} {file.name} {turn}"
        copy_home(base / "home", home)
        damage(home / file, random.Random(f"{faults.seed} {case}"))
        changed = not same(base / "home" / file, home / file)

        checked = archive(home, engine, "verify", "--deep")
        after = answers(home, engine)

        if checked.exit_code:
            assert changed, f"{case}: found damage where there is none\n{checked.output}"
            assert "archive reindex" in checked.output, case
            assert after == right or (isinstance(after, str) and "archive reindex" in after), case
            repaired = archive(home, engine, "verify", "--deep", "--repair")
            assert repaired.exit_code == 0, (case, repaired.output)
            faults.count(name, "found and repaired")
        else:
            assert after == right, f"{case}: not found, and searches answer otherwise"
            faults.count(name, "harmless" if changed else "untouched")
        assert answers(home, engine) == right, case
    require_whole(home, engine, articles=len(NUMBERS) + 1, slugs=set())


def test_damage_to_the_store_is_found_or_harmless(
    faults: FaultRun, engine: str, base: Path, tmp_path: Path
) -> None:
    if engine != ENGINES[0]:
        pytest.skip("the store is the same for every engine")
    name = "damage to the store"
    home = tmp_path / "home"
    exported = archive(base / "home", engine, "export").stdout
    cases = [(damage, turn) for damage in DAMAGES for turn in range(60 if damage is flip_bit else 1)]
    for damage, turn in faults.sample(cases, 24, name):
        case = f"{damage.__name__} {turn}"
        copy_home(base / "home", home)
        for log in home.glob("archive.db-*"):
            log.unlink()
        damage(home / "archive.db", random.Random(f"{faults.seed} {case}"))
        changed = not same(base / "home" / "archive.db", home / "archive.db")

        checked = archive(home, engine, "verify", "--deep")

        assert checked.exception is None or isinstance(checked.exception, SystemExit), (
            case,
            checked.exception,
        )
        if checked.exit_code:
            assert changed, f"{case}: {checked.output}"
            faults.count(name, "found")
        else:
            assert archive(home, engine, "export").stdout == exported, f"{case}: articles differ in silence"
            faults.count(name, "harmless" if changed else "untouched")


def same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def test_a_damaged_article_is_named_and_all_else_is_repaired(engine: str, base: Path, tmp_path: Path) -> None:
    home = copy_home(base / "home", tmp_path / "home")
    with closing(sqlite3.connect(home / "archive.db")) as connection, connection:
        connection.execute("UPDATE texts SET body = zeroblob(40) WHERE article_id = 5")
    shutil.rmtree(home / "index")

    repaired = archive(home, engine, "verify", "--deep", "--repair")

    assert repaired.exit_code == 1
    assert "article 5 (article-5)" in repaired.output
    assert "1 problem." in repaired.output
    with Services(settings_of(home, engine), create=False) as services:
        assert services.search(SearchParams(q=WORD)).total == len(NUMBERS)


def test_a_server_stops_using_an_index_that_a_check_finds_damaged(
    engine: str, base: Path, tmp_path: Path
) -> None:
    home = copy_home(base / "home", tmp_path / "home")
    with Services(settings_of(home, engine), create=False) as services:
        before = services.search(SearchParams(q=WORD)).total
        live = home / "index" / engine / (home / "index" / engine / "CURRENT").read_text().strip()
        largest = max((live / "data").iterdir(), key=lambda path: path.stat().st_size)
        data = bytearray(largest.read_bytes())
        data[len(data) // 2] ^= 0x40
        largest.with_suffix(".new").write_bytes(data)
        largest.with_suffix(".new").replace(largest)
        assert archive(home, engine, "verify", "--deep").exit_code == 1

        with pytest.raises(EngineError, match="archive reindex"):
            services.search(SearchParams(q=WORD))
        archive(home, engine, "reindex")

        assert services.search(SearchParams(q=WORD)).total == before
