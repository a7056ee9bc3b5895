"""What a check-up of our own house finds: each thing ok, to be seen to, or wrong.

What could not be found out is never ok: it is to be seen to, and says so.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class Grade(IntEnum):
    """How well a thing is; the worst of all is the exit code."""

    OK = 0
    WARN = 1
    FAIL = 2


class Finding(NamedTuple):
    """What was found of one thing: how well it is, and in which words, in Thai and in English.

    The words are for whoever mends it; they never hold a secret. Other programs' own words are the
    same in both.
    """

    grade: Grade
    thai: str
    english: str


def ok(thai: str, english: str = "") -> Finding:
    """Return that a thing is well; without `english` the words are the same in both languages."""
    return Finding(Grade.OK, thai, english or thai)


def warn(thai: str, english: str = "") -> Finding:
    """Return that a thing is to be seen to, or could not be found out; words as for `ok`."""
    return Finding(Grade.WARN, thai, english or thai)


def fail(thai: str, english: str = "") -> Finding:
    """Return that a thing is wrong; words as for `ok`."""
    return Finding(Grade.FAIL, thai, english or thai)


# said of whatever could not be looked at because of the ledger, which has a check of its own
UNSEEN = warn("ยังตรวจไม่ได้ เพราะอ่านฐานข้อมูลไม่ได้", "not looked at, for the ledger cannot be read")


def worst(findings: Iterable[Finding]) -> Grade:
    """Return the worst grade."""
    return max((finding.grade for finding in findings), default=Grade.OK)
