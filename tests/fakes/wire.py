"""A server that answers as a test wants, for what no real server can be asked to do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Scene = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def playing(scene: Scene, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Play a scene to each connection on loopback; yield the port.

    An error in a scene is raised at the end.
    """
    visits: set[asyncio.Task[None]] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                await scene(reader, writer)
            finally:
                writer.close()

    server = await asyncio.start_server(lambda r, w: visits.add(asyncio.create_task(visit(r, w))),
                                        "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in visits:
            task.cancel()
        for ended in await asyncio.gather(*visits, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


def imap(*, idles: bool = True, hang_up: asyncio.Event | None = None,
         **answers: bytes | None) -> Scene:
    """Return a scene of an IMAP server: command -> what it says before OK.

    None: it hangs up in mid-command.

    Where `hang_up` is given, it hangs up on an idler when that comes.
    """
    capabilities = b"IMAP4rev1 IDLE" if idles else b"IMAP4rev1"
    said = {"CAPABILITY": b"* CAPABILITY " + capabilities + b"\r\n",
            "SELECT": b"* OK [UIDVALIDITY 7] valid\r\n"} | answers

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, *words = line.split()
            command = (words[1] if words[0] == b"UID" else words[0]).decode().upper()
            answer = said.get(command, b"")
            if answer is None:
                return
            if command == "IDLE":
                writer.write(b"+ idling\r\n" + answer)
                if hang_up is not None:
                    await hang_up.wait()
                    return
                await reader.readline()
                writer.write(tag + b" OK done\r\n")
            else:
                writer.write(answer + tag + b" OK done\r\n")

    return scene


def smtp(heard: list[bytes], *, offers: tuple[bytes, ...] = (), **answers: bytes | None) -> Scene:
    """Return a scene of an SMTP relay: verb (and BANNER, DOT) -> its reply; None: it hangs up.

    It writes down what it heard.
    """
    ehlo = b"250-relay.test\r\n" + b"".join(b"250-%s\r\n" % offer for offer in offers) + b"250 HELP"
    said: dict[str, bytes | None] = {
        "BANNER": b"220 relay.test", "EHLO": ehlo, "MAIL": b"250 OK", "RCPT": b"250 OK",
        "DATA": b"354 go on",
        "DOT": b"250 2.0.0 taken", "RSET": b"250 OK", "QUIT": b"221 bye"} | answers

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb = "BANNER"
        while verb:
            answer = said[verb]
            if answer is None:
                return
            writer.write(answer + b"\r\n")
            line = await (reader.readuntil(b"\r\n.\r\n") if verb == "DATA"
                          and answer.startswith(b"354") else reader.readline())
            heard.append(line)
            verb = "DOT" if line.endswith(b"\r\n.\r\n") else line[:4].decode().strip().upper()

    return scene
