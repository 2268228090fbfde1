"""From a record of named values to a draft: names by alias, values by what they are.

JSON, CSV, front matter and manifests all hold records.  Names are compared
without case, spaces and signs; the caller can say which name holds what.  A value
of the wrong kind is left out with a warning, never an error.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from archive.authors import split_byline, split_bylines
from archive.characters import normalise_line
from archive.dates import ParsedDate, parse_date
from archive.document import Draft, Origin, PartialDate, Provenance
from archive.fragments import looks_like_html, text_from_fragment, unescape_entities
from archive.language import language_code
from archive.paragraphs import shape_paragraphs
from archive.readers import ReadOptions
from archive.readers.names import names_of

# Field -> names, the most telling first.
_NAMES: Final = {
    "title": "title headline heading articletitle posttitle dctitle ogtitle subject name",
    "text": """
        text body content articlebody articletext article fulltext maintext bodytext textcontent plaintext
        contenttext contenthtml bodyhtml html markdown story post description summary abstract excerpt
    """,
    "authors": "authors author byline creator creators dccreator writer writers by authorname",
    "published": """
        published datepublished publisheddate publicationdate publishdate pubdate publishedat publishedon
        publishedtime date datetime dcdate issued posted postdate timestamp created createdat datecreated year
    """,
    "url": "canonicalurl canonical url link permalink weburl articleurl sourceurl href",
    "source": "source publication sitename site publisher outlet newspaper website journal",
    "language": "language lang inlanguage locale",
    "section": "section articlesection category rubric desk",
    "tags": "tags keywords categories topics labels tag",
    "id": "id guid uuid articleid docid documentid identifier slug",
}
ALIASES: Final = {name: tuple(aliases.split()) for name, aliases in _NAMES.items()}
_SIGNS: Final = re.compile(r"[\W_]+")
_TAG_SPLIT: Final = re.compile(r"\s*[,;|\n]\s*")
# The keys under which a nested value says what it is: names, JSON-LD, WordPress, MongoDB exports.
_INNER: Final = (
    *("name", "@value", "value", "rendered", "text", "label", "title", "href", "url", "$oid", "$date", "@id"),
)
_MAX_PLANS: Final = 512
_MAX_PARTS: Final = 10_000


def folded_name(name: str) -> str:
    """Return a field name without case, spaces and signs."""
    return _SIGNS.sub("", name.casefold())


def _ranks() -> dict[str, tuple[str, int]]:
    return {alias: (name, rank) for name, aliases in ALIASES.items() for rank, alias in enumerate(aliases)}


_RANKS: Final = _ranks()


@dataclass(slots=True)
class FieldMapper:
    """Makes drafts of records; remembers what it found out about their names.

    Attributes:
        method: the provenance's method, such as ``column`` or ``front-matter``.
    """

    options: ReadOptions
    method: str = "column"
    _plans: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def plan(self, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return field -> the names in a record that can hold it, best first."""
        plan = self._plans.get(names)
        if plan is None:
            if len(self._plans) >= _MAX_PLANS:
                self._plans.clear()
            plan = self._plans[names] = _plan_of(names, self.options.fields)
        return plan

    def draft(self, record: Mapping[str, Any], origin: Origin, *, text: str | None = None) -> Draft:
        """Return the draft of one record; ``text`` is the body where the record does not hold it."""
        plan = self.plan(tuple(record))
        warnings: list[str] = []
        provenance: dict[str, Provenance] = {}

        def value(name: str, read: Callable[[Any], Any]) -> Any:
            for key in plan.get(name, ()):
                raw = record[key]
                if raw is None or raw == "":
                    continue
                found = read(raw)
                if found:
                    provenance[name] = _provenance(self.method, key)
                    return found
                # A byline that names nobody ("Staff") is understood well enough.
                if not _is_blank(raw) and not (name == "authors" and isinstance(raw, str | list)):
                    warnings.append(f"{key}: not understood and left out: {_shown(raw)}")
            return None

        source: str = (value("source", _string) or "") if "source" in plan else ""
        language: str = (value("language", _language) or "") if "language" in plan else ""
        title: str = value("title", _string) or ""
        authors: tuple[str, ...] = value("authors", functools.partial(_authors, source, warnings)) or ()
        if text is None:
            text = value("text", _string) or ""
            text = self._body(text, warnings)
        parsed = self._date(plan, record, language, provenance, warnings)
        draft = Draft(
            text=text,
            origin=origin,
            title=unescape_entities(title),
            authors=authors,
            published=parsed.date if parsed else None,
            published_at=parsed.at if parsed else None,
            language=language,
            source=source,
            url=value("url", _string) or "",
            section=(value("section", _string) or "") if "section" in plan else "",
            tags=(value("tags", _tags) or ()) if "tags" in plan else (),
            external_id=self._id(value("id", _string)) if "id" in plan else "",
            provenance=provenance,
            warnings=tuple(warnings),
        )
        provenance.pop("id", None)
        return draft

    def _id(self, raw: str | None) -> str:
        return normalise_line(raw, self.options.limits.id_chars) if raw else ""

    def _body(self, text: str, warnings: list[str]) -> str:
        if looks_like_html(text):
            text, lost = text_from_fragment(text, limits=self.options.limits)
            warnings.extend(lost)
            return text
        if "&" in text:
            text = unescape_entities(text)
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        return shape_paragraphs(text)

    def _date(
        self,
        plan: dict[str, tuple[str, ...]],
        record: Mapping[str, Any],
        language: str,
        provenance: dict[str, Provenance],
        warnings: list[str],
    ) -> ParsedDate | None:
        for key in plan.get("published", ()):
            raw = _date_string(record[key])
            if not raw:
                continue
            parsed = read_date(raw, self.options, language, key, warnings)
            if parsed is not None:
                confidence = 0.5 if parsed.ambiguous else 1.0
                provenance["published"] = _provenance(self.method, key, confidence, raw[:500])
                return parsed
        return None


