"""The facts of one letter: whom it goes to, and what makes it ours."""

from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.facts.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Letter:
    """The facts of one letter; `replaces` is the serial of a letter in doubt that this one follows, or None.

    A letter that goes to no agency has no `code`; the `name` of one to nobody at a domain is the domain.
    """

    serial: int
    token: str
    code: str
    name: str
    address: str
    drafted_at: datetime
    replaces: int | None = None
    purpose: Purpose = Purpose.ROUND
