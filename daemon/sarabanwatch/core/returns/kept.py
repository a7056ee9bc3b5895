"""Mails as they are taken in, and as they are kept."""

from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.review import MailVerdict, Reading


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail taken in: raw, what it is, the letter it belongs to and the fact it adds (None: a stranger's)."""

    raw: bytes
    digest: str
    arrived_at: datetime
    arrival: Arrival
    serial: int | None
    evidence: Evidence | None
    refused: str = ""
    signed: tuple[str, ...] = ()   # domains whose DKIM signature we verified when it came
    maker: str = ""                # who made a report (core.returns.trace)
    # whom a letter to ourselves, or a report about one, shows to be on our own path
    makers: tuple[str, ...] = ()
    alike: str = ""                # as `core.returns.review.Reading` has them
    taught: str = ""

    @property
    def reading(self) -> Reading:
        """What it was found to be."""
        return Reading(self.arrival, self.serial, self.evidence, self.refused, self.alike,
                       self.taught)


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail as it was kept: raw, when it came, whose signature held then, and the last word on it.

    Of one that was forgotten `raw` is empty.
    """

    digest: str
    raw: bytes
    arrived_at: datetime
    signed: tuple[str, ...]
    word: MailVerdict
    forgotten_at: datetime | None = None
