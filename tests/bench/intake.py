"""How fast bounces are taken in.

From IMAP to evidence on disk, beside a bare fetch by imaplib in the same run.

    python tests/bench/intake.py [--json] [--mails 10000] [--rounds 3]

The mailbox is Dovecot's where it is installed and we are root, else the land's own. Ours is the
real receive step: IDLE client, reader, recognition, attribution, ledger. The two take turns;
medians. The parts by themselves follow.
"""

import argparse
import asyncio
import contextlib
import imaplib
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tests_path  # noqa: F401 - for its effect
from scene import Desk, Took, drafted, imapd, lay_out, median, watching

from fakes.ports import free_port
from real.mail import servers
from sarabanland.bounce import DsnRequest, Outcome, Stamp, notice
from sarabanland.letter import Letter, fields
from sarabanwatch import store
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.receiving import Receiving
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.letters import compose
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.imap import ImapInbox
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.store import queries
from sarabanwatch.wiring.edges import Edges

PASSWORD = "toy"
AT_ONCE = 100           # mails in one APPEND, and in one FETCH of the bare client


async def bounced(desk: Desk, serials: list[int]) -> AsyncIterator[bytes]:
    """Send every letter, on paper, and yield the bounce that it brings."""
    now = desk.components.clock.now()
    for serial in serials:
        picked = await desk.ledger.write(store.letters.pick, serial, now)
        assert picked
        taken = Evidence(FactKind.TAKEN, now, 250, "2.0.0", "Ok")
        await desk.ledger.write(store.letters.outcome, serial, TryResult(Event.TAKEN, taken), now,
                                now)
        yield _bounce(picked[0], desk, now)


def _bounce(facts: Letter, desk: Desk, now: datetime) -> bytes:
    back = desk.rules.form.return_path(facts.token)
    raw = compose.compose(facts, desk.rules.form)
    said = Outcome(
        "5.1.1", f"smtp; 550 5.1.1 <{facts.address}>: Recipient address rejected: User unknown",
        "mx.land.test",
    )
    report = notice(Stamp("relay.land.test", f"{facts.serial:08X}", now), "failed",
                    Letter(back, facts.address, raw, fields(raw)), said,
                    DsnRequest(facts.token, full=True))
    return f"Return-Path: <>\r\nDelivered-To: {back}\r\n".encode() + report


@contextlib.contextmanager
def logged_in(port: int) -> Iterator[imaplib.IMAP4]:
    """A bare client."""
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login("probes", PASSWORD)
        yield imap


def fill(port: int, mails: list[bytes]) -> None:
    """Put mails into the mailbox, many in one command (RFC 3502, 7888)."""
    with logged_in(port) as imap:
        for some in (mails[i:i + AT_ONCE] for i in range(0, len(mails), AT_ONCE)):
            imap.send(b"m APPEND INBOX" + b"".join(b" {%d+}\r\n%b" % (len(mail), mail)
                                                   for mail in some) + b"\r\n")
            while not (line := imap.readline()).startswith(b"m "):
                pass
            assert line.startswith(b"m OK"), line


def bare(port: int, mails: int) -> Took:
    """Fetch everything with imaplib, and do nothing with it."""
    with logged_in(port) as imap:
        imap.select("INBOX", readonly=True)
        with watching(mails) as watch:
            uids = imap.uid("SEARCH", "ALL")[1][0].split()
            for some in (uids[i:i + AT_ONCE] for i in range(0, len(uids), AT_ONCE)):
                imap.uid("FETCH", b",".join(some).decode(), "(UID BODY.PEEK[])")
    assert len(uids) == mails
    return watch.took


async def _batches(desk: Desk, mails: int) -> AsyncIterator[Batch]:
    """What the watched mailbox yields until all mails are out."""
    seen = 0
    incoming = ImapInbox(Edges(desk.components).mailbox, SystemChance()).batches(Bookmarks())
    async with contextlib.aclosing(incoming):
        async for batch in incoming:
            seen += len(batch.mails)
            yield batch
            if seen >= mails:
                return


