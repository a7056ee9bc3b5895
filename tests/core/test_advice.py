"""Some reasons ask for something of their own, beside their group's steps."""

import pytest

from fakes.samples import fact
from sarabanwatch.core.facts.evidence import BLAME, Blame, FactKind, Reason
from sarabanwatch.core.judging import advice
from sarabanwatch.core.judging.verdict import OTHERWISE, rule_for


@pytest.mark.parametrize("reason", Reason)
def test_advice_goes_with_the_verdict_of_its_reason_and_with_no_other(reason: Reason) -> None:
    assert advice.of(rule_for([fact(FactKind.BOUNCED, reason)]).thai) == advice.ADVICE.get(reason)


def test_nothing_is_advised_where_nothing_is_known() -> None:
    assert advice.of(OTHERWISE.thai) is None


def test_only_what_is_theirs_is_advised() -> None:
    assert {BLAME[reason] for reason in advice.ADVICE} <= {Blame.NOW, Blame.GOOD}


def test_who_takes_no_mail_from_outside_is_told_to_open_the_mailbox() -> None:
    told = advice.of(rule_for([fact(FactKind.REFUSED, Reason.RESTRICTED)]).thai)
    assert told
    assert "ภายนอกองค์กร" in told.thai
    assert "outside" in told.english
