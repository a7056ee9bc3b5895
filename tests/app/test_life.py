"""The steps, in their order, over a real ledger: what a letter's life makes of an agency."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.post import LATER, LOST, NO_USER, EvenChance, NoSeals, Relay, answer, bounce, sendable
from fakes.samples import ANCHOR, FORM, HOUR, KEY, MONDAY, RULES, agency, register
from sarabanwatch.app import life
from sarabanwatch.core.agency import Agency, Announcement
from sarabanwatch.core.arrival import Ours
from sarabanwatch.core.evidence import Evidence, Kind
from sarabanwatch.core.group import Change, Group
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.reply import Answer, Stage
from sarabanwatch.core.token import mint
from sarabanwatch.core.verdict import Verdict
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.ledger import SqliteLedger
from sarabanwatch.edge.reader import Reader
from sarabanwatch.ports import Batch, Cursor, Outgoing

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ADDRESS = replace(RULES, official_suffixes=("go.test",))
RULEBOOK = life.Rulebook(
    Policy(ANCHOR), ADDRESS, FORM, Ours(FORM.address, FORM.number), {KEY.kid: KEY}, partial(mint, key=KEY))
ONE, TWO = agency("saraban@one.go.test"), agency("saraban@two.go.test", "1002")
BLOCKED = Answer(Stage.RCPT, 554, "5.7.1", "your IP is listed by a blocklist")


@dataclass
class Watch:
    """The daemon's steps, taken by hand."""

    ledger: SqliteLedger
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(MONDAY))
    relay: Relay = field(default_factory=Relay)
    uid: int = 0

    def __post_init__(self) -> None:
        self.journal, self.reader = MetricJournal(self.clock), Reader(RULEBOOK.ours)

    async def draft(self) -> int:
        return await life.draft(ledger=self.ledger, clock=self.clock, rules=RULEBOOK, journal=self.journal)

    async def send(self) -> list[Outgoing]:
        """Send what may go now; return the letters that the relay saw."""
        seen = len(self.relay.letters)
        for serial in await sendable(self.ledger, self.clock.now(), 100, ()):
            await life.send(serial, ledger=self.ledger, line=self.relay, clock=self.clock, chance=EvenChance(), rules=RULEBOOK,
                            journal=self.journal)
        return self.relay.letters[seen:]

    async def receive(self, *mails: bytes) -> None:
        numbered = [(self.uid + n, raw) for n, raw in enumerate(mails, start=1)]
        self.uid += len(mails)
        batch = Batch(numbered, Cursor(7, self.uid), through=False)
        await life.receive("INBOX", batch, ledger=self.ledger, reader=self.reader, seals=NoSeals(), clock=self.clock,
                           rules=RULEBOOK, journal=self.journal)

    async def close(self, looked_at: datetime | None) -> int:
        return await life.close(
            looked_at=looked_at, ledger=self.ledger, clock=self.clock, rules=RULEBOOK, journal=self.journal)

    async def end(self) -> None:
        """Let a week go by in which the mailbox is read through, and judge."""
        self.clock.pass_(WEEK)
        await self.close(self.clock.now())
        await self.judge()

    async def judge(self) -> int:
        return await life.judge(ledger=self.ledger, clock=self.clock, rules=RULEBOOK)

    async def announce(self) -> int:
        return await life.announce(ledger=self.ledger, clock=self.clock, journal=self.journal)

    async def groups(self) -> dict[Group, int]:
        return dict(await self.ledger.judgements.counts())

    async def written(self) -> list[Outgoing]:
        """Draft, and send what was drafted."""
        await self.draft()
        return await self.send()

    async def verdicts(self, of: Agency = ONE) -> list[Verdict]:
        await self.ledger.roll.replace(register(of, TWO, digest=f"again {self.clock.now()}"), self.clock.now())
        (case,) = [case for case in await self.ledger.judgements.unjudged(9) if case.agency.code == of.code]
        return list(life.weigh(case, RULEBOOK, self.clock.now()).verdicts.values())


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over one agency, on a Monday morning."""
    watch = Watch(SqliteLedger(tmp_path / "ledger.db", ADDRESS))
    await watch.ledger.roll.replace(register(ONE), MONDAY)
    yield watch
    await watch.reader.close()
    watch.ledger.close()


# --- what comes of a letter ------------------------------------------------------------------------------------------


async def test_a_letter_answered_proves_the_address(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.receive(answer(out))
    assert await watch.judge() == 1
    assert await watch.groups() == {Group.A1: 1}


async def test_a_letter_taken_and_not_answered_is_delivered_when_its_window_is_over(watch: Watch) -> None:
    await watch.written()
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}
    await watch.end()
    assert await watch.groups() == {Group.A2: 1}


async def test_a_letter_bounced_after_it_was_taken_counts_as_bounced(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.receive(bounce(out))
    await watch.end()
    assert await watch.groups() == {Group.D2: 1}
    assert [e.kind for e in await evidence(watch)] == [Kind.TAKEN, Kind.BOUNCED, Kind.QUIET]


async def test_a_late_answer_is_evidence_too(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.end()
    await watch.receive(answer(out))
    await watch.judge()
    assert await watch.groups() == {Group.A1: 1}


async def test_a_letter_refused_is_known_at_once(watch: Watch) -> None:
    watch.relay.says.append(NO_USER)
    await watch.written()
    await watch.judge()
    assert await watch.groups() == {Group.D2: 1}


async def test_a_letter_put_off_is_tried_again_and_is_the_same_letter(watch: Watch) -> None:
    watch.relay.says.extend([LATER, LATER])
    (first,) = await watch.written()
    assert await watch.send() == []
    watch.clock.pass_(HOUR)
    (second,) = await watch.send()
    watch.clock.pass_(HOUR)
    (third,) = await watch.send()
    assert first == second == third
    watch.clock.pass_(HOUR)
    assert await watch.send() == []
    assert await watch.draft() == 0


async def test_a_letter_that_could_not_leave_in_time_is_held_and_a_fresh_one_follows(watch: Watch) -> None:
    watch.relay.says.append(LATER)
    (first,) = await watch.written()
    watch.clock.pass_(WEEK)
    assert await watch.send() == []
    await watch.close(watch.clock.now())
    await watch.judge()
    (second,) = await watch.written()
    assert first.envid != second.envid
    assert [await watch.verdicts(), await watch.groups()] == [[Verdict.UNKNOWN, Verdict.PENDING], {Group.UNKNOWN: 2}]


async def test_a_letter_in_doubt_is_never_sent_again_and_a_fresh_one_follows_after_its_window(watch: Watch) -> None:
    watch.relay.says.append(LOST)
    (doubtful,) = await watch.written()
    watch.clock.pass_(HOUR)
    await watch.judge()
    assert await watch.written() == []
    await watch.end()
    (fresh,) = await watch.written()
    assert fresh.envid != doubtful.envid
    assert (await watch.ledger.letters.candidates(0)) == []
    await watch.end()
    assert await watch.groups() == {Group.A2: 1}


async def test_a_letter_in_doubt_that_is_answered_did_arrive(watch: Watch) -> None:
    watch.relay.says.append(LOST)
    (doubtful,) = await watch.written()
    await watch.receive(answer(doubtful))
    await watch.end()
    assert await watch.groups() == {Group.A1: 1}
    assert await watch.written() == []


async def test_what_is_found_half_sent_at_start_is_in_doubt(watch: Watch) -> None:
    await watch.draft()
    assert await watch.ledger.letters.pick(1, MONDAY) is not None
    assert await life.recover(ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK) == 1
    assert await life.recover(ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK) == 0
    assert await watch.send() == []
    await watch.end()
    assert len(await watch.written()) == 1


async def test_an_agency_that_blocks_us_is_not_blamed_and_gets_a_fresh_letter(watch: Watch) -> None:
    watch.relay.says.append(BLOCKED)
    await watch.written()
    await watch.end()
    assert await watch.groups() == {Group.UNKNOWN: 1}
    assert len(await watch.written()) == 1
    await watch.end()
    assert await watch.groups() == {Group.A2: 1}


async def test_there_are_only_so_many_letters_a_round(watch: Watch) -> None:
    watch.relay.says.extend([BLOCKED] * 20)
    for _ in range(20):
        await watch.written()
        watch.clock.pass_(4 * HOUR)
        await watch.close(watch.clock.now() + WEEK)
        await watch.judge()
    assert len(watch.relay.letters) == RULEBOOK.policy.letters_at_most


# --- silence ---------------------------------------------------------------------------------------------------------


async def test_silence_does_not_count_before_the_mailbox_was_read_through(watch: Watch) -> None:
    await watch.written()
    watch.clock.pass_(WEEK)
    assert await watch.close(None) == 0
    assert await watch.close(MONDAY + HOUR) == 0        # it was last read within the window
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}
    assert await watch.close(watch.clock.now()) == 1


async def test_silence_says_nothing_of_a_letter_in_doubt(watch: Watch) -> None:
    watch.relay.says.append(LOST)
    await watch.written()
    await watch.end()
    assert [e.kind for e in await evidence(watch)] == [Kind.LOST]
    assert await watch.groups() == {Group.UNKNOWN: 1}


# --- mail ------------------------------------------------------------------------------------------------------------


async def test_a_strangers_mail_is_kept_and_is_evidence_of_nothing(watch: Watch) -> None:
    await watch.written()
    await watch.receive(b"From: x@stranger.test\r\nTo: probes@probe.test\r\nSubject: hello\r\n\r\nhello\r\n")
    assert [e.kind for e in await evidence(watch)] == [Kind.TAKEN]
    assert await watch.ledger.arrivals.cursor("INBOX") == Cursor(7, 1)


async def test_a_bounce_of_another_recipient_is_refused_whatever_token_it_carries(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.receive(bounce(out, recipient="somebody@two.go.test"))
    await watch.end()
    assert await watch.groups() == {Group.A2: 1}


async def test_a_forged_token_is_refused(watch: Watch) -> None:
    (out,) = await watch.written()
    forged = replace(out, sender=out.sender.replace(out.envid, mint(1, replace(KEY, secret=b"somebody else's!"))))
    await watch.receive(bounce(forged))
    await watch.end()
    assert await watch.groups() == {Group.A2: 1}


async def test_an_answer_known_only_by_its_sender_is_weak_and_decides_nothing(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.receive(answer(replace(out, sender=FORM.address), "ขอบคุณครับ"))
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}


async def test_the_same_mail_twice_is_one_fact(watch: Watch) -> None:
    (out,) = await watch.written()
    for _ in range(2):
        await watch.receive(answer(out), answer(out))
    assert [e.kind for e in await evidence(watch)] == [Kind.TAKEN, Kind.RECEIPT]


# --- judgement -------------------------------------------------------------------------------------------------------


async def campaign(watch: Watch, *returned: bool) -> list[Group]:
    """Play a campaign for each: the letter comes back, or it does not; return the groups in which they left the agency."""
    groups: list[Group] = []
    for number, comes_back in enumerate(returned):
        watch.clock.at = MONDAY + number * 6 * WEEK
        (out,) = await watch.written()
        await watch.receive(*[bounce(out)] * comes_back)
        await watch.end()
        groups += await watch.groups()
    return groups


async def test_one_campaigns_failure_never_unseats_a_good_address_and_two_in_a_row_do(watch: Watch) -> None:
    assert await campaign(watch, False, True, False, True, True, False) == [
        Group.A2, Group.A2, Group.A2, Group.A2, Group.D2, Group.A2]


async def test_a_first_failure_is_believed(watch: Watch) -> None:
    assert await campaign(watch, True, False) == [Group.D2, Group.A2]


async def test_a_new_address_starts_afresh(watch: Watch) -> None:
    assert await campaign(watch, True) == [Group.D2]
    moved = agency("saraban@new.go.test", announcement=Announcement("x", None, "saraban@new.go.test"))
    await watch.ledger.roll.replace(register(moved, digest="d2"), watch.clock.now())
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 1}


async def test_judging_twice_changes_nothing(watch: Watch) -> None:
    assert await campaign(watch, False) == [Group.A2]
    await watch.announce()
    await watch.ledger.roll.replace(register(ONE, digest="d2"), watch.clock.now())
    assert (await watch.judge(), await watch.judge(), await watch.announce()) == (1, 0, 0)


@dataclass
class Dies:
    """A journal that dies at the second turn it is to tell."""

    told: list[Change] = field(default_factory=list)

    def turned(self, change: Change) -> None:
        """Tell, or die."""
        if len(self.told) == 1:
            raise OSError("no space left on device")
        self.told.append(change)


async def test_each_turn_is_announced_at_least_once_whatever_dies_meanwhile(watch: Watch) -> None:
    await watch.ledger.roll.replace(register(ONE, TWO, digest="d2"), MONDAY)
    await watch.written()
    await watch.end()
    dying = Dies()
    with pytest.raises(OSError, match="no space"):
        await life.announce(ledger=watch.ledger, clock=watch.clock, journal=dying)     # type: ignore[arg-type]  # it dies of one event
    assert await watch.announce() == 2
    assert await watch.announce() == 0
    assert [change.code for change in dying.told] == ["1001"]


# --- the outbox ------------------------------------------------------------------------------------------------------


async def test_no_more_letters_are_written_to_a_mail_host_than_its_outbox_has_room_for(watch: Watch) -> None:
    small = replace(RULEBOOK, policy=replace(RULEBOOK.policy, outbox=3))
    many = [agency(f"saraban_{n}@shared.go.test", str(n)) for n in range(5)]
    await watch.ledger.roll.replace(register(*many, agency("saraban@alone.go.test", "9"), digest="d2"), MONDAY)
    step = partial(life.draft, ledger=watch.ledger, clock=watch.clock, rules=small, journal=watch.journal)
    assert (await step(), await step()) == (3 + 1, 0)
    await watch.send()
    assert (await step(), await step()) == (2, 0)


async def test_a_letter_to_a_name_that_is_somebodys_leaves_only_a_live_watch(watch: Watch) -> None:
    real = agency("saraban@one.go.th", "1003")
    await watch.ledger.roll.replace(register(real, digest="d2"), MONDAY)
    assert await watch.draft() == 0
    live = replace(RULEBOOK, policy=replace(RULEBOOK.policy, live=True))
    await life.draft(ledger=watch.ledger, clock=watch.clock, rules=live, journal=watch.journal)
    assert await watch.send() == []         # drafted while live, found when no longer
    assert watch.relay.letters == []


async def test_what_is_published_is_what_the_ledger_counts(watch: Watch) -> None:
    await watch.written()
    await watch.end()
    census = await life.publish(ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK, journal=watch.journal)
    assert (census.total, census.buckets["ready"]) == (1, 1)


async def test_a_letter_picked_by_another_meanwhile_is_left_to_it(watch: Watch) -> None:
    await watch.draft()
    await watch.ledger.letters.pick(1, MONDAY)
    await life.send(1, ledger=watch.ledger, line=watch.relay, clock=watch.clock, chance=EvenChance(), rules=RULEBOOK,
                    journal=watch.journal)
    assert watch.relay.letters == []


async def evidence(watch: Watch) -> list[Evidence]:
    """Return what was seen of the first letter."""
    await watch.ledger.roll.replace(register(ONE, digest=f"seen {watch.clock.now()}"), watch.clock.now())
    (case,) = await watch.ledger.judgements.unjudged(9)
    return list(case.letters[0][1])
