"""Whose letter a mail answers: its clues weighed with our keys, surest first.

A token is proved by its MAC wherever it stands, so all that is signed is equally sure. The surest place in which one
stands speaks for the mail: where that one is forged or expired the whole mail is refused, and nothing weaker (a letter
of ours quoted in it) takes its place. A sender's address is only handed on: the ledger knows whether a letter went
there. What the mail then testifies is the business of `core.returns.testimony`.
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
    """The letter by its serial, by the clue `value`; where `serial` is None, an address for the ledger to look up."""

    serial: int | None
    how: MatchedBy
    sure: Certainty
    value: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A mail that claims to be ours and is not believed."""

    why: str


UNKNOWN = "unknown: we signed it, and no letter in this ledger bears it"
ACCUSING = (MailKind.FAILED, MailKind.DELAYED)
UNSIGNED = {MatchedBy.NUMBER: Certainty.LIKELY, MatchedBy.SENDER: Certainty.WEAK}


def attribute(arrival: Arrival, keys: Mapping[str, Key],
              today: date) -> Attribution | Refused | None:
    """Return whose letter a mail answers; Refused where its token is false or expired; None where nothing is ours."""
    marks = [clue for clue in arrival.clues if clue.how not in UNSIGNED]
    refusals: list[str] = []
    for clue in (mark for mark in marks if mark.how is marks[0].how):
        try:
            return Attribution(token.read(clue.value, keys, today), clue.how, Certainty.SIGNED,
                               clue.value)
        except BadToken as bad:
            refusals.append(str(bad))
    if refusals:
        return Refused(refusals[0])
    return next((_unsigned(clue, arrival.kind) for clue in arrival.clues), None)


def _unsigned(clue: Clue, kind: MailKind) -> Attribution:
    """Return what an unsigned clue is worth: anybody can write a number, so it accuses nobody."""
    serial = int(clue.value) if clue.how is MatchedBy.NUMBER else None
    return Attribution(serial, clue.how, Certainty.WEAK if kind in ACCUSING else UNSIGNED[clue.how],
                       clue.value)


def letter_bearing(claim: Attribution, letter: Letter | None, came: datetime) -> Letter | Refused | None:
    """Return the letter of a claim as our ledger has it, of a mail that came then; None where it is no letter's of ours.

    A mark is a letter's only where the letter bears the very same one: of a mark that we signed and that no letter here bears,
    another ledger of ours knows, or a stretch of this one that was lost. Where no mark says so, a mail that is older than a
    letter does not speak of it, whatever number it names.
    """
    if claim.sure is Certainty.SIGNED:
        return letter if letter and letter.token == claim.value else Refused(UNKNOWN)
    return letter if letter and letter.drafted_at <= came else None


def reports_on(arrival: Arrival, address: str) -> bool:
    """Tell whether a bounce speaks of the address that the letter went to.

    It does where it names it as failed or as the one written to (a forwarded letter fails elsewhere), or names nobody.
    """
    named = {name.lower() for report in arrival.reports
             for name in (report.recipient, report.original) if name}
    return not named or address.lower() in named
