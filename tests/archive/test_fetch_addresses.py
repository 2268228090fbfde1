"""No way into the operator's own network: by number, by name, by redirect, by a name that changes."""

from __future__ import annotations

import pytest
from local_site import body, client_for, page, redirect, serving

from archive.errors import FetchError
from archive.fetch.addresses import AddressRules, checked_addresses, destination_from, why_refused

REFUSED = [
    *("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *(
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
    ),
    *("192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *(
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:10.0.0.1",
        "fe80::1",
        "fe80::1%1",
    ),
    *("fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "100::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "3fff::1", "5f00::1", "not-a-number"),
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.1.1",
    "169.254.1.1",
    "100.64.0.1",
    "::1",
    "fd12:3456::1",
    "fe80::1",
]
NEVER = ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "::ffff:127.0.0.1", "240.0.0.1"]

ALLOWED = AddressRules(allow_private=True)


@pytest.fixture
def site():
    with serving() as site:
        site.answers["/a"] = body(page("A"))
        yield site


@pytest.mark.parametrize("address", REFUSED)
def test_address_that_is_not_public_is_refused(address):
    assert why_refused(address, AddressRules())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address):
    assert why_refused(address, AddressRules()) == ""


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address_is_allowed_to_who_asks_for_it(address):
    assert why_refused(address, ALLOWED) == ""


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_allowed(address):
    assert why_refused(address, ALLOWED)


WRITTEN = [
    pytest.param("HTTP://Example.ORG", "http://example.org/", id="host-and-scheme-fold"),
    pytest.param(
        "https://u:p@example.org:443/a?b#c", "https://example.org/a?b", id="credentials-and-fragment"
    ),
    pytest.param(
        "https://bücher.example/ä b%zz", "https://xn--bcher-kva.example/%C3%A4%20b%25zz", id="international"
    ),
    pytest.param(
        "http://[2606:4700::1111]:8080/", "http://[2606:4700::1111]:8080/", id="number-of-version-6"
    ),
    pytest.param(" http://example.org/a\r\nb\t ", "http://example.org/ab", id="line-ends-are-not-there"),
]


@pytest.mark.parametrize(("url", "expected"), WRITTEN)
def test_address_is_taken_apart(url, expected):
    assert destination_from(url, AddressRules()).url == expected


WRONG = [
    *(
        "file:///etc/passwd",
        "ftp://example.org/",
        "javascript:alert(1)",
        "example.org/a",
        "//example.org/a",
        "",
    ),
    *(
        "http://",
        "http://exa mple.org/",
        "http://example.org:22/",
        "http://example.org:99999/",
        "http://[::1/",
    ),
    *("http://exa\x00mple.org/", "http://" + "a" * 300 + ".org/", "http://example.org/" + "a" * 3000),
]


@pytest.mark.parametrize("url", WRONG, ids=range(len(WRONG)))
def test_what_is_no_address_of_the_web_is_refused(url):
    with pytest.raises(FetchError) as caught:
        destination_from(url, AddressRules())

    assert caught.value.code == "address"


def test_port_can_be_allowed():
    rules = AddressRules(ports=frozenset({9999}))

    assert destination_from("http://example.org:9999/", rules).port == 9999


def test_one_private_address_among_public_ones_refuses_the_host():
    destination = destination_from("http://example.org/", AddressRules())

    with pytest.raises(FetchError, match=r"example\.org is at 10\.0\.0\.1.*--allow-private"):
        checked_addresses(destination, AddressRules(), lambda *_: ["8.8.8.8", "10.0.0.1"], 1.0)


def test_host_that_is_not_there_is_named():
    destination = destination_from("http://nowhere.example/", AddressRules())

    def unknown(*_args):
        raise OSError("Name or service not known")

    with pytest.raises(FetchError, match=r"no host 'nowhere\.example'"):
        checked_addresses(destination, AddressRules(), unknown, 1.0)


