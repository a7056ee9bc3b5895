"""What a person should look at, and how grave it is."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from fakes.standing import A_BIT, NOW, RUNNING, WELL
from sarabanwatch.core.overview import (
    ANSWER_WITHIN,
    BACKUP_WITHIN,
    READ_WITHIN,
    RULES,
    Level,
    OwnPath,
    complaints,
    in_a_line,
    in_both_languages,
    level,
)

UNWELL = [      # a row for each of RULES, in their order
    {"running": None, "silent": True},
    {"running": None},
    {"halts": ("another ledger ran here last",)},
    {"path": OwnPath.BROKEN},
    {"all_wait": True},
    {"running": replace(RUNNING, unread=READ_WITHIN + 1)},
    {"running": replace(RUNNING, waits={"relay": "it does not answer"})},
    {"path": OwnPath.UNKNOWN},
    {"open_hosts": ("mx.no.test",)},
    {"lacking": 1},
    {"incidents": 1, "held": 12},
    {"corrections_since": NOW - ANSWER_WITHIN - A_BIT},
    {"notices": 1},
    {"paused": ("all",)},
    {"backup": NOW - BACKUP_WITHIN - A_BIT},
]


def test_where_all_is_well_nobody_need_look() -> None:
    assert complaints(WELL) == []
    assert level(WELL) is Level.OK
    assert level(replace(WELL, path=OwnPath.UNTRIED)) is Level.OK


@pytest.mark.parametrize(("rule", "changed"), [*zip(RULES, UNWELL, strict=True)],
                         ids=[rule.english[:40] for rule in RULES])
def test_each_thing_that_is_wrong_is_told_by_itself(rule, changed) -> None:
    unwell = replace(WELL, **changed)
    assert complaints(unwell) == [rule]
    assert level(unwell) is rule.level


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
    assert in_a_line(WELL, "en") == "round 2: 3,000 of 8,000 sent, 120 today, next 10:00 Bangkok"
    tomorrow = replace(WELL, next=NOW + timedelta(days=1))
    assert in_a_line(tomorrow, "th").endswith("วันนี้ 120 ฉบับถัดไป 2026-03-03 10:00 น.")
    assert in_a_line(replace(WELL, next=None), "en").endswith("120 today")


def test_the_service_manager_is_told_in_both_languages_and_what_is_wrong() -> None:
    said = in_both_languages(replace(WELL, backup=None))
    assert said.startswith("รอบที่ 2: ")
    assert " · round 2: 3,000 of 8,000 sent" in said
    assert said.endswith("no backup of the last two days: see backup")


def test_rules_stand_from_the_gravest_down() -> None:
    assert [rule.level for rule in RULES] == sorted((rule.level for rule in RULES), reverse=True)
