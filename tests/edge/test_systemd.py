import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sarabanwatch.edge.systemd import StatusLine, notify, watchdog_seconds


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path,
            monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
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


def test_a_status_says_what_is_waited_for_each_change_once_and_when_nothing_is() -> None:
    said = list[str]()
    status = StatusLine(said.append)
    for what, why in [("relay", "does not answer"), ("relay", "does not answer"),
                      ("inbox", "refuses"), ("relay", ""), ("inbox", ""), ("inbox", "")]:
        status.waits(what, why)
    assert said == [
        "กำลังรอ · waits for relay (does not answer)",
        "กำลังรอ · waits for inbox (refuses); relay (does not answer)",
        "กำลังรอ · waits for inbox (refuses)",
        "เฝ้าดูอยู่ · watching"]


def test_a_status_says_after_that_what_is_done() -> None:
    said = list[str]()
    status = StatusLine(said.append)
    status.does("round 2")
    status.waits("relay", "does not answer")
    status.does("round 2")
    assert said == ["เฝ้าดูอยู่ · watching; round 2",
                    "กำลังรอ · waits for relay (does not answer); round 2"]


def test_words_of_other_servers_are_no_words_to_the_service_manager() -> None:
    said = list[str]()
    StatusLine(said.append).waits("relay", "554 no\r\nREADY=1\x85MAINPID=1\u2028" + 1000 * "x")
    assert said[0].startswith("กำลังรอ · waits for relay (554 no READY=1 MAINPID=1 xxx")
    assert len(said[0]) == 300
    assert len(said[0].splitlines()) == 1
