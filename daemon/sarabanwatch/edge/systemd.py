"""What systemd wants to hear (sd_notify(3)): a datagram to $NOTIFY_SOCKET. Without one, nothing is said."""

import os
import socket


def notify(*lines: str) -> None:
    """Tell the service manager, e.g. `READY=1`, `STATUS=...`, `WATCHDOG=1`, `STOPPING=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)
        manager.sendall("\n".join(lines).encode())


def watchdog_seconds() -> float | None:
    """Return within how many seconds systemd wants a sign of life (sd_watchdog_enabled(3)); None where it wants none."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdigit() else None
