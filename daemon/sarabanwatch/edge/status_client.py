"""Asks the daemon for its status, on its socket of this machine."""

import os
import socket
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import msgspec

from sarabanwatch.core.overview import Overview


class _Local(HTTPConnection):
    """HTTP to a socket of this machine instead of a host's port."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        folder = os.open(self._path.parent, os.O_PATH)   # a path may be longer than a socket's name
        try:
            self.sock.connect(f"/proc/self/fd/{folder}/{self._path.name}")
        finally:
            os.close(folder)


def ask(path: Path, seconds: float) -> Overview | None:
    """Return a daemon's status, or None where none answers in so many seconds."""
    line = _Local(path, seconds)
    try:
        line.request("GET", "/status")
        answer = line.getresponse()
        answered = answer.read()
        return msgspec.json.decode(answered, type=Overview) if answer.status == 200 else None
    except (OSError, HTTPException, msgspec.DecodeError):
        return None
    finally:
        line.close()
