"""What an agency is found to be, by the facts in the ledger: the pure part of `life.judge`."""

from collections.abc import Mapping
from typing import NamedTuple

from sarabanwatch.core import address
from sarabanwatch.core.judging import group, standing, verdict
from sarabanwatch.core.judging.case import Case
from sarabanwatch.core.policy import Policy


class WeighedAgency(NamedTuple):
    """What an agency is found to be.

    `verdicts` are those on its letters by serial, `stands` what they come to, `judged` its cell,
    and `rule` the one that decides its group. `feared` is the rule that would decide if a suspicion
    by the last letters is confirmed; where there is none, it is `rule`.
    """

    verdicts: Mapping[int, verdict.Verdict]
    stands: standing.Standing
    judged: address.JudgedCell
    rule: group.GroupRule
    feared: group.GroupRule


def weighed(case: Case, addresses: address.Rules, policy: Policy) -> WeighedAgency:
    """Return what one agency is found to be: evidence -> verdicts -> standing -> group."""
    letters = {serial: standing.result_of(seen) for serial, seen in case.letters}
    stands = standing.standing(letters.values(), policy.confirm)
    judged = address.judge(case.agency, addresses)
    rule, feared = (group.decide(case.agency, judged, each) for each in (stands, stands.feared))
    return WeighedAgency({serial: letter.verdict for serial, letter in letters.items()}, stands,
                         judged, rule, feared)
