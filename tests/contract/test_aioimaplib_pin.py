"""edge/imap/protocol.py reaches into aioimaplib.

The pin, what it overrides, and what it relies upon.

Where one of these fails after an upgrade, read protocol.py beside the new upstream, line by line.
"""

import asyncio
import inspect
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from aioimaplib import aioimaplib as upstream

from sarabanwatch.edge.imap import protocol
from sarabanwatch.edge.imap.framing import Garbled
from sarabanwatch.edge.imap.protocol import Protocol

OVERRIDDEN = {
    "data_received": ["self", "d"],
    "connection_lost": ["self", "exc"],
    "execute": ["self", "command", "scrub"],
    "_continuation": ["self", "line"],
}
OF_A_COMMAND = {"_exception", "_timer", "_event", "_resp_lines"}
OF_THE_PROTOCOL = {
    "pending_async_commands", "pending_sync_command", "idle_queue", "transport", "state", "loop"}
ASKED = {
    "CAPABILITY": upstream.NONAUTH, "LOGIN": upstream.NONAUTH, "AUTHENTICATE": upstream.NONAUTH,
    "STARTTLS": upstream.NONAUTH, "LIST": upstream.AUTH, "SELECT": upstream.AUTH,
    "SEARCH": upstream.SELECTED, "FETCH": upstream.SELECTED, "IDLE": upstream.SELECTED}
MANY = 5_000


