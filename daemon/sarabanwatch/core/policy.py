"""The few numbers that the rules turn on. Each is a key of the configuration, with its why."""

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Confirm:
    """How a fall is confirmed, and how who has fallen is tried again: the section `[confirm]`.

    `failures` of the last `of` letters turn an address; `within` which time. `days`: working days from a failure to the
    first, second, ... confirming letter. `again`: within which time from its last letter a mending shows, unasked.
    """

    failures: int = 3
    of: int = 4
    within: timedelta = timedelta(days=45)
    days: tuple[int, ...] = (1, 1, 1)
    again: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Policy:
    """Numbers only; what they do is said where they are used."""

    anchor: date
    live: bool = False
    weeks: int = 6
    window_office_hours: float = 16
    letters_at_most: int = 6
    retry_first: timedelta = timedelta(minutes=15)
    retry_longest: timedelta = timedelta(hours=6)
    send_for: timedelta = timedelta(days=7)
    outbox: int = 1000
    canary_every: timedelta = timedelta()        # 0: none are sent
    canary_patience: timedelta = timedelta(hours=2)
    must_bounce: str = ""
    catch_all: bool = False                      # strays are sent (core.sending.catch_all)
    catch_all_except: frozenset[str] = field(default_factory=frozenset)
    # 0: a fall turns at once, unless it is part of a mass
    fall_settles: timedelta = timedelta()
    keeps_mail: timedelta = timedelta()          # 0: as long as the ledger
    confirm: Confirm = field(default_factory=Confirm)
    mass_share: float = 0.2
    mass_least: int = 10
    mend_share: float = 0.02
    holidays: frozenset[date] = field(default_factory=frozenset)

    @property
    def falls_gather(self) -> timedelta:
        """For how long falls are counted together: until the first of them is confirmed and settled, over a week-end."""
        return self.fall_settles + timedelta(days=sum(self.confirm.days) + 2)
