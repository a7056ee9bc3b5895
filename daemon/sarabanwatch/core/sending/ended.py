"""A letter at its end: all that matters of it, in one record, for one line of the log."""

from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.judging.verdict import Verdict


class EndedLetter(NamedTuple):
    """A letter whose window is over.

    `became` is what became of it (core.sending.probe.State), `tries` how often it was offered,
    `mails` how many mails came back for it, and `because` the reason of its verdict.
    """

    serial: int
    agency: str
    purpose: str
    host: str
    campaign: int
    drafted_at: datetime
    first_try: datetime | None
    became: str
    tries: int
    mails: int
    verdict: Verdict
    because: str