async def ours(desk: Desk, mails: int) -> Took:
    """The real receive step over the whole mailbox."""
    reader = ReaderProcess(desk.rules.ours, desk.rules.refusals)
    readers = Readers(reader, Edges(desk.components).verifier)
    with watching(mails) as watch:
        async with (
            Receiving(readers, ledger=desk.ledger, clock=desk.components.clock, rules=desk.rules,
                      journal=desk.journal) as receiving,
            contextlib.aclosing(_batches(desk, mails)) as batches,
        ):
            async for batch in batches:
                await receiving.take(batch)
    with queries.asking(desk.components.ledger_file) as db:
        assert db.execute("SELECT count(*) FROM evidence WHERE kind = 'bounced'").get == mails
    return watch.took


async def parts(desk: Desk, raws: list[bytes]) -> dict[str, Took]:
    """Fetching alone, with our client; recognising alone."""
    with watching(len(raws)) as fetch:
        async with contextlib.aclosing(_batches(desk, len(raws))) as batches:
            async for _ in batches:
                pass
    reader = ReaderProcess(desk.rules.ours, desk.rules.refusals)
    with watching(len(raws)) as read:
        for raw in raws:
            await reader.read(raw)
    return {"fetch": fetch.took, "recognise": read.took}


async def measure(folder: Path, port: int, wanted: int, rounds: int) -> dict[str, Any]:
    """Fill the mailbox once, take it in by turns."""
    components = lay_out(folder, wanted, 1, port)
    (folder / "imap-password").write_text(PASSWORD)
    async with drafted(components) as (desk, serials):
        raws = [raw async for raw in bounced(desk, serials)]
    fill(port, raws)
    fresh = components.ledger_file.read_bytes()
    peer, us = [], []
    for _ in range(rounds):
        peer.append(bare(port, len(raws)))
        components.ledger_file.write_bytes(fresh)        # closed: no journal lies beside it
        async with _reopened(desk) as again:
            us.append(await ours(again, len(raws)))
            alone = await parts(again, raws)
    return {
        "mails": len(raws), "octets": sum(map(len, raws)) // len(raws), "rounds": rounds,
        "ours": _figures(us), "imaplib": _figures(peer),
        "share_of_imaplib": round(median(us, lambda t: t.rate) / median(peer, lambda t: t.rate), 3),
        "alone": {name: _figures([took]) for name, took in alone.items()},
    }


@contextlib.asynccontextmanager
async def _reopened(desk: Desk) -> AsyncIterator[Desk]:
    ledger = desk.components.ledger()
    try:
        yield Desk(desk.components, ledger, desk.rules, desk.journal)
    finally:
        ledger.close()


def _figures(runs: list[Took]) -> dict[str, float]:
    return {"mails_a_second": median(runs, lambda t: t.rate),
            "cpu_ms_a_mail": median(runs, lambda t: t.cpu_ms)}


async def with_dovecot(scratch: Path, wanted: int, rounds: int) -> dict[str, Any]:
    """Measure against Dovecot."""
    imap = free_port()
    async with servers.dovecot(scratch, imap=imap, lmtp=free_port(), password=PASSWORD):
        return {"inbox": "dovecot", **await measure(scratch / "watch", imap, wanted, rounds)}


def with_land(scratch: Path, wanted: int, rounds: int) -> dict[str, Any]:
    """Measure against the land's own inbox."""
    with imapd(PASSWORD) as imap:
        return {"inbox": "the land's",
                **asyncio.run(measure(scratch / "watch", imap, wanted, rounds))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inbox", choices=("dovecot", "land"),
                        help="default: dovecot where it can be run")
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")
    given = parser.parse_args()
    able = os.geteuid() == 0 and shutil.which("dovecot", path="/usr/sbin")
    with (Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere),
          TemporaryDirectory(prefix="intake-") as scratch):
        Path(scratch).chmod(0o755)      # Dovecot's own user looks in
        if given.inbox == "dovecot" or (able and not given.inbox):
            result = asyncio.run(with_dovecot(Path(scratch), given.mails, given.rounds))
        else:
            result = with_land(Path(scratch), given.mails, given.rounds)
    print(json.dumps(result) if given.json else "\n".join(_lines(result)))


def _lines(result: dict[str, Any]) -> list[str]:
    rows = {"ours": result["ours"], "imaplib": result["imaplib"], **result["alone"]}
    return [
        f"{result['mails']:,} bounces of {result['octets']:,} octets, inbox: {result['inbox']}", *(
            f"{name:<10} {row['mails_a_second']:>9,.0f} mails/s "
            f"{row['cpu_ms_a_mail']:>7.2f} ms CPU a mail"
            for name, row in rows.items()
        ),
    ]


if __name__ == "__main__":
    main()
