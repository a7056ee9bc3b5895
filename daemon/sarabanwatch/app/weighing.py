"""What an agency is found to be by the facts in the ledger; what becomes of that, its judgement or a look ahead, is for others."""

from collections.abc import Mapping
from typing import NamedTuple

from sarabanwatch.core import address
from sarabanwatch.core.judging import group, standing, verdict
from sarabanwatch.core.policy import Policy
from sarabanwatch.ports import Case


class Weighed(NamedTuple):
    """What an agency is found to be: its letters' verdicts, what they come to, its cell, and the rule that decides its group."""

    verdicts: Mapping[int, verdict.Verdict]
    stands: standing.Standing
    judged: address.Judged
    rule: group.Rule


def weighed(case: Case, addresses: address.Rules, policy: Policy) -> Weighed:
    """Evidence -> verdicts -> standing -> group, for one agency."""
    verdicts = {serial: verdict.judge(seen).verdict for serial, seen in case.letters}
    stands = standing.standing(verdicts.values(), policy.fails_before_turning)
    judged = address.judge(case.agency, addresses)
    return Weighed(verdicts, stands, judged, group.decide(case.agency, judged, stands))
