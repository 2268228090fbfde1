"""The page about the query language says what the parser does."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import pytest

from index.query.ast import FIELDS as TREE_FIELDS
from index.query.ast import PRESENCE
from index.query.fields import (
    BY_NAME,
    FIELD_TABLE,
    STATES,
    FieldHelp,
    Takes,
)
from index.query.guard import Limits
from index.query.languages import language_code
from index.query.operators import OPERATORS, OperatorHelp
from index.query.parser import parse
from index.query.printer import print_understood

PAGE = Path(__file__).parents[1].joinpath("docs", "query-language.md").read_text(encoding="utf-8")

#: The Wednesday that the page counts from.
TODAY = dt.date(2024, 9, 18)


def understood(text: str) -> str:
    return print_understood(parse(text, today=TODAY))


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@pytest.mark.parametrize("entry", [*OPERATORS, *FIELD_TABLE], ids=lambda entry: entry.example)
def test_every_example_means_what_the_table_says(entry: OperatorHelp | FieldHelp) -> None:
    parsed = parse(entry.example, today=TODAY)

    assert print_understood(parsed) == entry.understood
    assert parsed.warnings == ()
    assert parse(entry.understood, today=TODAY).tree == parsed.tree


@pytest.mark.parametrize("entry", OPERATORS, ids=lambda entry: entry.syntax)
def test_the_page_has_every_operator(entry: OperatorHelp) -> None:
    assert row(f"`{entry.syntax}`", entry.meaning, f"`{entry.example}`", f"`{entry.understood}`") in PAGE


@pytest.mark.parametrize("entry", FIELD_TABLE, ids=lambda entry: entry.name)
def test_the_page_has_every_field(entry: FieldHelp) -> None:
    aliases = ", ".join(f"`{alias}:`" for alias in entry.aliases)

    assert row(f"`{entry.name}:`", aliases, entry.help, f"`{entry.example}`", f"`{entry.understood}`") in PAGE


#: Rows of two cells, both code: what is written, and what it is read as.
READINGS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", PAGE, re.MULTILINE)


def test_the_page_has_readings() -> None:
    assert len(READINGS) > 25


@pytest.mark.parametrize(("text", "expected"), READINGS, ids=[text for text, _ in READINGS])
def test_the_page_reads_as_the_parser_does(text: str, expected: str) -> None:
    assert understood(text.replace("\\|", "|")) == expected


@pytest.mark.parametrize("limit", dataclasses.fields(Limits), ids=lambda field: field.name)
def test_the_page_has_every_limit(limit: dataclasses.Field[int]) -> None:
    assert f"| `{limit.name}` | {limit.default:,} |" in PAGE


def test_the_tables_name_only_what_the_tree_knows() -> None:
    assert {name for field in FIELD_TABLE for name in field.searches} == set(TREE_FIELDS)
    assert {name for name, _ in STATES.values()} <= set(PRESENCE)
    assert all(field.searches for field in FIELD_TABLE if field.takes is Takes.TEXT)


def test_no_name_is_given_twice() -> None:
    assert len(BY_NAME) == sum(1 + len(field.aliases) for field in FIELD_TABLE)
    assert all(name == name.lower() for name in BY_NAME)


@pytest.mark.parametrize(
    ("value", "code"),
    [("German", "de"), ("de-AT", "de"), ("pt_BR", "pt"), ("en", "en"), ("Klingon", "Klingon"), ("e*", "e*")],
)
def test_languages_are_known_by_name(value: str, code: str) -> None:
    assert language_code(value) == code
