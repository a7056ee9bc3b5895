"""What one mail, or one SMTP reply, shows by itself, as if nothing else were known of the letter.

This is for the verb `read`, and for corpora that say what a mail may show. There is no table by
kind of mail: a mail is read and turned into a fact as the daemon does it, and the verdict on that
one fact is translated here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind, Reason
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.arrival import Arrival, Ours
from sarabanwatch.core.returns.attribution import UNSIGNED, Attribution
from sarabanwatch.core.returns.authenticity import is_from_office
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.returns.review import Reading, read_for_letter, why_waiting
from sarabanwatch.core.returns.testimony import AttributedMail
from sarabanwatch.core.sending import reply
from sarabanwatch.core.sending.reply import Answer


class Weight(StrEnum):
    """What may be concluded from one mail or reply."""

    PROVEN = "proven"      # a person of that office had the letter
    MACHINE = "machine"    # a machine of that office answered
    GOOD = "good"          # it failed, by their fault, for good
    NOW = "now"            # it failed, by their fault, for now
    OURS = "ours"          # it failed for what we are
    UNKNOWN = "unknown"    # it failed, and nobody knows why
    NONE = "none"          # nothing
    WAIT = "wait"          # nothing until a person has looked at it


V = Verdict
WEIGHTS: Mapping[Verdict, Weight] = {
    V.PROVEN:     Weight.PROVEN,
    V.ACCEPTS:    Weight.MACHINE,
    V.UNROUTABLE: Weight.GOOD,
    V.REFUSES:    Weight.GOOD,
    V.IMPAIRED:   Weight.NOW,
    V.BLOCKS_US:  Weight.OURS,
    V.WITHHELD:   Weight.NONE,
    V.UNSETTLED:  Weight.WAIT,
    V.UNKNOWN:    Weight.UNKNOWN,
    V.PENDING:    Weight.NONE,
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One mail or reply: kind, weight, why the letter failed (None: it did not), by which rule."""

    kind: str
    weight: Weight
    reason: Reason | None
    rule: str
    receipt: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadingTables:
    """The tables by which mails are read: refusals, and the mail domains of many owners."""

    refusals: Refusals
    shared: frozenset[str]


def mail(raw: bytes, address: str, ours: Ours, at: datetime, table: ReadingTables) -> Weighed:
    """Weigh a raw mail as an answer to a letter to `address`; any token is taken as ours.

    Nothing is asked of the DNS: signatures are not verified, and whether the domain takes mail is
    not known.
    """
    what = arrival.read(raw, ours, table.refusals)
    reading = _reading(what, _claim(what), address, table.shared, at, sha256(raw).hexdigest())
    why, fact = why_waiting(reading), reading.fact
    if fact is None:
        weight = Weight.WAIT if why else Weight.NONE
        return Weighed(what.kind, weight, reading.reason, why or what.rule, "", what.text)
    return Weighed(what.kind, _of(fact, why), reading.reason, fact.rule, fact.receipt, fact.text)


def answer(reply_: Answer, at: datetime, refusals: Refusals) -> Weighed:
    """Weigh an SMTP reply; "later" weighs as it would if the host kept to it until the end."""
    event, fact = reply.read(reply_, at, refusals)
    if fact is None:
        return Weighed(event.value, Weight.NONE, None, "", "", reply_.text)
    lasting = replace(fact, kind=FactKind.GAVE_UP) if fact.kind is FactKind.PUT_OFF else fact
    return Weighed(fact.kind, _of(lasting, ""), fact.reason, fact.rule, "", fact.text)


def _claim(what: Arrival) -> Attribution | None:
    """Return whose letter a mail answers if its token is good and its sender was written to."""
    clue = next(iter(what.clues), None)
    if clue is None:
        return None
    certainty = UNSIGNED.get(clue.matched_by, Certainty.SIGNED)
    return Attribution(0, clue.matched_by, certainty, clue.value)


def _reading(
    what: Arrival, claim: Attribution | None, address: str, shared: frozenset[str], at: datetime,
    digest: str,
) -> Reading:
    if claim is None:
        return Reading(what, None, None)
    heard = AttributedMail(what, claim, is_from_office(what.sender, address, shared))
    return read_for_letter(heard, 0, address, at, digest)


def _of(fact: Evidence, why_waiting: str) -> Weight:
    """Weigh one fact; where it `waits` for a person, only an unreadable failure is concluded."""
    weight = WEIGHTS[verdict.rule_for([fact]).verdict]
    return Weight.WAIT if why_waiting and weight is not Weight.UNKNOWN else weight
