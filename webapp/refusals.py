"""What is refused though it could be answered: too much, too often, too slow, by nobody known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False, kw_only=True)
class RefusedError(Exception):
    """A request is refused; the message is safe to show.

    Attributes:
        status: of the answer, 401, 403, 429 or 503.
        code: stable word for programs.
        retry_after_s: when to try again, or None.
        challenge: value of ``WWW-Authenticate`` of a 401, or empty.
    """

    status: int
    code: str
    message: str
    retry_after_s: int | None = None
    challenge: str = ""

    def __str__(self) -> str:
        return self.message


def busy(retry_after_s: int = 1) -> RefusedError:
    """Return the refusal of a server that has as much to do as it can."""
    return RefusedError(
        status=503,
        code="busy",
        message="The archive has too many searches to answer just now. Try again in a moment.",
        retry_after_s=retry_after_s,
    )


def too_often(retry_after_s: int) -> RefusedError:
    """Return the refusal of a client that asks too often."""
    return RefusedError(
        status=429,
        code="too_many_requests",
        message=f"Too many requests. Try again in {retry_after_s} s.",
        retry_after_s=retry_after_s,
    )


def unknown_reader() -> RefusedError:
    """Return the refusal of a request without a session or a token."""
    return RefusedError(
        status=401,
        code="login_needed",
        message="This archive has a password. Log in, or send a token: Authorization: Bearer …",
        challenge='Bearer realm="archive"',
    )


def foreign_form() -> RefusedError:
    """Return the refusal of a form that another site sent."""
    message = "Only a page of this archive can do that: open it and try again."
    return RefusedError(status=403, code="forbidden", message=message)
