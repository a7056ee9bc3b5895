"""Checks of relay and inbox, and of a letter to ourselves through both."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from secrets import token_hex

from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.checkup import Finding, Grade, fail, ok, warn
from sarabanwatch.core.overview import Overview, OwnPath
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.edge.imap.names import ListedFolder, meant
from sarabanwatch.edge.imap.opening import session
from sarabanwatch.edge.imap.session import Session
from sarabanwatch.edge.smtp.relay_server import RelayServer, connected
from sarabanwatch.edge.smtp.wire import Wire
from sarabanwatch.wiring.doctor import Patient

LETTER = 500_000        # octets that a letter with its PDF may have
FULL, FILLING = 0.95, 0.8       # share of the inbox's quota: wrong, to be seen to
FIELD = "X-Saraban-Doctor"
PATH_THAI = {OwnPath.BROKEN: "ไม่กลับมา", OwnPath.UNKNOWN: "ยังไม่ทราบผล",
             OwnPath.UNTRIED: "ไม่ได้ส่ง (canary.every_hours = 0)"}
LIKE_JUNK = re.compile("junk|spam|ขยะ", re.IGNORECASE)    # how people name such a folder
LOOKS = 5.0             # seconds between two looks for our letter


async def relay(patient: Patient) -> Sequence[Finding]:
    """Check that each relay greets us, encrypts, logs us in, and would take a letter of ours."""
    if patient.components.settings.route.by_default != "relay":
        return [ok("หนังสือส่งตรงถึงเครื่องแม่ข่ายอีเมล", "letters go straight to mail hosts")]
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
    secure, user = server.tls != "none", server.user
    yield ok(f"{server.place}: ตอบรับ {'เข้ารหัส TLS' if secure else 'ไม่เข้ารหัส'} "
             f"{f'เข้าสู่ระบบเป็น {user!r}' if user else 'ไม่ต้องเข้าสู่ระบบ'}",
             f"{server.place}: greeted, {'TLS' if secure else 'no encryption'}, "
             f"{f'logged in as {user!r}' if user else 'no log-in is asked for'}")
    if "dsn" in offers:
        yield ok(f"{server.place}: รายงานผลการส่ง (DSN)",
                 f"{server.place}: reports of delivery (DSN)")
    else:
        yield warn(f"{server.place}: ไม่มี DSN จึงมีแต่การตีกลับเป็นข้อความ",
                   f"{server.place}: offers no DSN, so only bounces in words come back")
    size = offers.get("size", "")
    if size.isdigit() and 0 < int(size) < LETTER:
        yield fail(f"{server.place}: รับจดหมายไม่เกิน {int(size):,} ไบต์ หนังสืออาจมีถึง {LETTER:,}",
                   f"{server.place}: takes mails of {int(size):,} octets at most; "
                   f"a letter may have {LETTER:,}")


async def _sender(server: RelayServer, wire: Wire) -> Finding:
    answer = await wire.offer(server.sender)
    if answer.code // 100 == 2:
        return ok(f"{server.place}: รับหนังสือของ {server.sender}",
                  f"{server.place}: takes letters of {server.sender}")
    reply = f"{answer.code} {answer.text}"
    return fail(f"{server.place}: ไม่รับหนังสือของ {server.sender}: {reply}",
                f"{server.place}: refuses letters of {server.sender}: {reply}")


async def inbox(patient: Patient) -> Sequence[Finding]:
    """Check that the inbox logs us in, has the folders that are read, and has room."""
    box = patient.edges.mailbox
    async with session(box) as imap:
        return [ok(f"{box.where}: เข้าสู่ระบบเป็น {box.user!r}",
                   f"{box.where}: logged in as {box.user!r}"),
                *await _folders(patient, imap), _pushed(imap, box.poll_seconds),
                *[_room(used, limit) for used, limit in await imap.quota(box.name)]]


def _pushed(imap: Session, every: float) -> Finding:
    if "IDLE" in imap.offers:
        return ok("แจ้งทันทีเมื่อมีจดหมาย (IDLE)", "new mail is announced at once (IDLE)")
    return warn(f"ไม่มี IDLE จึงดูทุก {every:g} วินาที",
                f"no IDLE: the inbox is looked at every {every:g} s")


async def _folders(patient: Patient, imap: Session) -> list[Finding]:
    box = patient.edges.mailbox
    await imap.select(box.name)
    listed = await imap.folders()
    if listed is None:
        return [warn("ไม่บอกว่ามีโฟลเดอร์ใด", "it does not list its folders")]
    return [ok(f"โฟลเดอร์ {box.name!r}", f"folder {box.name!r}"),
            *(_folder(name, listed) for name in box.also)]


def _folder(name: str, listed: Sequence[ListedFolder]) -> Finding:
    """Say which folder is meant; one that is named by its use need not be there (RFC 6154)."""
    there = meant(name, listed)
    if there is not None:
        return ok(f"โฟลเดอร์ {name!r} คือ {there!r}", f"folder {name!r} is {there!r}")
    if not name.startswith("\\"):
        return warn(f"ไม่มีโฟลเดอร์ {name!r} (inbox.also)",
                    f"there is no folder {name!r} (inbox.also)")
    for folder in (each.name for each in listed if LIKE_JUNK.search(each.name)):
        return warn(f"ไม่มีโฟลเดอร์ที่ระบุว่าเป็น {name} แต่มี {folder!r} ซึ่งไม่ได้อ่าน ให้ระบุใน inbox.also",
                    f"no folder is marked {name}, and {folder!r} is not read: "
                    "name it in inbox.also")
    return ok(f"ไม่มีโฟลเดอร์ที่ระบุว่าเป็น {name} จึงไม่ต้องอ่าน",
              f"no folder is marked {name}: there is nothing more to read")


def _room(used: int, limit: int) -> Finding:
    share = used / limit if limit else 0.0
    grade = Grade.FAIL if share > FULL else Grade.WARN if share > FILLING else Grade.OK
    return Finding(grade, f"ใช้ไป {share:.0%} ของ {limit / 1000:,.0f} MB (QUOTA)",
                   f"{share:.0%} of {limit / 1000:,.0f} MB are used (QUOTA)")


async def there_and_back(patient: Patient) -> Sequence[Finding]:
    """Check that a letter to ourselves comes home, under an address of its own.

    A running daemon sends such letters and knows; otherwise we send one, if we may.
    """
    overview = await patient.overview()
    if overview and overview.running:
        return [_by_daemon(overview)]
    if not patient.letter:
        return [warn("ไม่ได้ลอง: ไม่มีโปรแกรมทำงานอยู่ และสั่งไม่ให้ส่งหนังสือ",
                     "not tried: no daemon runs, and no letter was to be sent")]
    to, number = _addressed(patient)
    async with session(patient.edges.mailbox) as imap, _standing(patient.edges.relays[0]) as wire:
        sender = patient.components.settings.sender.address
        answer = await wire.send(Outgoing(sender, to, number, _letter(patient, to, number)))
        if answer.code // 100 != 2:
            return [fail(f"เครื่องส่งต่อไม่รับ: {answer.code} {answer.text}",
                         f"the relay does not take it: {answer.code} {answer.text}")]
        folder = await _arrived(patient, imap, number)
        return [ok(f"หนังสือถึง {to} กลับมาถึง {folder!r} แล้ว",
                   f"a letter to {to} came home, into {folder!r}")]


def _by_daemon(overview: Overview) -> Finding:
    if overview.path is OwnPath.WHOLE:
        thai, english = (overview.came_home and short_moment(overview.came_home, lang)
                         for lang in ("th", "en"))
        return ok(f"หนังสือถึงตนเองของโปรแกรมกลับมาล่าสุด {thai}",
                  f"the daemon's own letter last came home {english}")
    return (fail if overview.path is OwnPath.BROKEN else warn)(
        f"หนังสือถึงตนเองของโปรแกรม: {PATH_THAI[overview.path]}; ดู `path`",
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
