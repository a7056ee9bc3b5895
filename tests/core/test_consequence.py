"""What a list, rules or an edition would change: who would come among those to mend."""

import pytest

from sarabanwatch.core.judging.consequence import GroupMove
from sarabanwatch.core.judging.group import Group


@pytest.mark.parametrize(("was", "now", "to_mend"), [
    (Group.A1, Group.C, True), (Group.UNKNOWN, Group.E, True), (Group.W, Group.B3, True),
    # it was to mend already, is new, or was outside the Act
    (Group.D2, Group.C, False), (None, Group.E, False), (Group.EXEMPT, Group.E, False),
    (Group.C, Group.A1, False), (Group.A1, Group.W, False)])
def test_who_was_judged_and_had_nothing_to_mend_would_come_among_those_to_mend(
    was: Group | None, now: Group, to_mend: bool,  # noqa: FBT001 - as the table has it
) -> None:
    assert GroupMove("1001", "หนึ่ง", was, now, "", "").to_mend is to_mend
