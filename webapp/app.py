"""The web application, put together from its parts."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, request, url_for

from index.query.languages import language_name
from webapp import auth, errors, limits, observing, security, urls, wording
from webapp.api import api
from webapp.context import EXTENSION, Answers
from webapp.exports import FEEDS, FORMATS
from webapp.marking import code_spans, mark, visible_text
from webapp.pages import pages
from webapp.presenters import captures, date_words, day_words, minute_words
from webapp.saving import saving
from webapp.takeaway import takeaway

if TYPE_CHECKING:
    from webapp.deadline import Runner
    from webapp.settings import Settings

_YEAR_SECONDS = 365 * 24 * 3600


def create_app(
    settings: Settings,
    *,
    services: Answers | None = None,
    runner: Runner | None = None,
    needs_password: bool = False,
) -> Flask:
    """Return the WSGI application over the archive that ``settings`` name.

    Args:
        services: what answers; made from ``settings`` unless given.
        runner: where searches are made, such as a `webapp.deadline.WorkerPool`;
            in this process unless given.
        needs_password: nobody may read without one, also when it is cleared or lost
            while the application runs.
    """
    app = Flask("webapp", static_url_path="/static")
    app.config["PAGE_SIZE"] = settings.page_size
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    metrics = observing.install(app, settings)
    services = services if services is not None else _services(settings)
    app.extensions[EXTENSION] = limits.guard(services, settings, metrics, runner)
    security.protect(app, host=settings.host, hosts=settings.hosts)
    limits.limit_clients(app, settings, metrics)
    auth.install(app, settings, metrics, needs_password=needs_password)
    _set_up_templates(app)
    app.register_blueprint(pages)
    app.register_blueprint(api)
    app.register_blueprint(takeaway)
    app.register_blueprint(saving)
    errors.register(app)
    return app


def _services(settings: Settings) -> Answers:
    from webapp.services import Services

    return Services(settings)


def _set_up_templates(app: Flask) -> None:
    app.jinja_env.autoescape = True  # also for names that do not end in .html
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        mark=mark,
        code_spans=code_spans,
        plain=visible_text,
        date_words=date_words,
        day_words=day_words,
        minute_words=minute_words,
        captures=captures,
        date_label=wording.date_label,
        query_label=wording.query_label,
        language_name=language_name,
        path_only=lambda address: address.partition("?")[0],
        number=lambda value: f"{value:,}",
        articles=lambda value: f"{value:,} {'article' if value == 1 else 'articles'}",
    )
    versions = _static_versions(Path(app.root_path) / "static")

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=versions[name])

    app.jinja_env.globals.update(
        static_url=static_url,
        article_url=urls.article_url,
        article_state=urls.article_state,
        author_url=urls.author_url,
        search_url=urls.search_url,
        export_url=urls.export_url,
        feed_url=urls.feed_url,
        query_string=urls.query_string,
        saved_url=urls.saved_url,
        export_formats=tuple(FORMATS.values()),
        feed_formats=tuple(FEEDS.values()),
        with_filter=urls.with_filter,
        facet_url=urls.facet_url,
    )

    def max_age(_name: str | None) -> int | None:
        # An address with the current version in it never changes its content.
        return _YEAR_SECONDS if request.args.get("v") in versions.values() else None

    app.get_send_file_max_age = max_age  # type: ignore[assignment,method-assign]


def _static_versions(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
