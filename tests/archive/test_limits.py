"""The limits are those that the documentation tells."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

from archive.limits import LIMITS

FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"


def test_every_limit_is_documented_with_its_value() -> None:
    section = FORMATS.read_text("utf-8").partition("\n## Limits\n")[2]
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", section, re.MULTILINE)

    documented = {name: int(value.replace(",", "")) for name, value in rows}

    assert documented == asdict(LIMITS)
