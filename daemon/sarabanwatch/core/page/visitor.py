"""Whom a network address stands for, and who asks when web servers stand before us.

The problem: such a server opens the connection, so that all visitors have its address. It tells
theirs in a header, which it writes behind what the visitor himself sent, and what he sent may be
anything. The rule: from the connection inward, whom we trust is believed about who asked him. The
first whom we do not trust is the visitor, and nothing that he says of himself is read. Who names
nobody that can be read (`unknown`, `_hidden`, nonsense) is taken for the visitor himself.

Two headers are in use, and a visitor may send the one that our web server does not write: which of
them it writes is for the configuration to say.
"""

from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Literal

Header = Literal["X-Forwarded-For", "Forwarded"]
Networks = tuple[IPv4Network | IPv6Network, ...]
OWN: Networks = (ip_network("127.0.0.0/8"), ip_network("::1"))    # this machine


def networks(texts: Iterable[str]) -> Networks:
    """Return addresses and networks as they are written; raise ValueError where one is neither."""
    return tuple(map(ip_network, texts))


def within(host: str, trusted: Networks) -> bool:
    """Return whether an address is of one of some networks."""
    address = _address(host)
    return address is not None and any(address in network for network in trusted)


def visitor(peer: str, header: Header, values: Iterable[str], trusted: Networks) -> str:
    """Return the address of who asks.

    `peer` has opened the connection; `values` are the header's lines, in their order.
    """
    for hop in _hops(header, values):
        address = _address(hop)
        if address is None or not within(peer, trusted):
            break
        peer = str(address)
    return peer


def client_of(host: str) -> str:
    """Return the client of an address: itself, or the /64 of an IPv6 address (one customer)."""
    address = _address(host)
    if address is None:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)


def _hops(header: Header, values: Iterable[str]) -> Iterator[str]:
    """Yield who asked whom, the nearest to us first.

    Read from the right, where the web servers write: a quotation mark that a visitor leaves open
    swallows nothing of theirs, for no address has a comma in it.
    """
    for element in reversed(",".join(values).split(",")):
        yield element.strip() if header == "X-Forwarded-For" else _for(element)


def _for(element: str) -> str:
    """Return the `for` of an element of Forwarded (RFC 7239 section 4), or ""."""
    pairs = (pair.partition("=") for pair in element.split(";"))
    return next((value.strip().strip('"') for name, _, value in pairs
                 if name.strip().lower() == "for"), "")


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`."""
    bare = text.partition("]")[0].removeprefix("[")
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
