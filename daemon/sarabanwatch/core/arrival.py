"""What is this mail, and by which signs may it be ours?

An ordered table: reports that machines wrote for machines first, then bounces in other dialects, then automatic
answers, then people. Knows the words of the trade in Thai and English. Refuses to know whose it is in fact
(`core.attribution`), and believes nothing: a clue is only what stands written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sarabanwatch.core import bounce, clues, mime, replies
from sarabanwatch.core.bounce.report import Report
from sarabanwatch.core.clues import Clue, Ours
from sarabanwatch.core.mime import MOST_OCTETS
from sarabanwatch.core.refusals import Refusals

__all__ = ["MOST_OCTETS", "Arrival", "Clue", "Kind", "Ours", "Report", "read"]

LONGEST_SAID = 500


class Kind(StrEnum):
    """What kind of mail came in."""

    FAILED = "failed"          # a bounce, in whatever dialect
    DELAYED = "delayed"        # still tried
    DELIVERED = "delivered"    # a DSN of success ...
    RELAYED = "relayed"
    EXPANDED = "expanded"
    DISPLAYED = "displayed"    # an MDN (RFC 8098), of any disposition
    AUTOMATIC = "automatic"    # vacation, ticket, acknowledgement (RFC 3834, and the many that ignore it)
    CHALLENGE = "challenge"    # wants a proof that we are people
    FEEDBACK = "feedback"      # an abuse report (RFC 5965)
    RECEIPT = "receipt"        # gives a receipt number (เลขรับ), or says that the letter was received
    ANSWER = "answer"          # a person answers freely
    CORRECTION = "correction"  # an agency tells its new address or announcement
    CANARY = "canary"          # our own letter, come back whole
    STRANGER = "stranger"      # nothing in it is of us
    UNREAD = "unread"          # a limit was passed: for a person to look at


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a mail is (`rule`: the row that decided), what it reports, and by which clues it may be ours."""

    kind: Kind
    rule: str
    reports: tuple[Report, ...] = ()
    receipt: str = ""
    clues: tuple[Clue, ...] = ()
    sender: str = ""
    subject: str = ""
    said: str = ""


def read(raw: bytes, ours: Ours, refusals: Refusals) -> Arrival:
    """Return what a raw mail is. Never raises, on any octets."""
    try:
        return _read(mime.take_apart(raw), ours, refusals)
    except mime.Unreadable as limit:
        return Arrival(Kind.UNREAD, f"limit: {limit}")


def _read(mail: mime.Mail, ours: Ours, refusals: Refusals) -> Arrival:
    evidence = clues.of(mail, ours)
    kind, rule, reports = _kind(mail, ours, evidence)
    reports = tuple(report.judged(refusals) for report in reports)
    said = " ".join(mail.words[:4 * LONGEST_SAID].split())[:LONGEST_SAID]
    receipt = replies.receipt_number(mail, ours) if kind is Kind.RECEIPT else ""
    return Arrival(kind, rule, reports, receipt, evidence, clues.sender(mail), mail.headers.get("subject"), said)


Decided = tuple[Kind, str, tuple[Report, ...]]


def _kind(mail: mime.Mail, ours: Ours, evidence: tuple[Clue, ...]) -> Decided:
    return next(_rows(mail, ours, evidence))


def _rows(mail: mime.Mail, ours: Ours, evidence: tuple[Clue, ...]) -> Iterator[Decided]:
    """Yield what the mail is by each row that holds; the first decides."""
    if clues.is_canary(mail, ours):
        yield Kind.CANARY, "our own letter", ()
    if mail.feedback or mail.report == "feedback-report":
        yield Kind.FEEDBACK, "feedback report", ()
    if mail.dispositions:
        yield Kind.DISPLAYED, "disposition notification", ()
    if replies.is_challenge(mail):
        yield Kind.CHALLENGE, "words of a challenge", ()
    dialect, reports = bounce.read(mail)
    if reports:
        yield _fate(reports), f"bounce: {dialect}", reports
    yield from ((Kind(kind), rule, ()) for kind, rule in replies.rows(mail, ours))
    if clues.sure(evidence):
        yield Kind.ANSWER, "a person answers our letter", ()
    yield Kind.STRANGER, "nothing of ours in it", ()


ACTIONS = (Kind.FAILED, Kind.DELAYED, Kind.EXPANDED, Kind.RELAYED, Kind.DELIVERED)   # the gravest first


def _fate(reports: tuple[Report, ...]) -> Kind:
    told = {report.action for report in reports}
    return next(kind for kind in ACTIONS if kind.value in told)
