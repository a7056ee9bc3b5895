"""What is kept of people's decisions on agencies: their wishes, incidents that a person may release, notices that one sends."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from sarabanwatch.core.incident import Falling, Kin, Settlement
from sarabanwatch.core.welcome import Tone


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
    async def held(self) -> tuple[Mapping[int, Kin], int]: ...


class Wishes(Protocol):
    """Agencies that asked to be left alone."""

    async def stands(self, code: str) -> bool: ...


class Notices(Protocol):
    """Notices to agencies to mend, each written down before it leaves us and after."""

    async def intend(self, snapshot: int, going: Going, by: str, at: datetime) -> int | None: ...
    async def became(self, notice: int, event: str, said: str, at: datetime, spoke: tuple[str, Tone] | None = None) -> None: ...
