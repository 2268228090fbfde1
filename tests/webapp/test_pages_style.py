"""Colours of the style sheet: readable in light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "webapp" / "static" / "style.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
)

TEXT = [
    ("ink", "paper"), ("quiet", "paper"), ("quiet", "sheet"), ("red", "paper"), ("link", "paper"), ("link", "sheet"),
    ("ink", "field"), ("quiet", "field"), ("mark-ink", "mark"), ("ink", "warn"), ("paper", "red"), ("ink", "sheet"),
    ("ink", "gone"), ("ink", "new"),
]  # fmt: skip


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(palette, text, ground):
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_can_be_seen(palette):
    assert contrast(palette["field-rule"], palette["field"]) >= 3
    assert contrast(palette["field-rule"], palette["paper"]) >= 3


def test_nothing_is_loaded_from_outside():
    assert not re.search(r"url\(|@import|https?:", CSS)
