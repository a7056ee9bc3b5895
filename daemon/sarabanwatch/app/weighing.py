"""What an agency is found to be by the facts in the ledger; what becomes of that, its judgement or a look ahead, is for others."""

from collections.abc import Mapping
from typing import NamedTuple

from sarabanwatch.core import address
from sarabanwatch.core.judging import group, standing, verdict
from sarabanwatch.core.judging.case import Case
from sarabanwatch.core.policy import Policy


class WeighedAgency(NamedTuple):
    """What an agency is found to be: its letters' verdicts, what they come to, its cell, and the rule that decides its group.

    `feared` is the rule that would decide if it is as the last letters of a suspect say; else the same rule.
    """

    verdicts: Mapping[int, verdict.Verdict]
    stands: standing.Standing
    judged: address.Judged
    rule: group.GroupRule
    feared: group.GroupRule


def weighed(case: Case, addresses: address.Rules, policy: Policy) -> WeighedAgency:
    """Evidence -> verdicts -> standing -> group, for one agency."""
    letters = {serial: standing.told(seen) for serial, seen in case.letters}
    stands = standing.standing(letters.values(), policy.confirm)
    judged = address.judge(case.agency, addresses)
    rule, feared = (group.decide(case.agency, judged, each) for each in (stands, stands.feared))
    return WeighedAgency({serial: letter.verdict for serial, letter in letters.items()}, stands,
                         judged, rule, feared)
