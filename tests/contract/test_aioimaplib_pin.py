"""edge/imap/protocol.py reaches into aioimaplib: the pin, what it overrides, and how it behaves for it.

Where one of these fails after an upgrade, read protocol.py beside the new upstream, line by line.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

import pytest
from aioimaplib import aioimaplib as upstream
from hypothesis import given
from hypothesis import strategies as st

from fakes.wire import Scene, imap, playing
from sarabanwatch.edge.imap import protocol
from sarabanwatch.edge.imap.protocol import Client, Fetch, Protocol

OVERRIDDEN = {
    protocol.Protocol: {
        "connection_lost": ["self", "exc"],
        "wait": ["self", "state_regexp"],
        "_handle_responses": ["self", "data", "line_handler", "current_cmd"],
        "_untagged_response": ["self", "line"],
        "_continuation": ["self", "line"],
        "fetch": ["self", "message_set", "message_parts", "by_uid", "timeout"],
        "execute": ["self", "command", "scrub"],
    },
    protocol.Fetch: {"append_to_resp": ["self", "line", "result"], "wait_data": ["self"]},
    protocol.Client: {"create_client": ["self", "host", "port", "loop", "conn_lost_cb", "ssl_context"]},
}
REACHED_INTO = {
    "_exception", "_timer", "_event", "_expected_size", "_resp_literal_data", "_resp_lines", "_resp_result"}     # of a Command
MANY = 5_000
MAIL = b'From: "a (b" <a@b.test>\r\nSubject: ) (((\r\n\r\n* not ours\r\nA1 OK not ours\r\n)\r\n'


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("aioimaplib") == "2.0.3"


@pytest.mark.parametrize(("ours", "name"), [(ours, name) for ours, names in OVERRIDDEN.items() for name in names])
def test_what_is_overridden_is_there_with_its_signature(ours: type, name: str) -> None:
    theirs = inspect.signature(getattr(ours.__base__, name))
    assert list(theirs.parameters) == list(inspect.signature(getattr(ours, name)).parameters) == OVERRIDDEN[ours][name]


def test_nothing_else_of_upstream_is_overridden() -> None:
    for ours, names in OVERRIDDEN.items():
        shared = {name for name in vars(ours) if hasattr(ours.__base__, name) and inspect.isfunction(vars(ours)[name])}
        assert shared == set(names)


async def test_what_is_reached_into_is_there() -> None:
    assert set(vars(upstream.Command("NOOP", "A1"))) >= REACHED_INTO
    made = vars(upstream.IMAP4ClientProtocol(asyncio.get_running_loop()))
    assert {"pending_async_commands", "pending_sync_command", "idle_queue", "transport", "capabilities", "tasks"} <= set(made)
    assert upstream.FetchCommand.FETCH_MESSAGE_DATA_RE.match(b"1 FETCH (UID 1")
    assert upstream.literal_data_re.match(b"1 FETCH (BODY[] {12}")["size"] == b"12"


# --- over a wire -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def client(scene: Scene) -> AsyncIterator[Client]:
    async with playing(scene) as port:
        imap_ = Client("127.0.0.1", port, timeout=30)
        await imap_.wait_hello_from_server()
        await imap_.login("probes", "x")
        await imap_.select("INBOX")
        yield imap_
        imap_.protocol.transport.abort()
        await asyncio.gather(*imap_.tasks, *imap_.protocol.tasks, return_exceptions=True)


async def test_five_thousand_lines_in_one_read_are_read() -> None:
    lines = b"".join(b"* %d FETCH (UID %d FLAGS (\\Seen))\r\n" % (n, n) for n in range(MANY))
    async with client(imap(FETCH=lines)) as imap_:
        reply = await imap_.uid("FETCH", "1:*", "(FLAGS)")
    assert reply.result == "OK"
    assert len(reply.lines) == MANY + 1
    assert reply.lines[-2] == b"%d FETCH (UID %d FLAGS (\\Seen))" % (MANY - 1, MANY - 1)


async def test_a_star_inside_a_line_stays() -> None:
    async with client(imap(FETCH=b'* 1 FETCH (UID 1 ENVELOPE "a * b * c")\r\n')) as imap_:
        reply = await imap_.uid("FETCH", "1", "(ENVELOPE)")
    assert reply.lines[0] == b'1 FETCH (UID 1 ENVELOPE "a * b * c")'


async def test_quoted_parentheses_do_not_keep_a_response_open() -> None:
    answer = b'* 1 FETCH (UID 1 X "((" Y "\\"(")\r\n* 2 FETCH (UID 2 X ")")\r\n'
    async with client(imap(FETCH=answer)) as imap_:
        reply = await imap_.uid("FETCH", "1:2", "(X)")
    assert reply.lines[:2] == [b'1 FETCH (UID 1 X "((" Y "\\"(")', b'2 FETCH (UID 2 X ")")']


@pytest.mark.parametrize("command", ["FETCH", "SEARCH"])
async def test_a_connection_dropped_fails_the_command_that_waits_and_every_later_one(command: str) -> None:
    async with client(imap(**{command: None})) as imap_:
        ask = imap_.uid("FETCH", "1", "(UID)") if command == "FETCH" else imap_.uid_search("ALL", charset=None)
        with pytest.raises(ConnectionError):
            await ask
        with pytest.raises(ConnectionError):
            await imap_.noop()


@pytest.mark.parametrize("greeting", [b"", b"* OK ready\r\n", b"* BYE too many\r\n"])
async def test_a_server_that_hangs_up_at_once_is_not_waited_for(greeting: bytes) -> None:
    async def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)

    async with playing(hangs_up) as port:
        imap_ = Client("127.0.0.1", port, timeout=90)
        with pytest.raises(ConnectionError):
            await imap_.wait_hello_from_server()
        await asyncio.gather(*imap_.tasks, *imap_.protocol.tasks, return_exceptions=True)


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_connection_dropped_while_idle_ends_the_idle_and_wakes_who_listens(*, at_once: bool) -> None:
    idling = asyncio.Event()

    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await imap(IDLE=b"* BYE going\r\n", hang_up=idling)(reader, writer)

    async with client(hangs_up) as imap_:
        if at_once:
            idling.set()
            with suppress(upstream.Abort):      # where it was gone before the answer to IDLE was looked at
                await imap_.idle_start()
        else:
            idle = await imap_.idle_start()
            idling.set()
            with pytest.raises(ConnectionError):
                await idle
        assert [await imap_.wait_server_push(timeout=30) for _ in range(2)] == [[b"BYE going"], [b"LOST"]]


async def test_a_refused_sasl_token_is_answered_so_that_the_no_comes() -> None:
    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        tag = (await reader.readline()).split()[0]
        writer.write(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")
        tag = (await reader.readline()).split()[0]
        writer.write(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        assert await reader.readline() == b"\r\n"
        writer.write(tag + b" NO refused\r\n")
        await reader.read()

    async with playing(refuses) as port:
        imap_ = Client("127.0.0.1", port, timeout=30)
        await imap_.wait_hello_from_server()
        assert (await imap_.xoauth2("probes", "bad")).result == "NO"
        imap_.protocol.transport.abort()


# --- without one -----------------------------------------------------------------------------------------------------


class Pipe:
    """The transport of a protocol to which a test hands the octets itself."""

    def write(self, data: bytes) -> None:
        """Hear nothing."""

    def abort(self) -> None:
        """End nothing."""


ANSWER = b"".join(
    (b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % len(MAIL), MAIL, b")\r\n",
     b"* 2 FETCH (BODY[] {0}\r\n", b" UID 2)\r\n",
     b"* 3 FETCH (UID 3 BODY[]<0> {3}\r\n", b"x\r\n", b")\r\n"))


async def fetched(*portions: bytes) -> list[bytes]:
    imap_ = Protocol(asyncio.get_running_loop())
    imap_.connection_made(Pipe())
    imap_.state = upstream.SELECTED
    asked = asyncio.ensure_future(imap_.fetch("1:3", "(UID BODY.PEEK[])", by_uid=True))
    await asyncio.sleep(0)
    (command,) = imap_.pending_async_commands.values()
    assert isinstance(command, Fetch)
    for portion in (*portions, command.tag.encode() + b" OK done\r\n"):
        imap_.data_received(portion)
    return [bytes(line) for line in (await asked).lines]


WHOLE = [b"1 FETCH (UID 1 BODY[] {%d}" % len(MAIL), MAIL, b")", b"2 FETCH (BODY[] {0}", b"", b" UID 2)",
         b"3 FETCH (UID 3 BODY[]<0> {3}", b"x\r\n", b")", b"done"]


@pytest.mark.parametrize("place", range(len(ANSWER)))
async def test_an_answer_split_at_any_octet_is_read_the_same(place: int) -> None:
    assert await fetched(ANSWER[:place], ANSWER[place:]) == WHOLE


async def test_an_answer_that_comes_octet_by_octet_is_read_the_same() -> None:
    assert await fetched(*(ANSWER[i:i + 1] for i in range(len(ANSWER)))) == WHOLE


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5), st.integers(1, 50))
async def test_any_octets_in_a_literal_come_back_as_they_are(mails: list[bytes], step: int) -> None:
    said = b"".join(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (n, n, len(m), m) for n, m in enumerate(mails, start=1))
    lines = await fetched(*(said[i:i + step] for i in range(0, len(said), step)))
    assert lines[1:-1:3] == mails
