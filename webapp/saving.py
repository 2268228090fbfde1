"""The pages of saved searches: the only ones that write, and only for whoever sits at the machine."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as BaseResponse

from webapp.auth import may_write
from webapp.context import answers, page_size
from webapp.origins import is_own_form
from webapp.params import ParameterError, no_params
from webapp.saved import params_from_query
from webapp.takeaway import feed_response
from webapp.urls import saved_url

saving = Blueprint("saving", __name__)

_FEED_LENGTH = 50


@saving.before_request
def _may_write() -> None:
    """Let only a form of our own write, and only on loopback.

    With a password: only who gave it.
    """
    if request.method != "POST":
        return
    if not may_write():
        raise Forbidden("Saved searches can be changed on the machine of the archive only.")
    if not is_own_form():
        raise Forbidden("Only a page of this archive can do that.")


@saving.get("/saved")
def index() -> str:
    """All saved searches, with what is new."""
    no_params(request.args)
    return render_template("saved.html", searches=answers().saved.all())


@saving.get("/saved/<slug>")
def show(slug: str) -> str:
    """One saved search: what it finds, the latest stored first."""
    no_params(request.args)
    found = answers().saved.one(slug)
    params = replace(found.params, sort="added", limit=page_size(), facets=False)
    page = None if found.problem else answers().search(params)
    return render_template("saved_search.html", found=found, page=page)


@saving.get("/saved/<slug>/feed.<extension>")
def feed(slug: str, extension: str) -> BaseResponse:
    """The feed of a saved search: its address stays when the search changes."""
    no_params(request.args)
    found = answers().saved.one(slug)
    if found.problem:
        raise ParameterError("bad_parameter", f"This search cannot be answered: {found.problem}", "q")
    return feed_response(
        extension,
        replace(found.params, sort="added"),
        _FEED_LENGTH,
        page=saved_url(slug),
        title=f"{found.search.name} · Article Archive",
    )


@saving.post("/saved")
def save() -> BaseResponse:
    """Save the search of the field ``query`` under ``name``."""
    name = request.form.get("name", "").strip()
    if not name or len(name) > 100:
        raise ParameterError("bad_parameter", "A saved search has a name of 1 to 100 characters.", "name")
    found = answers().saved.save(name, params_from_query(request.form.get("query", "")))
    return redirect(saved_url(found.slug), code=303)


@saving.post("/saved/<slug>/seen")
def seen(slug: str) -> BaseResponse:
    """Note that everything up to the field ``id`` was seen."""
    number = request.form.get("id", "").strip()
    if number and not (number.isascii() and number.isdigit() and len(number) < 19):
        raise ParameterError("bad_parameter", "'id' is the id of an article.", "id")
    answers().saved.visit(slug, seen=int(number) if number else None)
    return redirect(saved_url(slug), code=303)


@saving.post("/saved/<slug>/remove")
def remove(slug: str) -> BaseResponse:
    """Forget a saved search."""
    answers().saved.remove(slug)
    return redirect(saved_url(), code=303)
