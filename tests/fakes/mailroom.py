"""A small ledger made by the real steps.

Two agencies, a letter sent to each, and mail read by the real reader.
"""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from fakes.clock import StoppedClock
from fakes.samples import (
    FORM,
    HOUR,
    KEY,
    MONDAY,
    OURS,
    POLICY,
    REFUSALS,
    RULES,
    UNPACED,
    agency,
    mint,
    register,
    unbound,
)
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.receiving import Receiving
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.returns.mailbox import Batch, Cursor
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.edge.clock import WallClock
from sarabanwatch.edge.dkim import Unverified
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.ports import SignatureVerifier
from sarabanwatch.store import FileLedger, Ledger

RULEBOOK = Rulebook(POLICY, RULES, FORM, OURS, {KEY.kid: KEY}, unbound, REFUSALS,
                    pace=UNPACED)
ONE, TWO = agency(), agency("saraban@two.go.th", "1002", name="กรมสอง")
CAME = MONDAY + 2 * HOUR
CONFIG = """
[sender]
address = "probes@probe.test"
name = "ระบบทดสอบ"
helo = "watch.probe.test"
[relay]
host = "127.0.0.1"
[inbox]
host = "127.0.0.1"
user = "probes"
password_file = "password"
[campaign]
anchor = 2026-01-06
"""


def mail(body: str, *, to: str = f"probes+{mint(1, KEY)}@probe.test",
         sender: str = "saraban@one.go.th", top: str = "", subject: str = "Re: test") -> bytes:
    """Return a raw mail, by default an answer to letter 1 from the address it was written to."""
    head = (f"{top}From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n")
    return f"{head}{body}\r\n".encode()


def digest(raw: bytes) -> str:
    """Return a mail's digest."""
    return sha256(raw).hexdigest()


RECEIPT = mail("ได้รับหนังสือแล้ว เลขรับ 123/2569")
WEAK_RECEIPT = mail("ได้รับหนังสือแล้ว เลขรับ 77/2569", to="probes@probe.test")
RIDDLE = mail("Your message could not be delivered.\r\n\r\n<saraban@one.go.th>: 554 qwertyuiop\r\n",
              sender="MAILER-DAEMON@relay.test", subject="Undelivered Mail Returned to Sender")
STRANGER = mail("buy now", to="probes@probe.test", sender="x@spam.test", subject="hello")
MAILS = (RECEIPT, WEAK_RECEIPT, RIDDLE, STRANGER)


@asynccontextmanager
async def opened(file: Path):
    """Open a ledger; close it again."""
    ledger = FileLedger(file)
    try:
        yield ledger
    finally:
        ledger.close()


@asynccontextmanager
async def reading():
    """Start a reader; end it again."""
    reader = ReaderProcess(OURS, REFUSALS)
    try:
        yield reader
    finally:
        await reader.close()


async def write_to_both(ledger: Ledger, at: datetime = MONDAY) -> None:
    """Send letters 1 and 2, to the two agencies; both are taken."""
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, at)
    drafts = [Draft(a.code, a.cell, at + 99 * HOUR, None) for a in (ONE, TWO)]
    for serial in await ledger.write(store.letters.draft, 0, drafts, RULEBOOK.mint, at):
        await ledger.write(store.letters.pick, serial, at)
        await ledger.write(store.letters.outcome, serial,
                           TryResult(Event.TAKEN, Evidence(FactKind.TAKEN, at, 250)), at, at + HOUR)


async def take_in(
    ledger: Ledger, *raw: bytes, rules: Rulebook = RULEBOOK, at: datetime = CAME,
    verifier: SignatureVerifier | None = None,
) -> None:
    """Take raw mails in as the daemon does, and judge."""
    clock = StoppedClock(at)
    batch = Batch(list(enumerate(raw, start=1)), Cursor(1, len(raw)), through=True)
    async with (
        reading() as reader,
        Receiving(Readers(reader, verifier or Unverified()), ledger=ledger, clock=clock,
                  rules=rules, journal=MetricJournal(WallClock())) as receiving,
    ):
        await receiving.take(batch)
    await life.judge(ledger=ledger, clock=clock, rules=rules)


def mailroom(folder: Path, *raw: bytes, rules: Rulebook = RULEBOOK) -> Path:
    """Make a configuration and its ledger in a folder, these mails taken in.

    Return the configuration's path.
    """
    async def make() -> None:
        async with opened(folder / "ledger.db") as ledger:
            await write_to_both(ledger)
            await take_in(ledger, *raw, rules=rules)

    (folder / "token.keys").write_text(f"{KEY.kid} {KEY.secret.hex()} {KEY.until}\n")
    (folder / "watch.toml").write_text(CONFIG)
    asyncio.run(make())
    return folder / "watch.toml"
