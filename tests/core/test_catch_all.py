"""What a catch-all probe shows of its domain, and what it says to whoever reads it all the same."""

from dataclasses import replace
from itertools import permutations
from string import Template

import pytest

from fakes.samples import FORM, KEY, fact, letter, mint
from sarabanwatch.core.facts.evidence import Certainty, FactKind, Reason
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.letters.compose import compose
from sarabanwatch.core.letters.wording import paper
from sarabanwatch.core.sending import catch_all

TAKEN, QUIET = fact(FactKind.TAKEN), fact(FactKind.QUIET)
SAYS = [
    ([TAKEN, QUIET], True),
    ([TAKEN, fact(FactKind.DELIVERED), QUIET], True),
    ([TAKEN, fact(FactKind.AUTOMATIC)], True),
    ([TAKEN, fact(FactKind.RECEIPT)], True),
    ([TAKEN, fact(FactKind.ANSWERED, sure=Certainty.WEAK), QUIET], True),
    ([fact(FactKind.REFUSED, Reason.NO_MAILBOX)], False),
    ([TAKEN, fact(FactKind.BOUNCED, Reason.NO_MAILBOX)], False),
    # it came late: the silence was none
    ([TAKEN, QUIET, fact(FactKind.BOUNCED, Reason.NO_MAILBOX)], False),
    ([TAKEN, fact(FactKind.BOUNCED, Reason.NO_DOMAIN)], False),
    ([fact(FactKind.REFUSED, Reason.SENDER)], None),
    ([TAKEN, fact(FactKind.BOUNCED, Reason.FULL)], None),
    ([TAKEN, fact(FactKind.BOUNCED, Reason.TEMPORARY)], None),
    ([TAKEN, fact(FactKind.BOUNCED, Reason.UNKNOWN)], None),
    ([TAKEN, fact(FactKind.WITHHELD)], None),
    ([fact(FactKind.LOST), QUIET], None),
    ([fact(FactKind.HELD)], None),
    ([TAKEN], None),
    ([], None),
]


def test_every_verdict_tells_something_or_nothing() -> None:
    assert set(catch_all.SHOWS) == set(Verdict)


@pytest.mark.parametrize(("seen", "known"), SAYS)
def test_what_one_probe_shows_whatever_the_order_of_its_facts(
    seen: list, known: bool | None  # noqa: FBT001 - a column
) -> None:
    for order in permutations(seen):
        assert catch_all.takes_anything([order]) is known


def test_the_last_probe_that_shows_something_counts() -> None:
    took, refused, mute = [TAKEN, QUIET], [fact(FactKind.REFUSED,
                                                Reason.NO_MAILBOX)], [fact(FactKind.HELD)]
    assert catch_all.takes_anything([took, refused]) is False
    assert catch_all.takes_anything([refused, took, mute]) is True
    assert catch_all.takes_anything([mute]) is None
    assert catch_all.takes_anything([]) is None


def test_it_goes_to_a_name_that_nobody_can_foretell_and_that_stays_the_same() -> None:
    one, two = (catch_all.address("one.go.th", mint(serial, KEY)) for serial in (7, 8))
    assert one == catch_all.address("one.go.th", mint(7, KEY))
    assert one != two
    assert one.startswith("no-such-name-")
    assert len(one.partition("@")[0]) <= 64      # RFC 5321 section 4.5.3.1.1


def test_its_letter_says_what_it_is_and_asks_for_nothing() -> None:
    form = replace(FORM, catch_all=Template("ไม่ต้องตอบ $address ของ $name"),
                   confirm="https://x.test/r/")
    lost = letter(code="", name="one.go.th", address="no-such-name-x@one.go.th",
                  purpose=Purpose.CATCH_ALL)
    said = paper(lost, form)
    assert said.to == "ผู้ดูแลระบบอีเมลของ one.go.th"
    assert said.subject == "ทดสอบว่าโดเมนรับอีเมลที่ส่งถึงชื่อใดก็ได้หรือไม่"
    assert said.body == ("ไม่ต้องตอบ no-such-name-x@one.go.th ของ one.go.th",)
    assert b"x.test" not in compose(lost, form)
    assert (
        compose(lost, form).partition(b"\r\nDate:")[0]
        != compose(letter(), form).partition(b"\r\nDate:")[0]
    )
