"""Author names out of bylines and author fields, in the words of many languages.

A byline is split into names and rid of everything that is not a name: "By",
roles, dates, places of contact, "Staff", the publication itself.  Names are
given as they were printed, in their order, each once.  News agencies count as
authors only where no person is named.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from archive import bylinewords as words
from archive.conjunctions import all_sides, is_conjunction, parted, without_inner

MAX_NAMES = 40
MAX_BYLINE_CHARS = 2000
MAX_NAME_CHARS = 80
MAX_NAME_TOKENS = 7

_SPACE = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+/\S*|\S+@\S+\.\w+|(?<!\w)@\w+|\b(?:tel|phone|fax)\b.*$", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>")
_HARD_SPLIT = re.compile(r"\s*[;|•·/\n\r\u2022\u30fb、，；｜／]\s*|\s+[-–—]\s+|\s*[–—]\s+")
_COMMA = re.compile(r"\s*,\s*")


def _any_of(entries: Iterable[str]) -> str:
    """A pattern for any of ``entries``, the longest first."""
    return "(?:" + "|".join(sorted(entries, key=len, reverse=True)) + ")"


_LEAD = re.compile(rf"^{_any_of(words.LEADS)}(?:\s*[:：]\s*|\s+)", re.IGNORECASE)
_CJK_TAIL = re.compile(r"\s*(?:" + "|".join(words.CJK_ROLES) + r")$")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_STOP = re.compile(
    rf"(?:^|[\s,(|-])(?:(?i:{_any_of(words.STOPS)})|{_any_of(words.LOWER_STOPS)})(?![\w-]).*$", re.DOTALL
)
_MONTH = _any_of(words.MONTHS)
_DATE_TAIL = re.compile(
    rf"[\s,|-]*(?:\b{_MONTH}\.?\s+\d{{1,2}}\b.*|"
    rf"\b\d{{1,2}}\.?\s+{_MONTH}\b.*|"
    r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*|\b\d{1,2}[:h]\d{2}\b.*|\b(?:19|20)\d{2}\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)
_CREDENTIAL = re.compile(rf"^{_any_of(words.CREDENTIALS)}$", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+(?:[.’'`-][^\W_]+)*\.?")
_DOMAIN = re.compile(r"\w\.(?:com|org|net|de|at|ch|fr|uk|info|eu|it|es|nl|pl|se|io|co|blog|news)\b")


def split_byline(text: str, *, publisher: str = "") -> tuple[str, ...]:
    """Give the names in one byline or author field, in order, each once.

    ``By A. Smith, B. Jones and C. Wu, Staff Writers`` gives three names, and
    ``Smith, Anna`` one, turned round.  ``publisher`` is the publication, whose
    own name is not an author.  A news agency is given only when nobody else is
    named; a byline without any name gives an empty tuple.
    """
    return merge_names(_names(text), publisher=publisher)


def split_bylines(texts: Iterable[str], *, publisher: str = "") -> tuple[str, ...]:
    """`split_byline` over several fields that each hold one or more names."""
    return merge_names([name for text in texts for name in _names(text)], publisher=publisher)


def merge_names(names: Iterable[str], *, publisher: str = "") -> tuple[str, ...]:
    """Drop repeats, the publisher and generic words; agencies only if alone."""
    unwanted = name_key(publisher)
    people: dict[str, str] = {}
    agencies: dict[str, str] = {}
    for name in names:
        key = name_key(name)
        if (
            not key
            or key in words.GENERIC_KEYS
            or _is_generic(name)
            or (unwanted and _is_publisher(key, unwanted))
        ):
            continue
        (agencies if key in words.AGENCY_KEYS else people).setdefault(key, name)
    chosen = people or agencies
    return tuple(chosen.values())[:MAX_NAMES]


def _is_generic(name: str) -> bool:
    """Whether every word of ``name`` is a button's ("Facebook Twitter")."""
    return all(name_key(token) in words.GENERIC_KEYS for token in name.split())


def is_agency(name: str) -> bool:
    """Whether ``name`` is a news agency, not a person."""
    return name_key(name) in words.AGENCY_KEYS


def looks_like_name(text: str) -> bool:
    """Whether ``text`` reads like a person's full name: 2 to 5 capitalised words."""
    if _CJK.search(text):
        return 2 <= len(text.replace(" ", "")) <= 12
    if len(text) > 50:
        return False
    tokens = [
        token
        for token in without_inner(text).split()
        if token in words.GIVEN_PARTICLES or token.casefold().strip(".") not in words.PARTICLES
    ]
    return 2 <= len(tokens) <= 5 and all(_is_name_token(token) for token in tokens)


def looks_like_organisation(name: str) -> bool:
    """Whether a word of ``name`` is one that organisations have and people have not."""
    lowered = name.casefold()
    return (
        name_key(name) in words.AGENCY_KEYS
        or _DOMAIN.search(lowered) is not None
        or any(token.strip(".,") in words.ORGANISATIONS for token in lowered.split())
        or any(part in lowered for part in words.ORGANISATION_PARTS)
    )


def is_desk(text: str) -> bool:
    """Whether ``text`` names a desk, a team or the editors of something, as in "Team Example"."""
    tokens = [token.casefold().strip(".,") for token in text.split()]
    return (
        2 <= len(tokens) <= 6
        and all(any(c.isalpha() for c in token) for token in tokens)
        and name_key(text) not in words.GENERIC_KEYS
        and any(token in words.DESKS for token in tokens)
        and any(
            token[0].isupper() and word not in words.DESKS | words.ROLES | words.ROLE_MODIFIERS
            for token, word in zip(text.split(), tokens, strict=True)
        )
    )


