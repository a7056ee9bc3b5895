"""As a ministry has it: the unit and the configuration unedited, the wall's clock, real mail servers; for five minutes."""

import re

import pytest

from real.as_shipped.conftest import Shipped
from real.as_shipped.machine import AGENCIES, UNIT
from real.as_shipped.mails import bounced, replied

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
LASTS = 300.0       # wall seconds that the daemon is watched for, at least
LOOKS = 3.0         # wall seconds between two looks at when the watchdog was fed


@pytest.fixture(scope="module")
def written(shipped: Shipped) -> Shipped:
    """The machine, when each agency has its letter, sent by night too because a person asked for it."""
    with shipped.lab.journal(UNIT) as journal:
        journal.until('"good": 4')
        for code in AGENCIES:
            shipped.verb("probe", code, "--now")
        for _ in AGENCIES:
            journal.until('"outcome": "taken"')
    return shipped


def test_the_list_is_read_from_a_workbook(shipped: Shipped) -> None:
    with shipped.lab.journal(UNIT) as journal:
        journal.until('"good": 4')


def test_letters_to_ourselves_come_home_and_come_back(shipped: Shipped) -> None:
    with shipped.lab.journal(UNIT) as journal:
        journal.until('"came home"')
        journal.until('"bounced"')


def test_the_letter_has_its_paper(written: Shipped) -> None:
    assert b"Content-Type: application/pdf" in written.letter("replies.go.th")


def test_a_letter_to_nobody_comes_back(written: Shipped) -> None:
    with written.lab.journal(UNIT) as journal:
        journal.until('"bounced"')      # of the letter to ourselves that must
        journal.until('"bounced"')
    assert [fact["reason"] for fact in written.explained("1004")["letters"][0]["evidence"] if fact["kind"] == "bounced"] == [
        "no such mailbox"]


def test_a_large_return_and_a_larger_reply_are_read_by_the_process_that_may_be_killed(written: Shipped) -> None:
    return_ = bounced(written.letter("bounces.go.th"), AGENCIES["1001"], 106_000)
    to = re.search(rb"probes\+\w+@watch\.go\.th", return_)
    assert to
    written.comes(return_, "", to[0].decode())
    reply = replied(written.letter("replies.go.th"), AGENCIES["1002"], "991/2569", 5_000_000)
    written.comes(reply, AGENCIES["1002"], re.search(rb"probes\+\w+@watch\.go\.th", written.letter("replies.go.th"))[0].decode())
    with written.lab.journal(UNIT) as journal:
        journal.until('"kind": "receipt"')
    facts = {code: [fact for letter in written.explained(code)["letters"] for fact in letter["evidence"]] for code in AGENCIES}
    assert "no such mailbox" in [fact["reason"] for fact in facts["1001"]]
    assert "991/2569" in [fact["receipt"] for fact in facts["1002"]]
