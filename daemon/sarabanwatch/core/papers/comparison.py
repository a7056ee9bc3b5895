"""Two snapshots side by side: who got better or worse, came or went, or falls under other rules.

Every agency that stands in either is counted in exactly one way, so that the counts before and
after can be reconciled: total before + new - gone = total after.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.papers.snapshot import Snapshot, SnapshotRow


class Direction(StrEnum):
    """How an agency moved between two snapshots."""

    NEW = "new"
    GONE = "gone"
    RULES = "reclassified"    # the facts are as they were; the rules are not
    IMPROVED = "improved"     # to ready, from where it was to mend or raised
    WORSENED = "worsened"     # from ready to mend
    LEARNT = "learnt"         # it was not known before
    SHIFTED = "shifted"       # another group, no better and no worse; or no longer known
    SAME = "same"


THAI: dict[Direction, str] = {
    Direction.IMPROVED: "ดีขึ้น (แก้ไขจนพร้อมใช้งาน)",
    Direction.WORSENED: "แย่ลง (เดิมพร้อมใช้งาน แต่ปัจจุบันต้องแก้ไข)",
    Direction.LEARNT:   "ทราบผลแล้ว (เดิมยังไม่ทราบผล)",
    Direction.SHIFTED:  "เปลี่ยนกลุ่ม แต่ยังไม่พร้อมใช้งาน",
    Direction.RULES:    "จัดกลุ่มใหม่เพราะหลักเกณฑ์เปลี่ยน",
    Direction.NEW:      "หน่วยงานใหม่ในทะเบียน",
    Direction.GONE:     "พ้นจากทะเบียน",
    Direction.SAME:     "คงเดิม",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One agency in both: the row before (None: new) and after (None: gone), and how it moved."""

    was: SnapshotRow | None
    now: SnapshotRow | None
    direction: Direction

    @property
    def row(self) -> SnapshotRow:
        """The row that names it."""
        row = self.now or self.was
        assert row is not None  # noqa: S101 - one of them was found
        return row


class Met(NamedTuple):
    """An agency in both snapshots, its bucket in each, and whether the rules differ."""

    was: SnapshotRow
    now: SnapshotRow
    left: str
    reached: str
    other_rules: bool


class MoveRule(NamedTuple):
    """One row: when it holds, and the way."""

    holds: Callable[[Met], bool]
    direction: Direction


RULES = (
    MoveRule(lambda m: m.was.group == m.now.group and m.left == m.reached, Direction.SAME),
    # another edition counts its group elsewhere
    MoveRule(lambda m: m.was.group == m.now.group, Direction.RULES),
    MoveRule(lambda m: m.other_rules and m.was.basis == m.now.basis, Direction.RULES),
    # A1 or A2: both can be written to
    MoveRule(lambda m: m.left == m.reached == "ready", Direction.SAME),
    MoveRule(lambda m: m.left == "unknown", Direction.LEARNT),
    MoveRule(lambda m: m.reached == "ready", Direction.IMPROVED),
    MoveRule(lambda m: m.left == "ready" and m.reached == "mend", Direction.WORSENED),
)


def compare(before: Snapshot, after: Snapshot) -> list[Move]:
    """Return how every agency under the Act in either snapshot moved, by code."""
    was, now = ({row.code: row for row in s.counted} for s in (before, after))
    left, reached, other = before.bucket_of, after.bucket_of, before.rules != after.rules

    def move(code: str) -> Move:
        if code not in was or code not in now:
            new_or_gone = Direction.NEW if code in now else Direction.GONE
            return Move(was.get(code), now.get(code), new_or_gone)
        met = Met(was[code], now[code], left[was[code].group], reached[now[code].group], other)
        return Move(met.was, met.now, next((rule.direction for rule in RULES if rule.holds(met)),
                                           Direction.SHIFTED))

    return [move(code) for code in sorted(was.keys() | now.keys())]


def counts(moves: list[Move]) -> Mapping[Direction, int]:
    """Count the ways, each way named."""
    return {direction: sum(move.direction is direction for move in moves) for direction in THAI}
