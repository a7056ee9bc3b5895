"""Letters out: one connection to our relay (aiosmtplib), kept open, dropped after any surprise.

A connection is retried here, in seconds (tenacity); a letter is retried by the plan, from the ledger, in hours. After
any exception the connection is never used again: a late answer to one letter must not be read as the answer to the next.
"""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import aiosmtplib
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from sarabanwatch.core.reply import Answer, Stage
from sarabanwatch.ports import Barred, Outgoing

LETTERS_A_CONNECTION = 500


@dataclass(frozen=True, slots=True)
class Relay:
    """Where our relay is and how we speak with it. `tls` is none, starttls or implicit; verified unless none."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    helo: str
    timeout: float = 60.0


class RelayLine:
    """One connection to the relay; the Line port."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client: aiosmtplib.SMTP | None = None
        self._dsn = False
        self._left = 0

    async def ready(self) -> None:
        """Return when a connection stands, however long that takes; raise Barred where waiting won't help."""
        if self._client is not None and self._client.is_connected and self._left > 0:
            return
        await self.close()
        async for attempt in AsyncRetrying(
            wait=wait_random_exponential(multiplier=0.5, max=60),
            retry=retry_if_exception_type((OSError, aiosmtplib.SMTPException)),
            before_sleep=_heed_cancel,
        ):
            with attempt:
                await self.connect()

    async def connect(self) -> None:
        """Connect once: greet, start TLS, log in."""
        relay = self._relay
        client = aiosmtplib.SMTP(
            hostname=relay.host, port=relay.port, timeout=relay.timeout, local_hostname=relay.helo,
            use_tls=relay.tls == "implicit", start_tls=relay.tls == "starttls",
        )
        try:
            await client.connect()
            await client.ehlo()   # anew: STARTTLS forgets what was offered before
            if relay.user:
                await client.login(relay.user, relay.password)
        except BaseException as error:
            client.close()
            _refused_for_good(error, relay)
            raise
        self._client, self._left = client, LETTERS_A_CONNECTION
        self._dsn = client.supports_extension("dsn")

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter; whatever the other side does becomes an Answer that says at which stage."""
        client, stage = self._client, Stage.MAIL
        if client is None:
            return Answer(Stage.CONNECT, 0, "", "no connection")
        self._left -= 1
        try:
            for stage, words, wanted in _dialogue(out, dsn=self._dsn):
                reply = await client.execute_command(words.encode())
                if reply.code // 100 != wanted:
                    await self._settle(client)
                    return _answer(stage, reply)
            stage = Stage.DOT
            return _answer(stage, await self._content(client, out.raw))
        except (OSError, aiosmtplib.SMTPException) as error:
            self._drop()
            return Answer(stage, 0, "", str(error) or type(error).__name__)
        except BaseException:
            self._drop()
            raise

    async def _content(self, client: aiosmtplib.SMTP, raw: bytes) -> aiosmtplib.SMTPResponse:
        """Send the letter, whose lines end in CRLF, and its dot. aiosmtplib's own DATA costs more than all the rest."""
        if client.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        client.protocol.write(dotted(raw))
        return await client.protocol.read_response(timeout=self._relay.timeout)

    async def close(self) -> None:
        """Say goodbye, if there is anyone."""
        client, self._client = self._client, None
        if client is not None:
            try:
                await client.quit(timeout=5)
            except (OSError, aiosmtplib.SMTPException):
                client.close()

    async def _settle(self, client: aiosmtplib.SMTP) -> None:
        """Clear the transaction after a refusal, or drop a connection that will not be cleared."""
        try:
            await client.rset()
        except (OSError, aiosmtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def _heed_cancel(_attempt: RetryCallState) -> None:
    """End a task that was cancelled just as its connection was refused: Python 3.11's `wait_for` loses such a cancel."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def dotted(raw: bytes) -> bytes:
    """Return a message (CRLF line ends, the last one too) as DATA wants it: dots doubled, closed by one (RFC 5321, 4.5.2)."""
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed + b".\r\n"


def _dialogue(out: Outgoing, *, dsn: bool) -> Iterator[tuple[Stage, str, int]]:
    """Yield what is said before the letter itself: stage, command, class of the reply that lets us go on (RFC 5321, 3461)."""
    wishes = f" RET=HDRS ENVID={out.envid}", f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{xtext(out.to)}"
    at_mail, at_rcpt = wishes if dsn else ("", "")
    yield Stage.MAIL, f"MAIL FROM:<{out.sender}>{at_mail}", 2
    yield Stage.RCPT, f"RCPT TO:<{out.to}>{at_rcpt}", 2
    yield Stage.DATA, "DATA", 3


def _answer(stage: Stage, reply: aiosmtplib.SMTPResponse) -> Answer:
    status, _, rest = reply.message.partition(" ")
    parts = status.split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return Answer(stage, reply.code, status, rest)
    return Answer(stage, reply.code, "", reply.message)


def _refused_for_good(error: BaseException, relay: Relay) -> None:
    """Raise Barred where an error means that trying again won't help; it names what to do."""
    where, remedy = f"relay {relay.host}:{relay.port}", ""
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):   # under implicit TLS aiosmtplib wraps it
        error = error.__cause__
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        remedy = f"refuses the log-in of {relay.user!r}: {error.message}; see relay.user and relay.password_file"
    elif isinstance(error, ssl.SSLCertVerificationError):
        remedy = f"shows a certificate that does not hold: {error.verify_message}; mend it, or name the host it is for"
    elif isinstance(error, aiosmtplib.SMTPResponseException) and error.code // 100 == 5:
        remedy = f"refuses us: {error.code} {error.message}; ask its postmaster to let {relay.helo} relay"
    elif isinstance(error, aiosmtplib.SMTPException) and "STARTTLS" in str(error):
        remedy = "offers no STARTTLS; set relay.tls to what it offers"
    if remedy:
        raise Barred(f"{where} {remedy}") from error


def xtext(text: str) -> str:
    """Encode a text as xtext (RFC 3461 section 4)."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in text)