def name_key(name: str) -> str:
    """Letters and digits of ``name`` in lower case, for comparing only."""
    return words.key(name)


def _is_name_token(token: str) -> bool:
    bare = token.strip(".,’'\"“”")
    return bool(bare) and not bare[0].islower() and not any(c.isdigit() for c in bare)


def _is_publisher(key: str, publisher: str) -> bool:
    return key == publisher or key in (publisher + "com", "the" + publisher, publisher + "staff")


def _names(text: str) -> list[str]:
    line = _INVISIBLE.sub("", html.unescape(text[:MAX_BYLINE_CHARS]))
    line = _BRACKETS.sub(" ", _ADDRESS.sub(" ", line))
    names: list[str] = []
    for chunk in _HARD_SPLIT.split(line.strip()):
        for piece in _people(_trim(chunk)):
            name = _clean_name(piece)
            if name:
                names.append(name)
    return names


def _trim(chunk: str) -> str:
    """One stretch of a byline without its lead word and what follows the names."""
    chunk = _SPACE.sub(" ", chunk).strip(' ,.:-–—"“”*')
    previous = ""
    while chunk != previous:
        previous = chunk
        chunk = _without_lead(chunk).strip(" ,:-–—")
    return _STOP.sub("", _DATE_TAIL.sub("", chunk)).strip(" ,:-–—|")


def _without_lead(chunk: str) -> str:
    match = _LEAD.match(chunk)
    if match is None:
        return chunk
    rest = chunk[match.end() :]
    weak = match.group().strip().casefold() in words.WEAK_LEADS
    return chunk if weak and len(rest.split()) < 2 else rest


def _people(chunk: str) -> list[str]:
    """Split at conjunctions and commas; turn "Surname, Given" round."""
    parts = parted(chunk)
    for sides in (all_sides(chunk), parts):
        if turned := _turned(sides):
            return turned
    pieces = [piece for part in parts for piece in _COMMA.split(part) if piece.strip()]
    people: list[str] = []
    for piece in pieces:
        if _SUFFIX.match(piece) and people:
            people[-1] = f"{people[-1]} {piece}"
        elif not _CREDENTIAL.match(piece.replace(".", "").strip()):
            people.append(piece)
    if people and len(pieces) > 1:
        first = people[0]
        people = [p for p in people if p is first or not _is_role(p)]
    return people


def _turned(parts: list[str]) -> list[str]:
    """``Smith, Anna`` and ``Jones, Bob`` turned round; nothing unless all of them are so."""
    pairs = [[piece for piece in _COMMA.split(part) if piece.strip()] for part in parts]
    if all(len(pair) == 2 and _is_inverted(*pair) for pair in pairs):
        return [f"{given} {surname}" for surname, given in pairs]
    return []


def _is_inverted(surname: str, given: str) -> bool:
    """``Smith, Anna`` and ``de Vries, Jan P.``: one surname, given names or initials."""
    if _is_role(given) or _SUFFIX.match(given) or _CREDENTIAL.match(given.replace(".", "")):
        return False
    last = [token for token in surname.split() if token.casefold() not in words.PARTICLES]
    first = without_inner(given).split()
    return (
        len(last) == 1 + sum(1 for token in surname.split() if token in words.WEAK_CONJUNCTIONS)
        and 1 <= len(first) <= 3
        and all(_is_name_token(token) for token in (*last, first[0]))
        and (
            len(first) == 1
            or any(len(token.strip(".")) == 1 for token in first[1:])
            or first[-1].casefold() in words.PARTICLES
        )
    )


def _is_role(piece: str) -> bool:
    return any(token.casefold().strip(".") in words.ROLES for token in _TOKEN.findall(piece))


def _clean_name(piece: str) -> str:
    """The name in ``piece`` without roles around it, or empty."""
    tokens = _without_lead(piece.strip()).strip(' .,:;-–—_*"“”„').split()
    while len(tokens) > 1 and _CREDENTIAL.match(tokens[-1].replace(".", "").strip(",")):
        tokens.pop()
    while len(tokens) > 1 and (not any(c.isalpha() for c in tokens[-1]) or is_conjunction(tokens[-1])):
        tokens.pop()
    tokens = _cut_agency(_cut_role(tokens))
    name = " ".join(tokens).strip(" ,;:-–—|*")
    if _CJK.search(name):
        name = _CJK_TAIL.sub("", name)
    if not name or len(name) > MAX_NAME_CHARS or len(tokens) > MAX_NAME_TOKENS:
        return ""
    if not any(c.isalpha() for c in name) or name.casefold() in words.NOT_NAMES:
        return ""
    return name


def _cut_agency(tokens: list[str]) -> list[str]:
    """``Jane Doe Associated Press`` and ``Jane Doe, AP in Paris`` keep the person."""
    for length in (4, 3, 2):
        for position in range(2, len(tokens) - length + 1):
            if name_key("".join(tokens[position : position + length])) in words.AGENCY_KEYS:
                return tokens[:position]
    return tokens[:-1] if len(tokens) > 2 and name_key(tokens[-1]) in words.AGENCY_KEYS else tokens


def _cut_role(tokens: list[str]) -> list[str]:
    """``Jane Doe Senior Staff Writer`` keeps its first two words."""
    for position, token in enumerate(tokens):
        if token.casefold().strip(".,") not in words.ROLES:
            continue
        end = position
        while end and tokens[end - 1].casefold().strip(".,") in words.ROLE_MODIFIERS:
            end -= 1
        if end >= 2:
            return tokens[:end]
        if position + 2 < len(tokens) and end == 0 and len(tokens) - position <= 4:
            rest = tokens[position + 1 :]
            return rest if all(_is_name_token(t) for t in rest) else []
        return []
    return tokens
