"""The statements of the store compile for the other database too."""

from __future__ import annotations

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from archive.store import statements
from archive.store.bulk import Bulk
from archive.store.tables import METADATA

BULKS = {name: each for name, each in vars(statements).items() if isinstance(each, Bulk)}


@pytest.mark.parametrize("name", sorted(BULKS))
def test_statement_compiles_for_postgresql(name):
    sql, order = BULKS[name]._compile(postgresql.dialect())

    assert order is None  # named parameters
    assert all(f"%({parameter})s" in sql for parameter in BULKS[name]._names)


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_table_compiles_for_postgresql(table):
    assert str(CreateTable(table).compile(dialect=postgresql.dialect())).strip().startswith("CREATE TABLE")
