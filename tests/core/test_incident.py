"""Downgrades with one thing in common: when they are an incident, whom it holds, when it ends."""

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
    is_correlated,
    is_downgrade,
    kin,
    settle,
)
from sarabanwatch.core.policy import CampaignSection, IncidentSection, Policy

POLICY = Policy(CampaignSection(ANCHOR))
AT_ONCE = replace(POLICY, incident=IncidentSection(settle_hours=0))
BIG, SMALL = Kin(Scope.HOST, "mx.big.test"), Kin(Scope.HOST, "mx.small.test")
NOW = MONDAY


def downgraded(
    number: int, *of: Kin, hours: float = 1, first: int = 0, incident: int | None = None,
    failed_again: bool = False,
) -> list[PendingDowngrade]:
    """Return pending downgrades of one kin."""
    return [PendingDowngrade(f"{first + n}", (*of, COUNTRY), NOW - timedelta(hours=hours), incident,
                             failed_again) for n in range(number)]


def sizes(**of: int) -> dict[Kin, int]:
    """Return how many were written to lately."""
    return {BIG: of.get("big", 50), SMALL: of.get("small", 50), COUNTRY: of.get("country", 1000)}


# --- what a downgrade is -------------------------------------------------------------------------


@pytest.mark.parametrize("was", [Group.A1, Group.A2, Group.UNKNOWN, Group.B1, Group.W, None])
@pytest.mark.parametrize("now", [Group.D1, Group.D2, Group.D3])
def test_an_address_that_was_not_known_to_fail_and_is_found_to_fail_is_a_downgrade(
    was: Group | None, now: Group,
) -> None:
    assert is_downgrade(was, now)


@pytest.mark.parametrize(("was", "now"), [
    (Group.D2, Group.D3), (Group.D3, Group.A1), (Group.A1, Group.A2), (Group.A2, Group.E),
    (Group.A1, Group.C), (None, Group.B3), (Group.A2, Group.UNKNOWN)])
def test_other_failures_upgrades_and_changes_by_the_register_are_no_downgrades(
    was: Group | None, now: Group,
) -> None:
    assert not is_downgrade(was, now)


def test_kin_are_host_superior_province_and_country_and_a_name_that_is_not_known_is_none() -> None:
    assert kin("mx", "one.test", "กระทรวงหนึ่ง", "ลำปาง") == (
        Kin(Scope.HOST, "mx"), Kin(Scope.DOMAIN, "one.test"),
        Kin(Scope.SUPERIOR, "กระทรวงหนึ่ง"), Kin(Scope.PROVINCE, "ลำปาง"), COUNTRY)
    assert kin("", "", "", "") == (COUNTRY,)


def test_a_correlated_outage_is_a_least_number_and_more_than_a_share() -> None:
    assert is_correlated(10, 49, POLICY)
    assert not is_correlated(10, 50, POLICY)
    assert not is_correlated(9, 9, POLICY)


# --- settling ------------------------------------------------------------------------------------


def test_a_downgrade_alone_takes_effect_when_it_has_settled_and_not_before() -> None:
    early, due = downgraded(1, SMALL, hours=23.9), downgraded(1, SMALL, hours=24, first=1)
    assert settle(PendingDowngrades(early, (), sizes()), NOW, POLICY).idle
    assert settle(PendingDowngrades(early + due, (), sizes()), NOW, POLICY).effective == ["1"]


def test_downgrades_that_gather_slowly_are_all_held_those_that_were_due_too() -> None:
    slow = [each for n in range(11) for each in downgraded(1, BIG, hours=25 - 2 * n, first=n)]
    settled = settle(PendingDowngrades(slow, (), sizes()), NOW, POLICY)
    assert settled.opened == {BIG: [f"{n}" for n in range(11)]}
    assert settled.effective == []


# --- one cause, one incident ---------------------------------------------------------------------


def test_a_hosts_outage_is_an_incident_of_that_host_not_of_country_or_provinces() -> None:
    provinces = [Kin(Scope.PROVINCE, f"{n}") for n in range(4)]
    host = [each for n, of in enumerate(provinces)
            for each in downgraded(20, BIG, of, first=100 * n)]
    others = downgraded(9, SMALL, first=900)
    of = sizes(big=82, country=160) | dict.fromkeys(provinces, 25)
    settled = settle(PendingDowngrades(host + others, (), of), NOW, POLICY)
    assert settled.opened == {BIG: [each.code for each in host]}


def test_an_outage_of_everything_is_one_incident_of_the_country() -> None:
    everywhere = downgraded(40, BIG) + downgraded(40, SMALL, first=50)
    settled = settle(PendingDowngrades(everywhere, (), sizes(country=90)), NOW, POLICY)
    assert settled.opened == {COUNTRY: [each.code for each in everywhere]}


def test_of_a_host_and_its_only_domain_the_host_is_named() -> None:
    domain = Kin(Scope.DOMAIN, "big.test")
    pending = PendingDowngrades(downgraded(40, domain, BIG), (), sizes() | {domain: 50})
    assert list(settle(pending, NOW, POLICY).opened) == [BIG]


