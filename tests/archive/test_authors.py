"""Names out of bylines."""

from __future__ import annotations

import pytest

from archive.authors import (
    is_agency,
    looks_like_name,
    looks_like_organisation,
    merge_names,
    split_byline,
    split_bylines,
)

BYLINES = [
    pytest.param(
        "By A. Smith, B. Jones and C. Wu, Staff Writers", ("A. Smith", "B. Jones", "C. Wu"), id="list"
    ),
    pytest.param("Von Hans Müller und Eva Meier", ("Hans Müller", "Eva Meier"), id="german"),
    pytest.param("Marie Curie et Pierre Curie", ("Marie Curie", "Pierre Curie"), id="french"),
    pytest.param("Par Léa Martin", ("Léa Martin",), id="french-lead"),
    pytest.param("José Ortega y Gasset", ("José Ortega y Gasset",), id="y-inside-a-surname"),
    pytest.param("Ana María Ruiz y Juan Gil", ("Ana María Ruiz", "Juan Gil"), id="y-between-names"),
    pytest.param("Smith, Anna", ("Anna Smith",), id="inverted"),
    pytest.param("de la Cruz, Ana; Smith, Bob", ("Ana de la Cruz", "Bob Smith"), id="inverted-list"),
    pytest.param("Jong, Michiel de", ("Michiel de Jong",), id="inverted-particle"),
    pytest.param("Martin Luther King, Jr.", ("Martin Luther King Jr",), id="suffix-is-no-author"),
    pytest.param("Jane Doe, PhD, MD", ("Jane Doe",), id="credentials"),
    pytest.param("Jane Doe Senior Staff Writer", ("Jane Doe",), id="glued-role"),
    pytest.param("Jane Doe, Chief Political Correspondent", ("Jane Doe",), id="role-after-comma"),
    pytest.param("Reporter Jane Doe", ("Jane Doe",), id="role-before"),
    pytest.param("Jane Doe for The Example", ("Jane Doe",), id="for-a-paper"),
    pytest.param("Jane Doe Last Updated August 1", ("Jane Doe",), id="updated"),
    pytest.param("JANE DOE | 3 May 2020 10:14", ("JANE DOE",), id="date"),
    pytest.param("Jane Doe Link Copied", ("Jane Doe",), id="button"),
    pytest.param("jane@example.org (Jane Doe) @janedoe", (), id="address-and-handle-only"),
    pytest.param("Jane Doe (@janedoe)", ("Jane Doe",), id="handle-beside-name"),
    pytest.param("Jane Doe Associated Press", ("Jane Doe",), id="glued-agency"),
    pytest.param("By Jane Doe and Reuters", ("Jane Doe",), id="agency-beside-a-person"),
    pytest.param("Reuters", ("Reuters",), id="agency-alone"),
    pytest.param("Staff", (), id="staff"),
    pytest.param("admin", (), id="admin"),
    pytest.param("Die Redaktion", (), id="editors-german"),
    pytest.param("Andy Le", ("Andy Le",), id="name-like-a-stop-word"),
    pytest.param("May Wong", ("May Wong",), id="name-like-a-month"),
    pytest.param("Von Trapp", ("Von Trapp",), id="name-like-a-lead"),
    pytest.param("이상현 기자", ("이상현",), id="korean-role"),
    pytest.param("大渡 美咲", ("大渡 美咲",), id="japanese"),
    pytest.param(
        "Anna Bell\u200b\u00ad &amp; Tom Cook", ("Anna Bell", "Tom Cook"), id="entities-and-invisibles"
    ),
    pytest.param("Jane Doe, Jane Doe", ("Jane Doe",), id="each-once"),
    pytest.param("", (), id="empty"),
    pytest.param("By", (), id="lead-alone"),
    pytest.param("2024", (), id="number"),
]


@pytest.mark.parametrize(("byline", "names"), BYLINES)
def test_byline_gives_its_names(byline: str, names: tuple[str, ...]) -> None:
    assert split_byline(byline) == names


SURNAMES_WITH_A_CONJUNCTION = [
    "Karl von und zu Guttenberg",
    "Otto Graf von und zu Westerholt",
    "Heinrich Friedrich Karl vom und zum Stein",
    "Gloria von Thurn und Taxis",
    "Alexander van Hövell tot Westerflier en Wezeveld",
    "Ramón y Cajal",
    "Santiago Ramón y Cajal",
    "Bernardo de la Torre y Vega",
    "Juan de la Cosa y del Río",
    "María de los Ángeles y Santa Cruz",
    "Maria Sousa e Silva",
    "João Pedro de Almeida e Souza",
    "Pedro Almeida e dos Santos",
    "Joan Miró i Ferrà",
]