def test_resolver_that_gives_no_answer_is_not_waited_for(site):
    destination = destination_from("http://slow.example/", AddressRules())

    with pytest.raises(FetchError, match="not resolved") as caught:
        checked_addresses(destination, AddressRules(), lambda *_: [] * site.stop.wait(10), 0.05)

    assert caught.value.code == "timeout"


LOCAL = [
    "http://127.0.0.1:{port}/a",
    "http://localhost:{port}/a",
    "http://2130706433:{port}/a",
    "http://0x7f.1:{port}/a",
]


@pytest.mark.parametrize("url", LOCAL)
def test_this_machine_is_not_asked_however_it_is_written(site, url):
    # The system's resolver makes 127.0.0.1 of each of them.
    client = client_for(site, allow_private=False, resolve=lambda *_: ["127.0.0.1"])

    with pytest.raises(FetchError) as caught:
        client.get(url.format(port=site.port))

    assert caught.value.code == "address"
    assert site.asked == []


class Resolver:
    """Answers each name with the next of its answers, and counts."""

    def __init__(self, **answers):
        self.answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.asked = []

    def __call__(self, host, _port):
        self.asked.append(host)
        answers = self.answers[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def public_is_here(monkeypatch):
    """Let 93.184.216.34 stand for this machine: connections to it go to 127.0.0.1, to others nowhere."""
    import socket

    connect = socket.create_connection
    connected = []

    def create_connection(address, *args, **kwargs):
        connected.append(address[0])
        assert address[0] == "93.184.216.34", "a connection to an address that was not checked"
        return connect(("127.0.0.1", address[1]), *args, **kwargs)

    monkeypatch.setattr("archive.fetch.connection.socket.create_connection", create_connection)
    return connected


def test_name_that_changes_its_address_after_the_check_gets_nowhere(site, public_is_here):
    resolver = Resolver(rebind_example=[["93.184.216.34"], ["93.184.216.34"], ["127.0.0.1"]])
    client = client_for(site, allow_private=False, resolve=resolver)

    found = client.get(f"http://rebind.example:{site.port}/a")

    # Resolved once for robots.txt and once for the page: the connection is to that answer.
    assert found.body == page("A")
    assert public_is_here == ["93.184.216.34"] * 2
    assert len(resolver.asked) == 2
    with pytest.raises(FetchError) as caught:
        client.get(f"http://rebind.example:{site.port}/a")
    assert caught.value.code == "address"


INSIDE = [
    pytest.param("http://127.0.0.1:{port}/a", id="number"),
    pytest.param("http://inside.example:{port}/a", id="name"),
    pytest.param("//inside.example:{port}/a", id="without-scheme"),
]


@pytest.mark.parametrize("place", INSIDE)
def test_redirect_into_the_own_network_is_refused(site, public_is_here, place):
    site.answers["/out"] = redirect(place.format(port=site.port))
    names = {
        "outside.example": ["93.184.216.34"],
        "inside.example": ["192.168.0.7"],
        "127.0.0.1": ["127.0.0.1"],
    }
    client = client_for(site, allow_private=False, resolve=lambda host, _port: names[host])

    with pytest.raises(FetchError) as caught:
        client.get(f"http://outside.example:{site.port}/out")

    assert caught.value.code == "address"
    assert site.pages == ["/out"]


def test_redirect_of_robots_txt_into_the_own_network_is_refused(site, public_is_here):
    site.answers["/robots.txt"] = redirect(f"http://127.0.0.1:{site.port}/a")
    names = {"outside.example": ["93.184.216.34"], "127.0.0.1": ["127.0.0.1"]}
    client = client_for(site, allow_private=False, resolve=lambda host, _port: names[host])

    with pytest.raises(FetchError):
        client.get(f"http://outside.example:{site.port}/a")

    assert site.asked == ["/robots.txt"]


def test_proxy_of_the_environment_is_not_used(site, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")

    assert client_for(site).get(f"{site.url}/a").body == page("A")
