#!/usr/bin/python3
"""A daemon that keeps the unit's side of the bargain and no more: READY, progress, STOPPING; its ledger is one file."""

import os
import signal
import socket
import sys
import time
from pathlib import Path


def tell(words: str) -> None:
    """One message to the service manager (sd_notify(3))."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.sendto(words.encode(), os.environ["NOTIFY_SOCKET"])


def drain(*_: object) -> None:
    """SIGTERM: finish what is begun."""
    tell("STOPPING=1")
    print("drained", flush=True)
    sys.exit(0)


if "broken" in Path("/etc/sarabanwatch/sarabanwatch.toml").read_text():
    sys.exit(78)
signal.signal(signal.SIGTERM, drain)
for secret in sorted(Path(os.environ["CREDENTIALS_DIRECTORY"]).iterdir()):
    print("secret", secret.name, repr(secret.read_text()), flush=True)
Path(os.environ["STATE_DIRECTORY"], "ledger.sqlite").touch()
tell("READY=1\nSTATUS=watching")
while True:
    tell("WATCHDOG=1")
    time.sleep(0.5)
