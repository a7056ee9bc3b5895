"""For whom a pause is, when it is in force, and how long silence must last beside it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import POLICY, agency
from sarabanwatch.core.calendar import BANGKOK, OffDays, after_office_hours, office_time
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.pausing import (
    Pause,
    Paused,
    Reach,
    Subject,
    Waits,
    in_force,
    merged,
    paused_time,
    silence_ends,
    spans_of,
    subject_of,
    without_name,
)
from sarabanwatch.core.sending.weekly import Span, Weekly

NOON = datetime(2026, 3, 2, 12, tzinfo=BANGKOK)     # an ordinary Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = Subject(frozenset({"1001"}), frozenset({"กระทรวงหนึ่ง", "กรมหนึ่ง"}), frozenset({"น่าน"}),
                 "mx.one.go.th")
OWN = Subject(frozenset(), frozenset(), frozenset(), own=True)


def pause(level: Reach = Reach.MINISTRY, key: str = "กระทรวงหนึ่ง", **other: object) -> Pause:
    given_ = {"at": NOON, "since": NOON, "until": None, "every": None, "by": "สมศรี", "why": "ย้าย"}
    return Pause(1, level, key, **(given_ | other))  # type: ignore[arg-type]  # as its fields are


@pytest.mark.parametrize(("level", "key", "for_it", "for_ours"), [
    (Reach.ALL, "", True, True), (Reach.LETTERS, "", True, False),
    (Reach.MINISTRY, "กระทรวงหนึ่ง", True, False), (Reach.MINISTRY, "กรมหนึ่ง", True, False),
    (Reach.MINISTRY, "กระทรวง", False, False), (Reach.PROVINCE, "น่าน", True, False),
    (Reach.PROVINCE, "แพร่", False, False), (Reach.HOST, "mx.one.go.th", True, False),
    (Reach.HOST, "one.go.th", False, False), (Reach.AGENCY, "1001", True, False),
    (Reach.AGENCY, "100", False, False)])
def test_a_pause_is_for_whom_its_level_and_name_say(
    level: Reach, key: str, *, for_it: bool, for_ours: bool,
) -> None:
    assert pause(level, key).covers(OFFICE) is for_it
    assert pause(level, key).covers(OWN) is for_ours


def test_a_pause_of_some_name_is_for_nobody_without_host_superior_or_province() -> None:
    nobody = Subject(frozenset(), frozenset(), frozenset())
    assert not any(pause(level, "x").covers(nobody) for level in Reach if level.named)


def test_a_pause_is_in_force_from_its_beginning_until_its_end_and_then_over() -> None:
    dated = pause(since=NOON, until=NOON + DAY)
    assert [dated.in_force(NOON + at) for at in (-HOUR, timedelta(), DAY - HOUR, DAY)] == [
        False, True, True, False]
    assert [dated.over(NOON + at) for at in (DAY - HOUR, DAY)] == [False, True]
    assert dated.rests_until(NOON) == NOON + DAY
    assert dated.next(NOON - HOUR) == NOON
    ended = pause(ended_at=NOON + HOUR, ended_by="สมชาย")
    assert not ended.in_force(NOON + HOUR)
    assert not ended.forgettable


def test_one_without_an_end_rests_until_a_person_ends_it() -> None:
    for_ever = pause()
    assert for_ever.in_force(NOON + 999 * DAY)
    assert for_ever.rests_until(NOON) is None
    assert for_ever.forgettable
    assert in_force([for_ever, pause(since=NOON + DAY)], NOON) == [for_ever]


def test_a_weekly_one_is_in_force_in_its_hours_only_and_never_after_its_end() -> None:
    weekly = pause(every=Weekly.read("sat 22:00-04:00"), until=NOON + 8 * DAY)
    night = NOON.replace(day=7, hour=22)
    assert [weekly.in_force(at) for at in (NOON, night, night + 5 * HOUR, night + 6 * HOUR)] == [
        False, True, True, False]
    assert weekly.rests_until(night) == night + 6 * HOUR
    assert weekly.next(NOON) == night
    assert weekly.next(NOON + 8 * DAY) is None
    assert not weekly.in_force(night + 7 * DAY)
    assert not weekly.forgettable
    assert list(weekly.spans(NOON, NOON + 20 * DAY)) == [Span(night, night + 6 * HOUR)]


def test_a_pause_that_only_touches_a_time_has_no_part_in_it() -> None:
    assert list(pause(until=NOON + HOUR).spans(NOON + HOUR, NOON + DAY)) == []
    later = pause(since=NOON + DAY, until=NOON + 2 * DAY)
    assert list(later.spans(NOON, NOON + DAY)) == []


def test_a_weekly_pause_without_an_end_is_meant_to_go_on() -> None:
    assert not pause(every=Weekly.read("sat 22:00-04:00")).forgettable


def test_an_agencys_letter_concerns_its_superior_and_the_one_of_its_own_name() -> None:
    found = subject_of(agency("saraban@one.go.th", "1001", superior="กระทรวงหนึ่ง"), "mx.test")
    assert found.superiors == {"กระทรวงหนึ่ง", agency("saraban@one.go.th").name}
    assert (found.codes, found.host, found.own) == ({"1001"}, "mx.test", False)


def test_pauses_that_follow_on_one_another_are_one_span() -> None:
    assert merged([Span(NOON + HOUR, NOON + DAY), Span(NOON, NOON + HOUR)]) == [
        Span(NOON, NOON + DAY)]


def test_spans_of_several_pauses_are_in_order_and_apart() -> None:
    pauses = [pause(since=NOON + HOUR, until=NOON + 3 * HOUR), pause(until=NOON + 2 * HOUR),
              pause(Reach.AGENCY, "999"), pause(Reach.PROVINCE, "น่าน", since=NOON + 5 * HOUR)]
    assert spans_of(pauses, OFFICE, NOON, NOON + DAY) == [
        Span(NOON, NOON + 3 * HOUR), Span(NOON + 5 * HOUR, NOON + DAY)]


def test_silence_lasts_as_much_longer_as_office_hours_were_paused() -> None:
    over = after_office_hours(NOON, 16, ())
    assert silence_ends(NOON, [], POLICY) == over
    assert silence_ends(NOON, [Span(NOON + HOUR, NOON + 3 * HOUR)], POLICY) == (
        after_office_hours(NOON, 18, ()))
    night = Span(NOON.replace(hour=22), NOON.replace(day=3, hour=4))
    assert silence_ends(NOON, [night], POLICY) == over       # nobody is at the office at night
    assert silence_ends(NOON, [Span(over, over + DAY)], POLICY) == over


def test_a_letter_taken_in_the_midst_of_a_pause_is_waited_for_from_the_pauses_end() -> None:
    span = Span(NOON - DAY, NOON + 2 * DAY)
    assert silence_ends(NOON, [span], POLICY) == after_office_hours(span.ends, 16, ())


def test_a_holiday_declared_in_a_pause_lengthens_the_window_where_it_outlasts_the_pause() -> None:
    """As a window that was never paused waits for the day, and no day is waited for twice."""
    days = OffDays()
    policy = Policy(POLICY.campaign, holidays=days)
    pause_ = [Span(NOON + HOUR, NOON.replace(day=4, hour=8))]     # Monday 13:00 to Wednesday
    before = silence_ends(NOON, pause_, policy)
    days.declared = {date(2026, 3, 3): True}      # Tuesday lies in the pause
    assert silence_ends(NOON, pause_, policy) == before
    days.declared = {date(2026, 3, 4): True}      # Wednesday does not
    assert silence_ends(NOON, pause_, policy) == before + DAY
    assert silence_ends(NOON, [], policy) == after_office_hours(NOON, 16, days)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=6))
def test_no_silence_of_a_pause_ever_counts_and_all_other_does(raw: list[tuple[int, int]]) -> None:
    spans = merged(Span(NOON + begins * HOUR, NOON + (begins + length) * HOUR)
                   for begins, length in raw)
    over = silence_ends(NOON, spans, POLICY)
    clear = office_time(NOON, over, POLICY.holidays) - sum(
        (office_time(max(NOON, begins), min(over, ends), POLICY.holidays)
         for begins, ends in spans), timedelta())
    assert abs(clear - 16 * HOUR) < timedelta(seconds=1)
    assert not any(begins < over - timedelta(seconds=1) < ends for begins, ends in spans)


def test_time_paused_is_what_lies_within_spans() -> None:
    spans = [Span(NOON, NOON + HOUR), Span(NOON + 3 * HOUR, NOON + 9 * HOUR)]
    assert paused_time(NOON + HOUR / 2, NOON + 4 * HOUR, spans) == HOUR * 1.5
    assert paused_time(NOON + 20 * HOUR, NOON + 30 * HOUR, spans) == timedelta()


def test_who_is_paused_is_asked_by_agency_and_host_and_by_domain() -> None:
    some = Paused(hosts=frozenset({"mx.test"}), codes=frozenset({"7"}),
                  domains=frozenset({"a.test"}))
    assert [some.agency("7", "x"), some.agency("8", "mx.test"), some.agency("8", "x")] == [
        True, True, False]
    assert [some.domain("a.test", "x"), some.domain("b.test", "mx.test"),
            some.domain("b.test", "x")] == [True, True, False]
    assert Paused(levels=frozenset({Reach.LETTERS})).agency("8", "x")
    assert not Paused(levels=frozenset({Reach.LETTERS})).all
    assert Paused(levels=frozenset({Reach.ALL})).all
    assert without_name(Reach) == {Reach.ALL, Reach.LETTERS}


def test_catch_all_probes_that_wait_are_apart_from_letters() -> None:
    waits = Waits({1: "a", 2: "a"}, {3: "a"})
    assert waits.by_host == {"a": 2}
