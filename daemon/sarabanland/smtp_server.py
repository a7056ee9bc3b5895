"""SMTP as a server: aiosmtpd, with the parameters of RFC 3461, and a desk that replies.

It knows neither mailbox nor queue. What a tidy library would not do - cut a connection, show a
client out with 421 - is done where replies are written; to think for minutes, a desk just waits.
"""
# ruff: noqa: N802 - aiosmtpd finds methods by these names

import asyncio
import re
from collections.abc import Mapping
from typing import AnyStr, NamedTuple, Protocol

from aiosmtpd import smtp

LIMIT = 64 * 2**20          # octets of one letter
# octets of a line, and half of what is read ahead; the library's 1001 stop the wire every few lines
AHEAD = 2**16
DSN = re.compile(r" (RET|ENVID|NOTIFY|ORCPT)=(\S+)", re.IGNORECASE)
DROP = ""                   # a desk's answer that cuts the connection without a word


class Recipient(NamedTuple):
    """One RCPT with its DSN parameters, names in capitals (NOTIFY, ORCPT)."""

    address: str
    options: Mapping[str, str]


class Envelope(smtp.Envelope):
    """One mail transaction as a desk sees it.

    `options` are RET and ENVID, `at` the address that was called at.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at = ""
        self.options: Mapping[str, str] = {}
        self.recipients: list[Recipient] = []

    @property
    def sender(self) -> str:
        """The envelope sender; "" for the null sender."""
        return (self.mail_from or "").removeprefix("<>")

    @property
    def letter(self) -> bytes:
        """The letter, once its final dot has come."""
        return self.original_content or b""


class Desk(Protocol):
    """Who decides. Each answer is a whole reply; one that begins with 421 closes, DROP cuts."""

    name: str
    features: tuple[str, ...]       # beside SIZE, 8BITMIME and HELP

    def greets(self, at: str) -> str:
        """Meet a connection to an address: a reply that begins with 220 is the usual greeting."""

    async def recipient(self, envelope: Envelope, recipient: Recipient) -> str:
        """Take or refuse one recipient."""

    async def take(self, envelope: Envelope) -> str:
        """Take or refuse the letter itself, after its final dot."""


class Reception:
    """Leads visitors to a desk: the steps of a transaction, as the library tells them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle_EHLO(self, _server: "Session", session: smtp.Session, _envelope: Envelope,
                          hostname: str, replies: list[str]) -> list[str]:
        """Tell what the desk can do beside what the library can."""
        session.host_name = hostname
        return [*replies[:-1], *(f"250-{can}" for can in self._desk.features), replies[-1]]

    async def handle_MAIL(self, server: "Session", _session: smtp.Session, envelope: Envelope,
                          address: str, _options: list[str]) -> str:
        """Take any sender."""
        envelope.mail_from, envelope.options, envelope.at = address, server.asked, server.at
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, server: "Session", _session: smtp.Session, envelope: Envelope,
                          address: str, _options: list[str]) -> str:
        """Put one recipient to the desk."""
        recipient = Recipient(address, server.asked)
        reply = await self._desk.recipient(envelope, recipient)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.recipients.append(recipient)
        return reply

    async def handle_DATA(self, _server: "Session", _session: smtp.Session,
                          envelope: Envelope) -> str:
        """Put the letter to the desk."""
        return await self._desk.take(envelope)

    async def handle_exception(self, error: Exception) -> str:
        """Tell the loop: an error of ours must not pass as a host's bad mood."""
        asyncio.get_running_loop().call_exception_handler({"message": "a desk broke",
                                                           "exception": error})
        return "421 4.3.0 Local error"


class Session(smtp.SMTP):
    """One client's visit.

    The library makes parameters capitals and refuses those of RCPT: ours are taken out before.
    """

    line_length_limit = AHEAD

    def __init__(self, desk: Desk) -> None:
        super().__init__(Reception(desk), hostname=desk.name, ident="ESMTP", data_size_limit=LIMIT,
                         loop=asyncio.get_running_loop())
        self._desk = desk
        self.asked: Mapping[str, str] = {}

    @property
    def at(self) -> str:
        """The address that was called at."""
        return str(self.transport.get_extra_info("sockname")[0]) if self.transport else ""

    async def _handle_client(self) -> None:
        """Greet who is let in, and listen."""
        met = self._desk.greets(self.at)
        if met.startswith("220"):
            await super()._handle_client()
        else:
            await self.push(met)

    def _create_envelope(self) -> Envelope:
        return Envelope()

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Open a transaction."""
        await super().smtp_MAIL(self._plain(arg))

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Hear of one recipient."""
        await super().smtp_RCPT(self._plain(arg))

    async def push(self, status: AnyStr) -> None:
        """Write a reply, octets that are no UTF-8 too, and part after a 421.

        Where there is none, cut the connection.
        """
        if not status:
            self._writer.transport.abort()
            return
        await super().push(status.encode("utf-8", "surrogateescape") if isinstance(status, str)
                           else status)
        if str(status).startswith("421"):
            self._writer.close()

    def _plain(self, arg: str | None) -> str:
        """Remember the DSN parameters as they were written; return the rest."""
        self.asked = {name.upper(): value for name, value in DSN.findall(arg or "")}
        return DSN.sub("", arg or "")


async def listen(desk: Desk, address: str, port: int) -> asyncio.Server:
    """Serve a desk on one loopback address; port 0 lets the kernel choose."""
    return await asyncio.get_running_loop().create_server(lambda: Session(desk), address, port)
