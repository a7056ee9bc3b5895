"""The timetable of rounds: when each opens and ends, whatever the configuration says meanwhile."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.rounds import (
    ABSENT,
    RoundKind,
    RoundRecord,
    Selection,
    Timetable,
    TimetableChange,
    ahead,
    at,
    campaigns,
    chain,
    changed,
    foreseen,
    openings,
    taken,
)

ANCHOR = date(2026, 2, 17)
SIX = Timetable(ANCHOR, 6)
WEEK = timedelta(weeks=1)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1),  # noqa: DTZ001
                       timezones=st.just(BANGKOK))


def day(written: str) -> datetime:
    """Return midnight of a day, or a moment of it, in Bangkok."""
    return datetime.fromisoformat(written).replace(tzinfo=BANGKOK)


def record(id_: int = 0, opened: str = "2026-02-17", due: str = "2026-03-31",
           kind: RoundKind = RoundKind.REGULAR, **fields: object) -> RoundRecord:
    """Return a round, by default the first of SIX."""
    known: dict[str, object] = {"timetable": SIX, **fields}
    return RoundRecord(id_, kind, id_ + 1, day(opened), day(due), **known)  # type: ignore[arg-type]


def opened(records: list[RoundRecord], now: str,
           timetable: Timetable = SIX) -> list[tuple[str, int, str, str]]:
    """Return what is to be opened by a moment: kind, number, from, to."""
    return [(r.kind.value, r.number, f"{r.opened_at:%m-%d}", f"{r.due_at:%m-%d}")
            for r in openings(records, day(now), timetable)]


def test_a_slot_begins_at_midnight_in_bangkok_and_ends_as_the_next_begins() -> None:
    first = SIX.slot(day("2026-02-17"))
    assert (first.id, first.number, first.starts, first.ends) == (0, 1, day("2026-02-17"),
                                                                  day("2026-03-31"))
    assert SIX.slot(day("2026-03-30 23:59")) == first
    assert SIX.slot(day("2026-03-31")).number == 2
    assert SIX.slot(datetime(2026, 2, 16, 17, tzinfo=UTC)) == first


@given(moments, st.integers(1, 12))
def test_every_moment_falls_in_exactly_one_slot(now: datetime, weeks: int) -> None:
    timetable = Timetable(ANCHOR, weeks)
    slot = timetable.slot(now)
    assert slot.starts <= now < slot.ends
    assert slot.ends - slot.starts == timedelta(weeks=weeks)
    assert timetable.slot(slot.ends).id == slot.id + 1
    assert timetable.slot(slot.starts) == slot


def test_a_round_tells_how_much_of_it_is_over() -> None:
    round_ = SIX.slot(day("2026-02-17"))
    told = [round_.elapsed(round_.starts + timedelta(days=d)) for d in (-1, 0, 21, 42, 50)]
    assert told == [0.0, 0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize(("now", "opens"), [
    ("2026-02-16 23:59", []),                                       # the anchor is in the future
    ("2026-02-17 00:00", [("regular", 1, "02-17", "03-31")]),
    ("2026-03-09 23:59", [("regular", 1, "02-17", "03-31")]),
    # less than half of it is left: it lasts until the end of the next one
    ("2026-03-30", [("regular", 1, "02-17", "05-12")]),
    ("2026-04-02", [("regular", 2, "03-31", "05-12")]),
])
def test_the_first_round_opens_at_the_anchor_and_not_before(now: str, opens: list[object]) -> None:
    assert opened([], now) == opens


@pytest.mark.parametrize(("now", "opens"), [
    ("2026-03-30 23:59", []),
    ("2026-03-31 00:00", [("regular", 2, "03-31", "05-12")]),
    ("2026-04-20", [("regular", 2, "03-31", "05-12")]),
    ("2026-05-11", [("regular", 2, "03-31", "06-23")]),
    ("2026-05-12", [("skipped", 2, "03-31", "05-12"), ("regular", 3, "05-12", "06-23")]),
    ("2026-07-01", [("skipped", 2, "03-31", "05-12"), ("skipped", 3, "05-12", "06-23"),
                    ("regular", 4, "06-23", "08-04")]),
])
def test_the_next_opens_at_the_cut_off_and_one_for_which_no_daemon_ran_is_skipped(
    now: str, opens: list[object],
) -> None:
    assert opened([record()], now) == opens
    assert all((r.why == ABSENT) == (r.kind is RoundKind.SKIPPED)
               for r in openings([record()], day(now), SIX))


@pytest.mark.parametrize(("anchor", "weeks", "now", "wanted"), [
    (date(2026, 2, 17), 6, "2026-03-01", None),
    (date(2026, 3, 31), 6, "2026-03-01", None),             # the same days, told otherwise
    (date(2025, 1, 1) + (ANCHOR - date(2025, 1, 1)) % (6 * WEEK), 6, "2026-03-01", None),
    (date(2026, 3, 31), 8, "2026-03-01", None),             # longer from the next one on
    (date(2026, 3, 31), 3, "2026-03-01", None),
    (date(2026, 3, 31), 8, "2026-04-02", None),             # asked when the next one has begun
    (date(2026, 4, 14), 6, "2026-03-01", "2026-04-14"),     # moved later
    (date(2026, 9, 1), 6, "2026-03-01", "2026-09-01"),      # far into the future
    (date(2026, 3, 3), 6, "2026-03-01", "2026-03-03"),      # moved earlier
    (date(2026, 3, 3), 6, "2026-03-03", "2026-04-14"),      # that day is over
    (date(2026, 2, 17), 3, "2026-03-01", "2026-03-10"),     # halved
    (date(2026, 2, 17), 3, "2026-03-10", None),             # its middle is over
    (date(2026, 2, 17), 4, "2026-03-01", "2026-03-17"),
    (date(2026, 2, 17), 8, "2026-03-01", "2026-04-14"),
])
def test_a_timetable_that_would_begin_the_next_round_otherwise_waits_for_a_yes(
    anchor: date, weeks: int, now: str, wanted: str | None,
) -> None:
    other, last = Timetable(anchor, weeks), record()
    change = changed(last, day(now), other)
    assert change == (TimetableChange(last.due_at, day(wanted)) if wanted else None)
    assert taken(last, day(now), other) == (SIX if wanted else other)
    # what stands goes on, and what is taken begins with the next round
    (following,) = openings([last], last.due_at, other)
    assert following.opened_at == last.due_at


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(1, 12), moments)
def test_whatever_the_configuration_says_the_next_round_begins_when_the_last_one_ends(
    anchor: date, weeks: int, now: datetime,
) -> None:
    last, other = record(), Timetable(anchor, weeks)
    links = [last, *openings([last], now, other)]
    assert all(one.due_at == two.opened_at for one, two in pairwise(links))
    assert links[-1].due_at > now or not links[1:]
    shortest = min(SIX.length, other.length) / 2
    assert all(r.due_at - max(r.opened_at, min(now, r.due_at)) >= shortest for r in links[2:]
               if r.kind is RoundKind.REGULAR)


def test_a_skipped_round_has_no_letters_and_the_next_one_follows_it() -> None:
    links = [record(), record(1, "2026-03-31", "2026-05-12", RoundKind.SKIPPED)]
    (only,) = campaigns(links, SIX, day("2026-03-01"))
    assert (only.ends, only.next) == (day("2026-03-31"), day("2026-05-12"))
    assert opened(links, "2026-05-11") == []
    assert opened(links, "2026-05-12") == [("regular", 3, "05-12", "06-23")]
    assert not foreseen(links, SIX, day("2026-04-20")).runs(day("2026-04-20"))


def test_a_skip_that_was_withdrawn_counts_no_more() -> None:
    links = [record(), record(1, "2026-03-31", "2026-05-12", RoundKind.SKIPPED,
                              closed_at=day("2026-03-20"))]
    assert opened(links, "2026-03-31") == [("regular", 2, "03-31", "05-12")]


def test_a_round_that_was_ended_early_runs_no_more_and_the_next_waits_for_its_day() -> None:
    links = [record(closed_at=day("2026-03-05"))]
    (only,) = campaigns(links, SIX, day("2026-03-06"))
    assert (only.runs(day("2026-03-04")), only.runs(day("2026-03-05"))) == (True, False)
    assert only.next == day("2026-03-31")
    assert opened(links, "2026-03-30") == []


@given(moments)
def test_a_round_that_was_opened_by_a_timetable_is_not_at_odds_with_it(now: datetime) -> None:
    for last in openings([], now, SIX):
        assert changed(last, now, SIX) is None
    late = record(opened="2026-02-17", due="2026-05-12")      # opened in the second half of a slot
    assert changed(late, now, SIX) is None


def test_a_round_that_is_closed_late_has_ended_at_its_cut_off() -> None:
    assert record(closed_at=day("2026-04-09")).ends == day("2026-03-31")


def test_rounds_follow_one_another_as_they_were_opened_and_not_as_they_were_written_down() -> None:
    skip = record(1, "2026-05-12", "2026-06-23", RoundKind.SKIPPED)     # ordered long before
    links = [record(), skip, record(2, "2026-03-31", "2026-05-12")]
    assert [link.id for link in chain(links)] == [0, 2, 1]


def test_extra_rounds_change_nothing_of_when_regular_ones_begin() -> None:
    extra = record(1, "2026-03-01", "2026-04-20", RoundKind.EXTRA, selection=Selection(group="D2"))
    assert opened([record(), extra], "2026-03-31") == [("regular", 2, "03-31", "05-12")]
    (following,) = openings([record(), extra], day("2026-03-31"), SIX)
    assert following.id == 2
    assert (extra.label, record().label) == ("extra-2", "1")


def test_before_the_first_round_the_one_to_come_is_told_of_and_does_not_run() -> None:
    (coming,) = campaigns([], SIX, day("2026-02-01"))
    assert (coming.id, coming.number, coming.next) == (0, 1, day("2026-02-17"))
    assert not coming.runs(day("2026-02-17"))
    assert coming.elapsed(day("2026-02-17")) == 0


def test_the_round_of_a_moment_is_the_last_that_had_begun() -> None:
    spans = campaigns([record(), record(1, "2026-03-31", "2026-05-12")], SIX, day("2026-04-01"))
    told = [at(spans, day(d)).number for d in ("2026-02-01", "2026-02-17", "2026-03-31")]
    assert told == [1, 1, 2]


def test_an_early_round_keeps_to_the_timetable_afterwards() -> None:
    assert SIX.cut_off(datetime.combine(date(2026, 3, 20), time(10), BANGKOK)) == day("2026-05-12")
    assert SIX.cut_off(day("2026-03-01 10:00")) == day("2026-03-31")
    assert ahead(day("2026-03-31"), SIX, 3) == [day("2026-03-31"), day("2026-05-12"),
                                                day("2026-06-23")]
