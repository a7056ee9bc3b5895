"""Mail as it is received, and as it is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.review import MailVerdict, Reading


class RawMail(NamedTuple):
    """The octets of one mail, and when it came."""

    raw: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as received: raw, what it is, and its letter and fact (None: it has none)."""

    raw: bytes
    digest: str
    arrived_at: datetime
    arrival: Arrival
    serial: int | None
    evidence: Evidence | None
    refused: str = ""
    signed: tuple[str, ...] = ()   # domains whose DKIM signature we verified when it came
    maker: str = ""                # who made a report (core.returns.trace)
    makers: tuple[str, ...] = ()   # hosts that a letter to ourselves shows to be on our own path
    alike: str = ""                # as in core.returns.review.Reading
    taught: str = ""               # as in core.returns.review.Reading

    @property
    def reading(self) -> Reading:
        """What it was read to be."""
        return Reading(self.arrival, self.serial, self.evidence, self.refused, self.alike,
                       self.taught)


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail as stored: raw, when it came, whose signature was verified then, the last verdict.

    `raw` is empty where the mail was deleted after its time (`forgotten_at`).
    """

    digest: str
    raw: bytes
    arrived_at: datetime
    signed: tuple[str, ...]
    word: MailVerdict
    forgotten_at: datetime | None = None