def read_date(
    raw: str, options: ReadOptions, language: str, name: str, warnings: list[str]
) -> ParsedDate | None:
    """Read a date; what is not understood or was decided by rule is a warning."""
    try:
        parsed = parse_date(raw, day_first=options.day_first, languages=(language,) if language else ())
    except ValueError:
        warnings.append(f"{name}: not a date and left out: {_shown(raw)}")
        return None
    if parsed.ambiguous:
        warnings.append(f"{name}: {_shown(raw)} can be read in more than one way; taken as {parsed.date}")
    return parsed


def _plan_of(names: tuple[str, ...], overrides: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    ranked: dict[str, list[tuple[int, str]]] = {}
    chosen = {folded_name(column): name for name, column in overrides.items()}
    for name in names:
        if not isinstance(name, str):
            continue
        folded = folded_name(name)
        if folded in chosen:
            ranked.setdefault(_field_name(chosen[folded]), []).append((-1, name))
        elif folded in _RANKS:
            field_name, rank = _RANKS[folded]
            ranked.setdefault(field_name, []).append((rank, name))
    return {name: tuple(key for _, key in sorted(keys)) for name, keys in ranked.items()}


def _field_name(name: str) -> str:
    """The field that a word of the caller means: ``date`` is ``published``."""
    folded = folded_name(name)
    if folded in ALIASES:
        return folded
    return _RANKS[folded][0] if folded in _RANKS else folded


@functools.lru_cache(maxsize=4096)
def _provenance(method: str, detail: str, confidence: float = 1.0, raw: str = "") -> Provenance:
    return Provenance(method=method, detail=detail[:100], confidence=confidence, raw=raw)


def _string(raw: Any) -> str:
    """The text of a value; a mapping gives its name, a list its first string; "" for anything else."""
    if isinstance(raw, str):
        return raw if raw and not raw.isspace() else ""
    if isinstance(raw, bool):
        return ""
    if isinstance(raw, int | float):
        return str(raw)
    if isinstance(raw, Mapping):
        return next((inner for key in _INNER if isinstance(inner := raw.get(key), str) and inner.strip()), "")
    if isinstance(raw, list | tuple):
        return next((found for each in raw[:20] if (found := _string(each))), "")
    return ""


def _date_string(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, PartialDate) or hasattr(raw, "isoformat"):
        return str(raw.isoformat())
    return _string(raw).strip()


def _language(raw: Any) -> str:
    return language_code(_string(raw)[:60])


def _authors(publisher: str, warnings: list[str], raw: Any) -> tuple[str, ...]:
    if isinstance(raw, str):
        names = names_of(raw, publisher)
        stated = raw.count(",") + raw.count(";") + 1
    elif isinstance(raw, list | tuple):
        stated = len(raw)
        names = split_bylines([_person(each) for each in raw[:_MAX_PARTS]], publisher=publisher)
    else:
        stated = 1
        names = split_byline(_person(raw), publisher=publisher)
    if stated > 3 * max(len(names), 10):
        warnings.append(f"only {len(names)} of about {stated:,} authors were kept")
    return names


def _person(raw: Any) -> str:
    if isinstance(raw, Mapping):
        whole = _string(raw)
        if whole:
            return whole
        first = _string(raw.get("first") or raw.get("given") or raw.get("givenName") or raw.get("first_name"))
        last = _string(raw.get("last") or raw.get("family") or raw.get("familyName") or raw.get("last_name"))
        return f"{first} {last}".strip()
    return _string(raw)


def _tags(raw: Any) -> tuple[str, ...]:
    if isinstance(raw, str):
        parts = _TAG_SPLIT.split(raw[:_MAX_PARTS])
    elif isinstance(raw, list | tuple):
        parts = [_string(each) for each in raw[:_MAX_PARTS]]
    else:
        parts = [_string(raw)]
    return tuple(part for part in parts if part)


def _is_blank(raw: Any) -> bool:
    return (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | Mapping) and not raw)


def _shown(raw: Any) -> str:
    shown = raw if isinstance(raw, str) else repr(raw)[:200]
    return repr(shown if len(shown) <= 60 else shown[:57] + "…")
