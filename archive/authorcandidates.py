"""What one place of a page says of its authors, and how far it is to be believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.authors import (
    is_agency,
    is_desk,
    looks_like_name,
    looks_like_organisation,
    name_key,
    split_bylines,
)
from archive.document import Provenance

MAX_BYLINE_NAMES = 8
FULLER_BELIEF = 0.75
CERTAIN_BELIEF = 0.6

_CAPTIONS = frozenset(
    ["noauthor", "artikelvon", "gesponserteinhalte", "imwortlaut", "developer", "writtenby"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorsCandidate:
    """One reading of who wrote the page; ``belief`` orders readings, the higher the better."""

    value: tuple[str, ...]
    provenance: Provenance
    belief: float


def candidate_from(
    raw: Iterable[str], own: set[str], method: str, detail: str, confidence: float
) -> AuthorsCandidate | None:
    """Read the names in one place's texts, or give None where there are none.

    Args:
        own: keys of the publication's names, which is hardly ever the author.
        method, detail: where the texts stand, as in `Provenance`.
        confidence: how far what stands there is believed, whoever it names.
    """
    texts = [text for text in raw if text]
    names = tuple(name for name in split_bylines(texts) if not _is_caption(name))
    kept = tuple(name for name in names if name_key(name) not in own)
    if any(looks_like_name(name) and not looks_like_organisation(name) for name in kept):
        kept = tuple(name for name in kept if not looks_like_organisation(name))
        if method == "byline" and looks_like_name(kept[0]):  # "A. Smith, Lille" and "A. Smith, NDR"
            kept = tuple(name for name in kept if looks_like_name(name))
    belief = confidence + _kind(kept or names)
    if not kept and names:
        confidence, belief = 0.3, confidence - 3.0
    if not names:
        return _desk(texts, own, method, detail, confidence)
    return AuthorsCandidate(
        value=kept or names,
        belief=belief,
        provenance=Provenance(
            method=method, detail=detail, confidence=confidence, raw="; ".join(texts)[:500]
        ),
    )


def _desk(
    texts: list[str], own: set[str], method: str, detail: str, confidence: float
) -> AuthorsCandidate | None:
    """The desk of a publication that is stated where a person should be: the last to be believed."""
    desk = next((text for text in texts if is_desk(text) and name_key(text) not in own), None)
    if desk is None or (method == "byline" and confidence < CERTAIN_BELIEF):
        return None
    provenance = Provenance(method=method, detail=detail, confidence=0.3, raw=desk[:500])
    return AuthorsCandidate(value=(desk,), provenance=provenance, belief=-2.5)


def _is_caption(name: str) -> bool:
    return ":" in name or "→" in name or name_key(name) in _CAPTIONS


def _kind(names: tuple[str, ...]) -> float:
    """How much like persons these names are, as a difference of belief."""
    if all(is_agency(name) for name in names):
        return -2.0
    if any(looks_like_organisation(name) for name in names):
        return -1.0
    return 0.0 if all(looks_like_name(name) for name in names) else -0.5
