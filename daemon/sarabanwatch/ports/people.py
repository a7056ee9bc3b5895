"""What is kept of people's decisions on agencies: their wishes, incidents that a person may release, notices that one sends."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Falling, Kin, Settlement
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.core.sending.throttle import Tone


class Going(NamedTuple):
    """A notice about to leave us: whose, where to, the group that it speaks of, the mail host that it burdens."""

    code: str
    address: str
    was: str
    host: str


class Incidents(Protocol):
    """Falls that have not turned, and the incidents that hold them."""

    async def falling(self, lately: datetime) -> Falling: ...
    async def settle(self, settlement: Settlement, at: datetime) -> None: ...
    async def release(self, incident: int, by: str, note: str, at: datetime) -> int: ...
    async def editions(self) -> Mapping[str, bool]: ...
    async def hold_edition(self, edition: str, groups: Collection[Group], at: datetime) -> None: ...
    async def held(self) -> tuple[Mapping[int, Kin], int]: ...


class Wishes(Protocol):
    """Agencies that asked to be left alone."""

    async def stands(self, code: str) -> bool: ...


class Halts(Protocol):
    """Times in which nothing leaves us, for a doubt of our own that a person may lift."""

    async def standing(self) -> Sequence[Halt]: ...
    async def halt(self, why: Why, said: str, at: datetime) -> bool: ...
    async def lift(self, number: int, by: str, note: str, at: datetime) -> None: ...
    async def newest(self) -> datetime | None: ...
    async def rebase(self, now: datetime, until: datetime) -> int: ...


class Notices(Protocol):
    """Notices to agencies to mend, each written down before it leaves us and after."""

    async def intend(self, snapshot: int, going: Going, by: str, at: datetime) -> int | None: ...
    async def became(self, notice: int, event: str, said: str, at: datetime, spoke: tuple[str, Tone] | None = None) -> None: ...
