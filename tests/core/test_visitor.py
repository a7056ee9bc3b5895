"""Who asks, when web servers stand before us; whatever a visitor says of himself is not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.page.visitor import OWN, Header, client_of, networks, visitor, within

TRUSTED = networks(["127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48"])
SAID: dict[str, tuple[str, Header, list[str], str]] = {
    "nobody before us": ("198.51.100.7", "X-Forwarded-For", ["1.1.1.1"], "198.51.100.7"),
    "one before us": ("127.0.0.1", "X-Forwarded-For", ["203.0.113.9"], "203.0.113.9"),
    "what the visitor sent": ("127.0.0.1", "X-Forwarded-For", ["8.8.8.8, 203.0.113.9"],
                              "203.0.113.9"),
    "two before us": ("127.0.0.1", "X-Forwarded-For", ["203.0.113.9, 10.1.2.3"], "203.0.113.9"),
    "in two lines": ("127.0.0.1", "X-Forwarded-For", ["8.8.8.8", "203.0.113.9, 10.1.2.3"],
                     "203.0.113.9"),
    "all of them ours": ("127.0.0.1", "X-Forwarded-For", ["10.0.0.9, 10.1.2.3"], "10.0.0.9"),
    "no header": ("127.0.0.1", "X-Forwarded-For", [], "127.0.0.1"),
    "an empty one": ("127.0.0.1", "X-Forwarded-For", [""], "127.0.0.1"),
    "unknown": ("127.0.0.1", "X-Forwarded-For", ["8.8.8.8, unknown"], "127.0.0.1"),
    "nonsense": ("127.0.0.1", "X-Forwarded-For", ["8.8.8.8, <script>, 10.1.2.3"], "10.1.2.3"),
    "with a port": ("127.0.0.1", "X-Forwarded-For", ["203.0.113.9:4711"], "203.0.113.9"),
    "IPv6": ("127.0.0.1", "X-Forwarded-For", ["2001:db8::7, 2001:db8:ffff::1"], "2001:db8::7"),
    "IPv6 with a port": ("127.0.0.1", "X-Forwarded-For", ["[2001:db8::7]:4711"], "2001:db8::7"),
    "IPv4 in IPv6": ("::ffff:127.0.0.1", "X-Forwarded-For", ["::ffff:203.0.113.9"],
                     "203.0.113.9"),
    "Forwarded": ("127.0.0.1", "Forwarded", ["for=8.8.8.8, for=203.0.113.9;proto=https"],
                  "203.0.113.9"),
    "Forwarded IPv6": ("127.0.0.1", "Forwarded", ['For="[2001:db8::7]:4711";by=10.1.2.3'],
                       "2001:db8::7"),
    "an open quotation mark": ("127.0.0.1", "Forwarded", ['for="8.8.8.8, for=203.0.113.9'],
                               "203.0.113.9"),
    "hidden": ("127.0.0.1", "Forwarded", ["for=8.8.8.8, for=_hidden"], "127.0.0.1"),
    "an element without for": ("127.0.0.1", "Forwarded", ["for=8.8.8.8, proto=https"],
                               "127.0.0.1"),
}


@pytest.mark.parametrize("case", SAID)
def test_the_visitor_is_the_first_whom_we_do_not_trust(case: str) -> None:
    peer, header, values, asks = SAID[case]
    assert visitor(peer, header, values, TRUSTED) == asks


HEADERS: tuple[Header, ...] = ("X-Forwarded-For", "Forwarded")


@given(st.lists(st.text(max_size=40), max_size=4), st.sampled_from(HEADERS))
def test_whatever_a_visitor_sends_he_stays_who_he_is(sent: list[str], header: Header) -> None:
    written = "203.0.113.9" if header == "X-Forwarded-For" else "for=203.0.113.9"
    assert visitor("127.0.0.1", header, [*sent, written], TRUSTED) == "203.0.113.9"
    assert visitor("198.51.100.7", header, sent, TRUSTED) == "198.51.100.7"


def test_an_ipv6_customer_is_one_client_and_ipv4_within_ipv6_is_itself() -> None:
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff") != client_of("2001:db8:0:1::1")
    assert client_of("::ffff:192.0.2.1") == client_of("192.0.2.1") != client_of("192.0.2.2")
    assert client_of("unix") == "unix"


@pytest.mark.parametrize(("host", "ours"), [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True),
                                            ("::ffff:127.0.0.1", True), ("10.0.0.1", False),
                                            ("", False), ("fe80::1%eth0", False)])
def test_this_machine_is_known(host: str, ours: bool) -> None:  # noqa: FBT001 - as above
    assert within(host, OWN) is ours
