"""aioimaplib 2.0.3, mended where it hangs or chokes. Each override says what upstream does and why that won't do.

It reaches into private methods, so the version is pinned and a contract test guards the pin.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from typing import Any

from aioimaplib import aioimaplib as upstream

QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Fetch(upstream.FetchCommand):  # type: ignore[misc]  # upstream is untyped
    """FETCH that counts brackets as lines come. Upstream counts all lines anew for each one: O(n^2)."""

    _depth = 0

    def append_to_resp(self, line: bytes, result: str = "Pending") -> None:
        """Take one line, or (as a bytearray) one literal."""
        if result == "Pending" and not isinstance(line, bytearray):
            if self.FETCH_MESSAGE_DATA_RE.match(line):
                self._depth = 0
            bare = QUOTED.sub(b"", line)
            self._depth += bare.count(b"(") - bare.count(b")")
        super().append_to_resp(line, result)

    def wait_data(self) -> bool:
        """Say whether the response is still open."""
        return self._depth > 0


class _Whole(bytes):
    """A line from which upstream's `replace(b"* ", b"")` takes nothing more."""

    def replace(self, *_: object) -> "_Whole":
        return self


class Protocol(upstream.IMAP4ClientProtocol):  # type: ignore[misc]  # upstream is untyped
    """The protocol: parses in a loop, and a lost connection fails all that wait on it."""

    lost: BaseException | None = None
    pending_sync_command: upstream.Command | None

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail every command that waits; upstream leaves them waiting for ever."""
        self.lost = exc or ConnectionResetError("the IMAP server closed the connection")
        waiting = [*self.pending_async_commands.values(), self.pending_sync_command]
        self.pending_async_commands.clear()
        self.pending_sync_command = None
        for command in filter(None, waiting):
            command._exception = self.lost  # noqa: SLF001 - see the module
            command._timer.cancel()  # noqa: SLF001 - see the module
            command._event.set()  # noqa: SLF001 - see the module
        self.idle_queue.put_nowait([b"LOST"])
        waking = asyncio.ensure_future(self._wake())
        self.tasks.add(waking)
        waking.add_done_callback(self.tasks.discard)
        super().connection_lost(exc)

    async def _wake(self) -> None:
        async with self.state_condition:
            self.state_condition.notify_all()

    async def wait(self, state_regexp: str) -> None:
        """Wait for a state; upstream waits on for the greeting of a server that has hung up."""
        async with self.state_condition:
            await self.state_condition.wait_for(lambda: self.lost or re.match(state_regexp, self.state))
        if self.lost is not None:
            raise self.lost

    def _handle_responses(
        self, data: bytes, line_handler: Callable[..., Any], current_cmd: upstream.Command | None = None,
    ) -> None:
        """Upstream calls itself once a line: RecursionError near 1,000 lines in one read."""
        place, command = 0, current_cmd
        while place < len(data):
            if command is not None and command.wait_literal_data():
                place = self._literal(data, place, command)
            end = data.find(b"\r\n", place)
            if end < 0:
                raise upstream.IncompleteRead(command, data[place:])
            line, place = data[place:end], end + 2
            command = self._after(line, line_handler(line, command))
        if self.pending_sync_command is not None:
            self.pending_sync_command.flush()
        if command is not None and command.wait_data():
            raise upstream.IncompleteRead(command)

    def _literal(self, data: bytes, place: int, command: upstream.Command) -> int:
        missing: int = command._expected_size - len(command._resp_literal_data)  # noqa: SLF001 - see the module
        command.append_literal_data(data[place:place + missing])
        if command.wait_literal_data():
            raise upstream.IncompleteRead(command)
        return place + missing

    def _after(self, line: bytes, command: upstream.Command | None) -> upstream.Command | None:
        literal = upstream.literal_data_re.match(line)
        if literal:
            command = command or upstream.Command("NIL", "unused")
            command.begin_literal_data(int(literal["size"]))
            return command
        return command if command is not None and command.wait_data() else None

    def _untagged_response(self, line: bytes) -> upstream.Command | None:
        """Upstream deletes every `* ` inside the line; only the leading one is protocol.

        And it forgets mail that is announced in the answer to another command: of that the server won't tell an idler again.
        """
        whole = _Whole(line.removeprefix(b"* "))
        if whole.endswith(b" EXISTS") and not self.has_pending_idle_command():
            self.idle_queue.put_nowait([whole])
        return super()._untagged_response(whole)

    def _continuation(self, line: bytes) -> None:
        """Answer a refused SASL token with an empty line, so that the tagged NO comes; upstream waits for ever."""
        if self.pending_sync_command is not None and self.pending_sync_command.name == "AUTHENTICATE":
            self.send("")
        else:
            super()._continuation(line)

    async def fetch(
        self, message_set: str, message_parts: str, by_uid: bool = False, timeout: float | None = None,  # noqa: ASYNC109, FBT001, FBT002 - upstream's signature
    ) -> upstream.Response:
        """FETCH, with the mended command."""
        prefix = "UID" if by_uid else ""
        return await self.execute(
            Fetch(self.new_tag(), message_set, message_parts, prefix=prefix, loop=self.loop, timeout=timeout))

    async def execute(self, command: upstream.Command, scrub: str | None = None) -> upstream.Response:
        """Run a command; after any exception the connection is out of step and is dropped."""
        if self.lost is not None:
            raise self.lost
        try:
            return await super().execute(command, scrub=scrub)
        except BaseException:
            if self.transport is not None:
                self.transport.abort()
            raise


class _Heard(set[Any]):
    """Running tasks. Upstream forgets that of an IDLE whose connection breaks as it begins, and asyncio complains later."""

    def discard(self, task: object, /) -> None:
        """Let go of a task that has ended; how it ended has been heard."""
        super().discard(task)
        if isinstance(task, asyncio.Future) and not task.cancelled():
            task.exception()


class Client(upstream.IMAP4):  # type: ignore[misc]  # upstream is untyped
    """The client over the mended protocol. Upstream's TLS names no host, so that no certificate could be checked."""

    def create_client(
        self, host: str, port: int, loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Callable[[Exception | None], None] | None = None, ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Begin to connect."""
        loop = loop or asyncio.get_running_loop()
        self.tasks = _Heard()
        self.protocol = Protocol(loop, conn_lost_cb)
        named = host if ssl_context else None
        self._client_task = loop.create_task(
            loop.create_connection(lambda: self.protocol, host, port, ssl=ssl_context, server_hostname=named))
