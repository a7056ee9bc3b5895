"""What taking something in would make of an agency: it is judged as it would stand then, and nothing is written down."""

from sarabanwatch.app.weighing import weighed
from sarabanwatch.core.address import Rules
from sarabanwatch.core.judging import consequence
from sarabanwatch.core.judging.case import Case, Judge
from sarabanwatch.core.judging.consequence import GroupMove
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.policy import Policy


def foreseen(addresses: Rules, policy: Policy) -> Judge:
    """Return what tells how an agency would move, as it would be judged by the rules; None where it would stay."""
    def move(case: Case) -> GroupMove | None:
        found = weighed(case, addresses, policy)
        if found.rule.group is (case.was or Group.UNKNOWN):
            return None
        return GroupMove(case.agency.code, case.agency.name, case.was, found.rule.group,
                         *consequence.why(found.rule, found.judged))

    return move
