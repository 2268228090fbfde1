"""A real browser before a real server on loopback.

Without Chromium or playwright these tests are skipped, unless
``--require-browser`` or ``ARCHIVE_REQUIRE_BROWSER=1`` says that they must run.
"""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass, field

import pytest

from tests.webapp.small_archive import build
from webapp import create_app
from webapp.server import Server
from webapp.services import Services

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = [
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--no-default-browser-check",
]  # fmt: skip


@dataclass
class Seen:
    """What the browser noticed on a page: policy violations, script errors, addresses asked for."""

    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser(request):
    must = request.config.getoption("--require-browser", default=False) or os.environ.get(
        "ARCHIVE_REQUIRE_BROWSER"
    )
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if path is None or sync_playwright is None:
        missing = "Chromium" if path is None else "playwright"
        (pytest.fail if must else pytest.skip)(f"{missing} is not installed")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *(["--no-sandbox"] if root else [])]
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("archive"), "memory", extra=25)
    with Services(settings) as services:
        server = Server(create_app(settings, services=services), host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server.url
        server.stop()
        thread.join(20)


@pytest.fixture
def open_page(browser, address):
    """Return a function that opens a path and gives the page, with what was `Seen` in ``page.seen``."""
    contexts = []

    def open_(path="/", **options):
        options = {"viewport": {"width": 1200, "height": 900}, "base_url": address, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.seen = Seen()
        page.on("console", lambda message: page.seen.console.append(message.text))
        page.on("pageerror", lambda error: page.seen.console.append(str(error)))
        page.on("dialog", lambda dialog: (page.seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.seen.addresses.append(request.url))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
