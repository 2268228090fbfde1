"""XML that may be hostile: no entities, no network, no endless depth."""

from __future__ import annotations

from typing import Any, Final

import lxml.etree

from archive.errors import LimitExceededError, MalformedItemError

_DEPTH: Final = ("depth", "huge", "too long", "Memory", "amplification", "Excessive")


def parse_xml(data: bytes, what: str) -> Any:
    """Return the root element of ``data``.

    Entities are never resolved: not those of files or the network, nor those that
    the document defines; depth and the size of a text are bounded by libxml2.

    Args:
        what: what it is, for the message, such as ``word/document.xml``.

    Raises:
        MalformedItemError: it is not well-formed.
        LimitExceededError: it is nested too deeply, or a text in it is too long.
    """
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        return lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        message = f"{what} cannot be read: {error}"[:300]
        if any(word in str(error) for word in _DEPTH):
            raise LimitExceededError(message) from error
        raise MalformedItemError(message) from error


def local_name(element: Any) -> str:
    """Return an element's name without its namespace; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return the attribute of this local name, whatever its namespace; empty if there is none."""
    found = element.get(name)
    if found is None:
        ending = "}" + name
        found = next((value for key, value in element.items() if key.endswith(ending)), "")
    return str(found)


def text_of(element: Any) -> str:
    """Return the text in an element and in those inside it, as one line."""
    return " ".join("".join(element.itertext()).split())


def first_texts(root: Any, names: tuple[str, ...]) -> dict[str, str]:
    """Return local name -> text of the first element of that name that has any."""
    found: dict[str, str] = {}
    for element in root.iter():
        name = local_name(element)
        if name in names and name not in found and (text := text_of(element)):
            found[name] = text
    return found