class Pipe:
    """The transport of a protocol to which a test hands the octets itself."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.dropped = self.paused = False

    def write(self, data: bytes) -> None:
        """Keep what is said."""
        self.said.append(data)

    def abort(self) -> None:
        """Note the end."""
        self.dropped = True

    def pause_reading(self) -> None:
        """Note that no more is wanted."""
        self.paused = True


def connected(state: str = upstream.SELECTED) -> tuple[Protocol, Pipe]:
    pipe, wire = Pipe(), Protocol(asyncio.get_running_loop())
    wire.connection_made(pipe)
    wire.data_received(b"* OK ready\r\n")
    wire.state = state
    return wire, pipe


async def asked(
    wire: Protocol, name: str, *words: str, **how: Any,
) -> tuple[upstream.Command, "asyncio.Task[upstream.Response]"]:
    command = upstream.Command(name, wire.new_tag(), *words, **how)
    running = asyncio.ensure_future(wire.execute(command))
    await asyncio.sleep(0)
    return command, running


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("aioimaplib") == "2.0.3"


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_what_is_overridden_is_there_with_its_signature(name: str) -> None:
    theirs = inspect.signature(getattr(upstream.IMAP4ClientProtocol, name))
    ours = inspect.signature(getattr(Protocol, name))
    assert list(theirs.parameters) == list(ours.parameters) == OVERRIDDEN[name]


def test_nothing_else_of_upstream_is_overridden() -> None:
    own = {name for name, value in vars(Protocol).items() if inspect.isfunction(value)}
    shared = {name for name in own if name in vars(upstream.IMAP4ClientProtocol)}
    assert shared == {"__init__", *OVERRIDDEN}


async def test_what_is_reached_into_is_there() -> None:
    command = upstream.Command("NOOP", "A1")
    assert vars(command).keys() >= OF_A_COMMAND
    assert callable(command._reset_timer)
    made = upstream.IMAP4ClientProtocol(asyncio.get_running_loop())
    assert vars(made).keys() >= OF_THE_PROTOCOL
    assert list(inspect.signature(made._response_done).parameters) == ["line"]


@pytest.mark.parametrize(("name", "state"), ASKED.items())
def test_what_we_ask_may_be_asked(name: str, state: str) -> None:
    assert state in upstream.Commands[name].valid_states


@pytest.mark.parametrize(("name", "words", "prefix"), [
    ("FETCH", ("1:*", "(FLAGS)"), "UID"), ("SEARCH", ("ALL",), "UID"), ("SELECT", ("INBOX",), ""),
    ("LIST", ('""', '"*"'), "")])
async def test_a_command_gets_all_responses_that_come_before_its_end(
    name: str, words: tuple[str, ...], prefix: str,
) -> None:
    wire, pipe = connected()
    command, running = await asked(wire, name, *words, prefix=prefix)
    said = " ".join(filter(None, (command.tag, prefix, name, *words)))
    assert pipe.said == [said.encode() + b"\r\n"]
    lines = b"".join(b'* %d FETCH (UID %d X "(( * ")\r\n' % (n, n) for n in range(MANY))
    wire.data_received(lines + b"* SEARCH 1 2\r\n" + command.tag.encode() + b" OK done\r\n")
    result, heard = await running
    assert result == "OK"
    assert len(heard) == MANY + 2
    assert heard[0] == [b'0 FETCH (UID 0 X "(( * ")']
    assert heard[-2:] == [[b"SEARCH 1 2"], b"done"]


@pytest.mark.parametrize("ends", [
    lambda wire: wire.connection_lost(None), lambda wire: wire.break_off(ConnectionAbortedError())])
async def test_a_connection_lost_fails_what_waits_and_all_that_comes(
    ends: Callable[[Protocol], None],
) -> None:
    wire, _ = connected()
    _, running = await asked(wire, "FETCH", "1", "(UID)", prefix="UID")
    wire.data_received(b"* BYE going\r\n")
    ends(wire)
    with pytest.raises(ConnectionError):
        await running
    with pytest.raises(ConnectionError):
        await wire.execute(upstream.Command("NOOP", wire.new_tag()))
    assert wire.parting == "going"
    assert wire.news.is_set()


@pytest.mark.parametrize("said", [
    b"XX OK whose?\r\n", b"no IMAP\r\n", b"* 1 FETCH (X {99999999999}\r\n"])
async def test_what_cannot_be_understood_costs_the_connection_and_raises_nothing_in_the_loop(
    said: bytes,
) -> None:
    wire, pipe = connected()
    _, running = await asked(wire, "SEARCH", "ALL", prefix="UID")
    wire.data_received(said)
    with pytest.raises(Garbled, match="speaks no IMAP"):
        await running
    assert pipe.dropped


async def test_a_command_given_up_drops_the_connection() -> None:
    wire, pipe = connected()
    _, running = await asked(wire, "SEARCH", "ALL", prefix="UID")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert pipe.dropped


async def test_each_octet_that_comes_puts_off_the_end_of_patience() -> None:
    wire, _ = connected()
    command, running = await asked(wire, "SEARCH", "ALL", prefix="UID", timeout=1000)
    before = command._timer
    wire.data_received(b"*")
    assert before.cancelled()
    assert not command._timer.cancelled()
    wire.break_off(ConnectionAbortedError())
    assert command._timer.cancelled()
    await asyncio.gather(running, return_exceptions=True)


async def test_patience_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "REPLY_WITHIN", 0.0)
    wire, pipe = connected()
    with pytest.raises(TimeoutError, match="no whole answer to SEARCH in time"):
        await wire.execute(upstream.Command("SEARCH", wire.new_tag(), "ALL", prefix="UID"))
    assert pipe.dropped


async def test_challenges_are_answered_in_turn_and_then_taken_back() -> None:
    wire, pipe = connected(upstream.NONAUTH)
    wire.will_answer(b"one", b"")
    command, running = await asked(wire, "AUTHENTICATE", "XOAUTH2")
    wire.data_received(b"+ \r\n+ eyJzdGF0dXMiOiI0MDEifQ==\r\n+ more?\r\n")
    wire.data_received(command.tag.encode() + b" NO refused\r\n")
    assert (await running).result == "NO"
    assert pipe.said[1:] == [b"one\r\n", b"\r\n", b"*\r\n"]
    assert wire.challenges == [b"", b"eyJzdGF0dXMiOiI0MDEifQ==", b"more?"]


@pytest.mark.parametrize(("behind", "well"),
                         [(b"", True), (b"* OK injected\r\n", False), (b"* ", False)])
async def test_nothing_may_come_in_clear_behind_starttls(behind: bytes, *, well: bool) -> None:
    wire, pipe = connected(upstream.NONAUTH)
    command, running = await asked(wire, "STARTTLS")
    wire.data_received(command.tag.encode() + b" OK begin\r\n" + behind)
    assert (await running).result == "OK"
    assert pipe.paused
    assert (wire.lost is None) is well
