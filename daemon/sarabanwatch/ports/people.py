"""What is kept of people's decisions on agencies: their wishes, and the incidents that a person may release."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sarabanwatch.core.incident import Falling, Kin, Settlement


class Incidents(Protocol):
    """Falls that have not turned, and the incidents that hold them."""

    async def falling(self, lately: datetime) -> Falling: ...
    async def settle(self, settlement: Settlement, at: datetime) -> None: ...
    async def release(self, incident: int, by: str, note: str, at: datetime) -> int: ...
    async def held(self) -> tuple[Mapping[int, Kin], int]: ...


class Wishes(Protocol):
    """Agencies that asked to be left alone."""

    async def stands(self, code: str) -> bool: ...