def test_a_province_that_lies_wholly_on_the_host_that_is_out_is_not_the_cause() -> None:
    lampang = Kin(Scope.PROVINCE, "ลำปาง")
    out = downgraded(10, BIG, lampang) + downgraded(30, BIG, first=10)
    settled = settle(PendingDowngrades(out, (), sizes() | {lampang: 10}), NOW, POLICY)
    assert settled.opened == {BIG: [each.code for each in out]}


def test_what_was_found_long_ago_is_no_outage_of_today() -> None:
    old = [replace(each, confirmed=False) for each in downgraded(40, BIG, hours=24 * 60)]
    assert settle(PendingDowngrades(old, (), sizes()), NOW, POLICY).idle


def test_two_hosts_out_in_a_large_country_are_two_incidents() -> None:
    both = downgraded(40, BIG) + downgraded(40, SMALL, first=50)
    settled = settle(PendingDowngrades(both, (), sizes()), NOW, POLICY)
    assert {kin: len(codes) for kin, codes in settled.opened.items()} == {BIG: 40, SMALL: 40}


def test_a_downgrade_joins_an_open_incident_of_its_kin_and_none_that_is_over() -> None:
    late = downgraded(1, BIG, hours=30)
    for is_open in (True, False):
        settled = settle(PendingDowngrades(late, [Incident(3, BIG, is_open)], sizes()), NOW, POLICY)
        assert settled.joined == ({3: ["0"]} if is_open else {})
        assert settled.effective == ([] if is_open else ["0"])


# --- when it is over -----------------------------------------------------------------------------


def over(failed: int, waiting: int, cleared: int) -> tuple[bool, int]:
    """Say whether an incident is over, and how many are downgraded.

    Of its agencies so many failed again, wait for an answer, and are cleared.
    """
    held = [*downgraded(failed, BIG, incident=3, failed_again=True),
            *downgraded(waiting, BIG, incident=3, first=100)]
    settled = settle(PendingDowngrades(held, [Incident(3, BIG, cleared=cleared)], sizes()), NOW,
                     POLICY)
    return list(settled.over) == [3], len(settled.effective)


