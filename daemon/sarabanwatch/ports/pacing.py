"""The book of the ledger that the pace is kept by, and its records."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.sending.put_off import Meanwhile
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


class Pacing(Protocol):
    """What left us for whom, what they said to it, and which letters wait: all that the pace is kept by."""

    async def since(self, mark: Mark, at: datetime) -> Past: ...
    async def hosts(self, now: datetime) -> Mapping[str, int]: ...
    async def next(
        self, now: datetime, rooms: Mapping[str, int], besides: Collection[int], limit: int,
    ) -> Sequence[tuple[int, str]]: ...
    async def own(self, besides: Collection[int], now: datetime) -> Sequence[int]: ...
    async def waiting(self, purpose: Purpose, besides: Collection[int], now: datetime) -> Sequence[tuple[int, str]]: ...
    async def meanwhile(self, serial: int, since: datetime) -> Meanwhile: ...
    async def load(self, campaign: int, today: datetime) -> Load: ...
    async def rehost(self, campaign: int, host_of: Callable[[str, str | None], str]) -> int: ...
