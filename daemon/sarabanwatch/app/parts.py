"""What the daemon is made of: every part of the world that the service hands to its steps."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sarabanwatch.app.journal import Journal
from sarabanwatch.app.progress import Progress
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.register.difference import BELIEVED, ImportLimits
from sarabanwatch.ports import (
    Chance,
    Clock,
    Inbox,
    Line,
    Press,
    Reader,
    Resolver,
    SignatureVerifier,
    Source,
)
from sarabanwatch.store import Ledger


async def nobody() -> None:
    """Do nothing: no relay is to be tried, or there is only one edition of the groups."""


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """Every part of the world that the service hands to its steps."""

    ledger: Ledger
    clock: Clock
    chance: Chance
    journal: Journal
    inbox: Inbox
    reader: Reader
    verifier: SignatureVerifier
    lines: Sequence[Line]
    rules: Rulebook
    resolvers: Sequence[Resolver] = ()
    survey_every: timedelta = timedelta(days=1)
    press: Press | None = None
    source: Source | None = None
    look_every: timedelta = timedelta(hours=1)
    limits: ImportLimits = BELIEVED
    knock: Callable[[], Awaitable[None]] = nobody
    progress: Progress = field(default_factory=Progress)
    editions: Callable[[], Awaitable[None]] = nobody
    holidays: Callable[[], Awaitable[None]] = nobody
    room: Callable[[], Awaitable[None]] = nobody
