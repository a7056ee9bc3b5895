"""What an import would make of an agency, judged as it would stand; nothing is written."""

from sarabanwatch.app.weighing import weighed
from sarabanwatch.core.address import Rules
from sarabanwatch.core.judging import consequence
from sarabanwatch.core.judging.case import Case, Judge
from sarabanwatch.core.judging.consequence import GroupMove
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.policy import Policy


def foreseen(addresses: Rules, policy: Policy) -> Judge:
    """Return a function from an agency's case to its move to another group; None where it stays."""
    def move(case: Case) -> GroupMove | None:
        found = weighed(case, addresses, policy)
        if found.rule.group is (case.was or Group.UNKNOWN):
            return None
        return GroupMove(case.agency.code, case.agency.name, case.was, found.rule.group,
                         *consequence.why(found.rule, found.judged))

    return move
