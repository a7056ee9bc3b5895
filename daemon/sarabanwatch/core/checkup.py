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
    """What was found of one thing: how well it is, and in which words.

    The words are for whoever mends it; they never hold a secret.
    """

    grade: Grade
    text: str


def ok(text: str) -> Finding:
    """Return that a thing is well."""
    return Finding(Grade.OK, text)


def warn(text: str) -> Finding:
    """Return that a thing is to be seen to, or could not be found out."""
    return Finding(Grade.WARN, text)


def fail(text: str) -> Finding:
    """Return that a thing is wrong."""
    return Finding(Grade.FAIL, text)


def worst(findings: Iterable[Finding]) -> Grade:
    """Return the worst grade."""
    return max((finding.grade for finding in findings), default=Grade.OK)
