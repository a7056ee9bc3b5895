"""The book of the ledger that the pace is kept by, and its records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.sending.throttle import Remark


class Mark(NamedTuple):
    """How far the past has been told: the last try, the last fact, the last outcome of a notice."""

    attempt: int = 0
    evidence: int = 0
    notice: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """Letters that left us, as mail host and moment, and what was said, each in order; `mark` asks for what comes after."""

    left: Sequence[tuple[str, datetime]]
    words: Sequence[Remark]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Load:
    """A round's letters by mail host: those that wait, and those written today."""

    waiting: Mapping[str, int]
    today: Mapping[str, int]
