"""One letter: its addressee, its purpose and its token."""

from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.facts.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `replaces` is the serial of a doubtful letter that this one repeats, or None.

    A letter that goes to no agency has the `code` "". The `name` of a catch-all probe is the
    domain. `kind` is the agency's in the register ("": it is not known any more).
    """

    serial: int
    token: str
    code: str
    name: str
    address: str
    drafted_at: datetime
    replaces: int | None = None
    purpose: Purpose = Purpose.ROUND
    kind: str = ""
