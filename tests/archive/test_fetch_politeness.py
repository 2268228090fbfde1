"""Turns of hosts, by a clock that only the test moves."""

from __future__ import annotations

import threading

import pytest
from local_site import body, client_for, page, serving

from archive.errors import FetchError
from archive.fetch.politeness import Politeness


class Clock:
    """Moves when somebody sleeps."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def turns(clock, **settings):
    return Politeness(clock=clock, sleep=clock.sleep, **settings)


def times(clock, politeness, hosts, **more):
    began = []
    for host in hosts:
        with politeness.turn(host, **more):
            began.append(clock.now - 100.0)
    return began


def test_host_is_asked_once_a_second(clock):
    assert times(clock, turns(clock), ["a", "a", "a"]) == [0.0, 1.0, 2.0]


def test_hosts_do_not_wait_for_each_other(clock):
    assert times(clock, turns(clock), ["a", "b", "a", "b"]) == [0.0, 0.0, 1.0, 1.0]


def test_time_that_passed_anyway_is_not_waited_for(clock):
    politeness = turns(clock)
    times(clock, politeness, ["a"])
    clock.now += 5.0

    assert times(clock, politeness, ["a"]) == [5.0]


def test_delay_that_the_site_asks_for_counts_up_to_a_minute(clock):
    assert times(clock, turns(clock), ["a"] * 3, delay_s=10.0) == [0.0, 10.0, 20.0]
    assert times(clock, turns(clock), ["b"] * 2, delay_s=1e9) == [20.0, 80.0]


def test_host_that_asks_for_peace_is_left_alone(clock):
    politeness = turns(clock, max_wait_s=120.0)
    politeness.hold_off("a", 100.0)
    politeness.hold_off("b", 200.0)

    assert times(clock, politeness, ["a"]) == [100.0]
    clock.now = 100.0
    with pytest.raises(FetchError) as caught, politeness.turn("b"):
        pass
    assert (caught.value.code, caught.value.retry_after_s) == ("busy", 200.0)


def test_one_host_has_one_request_at_a_time(clock):
    politeness = turns(clock)
    second_began = threading.Event()

    def second():
        with politeness.turn("a"):
            second_began.set()

    thread = threading.Thread(target=second)
    with politeness.turn("a"):
        thread.start()
        assert not second_began.wait(0.1)
    thread.join(5)

    assert second_began.is_set()


def test_client_keeps_to_the_rate_robots_txt_and_redirects_included(clock):
    with serving() as site:
        site.answers |= {
            "/robots.txt": body(b"User-agent: *\nCrawl-delay: 3", media_type="text/plain"),
            "/a": body(page("A")),
            "/b": body(page("B")),
        }
        client = client_for(site, politeness=turns(clock))

        client.get(f"{site.url}/a")
        client.get(f"{site.url}/b")

    # robots.txt at 0, the first page a second later, the next after the site's own delay.
    assert clock.now == 104.0
