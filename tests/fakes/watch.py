"""The daemon's steps over a real ledger, run by hand, and the agencies for it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from msgspec import structs

from fakes.clock import StoppedClock
from fakes.post import EvenChance, Relay, Unsigned, sendable
from fakes.samples import (
    FORM,
    KEY,
    MONDAY,
    OURS,
    POLICY,
    REFUSALS,
    RULES,
    UNPACED,
    agency,
    register,
    unbound,
)
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.confirming import look_again
from sarabanwatch.app.life import Outlet
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.receiving import Receiving
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import ConfirmSection
from sarabanwatch.core.returns.mailbox import Batch, Cursor
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.store import Ledger

ONCE = ConfirmSection(1, 1)       # a single failure is believed
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ADDRESS = structs.replace(RULES, official_suffixes=("go.test",))
RULEBOOK = Rulebook(
    replace(POLICY, confirm=ONCE), ADDRESS, FORM, OURS, {KEY.kid: KEY},
    unbound, REFUSALS, pace=UNPACED)
ONE, TWO = agency("saraban@one.go.test"), agency("saraban@two.go.test", "1002")
BLOCKED = Answer(Stage.RCPT, 554, "5.7.1", "your IP is listed by a blocklist")


@dataclass
class Watch:
    """The daemon's steps, run by hand."""

    ledger: Ledger
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(MONDAY))
    relay: Relay = field(default_factory=Relay)
    uid: int = 0
    rules: Rulebook = RULEBOOK

    def __post_init__(self) -> None:
        self.journal, self.reader = MetricJournal(self.clock), ReaderProcess(self.rules.ours,
                                                                             REFUSALS)

    async def draft(self) -> int:
        """Open the round, and write down what is due."""
        await rounds.turn(ledger=self.ledger, clock=self.clock, rules=self.rules,
                          journal=self.journal)
        return await life.draft(ledger=self.ledger, clock=self.clock, rules=self.rules,
                                journal=self.journal)

    async def again(self) -> int:
        """Write down confirming letters that are due."""
        return await look_again(ledger=self.ledger, clock=self.clock, rules=self.rules,
                                journal=self.journal)

    async def send(self) -> list[Outgoing]:
        """Send what may go now; return the letters that the relay saw."""
        seen = len(self.relay.letters)
        for serial in await sendable(self.ledger, self.clock.now(), 1000, ()):
            await life.send(serial, Outlet(self.relay, EvenChance()), ledger=self.ledger,
                            clock=self.clock, rules=self.rules, journal=self.journal)
        return self.relay.letters[seen:]

    async def receive(self, *mails: bytes) -> None:
        """Take these mails in."""
        numbered = [(self.uid + n, raw) for n, raw in enumerate(mails, start=1)]
        self.uid += len(mails)
        batch = Batch(numbered, Cursor(7, self.uid), through=False)
        async with self.receiving() as receiving:
            await receiving.take(batch)

    def receiving(self) -> Receiving:
        """Return what takes mail in."""
        return Receiving(Readers(self.reader, Unsigned()), ledger=self.ledger, clock=self.clock,
                         rules=self.rules, journal=self.journal)

    async def close(self, looked_at: datetime | None) -> int:
        """End the windows that were over when the inbox was looked at."""
        return await life.close(
            looked_at=looked_at, ledger=self.ledger, clock=self.clock, rules=self.rules,
            journal=self.journal)

    async def end(self) -> None:
        """Let a week go by in which the mailbox is read through, and judge."""
        self.clock.pass_(WEEK)
        await self.close(self.clock.now())
        await self.judge()

    async def judge(self) -> int:
        """Judge what is new."""
        return await life.judge(ledger=self.ledger, clock=self.clock, rules=self.rules)

    async def announce(self) -> int:
        """Report the transitions."""
        return await life.announce(ledger=self.ledger, clock=self.clock, journal=self.journal)

    async def groups(self) -> dict[Group, int]:
        """Count the agencies by group."""
        return dict(await self.ledger.read(store.judgements.counts))

    async def written(self) -> list[Outgoing]:
        """Draft, confirming letters too, and send what was drafted."""
        await self.draft()
        await self.again()
        return await self.send()

    async def verdicts(self, of: Agency = ONE) -> list[Verdict]:
        """Return what each letter to an agency came to."""
        await self.ledger.write(
            store.register_table.replace, register(of, TWO, digest=f"again {self.clock.now()}"),
            RULES, self.clock.now())
        (case,) = [case for case in await self.ledger.read(store.judgements.unjudged, 9)
                   if case.agency.code == of.code]
        return list(life.weigh(case, self.rules, self.clock.now()).verdicts.values())


async def evidence(watch: Watch) -> list[Evidence]:
    """Return what was seen of the first letter."""
    await watch.ledger.write(
        store.register_table.replace, register(ONE, digest=f"seen {watch.clock.now()}"), RULES,
        watch.clock.now())
    (case,) = await watch.ledger.read(store.judgements.unjudged, 9)
    return list(case.letters[0][1])
