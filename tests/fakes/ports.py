"""Ports for programs that must be told theirs: each is one test's alone.

A port that the kernel chose, and that was given back, may be another's before the program listens:
every connection that goes out takes one of the same range. These lie below that range. A name in
the abstract namespace keeps each for the process that asked, as long as it lives.
"""

import socket

BELOW = range(20_000, 32_000)       # of /proc/sys/net/ipv4/ip_local_port_range


def free_port() -> int:
    """Return a loopback port on which nobody listens, and which no other test is given."""
    return next(port for port in BELOW if _kept(port))


def _kept(port: int) -> bool:
    with socket.socket(socket.AF_UNIX) as name, socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            name.bind(f"\0sarabanwatch tests: port {port}")
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        name.detach()       # until this process ends
    return True
