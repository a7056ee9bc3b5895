from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.census import row, snapshot
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers.comparison import RULES, THAI, Direction, compare, counts

W = Direction
OTHER = {"groups": "g2"}


@pytest.mark.parametrize(("was", "now", "way"), [
    ("D2", "A1", W.IMPROVED), ("W", "A2", W.IMPROVED), ("A1", "D2", W.WORSENED),
    ("A2", "E", W.WORSENED),
    ("unknown", "A2", W.LEARNT), ("unknown", "D1", W.LEARNT), ("A1", "A2", W.SAME),
    ("D1", "D1", W.SAME),
    ("D1", "D2", W.SHIFTED), ("A1", "unknown", W.SHIFTED), ("A1", "W", W.SHIFTED),
])
def test_how_an_agency_moved(was: str, now: str, way: Direction) -> None:
    [move] = compare(snapshot(row("1", was)), snapshot(row("1", now)))
    assert move.direction is way


def test_new_and_gone_and_no_longer_under_the_act() -> None:
    moves = compare(snapshot(row("1"), row("2")), snapshot(row("2", "exempt"), row("3")))
    assert {m.row.code: m.direction for m in moves} == {"1": W.GONE, "2": W.GONE, "3": W.NEW}


def test_a_transition_without_new_facts_under_other_rules_is_the_rules() -> None:
    before, after = snapshot(row("1", "A1"), row("2", "A1")), snapshot(row("1", "B2"),
                                                                       row("2", "B2",
                                                                           basis="other"),
                                                                       rules=OTHER)
    assert [m.direction for m in compare(before, after)] == [W.RULES, W.WORSENED]
    moves = compare(before, replace(after, rules=before.rules))
    assert [move.direction for move in moves] == [W.WORSENED, W.WORSENED]


def test_a_group_that_another_edition_counts_elsewhere_is_reclassified_and_no_better_or_worse() -> (
    None
):
    before = snapshot(row("1", "W"), row("2", "A2"))
    after = snapshot(row("1", "W"), row("2", "A2"), moved={"W": "mend"}, rules=OTHER)
    assert [m.direction for m in compare(before, after)] == [W.RULES, W.SAME]
    assert [m.direction for m in compare(after, before)] == [W.RULES, W.SAME]
    told = snapshot(row("1", "W", basis="other"), row("2", "D2", basis="other"),
                    moved={"W": "ready", "D2": "ready"}, rules=OTHER)
    # of the second the facts turned, not its readiness
    assert [m.direction for m in compare(before, told)] == [W.RULES, W.SAME]


groups = st.dictionaries(st.integers(1, 9).map(str), st.sampled_from(Group))


@given(groups, groups)
def test_every_agency_moves_in_one_way_and_the_totals_meet(was: dict[str, Group],
                                                           now: dict[str, Group]) -> None:
    before, after = (snapshot(*(row(code, group.value) for code, group in side.items()))
                     for side in (was, now))
    n = counts(compare(before, after))
    assert before.figures.total + n[W.NEW] - n[W.GONE] == after.figures.total
    moved = Counter(move.direction for move in compare(before, after))
    assert Counter({direction: k for direction, k in n.items() if k}) == moved


def test_every_way_has_a_name_and_every_row_decides() -> None:
    assert set(THAI) == set(Direction)
    assert {rule.direction for rule in RULES} == {W.SAME, W.RULES, W.LEARNT, W.IMPROVED, W.WORSENED}
