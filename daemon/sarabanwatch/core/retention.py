"""What is kept for how long, and what stays of it when it is let go.

The problem. People write to us, and their words are theirs: they are kept no longer than the
operator says. Most of what a ledger takes up is words too, and nobody asks for them after years.

The rule. Words are let go by kind and age; facts never are. Of a text there stays its digest, so
that it can be told from another, and all that was concluded from it: kind, reason, the rule that
decided, codes, receipt number, verdict. No judgement reads a text, so letting one go changes none,
and `explain` still says why. What waits for a person is kept until it is ruled on.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import FactKind

YEAR, FOREVER = timedelta(days=365), timedelta(days=365 * 1000)


class Retained(StrEnum):
    """A kind of what is kept for a time; its value is the key of [ledger], without `_days`."""

    MAIL = "mail"          # raw messages, with sender and subject
    OWN = "own"            # the same of letters to ourselves and to nobody
    REPLY = "reply"        # the words quoted from what people wrote, and from where
    SETTLED = "settled"    # the words of machines, once the letter is closed
    ATTEMPT = "attempt"    # tries to send a closed letter, but for its last


# Whose words the text of a fact is: a person's (or a vacation notice with a person's name), or a
# machine's. Total over FactKind.
WORDS: dict[FactKind, Retained] = {
    FactKind.TAKEN: Retained.SETTLED,
    FactKind.REFUSED: Retained.SETTLED,
    FactKind.PUT_OFF: Retained.SETTLED,
    FactKind.GAVE_UP: Retained.SETTLED,
    FactKind.HELD: Retained.SETTLED,
    FactKind.LOST: Retained.SETTLED,
    FactKind.BOUNCED: Retained.SETTLED,
    FactKind.DELAYED: Retained.SETTLED,
    FactKind.DELIVERED: Retained.SETTLED,
    FactKind.DISPLAYED: Retained.REPLY,
    FactKind.CAME_HOME: Retained.SETTLED,
    FactKind.AUTOMATIC: Retained.REPLY,
    FactKind.RECEIPT: Retained.REPLY,
    FactKind.ANSWERED: Retained.REPLY,
    FactKind.CONFIRMED: Retained.REPLY,
    FactKind.WAITS: Retained.REPLY,
    FactKind.QUIET: Retained.SETTLED,
    FactKind.WITHHELD: Retained.SETTLED,
    FactKind.SET_ASIDE: Retained.REPLY,
}


def kinds(of: Retained) -> tuple[FactKind, ...]:
    """Return the kinds of facts whose words are kept as long as these."""
    return tuple(kind for kind, words in WORDS.items() if words is of)


class Holding(NamedTuple):
    """Octets of one kind: all that is kept, and what of it is not older than its period."""

    kept: int
    lately: int


class YearAhead(NamedTuple):
    """What comes into a ledger in the next year, and what it holds then, in octets."""

    comes: float
    held: float


def a_year_ahead(facts: float, holdings: Mapping[Retained, Holding], history: timedelta,
                 periods: Mapping[Retained, timedelta]) -> YearAhead:
    """Tell from what a ledger holds after so much history what it will hold in a year.

    `facts` are the octets that are never let go. A period of zero has no end. The history must not
    be zero.
    """
    a_year = {kind: held.lately * (YEAR / min(history, periods[kind] or history))
              for kind, held in holdings.items()}
    in_time = {kind: min(holdings[kind].kept + comes, comes * ((periods[kind] or FOREVER) / YEAR))
               for kind, comes in a_year.items()}
    growth = facts * (YEAR / history)
    return YearAhead(growth + sum(a_year.values()), facts + growth + sum(in_time.values()))


def in_place_of(text: str) -> str:
    """Return what stands in place of a text that was let go: its SHA-256, shortened."""
    return f"[sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}]"
