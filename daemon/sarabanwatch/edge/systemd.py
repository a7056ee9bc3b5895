"""Messages to systemd (sd_notify(3)): datagrams to $NOTIFY_SOCKET.

Without that variable, nothing is sent.
"""

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable

LONGEST = 300       # characters of a status; one line of `systemctl status`
PATIENCE = 5.0      # seconds in which the service manager answers
WATCHING = "เฝ้าดูอยู่ · watching"
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def notify(*lines: str) -> None:
    """Tell the service manager, e.g. `READY=1`, `STATUS=...`, `WATCHDOG=1`, `STOPPING=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.connect("\0" + address[1:] if address.startswith("@") else address)
        manager.sendall("\n".join(lines).encode())


def reloading() -> None:
    """Tell the service manager that the configuration is read again.

    `READY=1` then says that this is done (sd_notify(3)).
    """
    notify("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def watchdog_seconds() -> float | None:
    """Return within how many seconds systemd wants a WATCHDOG=1 (sd_watchdog_enabled(3)).

    None where it wants none.
    """
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdigit() else None


def is_clock_synchronized() -> bool | None:
    """Say whether a time server keeps the machine's clock right; None: not known."""
    asked = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
    return {"yes": True, "no": False}.get(_asked(asked))


def _asked(asked: list[str]) -> str:
    """Return what a program prints on stdout; "" where it cannot be run."""
    try:
        return subprocess.run(  # noqa: S603 - our own words
            asked, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def restarts(unit: str = "sarabanwatch") -> int | None:
    """Return how often the service manager has restarted a unit by itself.

    None where it does not say.
    """
    shown = _asked(["systemctl", "show", "--property=NRestarts", "--value", unit])
    return int(shown) if shown.isdigit() else None


class StatusLine:
    """Says in words what the daemon waits for, e.g. a relay that does not answer.

    `systemctl status` shows it. `tell` is called with each new status, one line without control
    characters, because it quotes other servers.
    """

    def __init__(self, tell: Callable[[str],
                                      None] = lambda words: notify(f"STATUS={words}")) -> None:
        self._tell, self._waits, self._last = tell, dict[str, str](), ""
        self._does = ""

    def does(self, what: str) -> None:
        """Set what the daemon does, in few words."""
        self._does = what
        self._refresh()

    def waits(self, what: str, why: str) -> None:
        """Set why the daemon waits for something; an empty `why`: it waits no longer."""
        self._waits.pop(what, None)
        if why:
            self._waits[what] = why
        self._refresh()

    def _refresh(self) -> None:
        if self.words != self._last:
            self._last = self.words
            self._tell(self._last)

    @property
    def words(self) -> str:
        """The status in Thai and English: what we wait for, then what we do."""
        whole = "; ".join(f"{what} ({why})" for what, why in sorted(self._waits.items()))
        waits = f"กำลังรอ · waits for {CONTROL.sub(' ', whole)}" if whole else WATCHING
        return "; ".join(filter(None, (waits, self._does)))[:LONGEST]

    @property
    def waiting(self) -> dict[str, str]:
        """What we wait for, and why."""
        return dict(self._waits)
