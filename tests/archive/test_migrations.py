"""The schema's steps: from nothing, from version 1, from the future."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from store_documents import document

from archive import migrations
from archive.errors import StoreError, StoreVersionError
from archive.store import Store
from archive.store.connection import open_engine, writer_of
from archive.store.tables import METADATA


@pytest.fixture
def path(tmp_path):
    return tmp_path / "archive.db"


def version_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()[0])


def run(path, steps):
    engine = open_engine(path, read_only=False)
    try:
        return migrations.migrate(writer_of(engine), where=str(path), steps=steps)
    finally:
        engine.dispose()


def shape(engine):
    """Columns, keys and indexes of every table, in an order of their own."""
    inspector = sa.inspect(engine)
    return {
        name: (
            sorted(
                (each["name"], str(each["type"]), each["nullable"]) for each in inspector.get_columns(name)
            ),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(
                (key["constrained_columns"], key["referred_table"], key["options"])
                for key in inspector.get_foreign_keys(name)
            ),
            sorted(
                (each["name"], each["column_names"], bool(each["unique"]))
                for each in inspector.get_indexes(name)
            ),
            sorted(each["column_names"] for each in inspector.get_unique_constraints(name)),
        )
        for name in inspector.get_table_names()
    }


def test_new_store_has_the_latest_version(path):
    Store.open(path).close()

    assert version_of(path) == len(migrations.MIGRATIONS)


def test_all_steps_together_make_the_tables_of_today(path, tmp_path):
    Store.open(path).close()
    today = sa.create_engine(f"sqlite:///{tmp_path / 'today.db'}")
    METADATA.create_all(today)
    migrated = open_engine(path, read_only=True)

    assert shape(migrated) == shape(today)

    migrated.dispose()
    today.dispose()


def add_column(connection):
    connection.exec_driver_sql("ALTER TABLE articles ADD COLUMN rating INTEGER")


def fail(connection):
    add_column(connection)
    raise StoreError("this step fails half-way")


def test_older_store_is_brought_up_to_date_with_its_articles(path):
    with Store.open(path) as store:
        store.put([document("a")])
    path_version = version_of(path)

    steps = run(path, [*migrations.MIGRATIONS, add_column])

    assert (steps, version_of(path)) == (1, path_version + 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT identity, rating FROM articles").fetchall() == [("a", None)]


def test_empty_file_goes_through_all_steps(path):
    path.touch()

    assert run(path, [migrations.MIGRATIONS[0], add_column]) == 2
    assert version_of(path) == 2


def test_up_to_date_store_is_left_alone(path):
    Store.open(path).close()

    assert run(path, migrations.MIGRATIONS) == 0


def test_step_that_fails_leaves_nothing_behind(path):
    with pytest.raises(StoreError, match="half-way"):
        run(path, [migrations.MIGRATIONS[0], fail])

    assert version_of(path) == 1
    assert run(path, [migrations.MIGRATIONS[0], add_column]) == 1


@pytest.mark.parametrize("read_only", [True, False])
def test_store_of_a_newer_program_is_refused_and_left_alone(path, read_only):
    run(path, [*migrations.MIGRATIONS, add_column])

    with pytest.raises(StoreVersionError, match=r"newer version.*upgrade article-archive"):
        Store.open(path, read_only=read_only)

    assert version_of(path) == len(migrations.MIGRATIONS) + 1


def test_older_store_is_not_migrated_by_reading(path, monkeypatch):
    Store.open(path).close()
    known = version_of(path)
    monkeypatch.setattr("archive.store.store.MIGRATIONS", (*migrations.MIGRATIONS, add_column))

    with pytest.raises(StoreVersionError, match="archive ingest"):
        Store.open(path, read_only=True)

    assert version_of(path) == known
