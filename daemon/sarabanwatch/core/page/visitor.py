"""Whom a network address stands for."""

from ipaddress import IPv6Address, ip_address


def client_of(host: str) -> str:
    """Return whom an address stands for: itself, or the /64 of an IPv6 address, which is one customer's."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else host


def is_own(host: str) -> bool:
    """Say whether it is this machine: a web server before us, or Prometheus, whose visitors are many."""
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
