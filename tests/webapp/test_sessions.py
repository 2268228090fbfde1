"""A session is signed, ends by itself, and once ended stays ended."""

from __future__ import annotations

import json

import pytest

from webapp.sessions import ABSOLUTE_S, IDLE_S, MAX_SESSIONS, RENEW_S, Sessions

KEY = "ab" * 32


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(tmp_path, clock):
    return Sessions(tmp_path, clock=clock)


def test_a_session_is_known_by_its_cookie(sessions):
    cookie = sessions.begin(KEY)

    assert sessions.check(KEY, cookie) is not None


def test_a_cookie_that_was_changed_or_signed_otherwise_is_not_believed(sessions):
    cookie = sessions.begin(KEY)
    name, began, used, signature = cookie.split(".")

    for forged in (
        "",
        "x",
        f"{name}.{began}.{int(used) + 9999}.{signature}",
        cookie + "0",
        cookie[:-1],
        "é" * 5,
    ):
        assert sessions.check(KEY, forged) is None
    assert sessions.check("cd" * 32, cookie) is None
    assert sessions.check("", cookie) is None


def test_a_session_ends_when_it_is_not_used(sessions, clock):
    cookie = sessions.begin(KEY)

    clock.now += IDLE_S
    assert sessions.check(KEY, cookie) is not None
    clock.now += 1
    assert sessions.check(KEY, cookie) is None


def test_use_keeps_a_session_but_not_for_ever(sessions, clock):
    cookie = sessions.begin(KEY)
    ends = clock.now + ABSOLUTE_S

    while (found := sessions.check(KEY, cookie)) is not None:
        cookie = found.renewed or cookie
        clock.now += IDLE_S / 2

    assert ends < clock.now <= ends + IDLE_S


def test_a_cookie_ends_though_the_list_would_keep_its_session(sessions, tmp_path, clock):
    cookie = sessions.begin(KEY)
    ends = clock.now + ABSOLUTE_S
    listed = json.loads((tmp_path / "sessions.json").read_text())
    (tmp_path / "sessions.json").write_text(json.dumps(dict.fromkeys(listed, ends)))
    sessions = Sessions(tmp_path, clock=clock)

    while (found := sessions.check(KEY, cookie)) is not None:
        cookie = found.renewed or cookie
        clock.now += IDLE_S / 2

    assert ends < clock.now <= ends + IDLE_S


def test_the_list_forgets_sessions_that_are_over(sessions, tmp_path, clock):
    sessions.begin(KEY)
    (over,) = json.loads((tmp_path / "sessions.json").read_text())

    clock.now += ABSOLUTE_S + 1
    sessions.begin(KEY)

    (left,) = json.loads((tmp_path / "sessions.json").read_text())
    assert left != over


def test_the_limits_are_those_that_are_documented():
    assert (IDLE_S, ABSOLUTE_S) == (12 * 60 * 60, 30 * 24 * 60 * 60)


def test_the_cookie_is_renewed_now_and_then_only(sessions, clock):
    cookie = sessions.begin(KEY)

    clock.now += RENEW_S
    assert sessions.check(KEY, cookie).renewed == ""
    clock.now += 1
    assert sessions.check(KEY, cookie).renewed != ""


def test_an_ended_session_stays_ended_though_its_cookie_is_signed(sessions, tmp_path, clock):
    cookie = sessions.begin(KEY)
    other = sessions.begin(KEY)

    sessions.end(sessions.check(KEY, cookie))

    assert sessions.check(KEY, cookie) is None
    assert sessions.check(KEY, other) is not None
    assert Sessions(tmp_path, clock=clock).check(KEY, cookie) is None


def test_a_restart_ends_no_session(sessions, tmp_path, clock):
    cookie = sessions.begin(KEY)

    assert Sessions(tmp_path, clock=clock).check(KEY, cookie) is not None


def test_the_file_holds_nothing_to_log_in_with(sessions, tmp_path):
    cookie = sessions.begin(KEY)

    assert cookie.split(".")[0] not in (tmp_path / "sessions.json").read_text()


def test_the_oldest_sessions_give_way(sessions, clock):
    first = sessions.begin(KEY)
    for _ in range(MAX_SESSIONS):
        clock.now += 1
        last = sessions.begin(KEY)

    assert sessions.check(KEY, first) is None
    assert sessions.check(KEY, last) is not None


def test_sessions_live_in_memory_where_nothing_can_be_written(tmp_path, clock):
    (tmp_path / "home").write_text("no folder")
    sessions = Sessions(tmp_path / "home", clock=clock)

    cookie = sessions.begin(KEY)

    assert sessions.check(KEY, cookie) is not None
    sessions.end(sessions.check(KEY, cookie))
    assert sessions.check(KEY, cookie) is None
