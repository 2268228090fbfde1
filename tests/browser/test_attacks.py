"""Attacks in every field, in a real browser: none runs, none leaves the machine, none needs the policy.

``ARCHIVE_XSS=FOLDER`` takes lists of payloads besides, ``ARCHIVE_XSS_PAGES`` says how many
articles are opened, chosen by a fixed seed.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator

import pytest

from tests.webapp.xss_archive import WORD, build, payloads
from webapp import create_app
from webapp.server import Server
from webapp.services import Services

SEED = 20261122
PAGES = int(os.environ.get("ARCHIVE_XSS_PAGES", "25"))

#: Loaded before any page: what an attack would call.
TRAP = """
window.called = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = (...given) => { window.called.push(name + ' ' + given.join()); };
"""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    chosen = payloads()
    if len(chosen) > PAGES:
        chosen = random.Random(SEED).sample(chosen, PAGES)
    settings = build(tmp_path_factory.mktemp("attacked") / "home", chosen)
    with Services(settings) as services:
        app = create_app(settings, services=services)
        slugs = [document.slug for batch in services.store.iterate() for document in batch]
        server = Server(app, host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield server.url.rstrip("/"), slugs
        server.stop()
        thread.join(20)


def test_no_attack_runs(browser, attacked, capsys):
    address, slugs = attacked
    context = browser.new_context(base_url=address)
    context.add_init_script(TRAP)
    page = context.new_page()
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: (told.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    lists = [f"/?q={WORD}&limit=50&page={number + 1}" for number in range((len(slugs) + 49) // 50)]

    for path in [*lists, "/facet/author", "/facet/tag", *(f"/article/{slug}?q={WORD}" for slug in slugs)]:
        page.goto(path)
        # What waits for the reader: pointer, keys, opened details.
        page.evaluate(
            "document.querySelectorAll('*').forEach(e => ['mouseover', 'focus', 'toggle', 'error', 'load']"
            ".forEach(name => e.dispatchEvent(new Event(name))))"
        )
        assert page.evaluate("window.called") == [], path
        assert told == [], path
        assert page.url == address + path, path

    context.close()
    assert len(slugs) > 20
    assert {url for url in asked if not url.startswith(address)} == set()
    with capsys.disabled():
        print(f"\nattacks: {len(slugs)} articles, {len(lists)} lists in a browser, none ran")
