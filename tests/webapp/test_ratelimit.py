"""How often a client may ask, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.fake_services import make_client
from webapp.ratelimit import RateLimit, client_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_the_rate():
    clock = Clock()
    limit = RateLimit(rate=2, burst=3, clock=clock)

    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 1]
    clock.now += 0.5
    assert [limit.take("a") for _ in range(2)] == [0, 1]


def test_what_was_refused_does_not_count():
    clock = Clock()
    limit = RateLimit(rate=1, burst=1, clock=clock)
    limit.take("a")

    for _ in range(100):
        assert limit.take("a") == 1
    clock.now += 1
    assert limit.take("a") == 0


def test_clients_do_not_share_a_bucket():
    limit = RateLimit(rate=1, burst=1, clock=Clock())

    assert [limit.take("a"), limit.take("b"), limit.take("a")] == [0, 0, 1]


def test_memory_is_bounded_and_those_who_asked_last_are_remembered():
    limit = RateLimit(rate=0.001, burst=1, most=100, clock=Clock())

    for number in range(10_000):
        limit.take(str(number))

    assert limit.clients() == 100
    assert limit.take("9999") > 0
    assert limit.take("0") == 0


@given(
    st.lists(st.floats(0, 5), min_size=1, max_size=60), st.integers(1, 10), st.sampled_from([0.5, 1.0, 4.0])
)
def test_never_more_than_burst_and_rate_allow(pauses, burst, rate):
    clock = Clock()
    limit = RateLimit(rate=rate, burst=burst, clock=clock)
    began, taken = clock.now, 0

    for pause in pauses:
        clock.now += pause
        taken += limit.take("a") == 0
        assert taken <= burst + rate * (clock.now - began) + 1e-6


CLIENTS = [
    pytest.param("192.0.2.7", "192.0.2.7", id="ipv4"),
    pytest.param("::ffff:192.0.2.7", "192.0.2.7", id="mapped"),
    pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="ipv6-network"),
    pytest.param("not an address" * 9, ("not an address" * 9)[:50], id="other"),
]


@pytest.mark.parametrize(("address", "client"), CLIENTS)
def test_a_client_is_an_address_or_a_household(address, client):
    assert client_of(address) == client


def asked(client, address, path="/?q=x"):
    return client.get(path, environ_base={"REMOTE_ADDR": address})


def test_a_client_that_asks_too_often_is_told_when_to_come_back():
    client = make_client(rate_limit=30)

    answers = [asked(client, "192.0.2.7") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "nosniff" in answers[-1].headers["X-Content-Type-Options"]
    assert asked(client, "192.0.2.8").status_code == 200
    assert asked(client, "192.0.2.7", "/api/v1/search").json["error"]["code"] == "too_many_requests"


def test_health_and_styles_are_not_counted():
    client = make_client(rate_limit=1)

    for _ in range(50):
        assert asked(client, "192.0.2.7", "/healthz").status_code == 200
        assert asked(client, "192.0.2.7", "/static/style.css").status_code == 200


def test_this_machine_is_not_limited_and_a_limit_of_none_limits_nobody():
    here, free = make_client(rate_limit=1), make_client(rate_limit=0)

    for _ in range(30):
        assert asked(here, "127.0.0.1").status_code == 200
        assert asked(free, "192.0.2.7").status_code == 200


def test_behind_a_proxy_the_client_behind_it_is_limited():
    client = make_client(rate_limit=1, proxies="127.0.0.1", home=Path("/nowhere"))

    def status(forwarded, peer="127.0.0.1"):
        headers = {"X-Forwarded-For": forwarded}
        return client.get("/?q=x", headers=headers, environ_base={"REMOTE_ADDR": peer}).status_code

    assert [status("192.0.2.7") for _ in range(21)][-2:] == [200, 429]
    assert status("192.0.2.8") == 200
    # What the client itself wrote before the proxy's entry does not count.
    assert status("192.0.2.99, 192.0.2.7") == 429
    # Who is no proxy is not believed.
    assert [status("192.0.2.9", peer="198.51.100.1") for _ in range(21)][-1] == 429
    assert status("192.0.2.10", peer="198.51.100.1") == 429
