import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sarabanwatch.edge.systemd import notify, watchdog_seconds


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end of $NOTIFY_SOCKET."""
    path = str(tmp_path / "notify") if request.param == "path" else f"@{tmp_path.name}-notify"
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(30)
        listening.bind("\0" + path[1:] if path.startswith("@") else path)
        yield listening


def test_what_is_said_arrives_in_one_datagram(manager: socket.socket) -> None:
    notify("READY=1", "STATUS=เฝ้าดู")
    assert manager.recv(4096).decode() == "READY=1\nSTATUS=เฝ้าดู"


def test_without_a_manager_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")


@pytest.mark.parametrize(("told", "seconds"), [("120000000", 120.0), ("", None), ("soon", None)])
def test_a_sign_of_life_is_due_within_the_watchdogs_time(
    told: str, seconds: float | None, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", told)
    assert watchdog_seconds() == seconds
