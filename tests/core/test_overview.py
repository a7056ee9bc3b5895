"""What a person should look at, and how grave it is."""

import dataclasses
from datetime import timedelta

import pytest
from msgspec.structs import replace

from fakes.standing import A_BIT, FLOOD, NOW, RUNNING, WELL
from sarabanwatch.core.overview import (
    ANSWER_WITHIN,
    BACKUP_WITHIN,
    FORGOTTEN_AFTER,
    OPENED_WITHIN,
    READ_WITHIN,
    RULES,
    Level,
    OwnPath,
    complaints,
    in_a_line,
    in_both_languages,
    level,
)
from sarabanwatch.core.sending.pausing import Reach

ALL = dataclasses.replace(FLOOD, level=Reach.ALL, name="")
LONG_AGO = dataclasses.replace(FLOOD, since=NOW - FORGOTTEN_AFTER - A_BIT, until=None,
                               forgettable=True)
UNWELL = [      # a row for each of RULES, in their order
    {"running": None, "silent": True},
    {"running": None},
    {"halts": ("another ledger ran here last",)},
    {"path": OwnPath.BROKEN},
    {"all_wait": True},
    {"running": replace(RUNNING, unread=READ_WITHIN + 1)},
    {"overdue": NOW - OPENED_WITHIN - A_BIT},
    {"running": replace(RUNNING, waits={"relay": "it does not answer"})},
    {"path": OwnPath.UNKNOWN},
    {"open_hosts": ("mx.no.test",)},
    {"lacking": 1},
    {"incidents": 1, "held": 12},
    {"corrections_since": NOW - ANSWER_WITHIN - A_BIT},
    {"notices": 1},
    {"refused": NOW},
    {"paused": (LONG_AGO, FLOOD)},
    {"backup": NOW - BACKUP_WITHIN - A_BIT},
    {"paused": (ALL,)},
    {"paused": (FLOOD,)},
]


def test_where_all_is_well_nobody_need_look() -> None:
    assert complaints(WELL) == []
    assert level(WELL) is Level.OK
    assert level(replace(WELL, path=OwnPath.UNTRIED)) is Level.OK


@pytest.mark.parametrize(("rule", "changed"), [*zip(RULES, UNWELL, strict=True)],
                         ids=[rule.english[:40] for rule in RULES])
def test_each_thing_that_is_wrong_is_told_by_itself(rule, changed) -> None:
    unwell = replace(WELL, **changed)
    also = [RULES[-1]] if rule.english.startswith("a pause without an end") else []
    assert complaints(unwell) == [rule, *also]
    assert level(unwell) is rule.level


def test_a_pause_that_a_person_wants_is_told_and_is_no_fault() -> None:
    week_old = dataclasses.replace(LONG_AGO, since=NOW - FORGOTTEN_AFTER)
    for paused in (FLOOD, ALL, week_old):
        assert level(replace(WELL, paused=(paused,))) is Level.OK
        assert "paused" in in_both_languages(replace(WELL, paused=(paused,)))
    assert level(replace(WELL, paused=(LONG_AGO,))) is Level.WARNING


@pytest.mark.parametrize("change", [
    {"running": replace(RUNNING, unread=READ_WITHIN + 1)}, {"path": OwnPath.UNKNOWN},
    {"path": OwnPath.BROKEN}])
def test_an_inbox_that_is_left_alone_because_all_is_paused_is_no_fault_and_is_told(change) -> None:
    all_paused = replace(WELL, paused=(ALL,), **change)
    assert level(all_paused) is Level.OK
    assert "the inbox is not read" in in_both_languages(all_paused)
    assert level(replace(all_paused, paused=(FLOOD,))) > Level.OK


def test_a_daemon_that_has_just_come_back_has_an_hour_to_open_the_round_that_is_due() -> None:
    late = replace(WELL, overdue=NOW - timedelta(days=9))
    back = replace(RUNNING, started=NOW - OPENED_WITHIN)
    assert level(late) is Level.CRITICAL
    assert level(replace(late, running=back)) is Level.OK


def test_where_no_round_runs_the_line_says_when_the_next_one_begins() -> None:
    between = replace(WELL, ends=NOW - A_BIT, follows=NOW + timedelta(days=7))
    assert in_a_line(between, "en") == ("no round runs, the next one begins 2026-03-09 10:00 "
                                        "+07, 120 today, next 10:00 +07")
    assert in_a_line(between, "th").startswith(
        "ไม่มีรอบที่ดำเนินการอยู่ รอบถัดไปเริ่ม 9 มี.ค. 2569 10.00 น. (ไทย)")


def test_a_daemon_that_has_just_started_has_half_an_hour_to_read_the_inbox() -> None:
    fresh = replace(RUNNING, read_at=None, unread=READ_WITHIN)
    assert complaints(replace(WELL, running=fresh)) == []


def test_that_no_backup_was_ever_taken_is_told() -> None:
    assert level(replace(WELL, backup=None)) is Level.WARNING


def test_the_gravest_comes_first_and_gives_the_level() -> None:
    unwell = replace(WELL, backup=None, halts=("x",))
    assert [rule.level for rule in complaints(unwell)] == [Level.CRITICAL, Level.WARNING]
    assert level(unwell) is Level.CRITICAL


def test_a_line_tells_the_next_letter_by_bangkoks_clock_with_its_day_where_that_is_not_today() -> (
        None):
    assert in_a_line(WELL, "en") == "round 2: 3,000 of 8,000 sent, 120 today, next 10:00 +07"
    tomorrow = replace(WELL, next=NOW + timedelta(days=1))
    assert in_a_line(tomorrow, "th").endswith("วันนี้ 120 ฉบับถัดไป 3 มี.ค. 2569 10.00 น. (ไทย)")
    assert in_a_line(replace(WELL, next=None), "en").endswith("120 today")


def test_the_service_manager_is_told_in_both_languages_and_what_is_wrong() -> None:
    said = in_both_languages(replace(WELL, backup=None))
    assert said.startswith("รอบที่ 2: ")
    assert " · round 2: 3,000 of 8,000 sent" in said
    assert said.endswith("no backup of the last two days: see backup")


def test_rules_stand_from_the_gravest_down() -> None:
    assert [rule.level for rule in RULES] == sorted((rule.level for rule in RULES), reverse=True)
