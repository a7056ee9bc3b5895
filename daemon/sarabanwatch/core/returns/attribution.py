"""Which letter a mail answers: its clues are checked with our keys, the surest clue first.

A token is proved by its MAC wherever it stands, so all tokens are equally certain. The surest place
in which a token stands decides: if that token is forged or expired, the whole mail is refused, and
no weaker clue (such as a letter of ours that it quotes) is used instead. A sender's address is
passed on unchecked, because only the ledger knows whether a letter was sent there.
`core.returns.testimony` says what the mail is evidence of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import Certainty, MatchedBy
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.token import BadToken, Key
from sarabanwatch.core.returns.arrival import Arrival, Clue, MailKind


@dataclass(frozen=True, slots=True)
class Attribution:
    """The serial of a letter and the clue that gave it.

    Where `serial` is None, `value` is an address for the ledger to look up.
    """

    serial: int | None
    matched_by: MatchedBy
    certainty: Certainty
    value: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A mail that names a letter of ours and is not believed."""

    why: str


UNKNOWN = "unknown: we signed it, and no letter in this ledger has it"
ACCUSING = (MailKind.FAILED, MailKind.DELAYED)
UNSIGNED = {MatchedBy.NUMBER: Certainty.LIKELY, MatchedBy.SENDER: Certainty.WEAK}


def attribute(arrival: Arrival, keys: Mapping[str, Key],
              today: date) -> Attribution | Refused | None:
    """Return the letter that a mail answers; None where it has no clue.

    Return Refused where its token is forged or expired.
    """
    tokens = [clue for clue in arrival.clues if clue.matched_by not in UNSIGNED]
    refusals: list[str] = []
    for clue in (each for each in tokens if each.matched_by is tokens[0].matched_by):
        try:
            serial = token.read(clue.value, keys, today)
            return Attribution(serial, clue.matched_by, Certainty.SIGNED, clue.value)
        except BadToken as bad:
            refusals.append(str(bad))
    if refusals:
        return Refused(refusals[0])
    return next((_unsigned(clue, arrival.kind) for clue in arrival.clues), None)


def _unsigned(clue: Clue, kind: MailKind) -> Attribution:
    """Return the attribution by an unsigned clue. Anybody can write one: it proves no failure."""
    serial = int(clue.value) if clue.matched_by is MatchedBy.NUMBER else None
    certainty = Certainty.WEAK if kind in ACCUSING else UNSIGNED[clue.matched_by]
    return Attribution(serial, clue.matched_by, certainty, clue.value)


def claimed_letter(claim: Attribution, letter: Letter | None,
                   came: datetime) -> Letter | Refused | None:
    """Return the letter of a claim, given the ledger's letter of that serial; None if it is not it.

    A token belongs to a letter only where the letter carries exactly this token. A token that we
    signed and that no letter carries was made by another ledger, or by a lost part of this one: it
    is Refused. Without a token, a mail that came before the letter was written is not about it.
    """
    if claim.certainty is Certainty.SIGNED:
        return letter if letter and letter.token == claim.value else Refused(UNKNOWN)
    return letter if letter and letter.drafted_at <= came else None


def reports_on(arrival: Arrival, address: str) -> bool:
    """Say whether a bounce reports on the address that the letter was sent to.

    It does where it names that address as the failed or the original recipient (a forwarded letter
    fails elsewhere), and where it names nobody.
    """
    named = {name.lower() for report in arrival.reports
             for name in (report.recipient, report.original) if name}
    return not named or address.lower() in named
