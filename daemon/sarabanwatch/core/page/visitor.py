"""Whom a network address stands for."""

from ipaddress import IPv6Address, ip_address


def client_of(host: str) -> str:
    """Return the client of an address: itself, or the /64 of an IPv6 address (one customer)."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else host


def is_own(host: str) -> bool:
    """Return whether it is this machine: a web server before us, or Prometheus."""
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
