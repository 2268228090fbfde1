"""Where a request comes from: our own page, or another site through its visitor's browser."""

from __future__ import annotations

from flask import g, request


def is_own_form() -> bool:
    """Tell whether the browser says that a page of this archive sent this request.

    ``Sec-Fetch-Site`` is what browsers say and pages cannot change, on HTTPS
    and on loopback; ``Origin`` is what they say elsewhere.  Who sends neither is
    no browser, and no page can make it ask; it has tokens.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.host_url.rstrip("/")


def has_form() -> None:
    """Say that the answer to this request holds a form that posts."""
    g.has_form = True
