"""The way into a mailbox: connect, hear the greeting, encrypt, log in.

Raises Barred where a person must mend something, and Unavailable where it is tried again later. A
certificate that does not hold is of the second kind: it has run out, and is renewed.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aioimaplib import aioimaplib as upstream
from aioimaplib.aioimaplib import quoted

from sarabanwatch.core import foreign
from sarabanwatch.edge.imap import answers, protocol, refusal
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.session import Session
from sarabanwatch.edge.imap.talk import Bound, Reply, Talk
from sarabanwatch.ports import Barred, Secret, Unanswered

CONNECT_WITHIN = 30.0       # wall seconds: some hosts swallow what is sent to them
STATES = {b"OK": upstream.NONAUTH, b"PREAUTH": upstream.AUTH}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the mailbox is and how it is opened.

    `tls` is none or implicit (port 993), verified unless none; `secret` gives the password.
    """

    host: str
    port: int
    tls: str
    user: str
    secret: Secret = field(repr=False)
    name: str = "INBOX"
    poll_seconds: float = 60.0

    @property
    def where(self) -> str:
        """Its name in messages."""
        return f"inbox {self.host}:{self.port}"


def no_bound(_seconds: float) -> None:
    """Tell nobody how long a wait may take."""


@asynccontextmanager
async def session(box: Mailbox, alive: Bound = no_bound) -> AsyncIterator[Session]:
    """Connect and log in. `alive` hears before each wait how many seconds it may take."""
    alive(CONNECT_WITHIN)
    wire = await _connected(box)
    try:
        talk = Talk(box.where, wire, alive)
        if await _greeted(talk) == upstream.NONAUTH:
            talk.offers = answers.offers(await talk.ask("CAPABILITY"))
            await _log_in(box, talk)
        talk.offers = answers.offers(await talk.ask("CAPABILITY"))      # others than before
        yield Session(talk, box.user)
    finally:
        wire.break_off(ConnectionAbortedError("we left"))


async def _connected(box: Mailbox) -> protocol.Protocol:
    encrypted = {"ssl": ssl.create_default_context(), "server_hostname": box.host}
    how = encrypted if box.tls == "implicit" else {}
    try:
        return await protocol.connect(box.host, box.port, CONNECT_WITHIN, **how)
    except ssl.SSLCertVerificationError as error:
        why = f"its certificate does not hold: {error.verify_message}"
        remedy = "mend it, or name the host it is for"
        raise Unavailable(f"{box.where}: {why}; {remedy}") from error
    except TimeoutError:
        raise Unavailable(f"{box.where}: no connection within {CONNECT_WITHIN:g} s") from None
    except (OSError, ValueError) as error:      # ValueError: a name that is none in the DNS
        raise Unavailable(f"{box.where}: {error or type(error).__name__}") from error


async def _greeted(talk: Talk) -> str:
    """Hear the greeting and return the state that it puts us in."""
    talk.alive(CONNECT_WITHIN)
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            line = await asyncio.shield(talk.wire.greeting)
    except TimeoutError:
        raise Unavailable(f"{talk.where}: no greeting within {CONNECT_WITHIN:g} s") from None
    except OSError as error:
        raise Unavailable(f"{talk.where}: no greeting: {error}") from error
    star, _, rest = line.partition(b" ")
    result, _, words = rest.partition(b" ")
    if star == b"*" and result.upper() == b"BYE":
        raise Unavailable(f"{talk.where} sends us away: {refusal.said(words).words}")
    if star != b"*" or result.upper() not in STATES:
        raise Unavailable(f"{talk.where} speaks no IMAP: {foreign.text(line, 200)}")
    talk.wire.state = STATES[result.upper()]
    return talk.wire.state  # type: ignore[no-any-return]


async def _log_in(box: Mailbox, talk: Talk) -> None:
    try:
        secret = await box.secret.get()
    except Unanswered as error:
        raise Unavailable(f"{box.where}: no log-in: {error}") from error
    reply = await _introduced(box, talk, secret)
    if reply.result != "OK":
        words = reply.said.words.replace(secret, "(hidden)") if secret else reply.said.words
        shown, another = reply.said._replace(words=words), box.secret.refused()
        raise refusal.of_log_in(box.where, box.user, reply.result, shown, another=another)
    talk.wire.state = upstream.AUTH


async def _introduced(box: Mailbox, talk: Talk, secret: str) -> Reply:
    """Log in by LOGIN, which knows ASCII only, or else by PLAIN (RFC 4616)."""
    plain, no_login = "AUTH=PLAIN" in talk.offers, "LOGINDISABLED" in talk.offers
    if no_login and not plain:
        why = "takes no password over this connection (LOGINDISABLED)"
        raise Barred(f"{box.where} {why}; see inbox.tls")
    if plain and (no_login or not (box.user + secret).isascii()):
        talk.wire.will_answer(b64encode(f"\0{box.user}\0{secret}".encode()))
        return await talk.say("AUTHENTICATE", "PLAIN")
    return await talk.say("LOGIN", quoted(box.user), quoted(secret))
