"""A holiday that is declared while the daemon runs counts from its next turn on."""

import json
from collections.abc import Awaitable
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from fakes.samples import MONDAY, POLICY
from fakes.watch import RULEBOOK, Watch
from sarabanwatch import store
from sarabanwatch.app.off_days import HolidayWatch
from sarabanwatch.core.calendar import OffDays
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.rounds import Act
from sarabanwatch.core.sending.plan import window_end
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import off_days

TUESDAY = date(2026, 1, 13)
DAY = timedelta(days=1)


async def test_a_window_that_was_begun_by_the_old_days_moves_at_the_next_turn_and_is_told(
    watch: Watch, capfd: pytest.CaptureFixture[str],
) -> None:
    days = OffDays()
    policy = Policy(POLICY.campaign, holidays=days)
    watching, journal = HolidayWatch(days, policy), MetricJournal(watch.clock)
    parts = {"ledger": watch.ledger, "clock": watch.clock, "journal": journal}
    await watching.look(**parts)
    await watch.ledger.write(off_days.declare, TUESDAY, Act(MONDAY, "สมชาย", "มติ"),
                             lambda left: window_end(left, policy), closed=True)
    assert len(await watch.written()) == 1      # by the rules of a daemon that does not know yet
    end = window_end(MONDAY, RULEBOOK.policy)
    assert await watch.ledger.read(store.letters.overdue, end, 9)
    capfd.readouterr()
    await watching.look(**parts)
    await watching.look(**parts)
    (told,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (told["event"], told["days"], told["windows_moved"]) == ("holidays", ["2026-01-13"], 1)
    assert not await watch.ledger.read(store.letters.overdue, end, 9)
    assert await watch.ledger.read(store.letters.overdue, end + DAY, 9)
    assert TUESDAY in days


async def test_the_first_turn_moves_windows_by_days_that_the_file_got_while_nothing_ran(
    watch: Watch,
) -> None:
    assert len(await watch.written()) == 1
    end = window_end(MONDAY, RULEBOOK.policy)
    parts = {"ledger": watch.ledger, "clock": watch.clock, "journal": MetricJournal(watch.clock)}
    for days in (OffDays(), OffDays(filed={TUESDAY: True})):        # before a restart, and after
        policy = Policy(POLICY.campaign, holidays=days)
        await HolidayWatch(days, policy).look(**parts)
    assert not await watch.ledger.read(store.letters.overdue, end, 9)
    assert await watch.ledger.read(store.letters.overdue, end + DAY, 9)


def test_years_turn_while_it_runs() -> None:
    asked = list[int]()

    def public(year: int) -> frozenset[date]:
        asked.append(year)
        return frozenset({date(year, 1, 1)})

    days = OffDays(public)
    assert date(2031, 1, 1) in days
    assert date(2047, 1, 1) in days
    assert date(2047, 1, 2) not in days
    assert set(asked) == {2031, 2047}


@pytest.mark.parametrize(("hours", "later"), [(24, True), (8, False)])
async def test_where_a_window_has_other_hours_those_that_run_move_at_the_start_and_it_is_told(
    watch: Watch, capfd: pytest.CaptureFixture[str], hours: float, later: bool,  # noqa: FBT001
) -> None:
    def started(policy: Policy) -> Awaitable[None]:
        return HolidayWatch(OffDays(), policy).look(
            ledger=watch.ledger, clock=watch.clock, journal=MetricJournal(watch.clock))

    was = Policy(POLICY.campaign)
    await started(was)      # nothing is told the first time: nobody knows what it was before
    assert len(await watch.written()) == 1
    assert "window hours" not in capfd.readouterr().err
    now = Policy(replace(POLICY.campaign, window_office_hours=hours))
    await started(now)
    await started(now)
    (told,) = [json.loads(line) for line in capfd.readouterr().err.splitlines()
               if "window hours" in line]
    assert (told["had"], told["has"], told["windows_moved"]) == (16, hours, 1)
    end = window_end(MONDAY, was)
    assert bool(await watch.ledger.read(store.letters.overdue, end, 9)) is not later
    assert await watch.ledger.read(store.letters.overdue, window_end(MONDAY, now), 9)
    (act,) = await watch.ledger.read(lambda tx: list(store.acts.listed(tx)))
    assert (act.actor.who, act.actor.what) == ("daemon", "campaign.window_office_hours")
    assert json.loads(act.actor.given) == {"was": 16, "now": hours}
