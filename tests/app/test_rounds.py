"""The step for rounds: what it opens, ends and reports, and what it does when it is killed."""

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from msgspec import structs

from fakes.samples import ANCHOR, MONDAY
from fakes.watch import RULEBOOK, Watch
from sarabanwatch import store
from sarabanwatch.app import rounds
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.policy import CampaignSection
from sarabanwatch.core.rounds import RoundKind, RoundRecord, Timetable
from sarabanwatch.edge.journal import MetricJournal

SIX = Timetable(ANCHOR, 6)
END = SIX.slot(MONDAY).ends
DAY = timedelta(days=1)


def moved(anchor: date = ANCHOR, weeks: int = 6) -> Rulebook:
    """Return the rules with another anchor or length of rounds."""
    section = structs.replace(RULEBOOK.policy.campaign, anchor=anchor, weeks=weeks)
    assert isinstance(section, CampaignSection)
    return replace(RULEBOOK, policy=replace(RULEBOOK.policy, campaign=section))


async def turn(watch: Watch) -> list[RoundRecord]:
    await rounds.turn(ledger=watch.ledger, clock=watch.clock, rules=watch.rules,
                      journal=watch.journal)
    return await watch.ledger.read(store.rounds.records, watch.rules.policy.campaign.timetable)


def gauge(watch: Watch, name: str) -> float | None:
    return watch.journal.registry.get_sample_value(f"sarabanwatch_{name}")


def running(watch: Watch) -> float | None:
    """Return how many regular rounds run, as a scrape shows it."""
    return watch.journal.registry.get_sample_value("sarabanwatch_rounds_running",
                                                   {"kind": "regular"})


async def test_an_anchor_in_the_future_opens_no_round_and_says_until_when(
    watch: Watch, capfd: pytest.CaptureFixture[str],
) -> None:
    watch.rules = moved(date(2026, 2, 3))
    watch.journal = MetricJournal(watch.clock)
    assert await watch.draft() == 0
    told = capfd.readouterr().err
    assert "no round runs" in told
    assert "2026-02-03T00:00+07:00" in told
    assert await turn(watch) == []
    begins = watch.rules.policy.campaign.timetable.first
    wall = time.time() + (begins - watch.clock.now()).total_seconds()
    assert gauge(watch, "round_next_timestamp_seconds") == pytest.approx(wall, abs=600)
    assert running(watch) == 0
    watch.clock.at = begins
    await turn(watch)
    assert running(watch) == 1


async def test_moved_later_everybody_is_written_to_at_the_old_time_until_a_person_says_yes(
    watch: Watch,
) -> None:
    assert len(await watch.written()) == 2 - 1
    await watch.end()
    watch.rules = moved(ANCHOR + 56 * DAY)
    await turn(watch)
    assert gauge(watch, "timetable_refused") == 1
    watch.clock.at = END + DAY
    assert len(await watch.written()) == 1
    assert [r.number for r in await turn(watch)] == [1, 2]


async def test_moved_earlier_nobody_is_written_to_sooner(watch: Watch) -> None:
    assert len(await watch.written()) == 1
    await watch.end()
    watch.rules = moved(ANCHOR + 14 * DAY)
    watch.clock.at = MONDAY + 10 * DAY
    assert await watch.written() == []
    assert gauge(watch, "timetable_refused") == 1
    watch.clock.at = END + DAY
    assert len(await watch.written()) == 1


async def test_other_rounds_from_the_next_one_on_are_taken_unasked(watch: Watch) -> None:
    await turn(watch)
    watch.rules = moved(END.date(), 8)
    (first,) = await turn(watch)
    assert (first.due_at, first.timetable.weeks) == (END, 8)
    assert gauge(watch, "timetable_refused") == 0
    watch.clock.at = END
    assert (await turn(watch))[-1].due_at == END + 56 * DAY


async def test_a_turn_that_was_killed_before_its_commit_opens_the_round_as_of_its_due_moment(
    watch: Watch,
) -> None:
    await turn(watch)
    watch.clock.at = END + 3 * DAY
    await watch.ledger.rehearse(store.rounds.turn, SIX, watch.clock.now(), "")  # rolled back
    assert await watch.ledger.read(store.rounds.running, SIX, watch.clock.now()) == []
    first, second = await turn(watch)
    assert (first.closed_at, second.opened_at) == (END, END)


async def test_a_person_s_extra_round_writes_to_those_chosen_only_and_never_in_a_window(
    watch: Watch,
) -> None:
    assert len(await watch.written()) == 1
    wanted = RoundRecord(0, RoundKind.EXTRA, 0, MONDAY, MONDAY + 14 * DAY, SIX, by="สมชาย")
    await watch.ledger.write(store.rounds.extra, SIX, wanted, ["1001"], "")
    assert await watch.written() == []
    await watch.end()
    assert [out.to for out in await watch.written()] == ["saraban@one.go.test"]
