"""A holiday that is declared while the daemon runs counts from its next turn on."""

import json
from datetime import date, timedelta

import pytest

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
