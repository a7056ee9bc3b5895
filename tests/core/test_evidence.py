import pytest

from fakes.samples import fact
from sarabanwatch.core.facts.evidence import BLAME, Blame, FactKind, Reason

# Said here a second time, in the order of fault, so that no row of the table can slip unseen.
FAULT = {
    Blame.GOOD: {Reason.NO_DOMAIN, Reason.NO_MAIL, Reason.NO_MAILBOX, Reason.DISABLED},
    Blame.NOW: {Reason.RESTRICTED, Reason.FULL, Reason.TOO_LARGE, Reason.LOOP, Reason.TEMPORARY,
                Reason.CONTENT},
    Blame.OURS: {Reason.SENDER},
    Blame.UNKNOWN: {Reason.UNKNOWN},
}


@pytest.mark.parametrize("blame", Blame)
def test_each_reason_is_somebodys_fault_or_openly_nobodys(blame: Blame) -> None:
    assert {reason for reason, whose in BLAME.items() if whose is blame} == FAULT[blame]


def test_every_reason_is_weighed() -> None:
    assert set(BLAME) == set(Reason)


def test_a_fact_without_a_failure_blames_nobody() -> None:
    assert fact(FactKind.TAKEN).blame is None
    assert fact(FactKind.BOUNCED, Reason.SENDER).blame is Blame.OURS
