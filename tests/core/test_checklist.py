"""What is looked at of an agency is told at a glance; what is not known is never to mend."""

from dataclasses import replace

import pytest

from fakes.archive import NOW, letter
from sarabanwatch.core.address import REQUIREMENTS
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.page.checklist import CheckResult, checklist
from sarabanwatch.core.page.public import Account

PASSED, MEND, UNKNOWN = CheckResult
CELL = "saraban@one.go.th"
SOUND = Agency("1", "กรมหนึ่ง", AgencyKind.DEPARTMENT, cell=CELL,
               announcement=Announcement("https://info.go.th/1", NOW.date(), CELL))
ELSEWHERE = Announcement("", None, "saraban@two.go.th")


def results(agency: Agency = SOUND, *letters: object, broken: tuple[object, ...] = ()) -> object:
    account = Account(agency, letters, broken, True, (), ())  # type: ignore[arg-type]
    return tuple(each.result for each in checklist(account))


@pytest.mark.parametrize(("agency", "result"), [
    (SOUND, PASSED),
    (replace(SOUND, announcement=None), MEND),
    (replace(SOUND, announcement=ELSEWHERE), MEND),
    (replace(SOUND, announcement=replace(ELSEWHERE, cell="")), MEND),
    (replace(SOUND, announcement=None, unread=frozenset({"announcement"})), UNKNOWN),
    (replace(SOUND, announcement=ELSEWHERE, unread=frozenset({"announced"})), UNKNOWN),
    (replace(SOUND, announcement=None, status=Status.RAISED), UNKNOWN),
])
def test_an_announcement_is_to_mend_only_where_it_is_known_to_lack(
    agency: Agency, result: CheckResult,
) -> None:
    assert results(agency) == (result, PASSED, UNKNOWN)


def test_an_address_is_to_mend_where_it_breaks_a_rule_and_not_where_nobody_could_read_it() -> None:
    assert results(broken=REQUIREMENTS[:1]) == (PASSED, MEND, UNKNOWN)
    unread = replace(SOUND, cell="", unread=frozenset({"cell"}))
    assert results(unread, broken=REQUIREMENTS[:1]) == (UNKNOWN, UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(("verdicts", "result"), [
    ((), UNKNOWN), ((Verdict.PROVEN,), PASSED), ((Verdict.PROVEN, Verdict.REFUSES), MEND),
    ((Verdict.REFUSES, Verdict.ACCEPTS, Verdict.BLOCKS_US, Verdict.WITHHELD), PASSED),
    ((Verdict.BLOCKS_US, Verdict.PENDING), UNKNOWN),
])
def test_the_last_letter_that_told_anything_tells(
    verdicts: tuple[Verdict, ...], result: CheckResult,
) -> None:
    assert results(SOUND, *map(letter, verdicts)) == (PASSED, PASSED, result)


def test_a_letter_to_another_address_tells_nothing_of_this_one() -> None:
    elsewhere = replace(letter(Verdict.REFUSES), to_present=False)
    assert results(SOUND, elsewhere) == (PASSED, PASSED, UNKNOWN)


def test_nothing_is_looked_at_outside_the_act() -> None:
    assert results(replace(SOUND, status=Status.EXEMPT)) == ()