@pytest.mark.parametrize(("failed", "waiting", "cleared", "expected"), [
    (0, 40, 0, (False, 0)),         # nothing is known yet
    (0, 31, 9, (False, 0)),         # too little
    (0, 30, 10, (True, 0)),         # enough proved good: the rest leaves one by one
    (2, 28, 10, (True, 2)),         # the really bad are downgraded
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


def test_whom_a_closed_incident_holds_is_downgraded_by_a_failed_letter_not_by_time() -> None:
    held = [*downgraded(1, BIG, hours=99, incident=3, failed_again=True),
            *downgraded(1, BIG, hours=99, first=1, incident=3)]
    assert settle(PendingDowngrades(held, [Incident(3, BIG, open=False)], sizes()), NOW,
                  POLICY).effective == ["0"]


# --- for all -------------------------------------------------------------------------------------

HOSTS = st.sampled_from([BIG, SMALL, Kin(Scope.PROVINCE, "ลำปาง")])


@given(st.lists(st.tuples(HOSTS, st.integers(0, 48)), max_size=60), st.integers(1, 80))
def test_nobody_is_both_held_and_downgraded_and_nobody_held_twice(
    found: list[tuple[Kin, int]], size: int,
) -> None:
    all_ = [PendingDowngrade(f"{n}", (of, COUNTRY), NOW - hours * HOUR)
            for n, (of, hours) in enumerate(found)]
    of = {each: size for pending in all_ for each in pending.kin} | {COUNTRY: max(size, len(all_))}
    settled = settle(PendingDowngrades(all_, (), of), NOW, POLICY)
    held = [code for codes in settled.opened.values() for code in codes]
    assert len(held) == len(set(held))
    assert not set(held) & set(settled.effective)
    assert all(len(codes) >= POLICY.incident.least for codes in settled.opened.values())
    waiting = {each.code for each in all_ if NOW - each.found_at < POLICY.incident.settles}
    assert not set(settled.effective) & waiting


def test_a_suspect_counts_towards_an_incident_and_is_never_downgraded_alone() -> None:
    suspects = [replace(each, confirmed=False) for each in downgraded(12, BIG)]
    assert settle(PendingDowngrades(suspects, (), sizes(big=12)), NOW,
                  POLICY).opened == {BIG: [each.code for each in suspects]}
    assert settle(PendingDowngrades(suspects[:2], (), sizes(big=12)),
                  NOW + 99 * POLICY.incident.settles, POLICY).idle


def test_of_whom_an_ended_incident_held_only_confirmed_downgrades_take_effect() -> None:
    held = [replace(each, confirmed=n % 2 == 0)
            for n, each in enumerate(downgraded(4, BIG, incident=3, failed_again=True))]
    assert settle(PendingDowngrades(held, [Incident(3, BIG, open=False)]), NOW,
                  POLICY).effective == ["0", "2"]


# --- what we do ourselves ------------------------------------------------------------------------


LIST, RULES = Kin(Scope.LIST, "7"), Kin(Scope.RULES, "2564-4")
REPLAY = Kin(Scope.REPLAY, "2026-01-12 10:00")


def moved(
    number: int, cause: Kin, *, first: int = 0, hours: float = 0, failing: bool = False,
    incident: int | None = None,
) -> list[PendingDowngrade]:
    """Return pending downgrades that come of one thing that we did."""
    at = NOW - timedelta(hours=hours)
    return [PendingDowngrade(f"{first + n}", (cause,), at, incident, cause=cause, failing=failing)
            for n in range(number)]


@pytest.mark.parametrize("cause", [LIST, RULES, REPLAY])
@pytest.mark.parametrize("was", [Group.A1, Group.A2, Group.UNKNOWN, Group.W])
@pytest.mark.parametrize("now", sorted(TO_MEND))
def test_a_move_of_ours_among_those_to_mend_is_a_downgrade(
    cause: Kin, was: Group, now: Group,
) -> None:
    assert is_downgrade(was, now, cause)


@pytest.mark.parametrize(("was", "now"), [
    (None, Group.B3), (Group.E, Group.B3), (Group.B3, Group.A2), (Group.A2, Group.UNKNOWN),
    (Group.A1, Group.W), (Group.EXEMPT, Group.E)])
def test_a_new_agency_another_fault_and_an_upgrade_are_no_downgrades_whatever_we_did(
    was: Group | None, now: Group,
) -> None:
    assert not is_downgrade(was, now, LIST)


def test_what_letters_found_is_not_caused_by_the_list_on_whose_occasion_it_was_judged() -> None:
    assert cause_of(LIST, Group.D2) is None
    assert (cause_of(LIST, Group.B3), cause_of(REPLAY, Group.D2),
            cause_of(None, Group.D2)) == (LIST, REPLAY, None)


@pytest.mark.parametrize("cause", [LIST, RULES, REPLAY])
def test_what_we_did_is_read_as_it_was_written(cause: Kin) -> None:
    assert caused(str(cause)) == cause
    assert caused("") is None


def test_more_than_a_share_by_one_list_are_held_and_fewer_take_effect_at_once() -> None:
    policy = POLICY
    assert settle(PendingDowngrades(moved(20, LIST), (), {}, 1000), NOW,
                  policy).effective == [f"{n}" for n in range(20)]
    assert settle(PendingDowngrades(moved(21, LIST), (), {}, 1000), NOW,
                  policy).opened == {LIST: [f"{n}" for n in range(21)]}
    # fewer than `least`
    assert len(settle(PendingDowngrades(moved(9, LIST), (), {}, 9), NOW, policy).effective) == 9


def test_what_a_list_says_of_agencies_on_one_host_is_no_outage_of_that_host() -> None:
    found = [replace(each, kin=(LIST, BIG, COUNTRY)) for each in moved(15, LIST)]
    settled = settle(PendingDowngrades(found, (), sizes(), 1000), NOW, POLICY)
    assert (settled.opened, len(settled.effective)) == ({}, 15)


def test_two_lists_are_two_causes_and_a_later_downgrade_of_a_held_list_joins() -> None:
    policy = AT_ONCE
    both = [*moved(15, LIST), *moved(15, Kin(Scope.LIST, "8"), first=15)]
    assert len(settle(PendingDowngrades(both, (), {}, 1000), NOW, policy).effective) == 30
    held = [*moved(30, LIST, incident=1), *moved(1, LIST, first=30)]
    assert settle(PendingDowngrades(held, [Incident(1, LIST)], {}, 1000), NOW,
                  policy).joined == {1: ["30"]}


def test_mail_read_anew_is_waited_for_as_letters_are() -> None:
    policy = POLICY
    assert settle(PendingDowngrades(moved(5, REPLAY, hours=23, failing=True), (), {}, 1000), NOW,
                  policy).idle
    assert len(settle(PendingDowngrades(moved(5, REPLAY, hours=24, failing=True), (), {}, 1000),
                      NOW, policy).effective) == 5
    assert settle(PendingDowngrades(moved(21, REPLAY, failing=True), (), {}, 1000), NOW,
                  policy).opened.keys() == {REPLAY}


def test_what_we_did_is_over_when_it_holds_nobody_any_more_whatever_letters_tell() -> None:
    policy = AT_ONCE
    held = PendingDowngrades(moved(30, LIST, incident=1), [Incident(1, LIST, cleared=100)], {},
                             1000)
    assert settle(held, NOW, policy).over == []
    assert settle(PendingDowngrades((), [Incident(1, LIST, cleared=30)], {}, 1000), NOW,
                  policy).over == [1]


def test_an_edition_that_would_count_too_many_is_held_until_a_person_releases_it() -> None:
    held = Incident(1, Kin(Scope.EDITION, "2569-10"))
    assert settle(PendingDowngrades((), [held], {}, 1000), NOW, AT_ONCE).over == []
