"""Relay and inbox as they are today, and a letter to ourselves through both."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from secrets import token_hex

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.checkup import Finding, fail, ok, warn
from sarabanwatch.core.overview import Overview, OwnPath
from sarabanwatch.core.sending.plan import permitted
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.edge.imap.names import meant
from sarabanwatch.edge.imap.opening import session
from sarabanwatch.edge.imap.session import Session
from sarabanwatch.edge.smtp.relay_server import RelayServer, connected
from sarabanwatch.edge.smtp.wire import Wire
from sarabanwatch.wiring.doctor import Patient

LETTER = 500_000        # octets that a letter with its PDF may have
FULL, FILLING = 0.95, 0.8       # share of the inbox's quota: wrong, to be seen to
FIELD = "X-Saraban-Doctor"
LOOKS = 5.0             # seconds between two looks for our letter


async def relay(patient: Patient) -> Sequence[Finding]:
    """See that each relay greets us, encrypts, lets us in, and would take a letter of ours."""
    if patient.components.settings.route.by_default != "relay":
        return [ok("letters go straight to mail hosts")]
    found = await asyncio.gather(*map(_relay, patient.edges.relays), return_exceptions=True)
    return [each for one in found
            for each in ([fail(str(one))] if isinstance(one, BaseException) else one)]


@asynccontextmanager
async def _standing(server: RelayServer) -> AsyncIterator[Wire]:
    wire = await connected(server)
    try:
        yield wire
    finally:
        await wire.close()


async def _relay(server: RelayServer) -> list[Finding]:
    async with _standing(server) as wire:
        return [*_offers(server, wire.extensions), await _sender(server, wire)]


def _offers(server: RelayServer, offers: dict[str, str]) -> Iterator[Finding]:
    """Yield what a relay offers of what we use."""
    in_use = "TLS" if server.tls != "none" else "no encryption"
    who = f"logged in as {server.user!r}" if server.user else "no log-in is asked for"
    yield ok(f"{server.place}: greeted, {in_use}, {who}")
    if "dsn" in offers:
        yield ok(f"{server.place}: reports of delivery (DSN)")
    else:
        yield warn(f"{server.place}: offers no DSN, so only bounces in words come back")
    size = offers.get("size", "")
    if size.isdigit() and 0 < int(size) < LETTER:
        yield fail(f"{server.place}: takes mails of {int(size):,} octets at most; "
                   f"a letter may have {LETTER:,}")


async def _sender(server: RelayServer, wire: Wire) -> Finding:
    answer = await wire.offer(server.sender)
    if answer.code // 100 == 2:
        return ok(f"{server.place}: takes letters of {server.sender}")
    return fail(f"{server.place}: refuses letters of {server.sender}: {answer.code} {answer.text}")


async def inbox(patient: Patient) -> Sequence[Finding]:
    """See that the inbox lets us in, has the folders that are read, and has room."""
    box = patient.edges.mailbox
    async with session(box) as imap:
        found = [ok(f"{box.where}: logged in as {box.user!r}"), *await _folders(patient, imap)]
        idle = "IDLE" in imap.offers
        found.append(ok("news are pushed (IDLE)") if idle
                     else warn(f"no IDLE: it is looked at every {box.poll_seconds:g} s"))
        return [*found, *[_room(used, limit) for used, limit in await imap.quota(box.name)]]


async def _folders(patient: Patient, imap: Session) -> list[Finding]:
    box = patient.edges.mailbox
    await imap.select(box.name)
    listed = await imap.folders()
    if listed is None:
        return [warn("it does not list its folders")]
    return [ok(f"folder {box.name!r}"),
            *(ok(f"folder {name!r} is {there!r}") if (there := meant(name, listed))
              else warn(f"there is no folder {name!r} (inbox.also)") for name in box.also)]


def _room(used: int, limit: int) -> Finding:
    share = used / limit if limit else 0.0
    text = f"{share:.0%} of {limit / 1000:,.0f} MB are used (QUOTA)"
    return fail(text) if share > FULL else warn(text) if share > FILLING else ok(text)


async def there_and_back(patient: Patient) -> Sequence[Finding]:
    """See that a letter to ourselves comes home, under an address of its own.

    A running daemon sends such letters, and tells; else we send one, if we may.
    """
    overview = await patient.overview()
    if overview and overview.running:
        return [_by_daemon(overview)]
    if not patient.letter:
        return [warn("not tried: no daemon runs, and no letter was to be sent")]
    to, number = _addressed(patient)
    if not permitted(to, patient.components.policy):
        return [warn("not tried: live = false, and our own domain is a real one")]
    async with session(patient.edges.mailbox) as imap, _standing(patient.edges.relays[0]) as wire:
        sender = patient.components.settings.sender.address
        answer = await wire.send(Outgoing(sender, to, number, _letter(patient, to, number)))
        if answer.code // 100 != 2:
            return [fail(f"the relay does not take it: {answer.code} {answer.text}")]
        folder = await _arrived(patient, imap, number)
        return [ok(f"a letter to {to} came home, into {folder!r}")]


def _by_daemon(overview: Overview) -> Finding:
    home = overview.came_home and f"{overview.came_home.astimezone(BANGKOK):%Y-%m-%d %H:%M} Bangkok"
    if overview.path is OwnPath.WHOLE:
        return ok(f"the daemon's own letter last came home {home}")
    return (fail if overview.path is OwnPath.BROKEN else warn)(
        f"the daemon's own letters: {overview.path.value}; see `path`")


def _addressed(patient: Patient) -> tuple[str, str]:
    """Return our address, with a mark after + where letters have such, and the mark."""
    own, number = patient.components.settings.sender.address, token_hex(6)
    name, _, domain = own.rpartition("@")
    fixed = patient.components.settings.relay.sender == "fixed"
    return own if fixed else f"{name}+doctor{number}@{domain}", number


def _letter(patient: Patient, to: str, number: str) -> bytes:
    """Return the letter. The daemon reads it as a machine's, which waits for nobody."""
    own = patient.components.settings.sender.address
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = own, to, f"Saraban Watch: doctor {number}"
    mail["Date"] = format_datetime(patient.components.clock.now())
    mail["Message-ID"] = f"<doctor.{number}@{patient.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail[FIELD] = number
    mail.set_content("จดหมายทดสอบถึงตนเอง · a letter to ourselves, sent by `sarabanwatch doctor`.\n",
                     cte="base64")
    return mail.as_bytes()


async def _arrived(patient: Patient, imap: Session, number: str) -> str:
    """Wait until a letter is there, and return the folder; whoever calls bounds the time."""
    box = patient.edges.mailbox
    listed = await imap.folders() or []
    others = [there for name in box.also if (there := meant(name, listed))]
    while True:
        for folder in (*others, box.name):
            await imap.select(folder)
            if await imap.search("HEADER", FIELD, number):
                return folder
        await imap.rest(LOOKS)
