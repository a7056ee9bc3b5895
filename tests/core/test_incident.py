"""Many falls of one kin at once: which are one incident, what it holds, when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import ANCHOR, HOUR, MONDAY
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import (
    COUNTRY,
    TO_MEND,
    Incident,
    Kin,
    PendingDowngrade,
    PendingDowngrades,
    Scope,
    cause_of,
    caused,
    falls,
    kin,
    mass,
    settle,
)
from sarabanwatch.core.policy import CampaignSection, IncidentSection, Policy

POLICY = Policy(CampaignSection(ANCHOR))
AT_ONCE = replace(POLICY, incident=IncidentSection(settle_hours=0))
BIG, SMALL = Kin(Scope.HOST, "mx.big.test"), Kin(Scope.HOST, "mx.small.test")
NOW = MONDAY


def fallen(
    number: int, *of: Kin, hours: float = 1, first: int = 0, incident: int | None = None,
    probed: bool = False,
) -> list[PendingDowngrade]:
    """Return falls of one kin."""
    return [PendingDowngrade(f"{first + n}", (*of, COUNTRY), NOW - timedelta(hours=hours), incident,
                             probed) for n in range(number)]


def sizes(**of: int) -> dict[Kin, int]:
    """Return how many were written to lately."""
    return {BIG: of.get("big", 50), SMALL: of.get("small", 50), COUNTRY: of.get("country", 1000)}


# --- what a fall is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("was", [Group.A1, Group.A2, Group.UNKNOWN, Group.B1, Group.W, None])
@pytest.mark.parametrize("now", [Group.D1, Group.D2, Group.D3])
def test_an_address_that_was_not_known_to_fail_and_is_found_to_fail_falls(was: Group | None,
                                                                          now: Group) -> None:
    assert falls(was, now)


@pytest.mark.parametrize(("was", "now"), [
    (Group.D2, Group.D3), (Group.D3, Group.A1), (Group.A1, Group.A2), (Group.A2, Group.E),
    (Group.A1, Group.C), (None, Group.B3), (Group.A2, Group.UNKNOWN)])
def test_to_fail_otherwise_to_rise_and_to_turn_by_the_register_is_no_fall(was: Group | None,
                                                                          now: Group) -> None:
    assert not falls(was, now)


def test_kin_are_host_superior_province_and_country_and_a_name_that_is_not_known_is_none() -> None:
    assert kin("mx", "one.test", "กระทรวงหนึ่ง", "ลำปาง") == (
        Kin(Scope.HOST, "mx"), Kin(Scope.DOMAIN, "one.test"),
        Kin(Scope.SUPERIOR, "กระทรวงหนึ่ง"), Kin(Scope.PROVINCE, "ลำปาง"), COUNTRY)
    assert kin("", "", "", "") == (COUNTRY,)


def test_a_mass_is_a_least_number_and_more_than_a_share() -> None:
    assert mass(10, 49, POLICY)
    assert not mass(10, 50, POLICY)
    assert not mass(9, 9, POLICY)


# --- waiting and turning ---------------------------------------------------------------------------------------------


def test_a_fall_alone_turns_when_it_has_settled_and_not_before() -> None:
    early, due = fallen(1, SMALL, hours=23.9), fallen(1, SMALL, hours=24, first=1)
    assert settle(PendingDowngrades(early, (), sizes()), NOW, POLICY).idle
    assert settle(PendingDowngrades(early + due, (), sizes()), NOW, POLICY).turned == ["1"]


def test_falls_that_gather_slowly_are_all_held_once_they_are_a_mass_those_that_were_due_too() -> (
    None
):
    slow = [fall for n in range(11) for fall in fallen(1, BIG, hours=25 - 2 * n, first=n)]
    settled = settle(PendingDowngrades(slow, (), sizes()), NOW, POLICY)
    assert settled.opened == {BIG: [f"{n}" for n in range(11)]}
    assert settled.turned == []


# --- one cause, one incident -----------------------------------------------------------------------------------------


def test_an_outage_of_a_host_is_one_incident_of_that_host_and_not_of_the_country_nor_of_provinces() -> (
    None
):
    provinces = [Kin(Scope.PROVINCE, f"{n}") for n in range(4)]
    host = [fall for n, of in enumerate(provinces) for fall in fallen(20, BIG, of, first=100 * n)]
    others = fallen(9, SMALL, first=900)
    of = sizes(big=82, country=160) | dict.fromkeys(provinces, 25)
    settled = settle(PendingDowngrades(host + others, (), of), NOW, POLICY)
    assert settled.opened == {BIG: [fall.code for fall in host]}


def test_an_outage_of_everything_is_one_incident_of_the_country() -> None:
    everywhere = fallen(40, BIG) + fallen(40, SMALL, first=50)
    settled = settle(PendingDowngrades(everywhere, (), sizes(country=90)), NOW, POLICY)
    assert settled.opened == {COUNTRY: [fall.code for fall in everywhere]}


def test_of_a_host_and_its_only_domain_the_host_is_named() -> None:
    domain = Kin(Scope.DOMAIN, "big.test")
    assert list(settle(PendingDowngrades(fallen(40, domain, BIG), (), sizes() | {domain: 50}), NOW,
                       POLICY).opened) == [BIG]


def test_two_hosts_out_in_a_large_country_are_two_incidents() -> None:
    settled = settle(PendingDowngrades(fallen(40, BIG) + fallen(40, SMALL, first=50), (), sizes()),
                     NOW, POLICY)
    assert {kin: len(codes) for kin, codes in settled.opened.items()} == {BIG: 40, SMALL: 40}


def test_who_falls_while_an_incident_of_its_kin_is_open_joins_it_and_when_it_is_over_not() -> None:
    late = fallen(1, BIG, hours=30)
    for is_open in (True, False):
        settled = settle(PendingDowngrades(late, [Incident(3, BIG, is_open)], sizes()), NOW, POLICY)
        assert settled.joined == ({3: ["0"]} if is_open else {})
        assert settled.turned == ([] if is_open else ["0"])


# --- when it is over -------------------------------------------------------------------------------------------------


def over(failed: int, waiting: int, cleared: int) -> tuple[bool, int]:
    """Say whether an incident is over, and how many turn: so many failed again, wait for an answer, proved good."""
    held = fallen(failed, BIG, incident=3, probed=True) + fallen(waiting, BIG, incident=3,
                                                                 first=100)
    settled = settle(PendingDowngrades(held, [Incident(3, BIG, cleared=cleared)], sizes()), NOW,
                     POLICY)
    return list(settled.over) == [3], len(settled.turned)


@pytest.mark.parametrize(("failed", "waiting", "cleared", "expected"), [
    (0, 40, 0, (False, 0)),         # nothing is known yet
    (0, 31, 9, (False, 0)),         # too little
    (0, 30, 10, (True, 0)),         # enough proved good: the rest leaves one by one
    (2, 28, 10, (True, 2)),         # the really bad turn
    (10, 20, 10, (False, 0)),       # half failed again: it goes on
    (40, 0, 0, (False, 0)),         # all failed again: a person must say so
    (3, 0, 8, (True, 3)),           # all are known, and too few failed
    (10, 0, 60, (True, 10)),        # few of many
    (0, 0, 12, (True, 0)),          # all proved good
])
def test_an_incident_is_over_when_letters_written_since_show_it(
    failed: int, waiting: int, cleared: int, expected: tuple[bool, int],
) -> None:
    assert over(failed, waiting, cleared) == expected


def test_whom_a_closed_incident_still_holds_turns_when_a_letter_since_failed_and_not_by_time() -> (
    None
):
    held = fallen(1, BIG, hours=99, incident=3, probed=True) + fallen(1, BIG, hours=99, first=1,
                                                                      incident=3)
    assert settle(PendingDowngrades(held, [Incident(3, BIG, open=False)], sizes()), NOW,
                  POLICY).turned == ["0"]


# --- for all ---------------------------------------------------------------------------------------------------------

HOSTS = st.sampled_from([BIG, SMALL, Kin(Scope.PROVINCE, "ลำปาง")])


@given(st.lists(st.tuples(HOSTS, st.integers(0, 48)), max_size=60), st.integers(1, 80))
def test_nobody_is_both_held_and_turned_and_nobody_held_twice(fell: list[tuple[Kin, int]],
                                                              size: int) -> None:
    all_ = [PendingDowngrade(f"{n}", (of, COUNTRY), NOW - hours * HOUR)
            for n, (of, hours) in enumerate(fell)]
    of = {each: size for fall in all_ for each in fall.kin} | {COUNTRY: max(size, len(all_))}
    settled = settle(PendingDowngrades(all_, (), of), NOW, POLICY)
    held = [code for codes in settled.opened.values() for code in codes]
    assert len(held) == len(set(held))
    assert not set(held) & set(settled.turned)
    assert all(len(codes) >= POLICY.incident.least for codes in settled.opened.values())
    waiting = {fall.code for fall in all_ if NOW - fall.fell_at < POLICY.incident.settles}
    assert not set(settled.turned) & waiting


def test_a_suspect_is_part_of_a_mass_and_never_turns_alone() -> None:
    suspects = [replace(fall, confirmed=False) for fall in fallen(12, BIG)]
    assert settle(PendingDowngrades(suspects, (), sizes(big=12)), NOW,
                  POLICY).opened == {BIG: [f.code for f in suspects]}
    assert settle(PendingDowngrades(suspects[:2], (), sizes(big=12)),
                  NOW + 99 * POLICY.incident.settles, POLICY).idle


def test_of_whom_an_ended_incident_held_only_those_turn_whose_fall_is_confirmed() -> None:
    held = [replace(fall, confirmed=n % 2 == 0)
            for n, fall in enumerate(fallen(4, BIG, incident=3, probed=True))]
    assert settle(PendingDowngrades(held, [Incident(3, BIG, open=False)]), NOW,
                  POLICY).turned == ["0", "2"]


# --- what we do ourselves ----------------------------------------------------------------------------------------------


LIST, RULES, REPLAY = Kin(Scope.LIST, "7"), Kin(Scope.RULES, "2564-4"), Kin(Scope.REPLAY,
                                                                            "2026-01-12 10:00")


def moved(
    number: int, cause: Kin, *, first: int = 0, hours: float = 0, failing: bool = False,
    incident: int | None = None,
) -> list[PendingDowngrade]:
    """Return falls that come of one thing that we did."""
    at = NOW - timedelta(hours=hours)
    return [PendingDowngrade(f"{first + n}", (cause,), at, incident, cause=cause, failing=failing)
            for n in range(number)]


@pytest.mark.parametrize("cause", [LIST, RULES, REPLAY])
@pytest.mark.parametrize("was", [Group.A1, Group.A2, Group.UNKNOWN, Group.W])
@pytest.mark.parametrize("now", sorted(TO_MEND))
def test_whom_something_that_we_did_moves_among_those_to_mend_falls(cause: Kin, was: Group,
                                                                    now: Group) -> None:
    assert falls(was, now, cause)


@pytest.mark.parametrize(("was", "now"), [
    (None, Group.B3), (Group.E, Group.B3), (Group.B3, Group.A2), (Group.A2, Group.UNKNOWN),
    (Group.A1, Group.W), (Group.EXEMPT, Group.E)])
def test_to_be_listed_to_mend_otherwise_and_to_rise_is_no_fall_whatever_we_did(was: Group | None,
                                                                               now: Group) -> None:
    assert not falls(was, now, LIST)


def test_a_fall_that_letters_found_is_not_the_list_s_on_whose_occasion_it_was_judged() -> None:
    assert cause_of(LIST, Group.D2) is None
    assert (cause_of(LIST, Group.B3), cause_of(REPLAY, Group.D2),
            cause_of(None, Group.D2)) == (LIST, REPLAY, None)


@pytest.mark.parametrize("cause", [LIST, RULES, REPLAY])
def test_what_we_did_is_read_as_it_was_written(cause: Kin) -> None:
    assert caused(str(cause)) == cause
    assert caused("") is None


def test_more_than_a_share_by_one_list_are_held_and_fewer_turn_at_once() -> None:
    policy = POLICY
    assert settle(PendingDowngrades(moved(20, LIST), (), {}, 1000), NOW,
                  policy).turned == [f"{n}" for n in range(20)]
    assert settle(PendingDowngrades(moved(21, LIST), (), {}, 1000), NOW,
                  policy).opened == {LIST: [f"{n}" for n in range(21)]}
    # fewer than `least`
    assert len(settle(PendingDowngrades(moved(9, LIST), (), {}, 9), NOW, policy).turned) == 9


def test_two_lists_are_two_causes_and_a_later_fall_of_a_held_list_joins() -> None:
    policy = AT_ONCE
    both = [*moved(15, LIST), *moved(15, Kin(Scope.LIST, "8"), first=15)]
    assert len(settle(PendingDowngrades(both, (), {}, 1000), NOW, policy).turned) == 30
    held = [*moved(30, LIST, incident=1), *moved(1, LIST, first=30)]
    assert settle(PendingDowngrades(held, [Incident(1, LIST)], {}, 1000), NOW,
                  policy).joined == {1: ["30"]}


def test_mail_read_anew_is_waited_for_as_letters_are() -> None:
    policy = POLICY
    assert settle(PendingDowngrades(moved(5, REPLAY, hours=23, failing=True), (), {}, 1000), NOW,
                  policy).idle
    assert len(settle(PendingDowngrades(moved(5, REPLAY, hours=24, failing=True), (), {}, 1000),
                      NOW, policy).turned) == 5
    assert settle(PendingDowngrades(moved(21, REPLAY, failing=True), (), {}, 1000), NOW,
                  policy).opened.keys() == {REPLAY}


def test_what_we_did_is_over_when_it_holds_nobody_any_more_whatever_letters_tell() -> None:
    policy = AT_ONCE
    held = PendingDowngrades(moved(30, LIST, incident=1), [Incident(1, LIST, cleared=100)], {},
                             1000)
    assert settle(held, NOW, policy).over == []
    assert settle(PendingDowngrades((), [Incident(1, LIST, cleared=30)], {}, 1000), NOW,
                  policy).over == [1]
