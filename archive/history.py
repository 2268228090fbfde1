"""The versions of an article: the former ones and the one that counts now, in one row."""

from __future__ import annotations

from archive.errors import ArticleNotFoundError
from archive.store import Store, Version


class VersionNotFoundError(ArticleNotFoundError):
    """The article has no version of this number."""


def all_versions(store: Store, slug: str) -> list[Version]:
    """Return every version of an article, the oldest first and the current one last.

    Raises:
        ArticleNotFoundError: no article has this address.
    """
    document = store.by_slug(slug)
    former = store.versions(document.id)
    number = former[-1].number + 1 if former else 1
    return [*former, Version(number=number, document=document)]


def two_versions(
    versions: list[Version], before: int | None = None, after: int | None = None
) -> tuple[Version, Version]:
    """Return the versions to compare: the last two unless numbers are given.

    With one version only it is compared with itself.

    Raises:
        VersionNotFoundError: there is none of that number.
    """
    later = versions[-1] if after is None else _numbered(versions, after)
    if before is not None:
        return _numbered(versions, before), later
    earlier = [version for version in versions if version.number < later.number]
    return (earlier[-1] if earlier else later), later


def _numbered(versions: list[Version], number: int) -> Version:
    for version in versions:
        if version.number == number:
            return version
    known = f"{versions[0].number} to {versions[-1].number}" if len(versions) > 1 else "1 only"
    raise VersionNotFoundError(f"there is no version {number} of this article; there are {known}")
