"""Which line ends of a text were made by a machine, and which were meant."""

import pytest

from tests.webapp.fake_services import FakeServices, make_client
from webapp.reflow import unwrapped

WRAPPED = [
    pytest.param(
        "A report of the port authority said\nthat growing reliance on a single berth for tankers\nwould harm trade.",
        id="indented-first-line",
    ),
    pytest.param("The study discusses several ways to make the port safer\nand calls for talks.", id="two-lines"),
    pytest.param(
        "The harbour was closed on Tuesday after a storm.\nShips waited outside for a berth while the pilots\nstayed "
        "ashore, the harbour master said on the radio\nin the evening.",
        id="one-break-after-a-sentence",
    ),
]  # fmt: skip

MEANT = [
    pytest.param("Roses are red\nViolets are blue\nSugar is sweet\nAnd so are you", id="verse"),
    pytest.param("The Daily Planet\n12 Harbour Street\nRotterdam", id="address"),
    pytest.param(
        "- the port stays open for tankers and all ferries\n- the pilots go back to work on Monday morning",
        id="list",
    ),
    pytest.param(
        "1. The port stays open for tankers and all ferries\n2. The pilots go back to work on Monday morning",
        id="numbers",
    ),
    pytest.param(
        "> the port stays open for tankers and for all ferries\n> as the pilots go back to work on Monday",
        id="quoted-mail",
    ),
    pytest.param(
        "The harbour was closed on Tuesday after a storm.\nThe pilots stayed ashore for the whole of that day.\n"
        "Ferries went to other ports until the evening.",
        id="a-sentence-a-line",
    ),
    pytest.param("x" * 150 + " and more of it\n" + "y" * 150, id="paragraphs-of-one-line"),
    pytest.param("One line only.", id="one-line"),
]


@pytest.mark.parametrize("text", WRAPPED)
def test_a_machines_line_ends_become_spaces(text):
    assert unwrapped(text) == text.replace("\n", " ")


@pytest.mark.parametrize("text", MEANT)
def test_line_ends_that_were_meant_stay(text):
    assert unwrapped(text) == text


def test_paragraphs_are_looked_at_one_by_one_and_stay_apart():
    text = "\n\n".join(["Roses are red\nViolets are blue", WRAPPED[1].values[0], "The end."])

    found = unwrapped(text)

    assert len(found) == len(text)
    assert found.split("\n\n") == [
        "Roses are red\nViolets are blue",
        WRAPPED[1].values[0].replace("\n", " "),
        "The end.",
    ]


def test_a_page_joins_the_lines_and_marks_the_same_words():
    from dataclasses import replace

    text = WRAPPED[1].values[0]
    services = FakeServices(title_spans=(), body_spans=((text.index("port"), text.index("port") + 4),))
    services.document = replace(services.document, text=text)

    page = make_client(services).get("/article/harbour-strike?q=port").text

    assert "safer and calls" in page
    assert "<mark>port</mark>" in page
