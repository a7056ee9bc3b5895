"""The steps, in their order, over a real ledger: which letters are written, and how they end."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from fakes.cancelling import cancelled_at
from fakes.census import CUT, row, snapshot
from fakes.clock import StoppedClock
from fakes.post import LATER, LOST, NO_USER, EvenChance, answer, bounce
from fakes.samples import HOUR, MONDAY, RULES, agency, register
from fakes.watch import BLOCKED, RULEBOOK, WEEK, Watch, evidence
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.life import Outlet
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.census import Census
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.papers.snapshot import seal
from sarabanwatch.store.arrivals import LetterClaim
from sarabanwatch.store.rows import moment

# --- what comes of a letter -----------------------------------------------------------------------


async def test_a_letter_answered_proves_the_address(watch: Watch) -> None:
    (out,) = await watch.written()
    await watch.receive(answer(out))
    assert await watch.judge() == 1
    assert await watch.groups() == {Group.A1: 1}


async def test_a_letter_taken_and_not_answered_is_delivered_when_its_window_is_over(
    watch: Watch,
) -> None:
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
    assert [e.kind for e in await evidence(watch)] == [FactKind.TAKEN, FactKind.BOUNCED,
                                                       FactKind.QUIET]


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


async def test_a_letter_that_could_not_leave_in_time_is_held_and_a_fresh_one_follows(
    watch: Watch,
) -> None:
    watch.relay.says.append(LATER)
    (first,) = await watch.written()
    watch.clock.pass_(WEEK)
    assert await watch.send() == []
    await watch.close(watch.clock.now())
    await watch.judge()
    (second,) = await watch.written()
    assert first.envid != second.envid
    assert [await watch.verdicts(), await watch.groups()] == [[Verdict.UNKNOWN, Verdict.PENDING],
                                                              {Group.UNKNOWN: 2}]


async def test_a_letter_in_doubt_is_never_sent_again_and_a_fresh_one_follows_after_its_window(
    watch: Watch,
) -> None:
    watch.relay.says.append(LOST)
    (doubtful,) = await watch.written()
    watch.clock.pass_(HOUR)
    await watch.judge()
    assert await watch.written() == []
    await watch.end()
    (fresh,) = await watch.written()
    assert fresh.envid != doubtful.envid
    assert (await watch.ledger.read(store.candidates.listed, 0)) == []
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
    assert await watch.ledger.write(store.letters.pick, 1, MONDAY) is not None
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
    assert len(watch.relay.letters) == RULEBOOK.policy.campaign.letters_at_most


async def test_a_mail_that_is_kept_is_told_at_whatever_moment_the_end_comes(watch: Watch) -> None:
    (out,) = await watch.written()
    wait, kept = 0, [0]
    while await cancelled_at(wait, watch.receive(answer(out) + b"%d\r\n" % wait)):
        kept.append(await watch.ledger.write(mails))
        assert kept[-1] == taken_in(watch), f"cancelled in its wait {wait}"
        wait += 1
    assert {one - other for other, one in pairwise(kept)} == {0, 1}      # both ends were tried


def mails(tx: store.Tx) -> int:
    (count,), = tx.execute("SELECT count(*) FROM mail")
    return int(count)


def taken_in(watch: Watch) -> float:
    return sum(sample.value for metric in watch.journal.registry.collect()
               for sample in metric.samples if sample.name == "sarabanwatch_arrivals_total")


# --- the outbox -----------------------------------------------------------------------------------


async def test_the_letters_of_a_batch_of_mails_are_asked_for_in_one_question(
    watch: Watch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def claimed(tx: store.Tx, claims: list[LetterClaim | None]) -> object:
        asked.append(len(claims))
        return claimed_of_all(tx, claims)

    asked, claimed_of_all = list[int](), store.arrivals.claimed
    monkeypatch.setattr(store.arrivals, "claimed", claimed)
    (out,) = await watch.written()
    await watch.receive(answer(out), b"of nobody\r\n", bounce(out))
    assert asked == [3]


async def test_no_more_letters_are_written_to_a_mail_host_than_its_outbox_has_room_for(
    watch: Watch,
) -> None:
    small = replace(RULEBOOK, policy=replace(RULEBOOK.policy, outbox=3))
    many = [agency(f"saraban_{n}@shared.go.test", str(n)) for n in range(5)]
    await watch.ledger.write(
        store.register_table.replace, register(*many, agency("saraban@alone.go.test", "9"),
                                               digest="d2"), RULES, MONDAY)
    await rounds.turn(ledger=watch.ledger, clock=watch.clock, rules=small, journal=watch.journal)
    step = partial(life.draft, ledger=watch.ledger, clock=watch.clock, rules=small,
                   journal=watch.journal)
    assert (await step(), await step()) == (3 + 1, 0)
    await watch.send()
    assert (await step(), await step()) == (2, 0)


async def test_a_letter_to_a_name_that_is_somebodys_leaves_only_a_live_watch(watch: Watch) -> None:
    real = agency("saraban@one.go.th", "1003")
    await watch.ledger.write(store.register_table.replace, register(real, digest="d2"), RULES,
                             MONDAY)
    assert await watch.draft() == 0
    live = replace(RULEBOOK, policy=replace(RULEBOOK.policy, live=True))
    await life.draft(ledger=watch.ledger, clock=watch.clock, rules=live, journal=watch.journal)
    assert await watch.send() == []         # drafted while live, found when no longer
    assert watch.relay.letters == []


SECOND = timedelta(seconds=1)


class PassingClock(StoppedClock):
    """A clock that goes on by a second at each look."""

    def now(self) -> datetime:
        self.at += SECOND
        return self.at


async def test_a_letter_is_of_the_moment_at_which_it_is_written_not_chosen(watch: Watch) -> None:
    await rounds.turn(ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK, journal=watch.journal)
    clock = PassingClock(MONDAY)
    await life.draft(ledger=watch.ledger, clock=clock, rules=RULEBOOK, journal=watch.journal)
    drafted = await watch.ledger.read(
        lambda tx: {moment(at) for at, in tx.execute("SELECT drafted_at FROM letter")})
    assert drafted == {clock.at}        # a window that ended between the two ended before it


async def test_what_is_published_is_what_the_ledger_counts(watch: Watch) -> None:
    await watch.written()
    await watch.end()
    published = await life.publish(ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK,
                                   journal=watch.journal)
    census = Census(published.country.groups)
    assert (census.total, census.buckets["ready"]) == (1, 1)


async def test_the_last_released_report_is_shown_and_of_an_altered_one_nothing(
    watch: Watch,
) -> None:
    shown = []
    for content, cut in ((seal(snapshot(row("1"))), CUT), ((b"altered", "digest"), CUT + HOUR)):
        number = await watch.ledger.write(store.snapshots.keep, *content, cut, 0, MONDAY)
        await watch.ledger.write(store.snapshots.release, number, "x", "", MONDAY)
        await life.publish(ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK,
                           journal=watch.journal)
        shown.append((watch.journal.last_report, watch.journal.registry.get_sample_value(
            "sarabanwatch_report_bucket_agencies", {"bucket": "ready"})))
    assert shown == [(1, 1), (2, 0)]


async def test_a_letter_picked_by_another_meanwhile_is_left_to_it(watch: Watch) -> None:
    await watch.draft()
    await watch.ledger.write(store.letters.pick, 1, MONDAY)
    await life.send(1, Outlet(watch.relay, EvenChance()), ledger=watch.ledger, clock=watch.clock,
                    rules=RULEBOOK, journal=watch.journal)
    assert watch.relay.letters == []
