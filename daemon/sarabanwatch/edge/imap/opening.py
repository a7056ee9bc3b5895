"""Opens a connection to a mailbox: connect, read the greeting, encrypt, log in.

Raises Barred where a person must mend something, and Unavailable where it is tried again later. A
certificate that does not hold is of the second kind: it has expired, and will be renewed.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

from aioimaplib import aioimaplib as upstream
from aioimaplib.aioimaplib import quoted

from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.sending import bearer
from sarabanwatch.edge.imap import answers, protocol, refusal
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.session import Session
from sarabanwatch.edge.imap.talk import Bound, Reply, Talk
from sarabanwatch.ports import Secret

CONNECT_WITHIN = 30.0       # wall seconds: some hosts swallow what is sent to them
BEARERS = {
    "bearer": bearer.MECHANISMS, "xoauth2": (bearer.XOAUTH2,), "oauthbearer": (bearer.OAUTHBEARER,)}
STATES = {b"OK": upstream.NONAUTH, b"PREAUTH": upstream.AUTH}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the mailbox is, how it is opened, and which of its folders are read.

    `tls` is none, starttls (port 143) or implicit (port 993), verified by what `trusted` returns
    unless none. `secret` gives a password, or a token where `auth` is xoauth2, oauthbearer or
    bearer (either of them); else `auth` is auto, plain or login. `remedy`: what to look at when the
    log-in is refused. `also` are folders besides `name`; mail from before the day `since` is not
    read.
    """

    host: str
    port: int
    tls: str
    user: str
    secret: Secret = field(repr=False)
    name: str = "INBOX"
    poll_seconds: float = 60.0
    auth: str = "auto"
    trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context
    remedy: str = "see inbox.user and inbox.password_file"
    also: tuple[str, ...] = ()
    since: date | None = None

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"inbox {self.host}:{self.port}"


def no_bound(_seconds: float) -> None:
    """Tell nobody how long a wait may take."""


@asynccontextmanager
async def session(box: Mailbox, alive: Bound = no_bound) -> AsyncIterator[Session]:
    """Connect and log in; before each wait `alive` is called with the seconds that it may take."""
    alive(CONNECT_WITHIN)
    wire = await _connected(box)
    try:
        talk = Talk(box.where, wire, alive)
        state = await _greeted(talk)
        if box.tls == "starttls":
            await _encrypted(box, talk, state)
        if state == upstream.NONAUTH:
            talk.offers = answers.offers(await talk.ask("CAPABILITY"))
            await _log_in(box, talk)
        talk.offers = answers.offers(await talk.ask("CAPABILITY"))      # others than before
        one = Session(talk, box.user)
        await one.begin()
        yield one
    finally:
        wire.break_off(ConnectionAbortedError("we left"))


async def _connected(box: Mailbox) -> protocol.Protocol:
    how = {"ssl": box.trusted(), "server_hostname": box.host} if box.tls == "implicit" else {}
    try:
        return await protocol.connect(box.host, box.port, CONNECT_WITHIN, **how)
    except (OSError, ValueError) as error:      # ValueError: a name that is none in the DNS
        raise _unreached(box, error) from error


async def _encrypted(box: Mailbox, talk: Talk, state: str) -> None:
    """Begin TLS by STARTTLS (RFC 3501 section 6.2.1)."""
    # somebody between us could make us go on without encryption
    if state != upstream.NONAUTH:
        raise Unavailable(f"{box.where} logs us in before any encryption (PREAUTH)")
    if "STARTTLS" not in answers.offers(await talk.ask("CAPABILITY")):
        raise Unavailable(f"{box.where} offers no STARTTLS; see inbox.tls")
    await talk.ask("STARTTLS")
    try:
        await talk.wire.encrypt(box.trusted(), box.host, CONNECT_WITHIN)
    except OSError as error:
        raise _unreached(box, error) from error


def _unreached(box: Mailbox, error: BaseException) -> Unavailable:
    """Return the error for a connection that was not made."""
    if isinstance(error, ssl.SSLCertVerificationError):
        remedy = "mend it, or name the host it is for; see inbox.ca_file"
        return Unavailable(
            f"{box.where}: its certificate cannot be verified: {error.verify_message}; {remedy}"
        )
    if isinstance(error, TimeoutError):
        return Unavailable(f"{box.where}: no connection within {CONNECT_WITHIN:g} s")
    return Unavailable(f"{box.where}: {error or type(error).__name__}")


async def _greeted(talk: Talk) -> str:
    """Read the greeting and return the state that it puts us in."""
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
        why = refusal.response_text(words).words
        raise Unavailable(f"{talk.where} refuses the connection: {why}")
    if star != b"*" or result.upper() not in STATES:
        raise Unavailable(f"{talk.where} speaks no IMAP: {foreign.text(line, 200)}")
    talk.wire.state = STATES[result.upper()]
    return talk.wire.state  # type: ignore[no-any-return]


async def _log_in(box: Mailbox, talk: Talk) -> None:
    try:
        secret = await box.secret.get()
    except Unanswered as error:
        raise Unavailable(f"{box.where}: no log-in: {error}") from error
    except Barred as error:
        raise Barred(f"{box.where}: no log-in: {error}") from error
    reply = await _introduced(box, talk, secret)
    if reply.result != "OK":
        words = reply.text.words.replace(secret, "(hidden)") if secret else reply.text.words
        why = next(filter(None, map(bearer.explanation, reversed(talk.wire.challenges))), "")
        text = reply.text._replace(words=f"{words} ({why})" if why else words)
        raise refusal.of_log_in(
            box.where, box.user, reply.result, text, box.remedy, another=box.secret.refused())
    talk.wire.state = upstream.AUTH


async def _introduced(box: Mailbox, talk: Talk, secret: str) -> Reply:
    """Log in by a token, by LOGIN, which knows ASCII only, or by PLAIN (RFC 4616)."""
    if box.auth in BEARERS:
        return await _introduced_by_token(box, talk, secret)
    plain, no_login = "AUTH=PLAIN" in talk.offers, "LOGINDISABLED" in talk.offers
    if no_login and not plain:
        why = "takes no password over this connection (LOGINDISABLED)"
        raise Barred(f"{box.where} {why}; see inbox.tls and inbox.auth")
    odd = no_login or not (box.user + secret).isascii()
    if box.auth == "plain" or (box.auth == "auto" and plain and odd):
        talk.wire.will_answer(b64encode(f"\0{box.user}\0{secret}".encode()))
        return await talk.say("AUTHENTICATE", "PLAIN")
    return await talk.say("LOGIN", quoted(box.user), quoted(secret))


async def _introduced_by_token(box: Mailbox, talk: Talk, token: str) -> Reply:
    """Log in by the mechanism that is set, or by the first of both that is offered."""
    mechanisms = BEARERS[box.auth]
    mechanism = next((each for each in mechanisms if f"AUTH={each}" in talk.offers), mechanisms[0])
    if len(mechanisms) > 1 and f"AUTH={mechanism}" not in talk.offers:
        raise Barred(f"{box.where} takes no access token ({' or '.join(mechanisms)}); "
                     "see inbox.oauth")
    text = bearer.introduction(mechanism, box.user, token, box.host, box.port)
    talk.wire.will_answer(text, bearer.CLOSING[mechanism])
    return await talk.say("AUTHENTICATE", mechanism)
