"""Letters out by our own relays: one connection, kept open, to the first of them that will have us.

A connection is retried here, in seconds (tenacity); a letter is retried by the plan, from the ledger, in hours. A relay
that is down, or bars us, is left for the next one, and tried again after a rest.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiosmtplib
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from sarabanwatch.core.reply import Answer, Stage
from sarabanwatch.core.route import Route
from sarabanwatch.edge.smtp import tls
from sarabanwatch.edge.smtp.wire import SURPRISES, Wire, hello
from sarabanwatch.ports import Barred, Outgoing

REST = 60.0      # wall seconds before a relay that failed us is tried again, while another one serves


def nothing() -> str:
    """Have no secret."""
    return ""


@dataclass(frozen=True, slots=True)
class Relay:
    """Where a relay is and how we speak with it. `tls` is none, starttls or implicit; verified unless none.

    `secret` gives the password, or with `auth` xoauth2 the token, anew for every log-in; `auth` is auto, plain, login or
    xoauth2. `success_reports`: ask to be told when a letter was delivered, too.
    """

    host: str
    port: int
    tls: str
    user: str
    secret: Callable[[], str] = field(default=nothing, repr=False)
    helo: str = "localhost"
    timeout: float = 60.0
    auth: str = "auto"
    success_reports: bool = True

    @property
    def place(self) -> str:
        """Its name in logs and evidence."""
        return f"{self.host}:{self.port}"


class Relays:
    """All relays, the preferred first, and which of them rest: shared by all lines."""

    def __init__(self, relays: Sequence[Relay], left: Callable[[BaseException], None] | None = None) -> None:
        self._relays = tuple(relays)
        self._rests: dict[Relay, float] = {}
        self._left = left

    def to_try(self) -> tuple[Relay, ...]:
        """Return those that do not rest; all, where all do."""
        now = asyncio.get_running_loop().time()
        awake = tuple(relay for relay in self._relays if self._rests.get(relay, 0) <= now)
        return awake or self._relays

    def serves(self, relay: Relay) -> None:
        """Note that a relay has us again."""
        self._rests.pop(relay, None)

    def leave(self, relay: Relay, error: BaseException) -> None:
        """Let a relay rest that failed us; where there is another, somebody should know."""
        self._rests[relay] = asyncio.get_running_loop().time() + REST
        if self._left and len(self._relays) > 1:
            self._left(error)


class RelayLine:
    """One connection to a relay; the Line port."""

    def __init__(self, relays: Relays) -> None:
        self._relays = relays
        self._wire: Wire | None = None
        self._at: Relay | None = None

    async def ready(self) -> None:
        """Return when a connection stands, however long that takes; raise Barred where waiting won't help."""
        if self._wire is not None and self._wire.stands and self._at is self._relays.to_try()[0]:
            return
        async for attempt in AsyncRetrying(
            wait=wait_random_exponential(multiplier=0.5, max=60),
            retry=retry_if_exception_type(SURPRISES),
            before_sleep=_heed_cancel,
        ):
            with attempt:
                await self.connect()

    async def connect(self) -> None:
        """Connect to the first relay that will have us, each tried once; raise Barred where every one of them bars us."""
        await self.close()
        down: BaseException | None = None
        barred: Barred | None = None
        for relay in self._relays.to_try():
            try:
                self._wire, self._at = await _connected(relay), relay
            except Barred as error:
                barred = barred or error
                self._relays.leave(relay, error)
            except SURPRISES as error:
                down = down or error
                self._relays.leave(relay, error)
            else:
                self._relays.serves(relay)
                return
        raise down or barred or aiosmtplib.SMTPConnectError("no relay is named")

    async def reach(self) -> Answer | None:
        """Try once to stand, where letters don't wait for a relay; return what kept it from that."""
        try:
            if self._wire is None or not self._wire.stands:
                await self.connect()
        except (Barred, *SURPRISES) as error:
            return Answer(Stage.CONNECT, 0, "", str(error) or type(error).__name__)
        return None

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter; whatever the other side does becomes an Answer that says at which stage."""
        if self._wire is None or not self._wire.stands:
            return Answer(Stage.CONNECT, 0, "", "no connection")
        return await self._wire.send(out)

    async def close(self) -> None:
        """Say goodbye, if there is anyone."""
        wire, self._wire, self._at = self._wire, None, None
        if wire is not None:
            await wire.close()


async def _connected(relay: Relay) -> Wire:
    """Connect once: greet, start TLS, log in."""
    client = aiosmtplib.SMTP(
        hostname=relay.host, port=relay.port, timeout=relay.timeout, local_hostname=relay.helo,
        use_tls=relay.tls == "implicit", start_tls=relay.tls == "starttls",
    )
    try:
        await client.connect()
        await hello(client)
        await _log_in(client, relay)
        shown = tls.seen(client, relay.host) if relay.tls != "none" else None
        return Wire(client, Route.RELAY, relay.place, shown, success=relay.success_reports)
    except BaseException as error:
        client.close()
        _refused_for_good(error, relay)
        raise


async def _log_in(client: aiosmtplib.SMTP, relay: Relay) -> None:
    """Log in by the mechanism that is set, with the secret as it stands now (RFC 4954; XOAUTH2 as mail providers have it)."""
    if not relay.user:
        return
    ways = {"plain": client.auth_plain, "login": client.auth_login, "xoauth2": client.auth_xoauth2}
    await ways.get(relay.auth, client.login)(relay.user, relay.secret())


def _heed_cancel(_attempt: RetryCallState) -> None:
    """End a task that was cancelled just as its connection was refused: Python 3.11's `wait_for` loses such a cancel."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _refused_for_good(error: BaseException, relay: Relay) -> None:
    """Raise Barred where an error means that trying again won't help; it names what to do."""
    where, remedy = f"relay {relay.place}", ""
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
        raise Barred(f"{where} {_hidden(remedy, relay)}") from None


def _hidden(text: str, relay: Relay) -> str:
    """Return a text without the secret, which a server may echo."""
    secret = relay.secret() if relay.user else ""
    return text.replace(secret, "(hidden)") if secret else text
