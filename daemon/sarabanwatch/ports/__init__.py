"""What the daemon needs from the world, as Protocols and the plain records they speak in. Nothing here does anything.

`world` is clock, post, inbox and DNS; `ledger` what we know; `journal` those who hear of it. Times are aware `datetime`s of the
Clock; SQL, sockets and files are the business of `edge`.
"""

from sarabanwatch.ports.archive import Archive
from sarabanwatch.ports.journal import (
    Journal,
)
from sarabanwatch.ports.ledger import (
    Arrivals,
    Candidate,
    Case,
    Change,
    Domains,
    Draft,
    Incidents,
    Judgement,
    Judgements,
    Ledger,
    Letters,
    Received,
    Roll,
    Round,
    Rulings,
    Stored,
)
from sarabanwatch.ports.world import (
    Barred,
    Batch,
    Chance,
    Clock,
    Cursor,
    Inbox,
    Line,
    Outgoing,
    Press,
    Reader,
    Seals,
    Unwritable,
    Witness,
)

__all__ = [
    "Archive",
    "Arrivals",
    "Barred",
    "Batch",
    "Candidate",
    "Case",
    "Chance",
    "Change",
    "Clock",
    "Cursor",
    "Domains",
    "Draft",
    "Inbox",
    "Incidents",
    "Journal",
    "Judgement",
    "Judgements",
    "Ledger",
    "Letters",
    "Line",
    "Outgoing",
    "Press",
    "Reader",
    "Received",
    "Roll",
    "Round",
    "Rulings",
    "Seals",
    "Stored",
    "Unwritable",
    "Witness",
]
