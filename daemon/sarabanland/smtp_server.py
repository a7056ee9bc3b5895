"""The SMTP server: aiosmtpd, with the parameters of RFC 3461; a `Desk` decides its replies.

It has neither mailboxes nor a queue. What the library does not offer, to cut a connection or to end
one with 421, is done where replies are written. A desk that is to be slow waits before it replies.
"""
# ruff: noqa: N802 - aiosmtpd finds methods by these names

import asyncio
import re
from collections.abc import Mapping
from typing import AnyStr, NamedTuple, Protocol

from aiosmtpd import smtp

LIMIT = 64 * 2**20          # octets of one letter
# octets of a line, and half of what is read ahead: with the library's 1001, reading stops every few
# lines
AHEAD = 2**16
DSN = re.compile(r" (RET|ENVID|NOTIFY|ORCPT)=(\S+)", re.IGNORECASE)
DROP = ""                   # a desk's reply that cuts the connection instead


class Recipient(NamedTuple):
    """One RCPT with its DSN parameters, names in capitals (NOTIFY, ORCPT)."""

    address: str
    options: Mapping[str, str]


class Envelope(smtp.Envelope):
    """One mail transaction as a desk sees it.

    `options` are RET and ENVID, `at` is the address that the client connected to.
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
    """What decides the replies.

    Each is a whole reply. One that begins with 421 ends the connection; DROP cuts it.
    """

    name: str
    features: tuple[str, ...]       # beside SIZE, 8BITMIME and HELP

    def greets(self, at: str) -> str:
        """Return the greeting of a connection to an address; any that begins with 220 is normal."""

    async def recipient(self, envelope: Envelope, recipient: Recipient) -> str:
        """Return the reply to RCPT TO."""

    async def take(self, envelope: Envelope) -> str:
        """Return the reply to the letter itself, after its final dot."""


class Reception:
    """Passes the steps of a transaction from aiosmtpd to a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def handle_EHLO(self, _server: "Session", session: smtp.Session, _envelope: Envelope,
                          hostname: str, replies: list[str]) -> list[str]:
        """Add the desk's features to those of the library."""
        session.host_name = hostname
        return [*replies[:-1], *(f"250-{can}" for can in self._desk.features), replies[-1]]

    async def handle_MAIL(self, server: "Session", _session: smtp.Session, envelope: Envelope,
                          address: str, _options: list[str]) -> str:
        """Accept any sender."""
        envelope.mail_from, envelope.options, envelope.at = address, server.asked, server.at
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, server: "Session", _session: smtp.Session, envelope: Envelope,
                          address: str, _options: list[str]) -> str:
        """Ask the desk about one recipient."""
        recipient = Recipient(address, server.asked)
        reply = await self._desk.recipient(envelope, recipient)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.recipients.append(recipient)
        return reply

    async def handle_DATA(self, _server: "Session", _session: smtp.Session,
                          envelope: Envelope) -> str:
        """Ask the desk about the letter."""
        return await self._desk.take(envelope)

    async def handle_exception(self, error: Exception) -> str:
        """Report an error of ours to the loop, lest it pass for a host's refusal."""
        asyncio.get_running_loop().call_exception_handler({"message": "a desk broke",
                                                           "exception": error})
        return "421 4.3.0 Local error"


class Session(smtp.SMTP):
    """One client's connection.

    The library writes parameters in capitals and refuses those of RCPT, so those of RFC 3461 are
    taken out before it sees them.
    """

    line_length_limit = AHEAD

    def __init__(self, desk: Desk) -> None:
        super().__init__(Reception(desk), hostname=desk.name, ident="ESMTP", data_size_limit=LIMIT,
                         loop=asyncio.get_running_loop())
        self._desk = desk
        self.asked: Mapping[str, str] = {}

    @property
    def at(self) -> str:
        """The address that the client connected to."""
        return str(self.transport.get_extra_info("sockname")[0]) if self.transport else ""

    async def _handle_client(self) -> None:
        """Send the desk's greeting; go on where it is 220."""
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
        """Write a reply, in any octets (lone surrogates, PEP 383); end the connection after a 421.

        Cut the connection where the reply is DROP.
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
