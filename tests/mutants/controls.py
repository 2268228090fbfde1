"""Break the controls of docs/security.md, one at a time, and see their tests fail.

    python tests/mutants/controls.py [ITEM...]

Each is broken as a careless change would.  Works on a copy of the project; exits 1
if a test does not notice, or if what is to be broken is not there any more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns

ROOT = Path(__file__).parents[2]
PARTS = ("archive", "index", "webapp", "tests", "docs", "seeds")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md")

AUTH, SESSIONS, SECURITY = (
    "tests/webapp/test_auth.py",
    "tests/webapp/test_sessions.py",
    "tests/webapp/test_security.py",
)


@dataclass(frozen=True, slots=True)
class Break:
    """A control by its item in the table, the text that makes it and what a slip would leave, the test."""

    item: str
    path: str
    old: str
    new: str
    test: str


BREAKS = (
    Break("3.5.1 fetch metadata", "webapp/origins.py", 'return site == "same-origin"', "return True",
          f"{AUTH}::test_another_site_cannot_post"),
    Break("3.5.1 same site is not same origin", "webapp/origins.py", 'return site == "same-origin"',
          'return site != "cross-site"', f"{AUTH}::test_another_site_cannot_post"),
    Break("3.5.1 origin", "webapp/origins.py", 'return request.headers.get("Origin") == request.host_url.rstrip("/")',
          "return True", f"{AUTH}::test_another_site_cannot_post"),
    Break("3.5.1 login", "webapp/auth.py", '''def try_login() -> BaseResponse:
    """Begin a session, if the password is right."""
    if not is_own_form():''', '''def try_login() -> BaseResponse:
    """Begin a session, if the password is right."""
    if False:''', f"{AUTH}::test_another_site_cannot_post"),
    Break("3.5.1 logout", "webapp/auth.py", '''    """End the session, for good."""
    if not is_own_form():''', '''    """End the session, for good."""
    if False:''', f"{AUTH}::test_another_site_cannot_post"),
    Break("7.3.1 idle end", "webapp/sessions.py", "now - used > IDLE_S or ", "",
          f"{SESSIONS}::test_a_session_ends_when_it_is_not_used"),
    Break("7.3.2 absolute end in the cookie", "webapp/sessions.py", " or now - began > ABSOLUTE_S", "", SESSIONS),
    Break("7.3.2 absolute end in the list", "webapp/sessions.py", " if now - began <= ABSOLUTE_S}", "}", SESSIONS),
    Break("7.2.1 signature", "webapp/sessions.py", "if not hmac.compare_digest(signature, _signature(key, said)):",
          "if False:", f"{SESSIONS}::test_a_cookie_that_was_changed_or_signed_otherwise_is_not_believed"),
    Break("7.2.4 old session", "webapp/auth.py", "door().sessions.end(before)", "pass",
          f"{AUTH}::test_a_new_login_ends_the_session_before"),
    Break("7.4.1 logout", "webapp/auth.py", "door().sessions.end(session)", "pass",
          f"{AUTH}::test_logging_out_ends_the_session_for_good"),
    Break("14.3.1 browser cleared", "webapp/auth.py", 'answer.headers["Clear-Site-Data"] = \'"cache", "storage"\'', "pass",
          f"{AUTH}::test_logging_out_ends_the_session_for_good"),
    Break("8.3.1 one door", "webapp/auth.py", "app.before_request(_check_reader)", "pass",
          f"{AUTH}::test_with_a_password_nothing_of_the_archive_is_answered_to_strangers"),
    Break("8.2.2 feed tokens", "webapp/auth.py", ' or (found.scope == "feeds" and not is_feed(request.path))', "",
          f"{AUTH}::test_a_feed_token_opens_feeds_only_also_in_the_address"),
    Break("6.3.1 attempts of one", "webapp/auth.py", "if wait := door().attempts.take(client) or ", "if wait := ",
          f"{AUTH}::test_attempts_are_limited_also_for_the_right_password"),
    Break("6.3.1 attempts of all", "webapp/auth.py", ' or door().all_attempts.take("all")', "", AUTH),
    Break("3.3.4 HttpOnly", "webapp/auth.py", '''        httponly=True,
        samesite="Lax",  # a link''', '''        samesite="Lax",  # a link''',
          f"{AUTH}::test_the_cookie_is_out_of_reach_of_scripts_and_other_sites"),
    Break("3.3.1 Secure", "webapp/auth.py", '''        secure=request.is_secure,
        httponly=True,
        samesite="Lax",  # a link''', '''        httponly=True,
        samesite="Lax",  # a link''', f"{AUTH}::test_over_tls_the_cookie_is_secure_and_bound_to_the_host"),
    Break("3.7.2 redirects", "webapp/auth.py", "_LOCAL_PATH.fullmatch(path)", "path",
          f"{AUTH}::test_the_login_never_sends_to_another_site"),
    Break("3.4.1 HSTS", "webapp/security.py", "    if request.is_secure:\n", "    if True:\n",
          f"{SECURITY}::test_hsts_is_sent_over_tls_only"),
    Break("3.4.3 CSP", "webapp/security.py", "\"script-src 'self'\"", "\"script-src 'self' 'unsafe-inline'\"",
          f"{SECURITY}::test_every_answer_carries_the_headers"),
    Break("4.1.3 proxies", "webapp/proxies.py", 'environ.pop(f"HTTP_{name}", None)', "pass", SECURITY),
    Break("4.1.3 everybody a proxy", "webapp/proxies.py", "return any(found in network for network in self._trusted)", "return True", SECURITY),
    Break("14.3.2 stored nowhere", "webapp/security.py", '"private, no-store" if is_private else ', "",
          f"{AUTH}::test_what_a_reader_gets_is_stored_nowhere"),
    Break("13.4.5 metrics", "webapp/observing.py", " and is_loopback(request.remote_addr or \"\")))", "))",
          "tests/webapp/test_metrics.py::test_without_a_password_only_this_machine_sees_them"),
    Break("13.3.1 secrets apart", "webapp/access.py", "0o600)", "0o644)",
          "tests/webapp/test_access.py::test_only_the_owner_can_read_it"),
    Break("1.2.10 cells", "webapp/exports/csv.py", "return \"'\" + text if", "return text if",
          "tests/webapp/test_exports_formats.py::test_a_cell_is_no_formula"),
    Break("1.2.2 schemes", "webapp/urls.py", 'parts.scheme.lower() not in ("http", "https")',
          'parts.scheme.lower() not in ("http", "https", "javascript", "data")',
          "tests/webapp/test_pages_article.py::test_only_web_addresses_become_links"),
    Break("1.5.1 entities", "archive/readers/feedxml.py", "resolve_entities=False", "resolve_entities=True",
          "tests/archive/test_readers_feed.py::test_the_parser_itself_resolves_nothing"),
    Break("16.4.1 lines", "webapp/logs.py", "return visible_text(text", "return str(text", "tests/webapp/test_logs.py"),
    Break("16.4.1 line ends", "webapp/logs.py", ".translate(_LINE_ENDS)", "", "tests/webapp/test_logs.py"),
    Break("6.2.1 length", "webapp/passwords.py", "if not MIN_CHARS <= len(password) <= MAX_CHARS:", "if not password:",
          "tests/webapp/test_access.py::test_a_password_is_long_and_not_the_first_to_try"),
    Break("5.2.3 number of entries",
        "archive/containers.py",
        "if self.entries > self.limits.entries:",
        "if False:",
        "tests/archive/test_containers.py",
    ),
)  # fmt: skip


def main() -> int:
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="controls-") as folder:
        copy = Path(folder)
        for part in PARTS:
            copytree(ROOT / part, copy / part, ignore=ignore_patterns("__pycache__"))
        for name in FILES:
            (copy / name).write_bytes((ROOT / name).read_bytes())
        breaks = [each for each in BREAKS if not wanted or each.item.startswith(tuple(wanted))]
        if run(copy, *sorted({each.test for each in breaks})) != 0:
            print("the tests fail without a fault")
            return 1
        unnoticed = 0
        for each in breaks:
            problem = check(copy, each)
            unnoticed += bool(problem)
            print(f"{each.item}: {problem or 'noticed'}", flush=True)
    print(f"{len(breaks) - unnoticed} of {len(breaks)} noticed")
    return int(unnoticed > 0)


def check(copy: Path, each: Break) -> str:
    """Return why the break went unnoticed, empty if the test failed as it should."""
    path = copy / each.path
    original = path.read_text("utf-8")
    if each.old not in original:
        return f"{each.path} does not hold what is to be broken"
    path.write_text(original.replace(each.old, each.new, 1), "utf-8")
    try:
        return "" if run(copy, each.test) == 1 else f"NOT NOTICED by {each.test}"
    finally:
        path.write_text(original, "utf-8")


def run(copy: Path, *tests: str) -> int:
    """Return pytest's exit code: 1 is a test that failed, not one that could not be begun."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    return subprocess.run(
        command, cwd=copy, env=env, capture_output=True, timeout=300, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