@pytest.mark.parametrize("name", SURNAMES_WITH_A_CONJUNCTION)
@pytest.mark.parametrize(
    ("byline", "others"),
    [
        ("{}", ()),
        ("By {}, Anna Schmidt", ("Anna Schmidt",)),
        ("{} and Anna Schmidt", ("Anna Schmidt",)),
        ("{} und Anna Schmidt", ("Anna Schmidt",)),
        ("{}; Anna Schmidt", ("Anna Schmidt",)),
    ],
)
def test_a_conjunction_inside_a_surname_parts_no_one(name: str, byline: str, others: tuple[str, ...]) -> None:
    assert split_byline(byline.format(name)) == (name, *others)


@pytest.mark.parametrize("name", ["Gloria von Thurn und Taxis", "Karl von und zu Guttenberg"])
def test_a_surname_with_a_conjunction_reads_like_a_name(name: str) -> None:
    assert looks_like_name(name)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        pytest.param("Anna Schmidt und Karl Weber", ("Anna Schmidt", "Karl Weber"), id="german"),
        pytest.param("Anna von Essen und Karl zu Solms", ("Anna von Essen", "Karl zu Solms"), id="particles"),
        pytest.param("Ana García y Luis Pérez", ("Ana García", "Luis Pérez"), id="spanish"),
        pytest.param("Ana García y Luis de la Torre", ("Ana García", "Luis de la Torre"), id="de-la"),
        pytest.param("ANA GARCÍA Y LUIS PÉREZ", ("ANA GARCÍA", "LUIS PÉREZ"), id="capitals"),
        pytest.param("Pedro Almeida e Ana Costa", ("Pedro Almeida", "Ana Costa"), id="portuguese"),
        pytest.param("Jan Kowalski i Anna Nowak", ("Jan Kowalski", "Anna Nowak"), id="polish"),
        pytest.param("Piet de Vries en Anna Bakker", ("Piet de Vries", "Anna Bakker"), id="dutch"),
        pytest.param("John Smith and Jane Doe", ("John Smith", "Jane Doe"), id="english"),
        pytest.param("Smith & Jones", ("Smith", "Jones"), id="surnames"),
        pytest.param("van der Berg en van der Meer", ("van der Berg", "van der Meer"), id="dutch-surnames"),
        pytest.param("Anna von Essen und dpa", ("Anna von Essen",), id="agency"),
        pytest.param("Anna von Essen und Redaktion", ("Anna von Essen",), id="desk"),
        pytest.param(
            "José Ortega y Gasset y Ana Ruiz", ("José Ortega y Gasset", "Ana Ruiz"), id="one-of-each"
        ),
        pytest.param(
            "José Ortega y Gasset, Ana Ruiz y Luis Gil",
            ("José Ortega y Gasset", "Ana Ruiz", "Luis Gil"),
            id="list",
        ),
        pytest.param("Smith, Anna and Jones, Bob", ("Anna Smith", "Bob Jones"), id="inverted"),
        pytest.param(
            "Jong, Michiel de en van der Berg, Jan",
            ("Michiel de Jong", "Jan van der Berg"),
            id="inverted-dutch",
        ),
        pytest.param("Ortega y Gasset, José", ("José Ortega y Gasset",), id="inverted-surname"),
        pytest.param("Guttenberg, Karl von und zu", ("Karl von und zu Guttenberg",), id="inverted-particles"),
    ],
)
def test_a_conjunction_between_names_parts_them(byline: str, names: tuple[str, ...]) -> None:
    assert split_byline(byline) == names


def test_publisher_is_not_an_author() -> None:
    assert split_byline("Jane Doe, The Example", publisher="The Example") == ("Jane Doe",)
    assert split_byline("The Example", publisher="Example") == ()


def test_fields_are_merged_in_order_each_name_once() -> None:
    assert split_bylines(["Jane Doe", "Tom Cook and Jane Doe"]) == ("Jane Doe", "Tom Cook")


def test_names_that_differ_in_case_only_are_one() -> None:
    assert merge_names(["Jane Doe", "JANE DOE"]) == ("Jane Doe",)


def test_thousands_of_names_are_bounded() -> None:
    names = split_byline(", ".join(f"Anna N{n}x" for n in range(5000)))

    assert 0 < len(names) <= 40


@pytest.mark.parametrize("text", ["dpa", "The Associated Press", "AFP"])
def test_agencies_are_known(text: str) -> None:
    assert is_agency(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jane Doe", True),
        ("Ludwig van Beethoven", True),
        ("J. R. R. Tolkien", True),
        ("jane doe", False),
        ("Jane", False),
        ("Read More About It All Today Now", False),
        ("Agent 47", False),
        ("Al Baker", True),
        ("Masken über Ausstieg", False),
    ],
)
def test_names_of_persons_are_recognised(text: str, expected: bool) -> None:
    assert looks_like_name(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Example Media GmbH", True), ("example.com", True), ("City University", True), ("Jane Doe", False)],
)
def test_organisations_are_recognised(text: str, expected: bool) -> None:
    assert looks_like_organisation(text) is expected
