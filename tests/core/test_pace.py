"""Limits hold in any sixty seconds, hosts are warmed up, letters spread; a provider is one host."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import paced
from sarabanwatch.core.policy import CampaignSection, Policy
from sarabanwatch.core.sending import pace
from sarabanwatch.core.sending.pace import BOUNDLESS, Limits, Traffic
from sarabanwatch.core.sending.throttle import (
    HostResponse,
    HostState,
    ResponseKind,
    ThrottleSettings,
)

NOW = datetime(2026, 1, 12, 3, tzinfo=UTC)      # a Monday, 10.00 in Bangkok
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
SETTINGS = ThrottleSettings()
POLICY = Policy(CampaignSection(date(2026, 1, 6)), outbox=100)


def traffic(*left: datetime) -> Traffic:
    seen = Traffic()
    for at in left:
        seen.went(at)
    return seen


def free(limits: Limits, seen: Traffic, in_hand: int = 0, now: datetime = NOW) -> int:
    return pace.room(limits, seen, in_hand, now, SETTINGS)


def test_where_nothing_is_limited_nobody_waits() -> None:
    assert free(Limits(), traffic(*[NOW] * 1000), 1000) > 10**8


def test_letters_in_hand_count_as_connections_and_as_this_minutes() -> None:
    assert free(Limits(connections=4), traffic(), 3) == 1
    assert free(Limits(connections=4), traffic(), 5) == 0
    assert free(Limits(a_minute=4), traffic(NOW - 60 * SECOND, NOW - 59 * SECOND), 2) == 1


def test_a_day_ends_at_midnight_in_bangkok() -> None:
    evening = datetime(2026, 1, 12, 16, 59, tzinfo=UTC)
    assert free(Limits(a_day=3), traffic(NOW, NOW), now=evening) == 1
    assert free(Limits(a_day=3), traffic(NOW, NOW), now=evening + MINUTE) == 3


@pytest.mark.parametrize(("days", "most"), [(0, 10), (1, 20), (2, 50), (3, 50)])
def test_a_host_is_warmed_up_by_the_days_that_we_wrote_to_it(days: int, most: int) -> None:
    assert free(Limits(warm_up=(10, 20, 80), a_day=50),
                traffic(*[NOW - (n + 1) * DAY for n in range(days)])) == most


def test_todays_letters_make_no_day_before_today() -> None:
    assert free(Limits(warm_up=(10, 20)), traffic(NOW, NOW)) == 8


def test_a_host_not_written_to_for_long_is_warmed_up_anew() -> None:
    assert free(Limits(warm_up=(10, 20)), traffic(NOW - 60 * DAY)) == 10
    assert free(Limits(warm_up=(10, 20)), traffic(NOW - 59 * DAY)) == 20


def test_a_host_that_complained_waits_and_then_has_half() -> None:
    slow = traffic()
    slow.state = slow.state.after(HostResponse("h", NOW, NOW, ResponseKind.SLOW_DOWN), SETTINGS)
    limits = Limits(connections=4, a_minute=10)
    assert free(limits, slow, now=NOW + 4 * MINUTE) == 0
    assert free(limits, slow, now=NOW + 5 * MINUTE) == 2
    assert free(Limits(a_minute=10), slow, now=NOW + 5 * MINUTE) == 5
    assert free(Limits(a_minute=1), slow, now=NOW + 5 * MINUTE) == 1


def test_a_half_open_breaker_lets_one_letter_through_until_its_fate_is_known() -> None:
    blocked = traffic(NOW)
    for _ in range(SETTINGS.refusals):
        response = HostResponse("h", NOW, NOW, ResponseKind.BLOCKED)
        blocked.state = blocked.state.after(response, SETTINGS)
    later = NOW + SETTINGS.open_for
    assert free(Limits(), blocked, now=later - SECOND) == 0
    assert free(Limits(), blocked, now=later) == 1
    assert free(Limits(), blocked, 1, later) == 0
    blocked.went(later)
    assert free(Limits(), blocked, now=later + MINUTE) == 0


def test_the_longest_wait_is_waited_and_one_from_a_moment_still_to_come_is_not() -> None:
    far = traffic(NOW)
    far.state = replace(HostState(), opened_at=NOW, refused_at=NOW, failed_probes=16)
    assert free(Limits(), far, now=NOW) == 0
    assert free(Limits(), far, now=NOW - SECOND) == 1


@given(st.integers(1, 6), st.integers(1, 9),
       st.lists(st.tuples(st.integers(0, 20), st.integers(0, 90)), max_size=60))
def test_no_sixty_seconds_see_more_letters_than_a_minutes_however_long_each_takes(
    connections: int, a_minute: int, steps: list[tuple[int, int]],
) -> None:
    limits, seen, now, in_hand, arrived = Limits(connections, a_minute), Traffic(), NOW, [], []
    for pause, takes in steps:
        now += pause * SECOND
        for over in sorted(over for over in in_hand if over <= now):
            in_hand.remove(over)
            seen.went(over)
        for _ in range(free(limits, seen, len(in_hand), now)):
            in_hand.append(now + takes * SECOND)
            arrived.append(now + takes * SECOND / 2)
        assert len(in_hand) <= connections
    assert all(sum(at <= other < at + MINUTE for other in arrived) <= a_minute for at in arrived)


# --- who is one mail host -------------------------------------------------------------------------

HOUSES = paced(operators=("mail.protection.outlook.com",))


@pytest.mark.parametrize(("address", "mail_host", "whom"), [
    ("saraban@one.go.th", "one-go-th.mail.protection.outlook.com", "mail.protection.outlook.com"),
    ("saraban@two.go.th", "Mail.Protection.Outlook.com.", "mail.protection.outlook.com"),
    ("saraban@one.go.th", "xmail.protection.outlook.com", "xmail.protection.outlook.com"),
    ("saraban@One.go.th", None, "one.go.th"),
    ("saraban@one.go.th", "", "one.go.th"),
])
def test_a_house_with_a_name_for_each_customer_is_one_host(address: str, mail_host: str | None,
                                                           whom: str) -> None:
    assert HOUSES.host_of(address, mail_host) == whom


# --- level days -----------------------------------------------------------------------------------

ROUND = POLICY.campaign.timetable.slot(NOW)      # six weeks from Tuesday, 6 January
HOST = "d"
HALF = paced(spread=0.5, office_hours=True)


def test_first_letters_are_spread_over_the_working_days_of_the_first_half() -> None:
    assert pace.days_left(ROUND.starts, ROUND, HALF, ()) == 15
    assert pace.days_left(NOW, ROUND, HALF, ()) == 11
    # a holiday more, and one day longer
    assert pace.days_left(NOW, ROUND, HALF, {date(2026, 1, 13)}) == 11
    assert pace.days_left(ROUND.ends - DAY, ROUND, HALF, ()) == 1


def test_a_days_share_is_what_is_left_by_the_days_and_no_more_when_it_is_written() -> None:
    assert pace.share(HOST, 150, 100, 0, 15, HALF) == 10
    assert pace.share(HOST, 143, 96, 7, 15, HALF) == 3
    assert pace.share(HOST, 140, 90, 10, 15, HALF) == 0
    assert pace.share(HOST, 5, 100, 0, 1, HALF) == 5


def test_without_a_spread_only_the_outbox_bounds() -> None:
    assert pace.share(HOST, 150, 100, 0, 15, paced()) == 100
    assert pace.share(HOST, 150, 1, 0, 15, paced()) == 1
    assert pace.share(HOST, 150, -1, 0, 15, paced()) == 0


@given(st.integers(0, 5000), st.integers(1, 40))
def test_shares_taken_day_by_day_leave_nothing_and_are_level(left: int, days: int) -> None:
    taken = []
    for over in range(days, 0, -1):
        taken.append(pace.share(HOST, left, BOUNDLESS, 0, over, HALF))
        left -= taken[-1]
    assert left == 0
    assert max(taken) - min(taken) <= 2


def test_hosts_with_one_letter_have_it_on_different_days() -> None:
    left, days = dict.fromkeys((f"mx{n}.test" for n in range(600)), 1), []
    for over in range(15, 0, -1):
        today = [host for host, one in left.items() if pace.share(host, one, 100, 0, over, HALF)]
        days.append(len(today))
        left = {host: one for host, one in left.items() if host not in today}
    assert left == {}
    assert min(days) > 15
    assert max(days) < 75


def test_what_left_in_the_future_by_a_clock_that_was_wrong_holds_nobody_back() -> None:
    future = NOW + 543 * 365 * DAY
    assert traffic(NOW, future).within(NOW, MINUTE) == 1
    assert free(Limits(a_minute=4, warm_up=(10,)), traffic(*[future] * 9)) == 4
    told = traffic(future)
    told.state = told.state.after(HostResponse("h", future, future, ResponseKind.SLOW_DOWN),
                                  SETTINGS)
    assert free(Limits(a_minute=4), told) > 0
