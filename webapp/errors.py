"""Errors to answers: one status, one stable code and one shape for each.

What the asker can mend is a 4xx with a message that says how; what the
operator must mend is a 503 with the command.  Everything else is a 500 that
tells nothing but a number to look up in the log.
"""

from __future__ import annotations

import logging
import re
import secrets
from dataclasses import dataclass

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from archive.errors import (
    ArticleDamagedError,
    ArticleNotFoundError,
    LockHeldError,
    SearchNotFoundError,
    StoreDamagedError,
    StoreError,
)
from index.errors import (
    DeadlineExceededError,
    EngineError,
    EngineUnavailableError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    QueryError,
    QueryLimitError,
)
from webapp.marking import visible_text
from webapp.params import PARAMETERS, ParameterError
from webapp.refusals import RefusedError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What an answer says of an error.

    Attributes:
        code: stable word for programs.
        message: for people, safe to show.
        parameter: query parameter at fault, or empty.
        position: offset in the query text, or None.
        retry_after_s: when to try again, or None.
        allow: methods of a 405.
        challenge: ``WWW-Authenticate`` of a 401.
    """

    status: int
    code: str
    message: str
    parameter: str = ""
    position: int | None = None
    retry_after_s: int | None = None
    allow: tuple[str, ...] = ()
    challenge: str = ""


#: The most specific class wins; anything unlisted is a bug and is a 500.
STATUS: dict[type[Exception], tuple[int, str]] = {
    QueryError: (400, "bad_query"),
    QueryLimitError: (400, "query_too_large"),
    ArticleNotFoundError: (404, "not_found"),
    SearchNotFoundError: (404, "not_found"),
    IndexMissingError: (503, "index_missing"),
    IndexOutdatedError: (503, "index_outdated"),
    IndexDamagedError: (503, "index_damaged"),
    EngineUnavailableError: (503, "engine_unavailable"),
    DeadlineExceededError: (503, "deadline_exceeded"),
    EngineError: (503, "engine_error"),
    LockHeldError: (503, "locked"),
    ArticleDamagedError: (503, "article_damaged"),
    StoreDamagedError: (503, "store_damaged"),
    StoreError: (503, "store_error"),
}

_HTTP_MESSAGES = {
    400: ("bad_request", "The request could not be understood."),
    403: ("forbidden", "Only a page of this archive, on its own machine, can do that."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address answers GET and HEAD only."),
    406: ("not_acceptable", "The API answers application/json only: ask for that, or for */*."),
    413: ("body_too_large", "The archive takes no request bodies of this size."),
    414: ("address_too_long", "The address is too long: shorten the query."),
    431: ("headers_too_large", "The headers of the request are too large."),
}

_HEADINGS = {
    400: "That search cannot be answered",
    401: "Not for everybody",
    403: "Not allowed",
    404: "Not in the archive",
    405: "Not possible here",
    413: "Too large",
    414: "Too long",
    429: "Too many requests",
    500: "Something went wrong",
    503: "The archive cannot be searched just now",
}

#: The command that mends an index, as errors name it; of the configured engine unless told.
_REINDEX = re.compile(r"archive reindex(?: --engine [a-z]+)?")


def problem_from_error(error: Exception) -> Problem:
    """Return what to say of ``error``; never its traceback, its type or a path."""
    if isinstance(error, ParameterError):
        return Problem(status=400, code=error.code, message=error.message, parameter=error.parameter)
    if isinstance(error, RefusedError):
        return Problem(
            status=error.status,
            code=error.code,
            message=error.message,
            retry_after_s=error.retry_after_s,
            challenge=error.challenge,
        )
    if isinstance(error, HTTPException):
        return _problem_from_http(error)
    for cls in type(error).__mro__:
        if cls in STATUS:
            status, code = STATUS[cls]
            return _listed(error, status, code)
    return _internal(error)


def _listed(error: Exception, status: int, code: str) -> Problem:
    if isinstance(error, QueryError):
        # What is wrong with another parameter than the query begins with its name.
        name = str(error).partition(": ")[0]
        parameter = name if name in PARAMETERS else "q"
        return Problem(
            status=status, code=code, message=str(error), parameter=parameter, position=error.position
        )
    if isinstance(error, ArticleNotFoundError):
        return Problem(status=status, code=code, message="No article has this address.")
    if isinstance(error, SearchNotFoundError):
        return Problem(status=status, code=code, message="No saved search has this address.")
    if isinstance(error, DeadlineExceededError):
        message = "The search took too long and was stopped. Try fewer wildcards or more words."
        return Problem(status=status, code=code, message=message, retry_after_s=5)
    if isinstance(error, IndexMissingError | IndexOutdatedError | IndexDamagedError):
        return Problem(status=status, code=code, message=_with_command(error), retry_after_s=60)
    if isinstance(error, ArticleDamagedError):
        log.error("%s: %s", code, error)
        message = (
            f"Article {error.article} ({visible_text(error.slug)}) is damaged: it is not what was written, "
            "and is not shown. The others are not affected. Run: archive verify"
        )
        return Problem(status=status, code=code, message=message, retry_after_s=60)
    log.error("%s: %s", code, error, exc_info=error)
    messages = {
        "locked": "Another process is writing to the archive. Try again in a moment.",
        "store_damaged": "The store of articles is damaged. Run: archive verify",
        "store_error": "The store of articles cannot be read. Run: archive status",
    }
    message = messages.get(code, "The search engine cannot answer. Run: archive status")
    return Problem(status=status, code=code, message=message, retry_after_s=30)


def _with_command(error: Exception) -> str:
    """Return what is wrong with the index and what mends it, without folders of this machine."""
    said = {
        IndexMissingError: "No index has been built yet.",
        IndexOutdatedError: "The index was built by another version of the archive.",
        IndexDamagedError: "The index is damaged. The articles themselves are safe in the store.",
    }
    log.warning("search is not possible: %s", error)
    what = next(text for cls, text in said.items() if isinstance(error, cls))
    command = _REINDEX.search(str(error))
    return f"{what} Run: {command[0] if command else 'archive reindex'}"


def _problem_from_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status >= 500 and status != 503:
        return _internal(error)
    code, message = _HTTP_MESSAGES.get(status, ("bad_request", "The request could not be understood."))
    if isinstance(error, SecurityError):
        return Problem(
            status=400, code="unknown_host", message="The archive does not answer to this host name."
        )
    allow = tuple(sorted(error.valid_methods or ())) if isinstance(error, MethodNotAllowed) else ()
    return Problem(status=status, code=code, message=message, allow=allow)


def _internal(error: Exception) -> Problem:
    number = secrets.token_hex(4)
    log.error("unexpected error %s at %r", number, request.path, exc_info=error)
    message = f"An unexpected error was noted as {number}; the log says more."
    return Problem(status=500, code="internal_error", message=message)


def wants_json() -> bool:
    """Tell whether an error should be JSON: always under /api/, else if preferred to HTML."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(("text/html", "application/json"), default="text/html")
    return best == "application/json" and (
        request.accept_mimetypes["application/json"] > request.accept_mimetypes["text/html"]
    )


def error_response(error: Exception) -> Response:
    """Answer ``error`` in the shape that was asked for."""
    problem = problem_from_error(error)
    if wants_json():
        response = jsonify(problem_json(problem))
    else:
        heading = _HEADINGS.get(problem.status, "That did not work")
        response = make_response(
            render_template(
                "error.html",
                problem=problem,
                heading=heading,
                q=visible_text(request.args.get("q", ""))[:1000],
            )
        )
    response.status_code = problem.status
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.challenge:
        response.headers["WWW-Authenticate"] = problem.challenge
    if problem.allow:
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def problem_json(problem: Problem) -> dict[str, dict[str, str | int]]:
    """Return the one shape of an error in JSON."""
    said: dict[str, str | int] = {"code": problem.code, "message": problem.message}
    if problem.parameter:
        said["parameter"] = problem.parameter
    if problem.position is not None:
        said["position"] = problem.position
    return {"error": said}


def register(app: Flask) -> None:
    """Let ``app`` answer every error from here, also the unexpected ones."""
    app.register_error_handler(Exception, error_response)
