"""What is this mail, and by which signs may it belong to a letter of ours?

Forms are tried in order: reports that machines wrote for machines, then bounces of other forms,
then automatic answers, then what people write. Nothing is believed here: a clue is only what stands
in the mail, and `core.returns.attribution` checks it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from sarabanwatch.core.returns import bounce, clues, mime, receipts, replies
from sarabanwatch.core.returns.bounce.report import Report
from sarabanwatch.core.returns.clues import Clue, Ours
from sarabanwatch.core.returns.doubts import Doubt
from sarabanwatch.core.returns.mime import MOST_OCTETS
from sarabanwatch.core.returns.refusals import Refusals

__all__ = ["MOST_OCTETS", "Arrival", "Clue", "MailKind", "Ours", "Report", "read"]

LONGEST_TEXT = 500


class MailKind(StrEnum):
    """What kind of mail came in."""

    FAILED = "failed"          # a bounce, in whatever dialect
    DELAYED = "delayed"        # still tried
    DELIVERED = "delivered"    # a DSN of success ...
    RELAYED = "relayed"
    EXPANDED = "expanded"
    DISPLAYED = "displayed"    # an MDN (RFC 8098), of any disposition
    AUTOMATIC = "automatic"    # vacation, ticket, acknowledgement (RFC 3834, or without its marks)
    CHALLENGE = "challenge"    # demands a proof that a person wrote
    FEEDBACK = "feedback"      # an abuse report (RFC 5965)
    RECEIPT = "receipt"        # gives a receipt number (เลขรับ), or says that the letter arrived
    ANSWER = "answer"          # a person answers freely
    CORRECTION = "correction"  # an agency names its new address or announcement
    BULK = "bulk"              # sent to many: newsletter, survey, our own letter forwarded
    OPT_OUT = "opt-out"        # asks for no more letters; only a person rules so
    CANARY = "canary"          # our own letter, returned whole
    STRANGER = "stranger"      # has nothing to do with us
    UNREAD = "unread"          # over a limit of size or time: for a person to look at


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a mail is (`rule`: the row that decided), what it reports, and its clues to a letter.

    `text`: the beginning of its text; `doubts`: what speaks against its being an answer (none for
    reports); `threads`: our tokens in the message that it says it answers; `refers`: whether it
    says that it answers something; `tells`: whether its writer shows to have our letter.
    """

    kind: MailKind
    rule: str
    reports: tuple[Report, ...] = ()
    receipt: str = ""
    clues: tuple[Clue, ...] = ()
    sender: str = ""
    subject: str = ""
    text: str = ""
    doubts: tuple[Doubt, ...] = ()
    threads: tuple[str, ...] = ()
    refers: bool = False
    tells: bool = False


def read(raw: bytes, ours: Ours, refusals: Refusals) -> Arrival:
    """Return what a raw mail is. Never raises, whatever the octets."""
    try:
        return _read(mime.take_apart(raw), ours, refusals)
    except mime.LimitError as limit:
        return Arrival(MailKind.UNREAD, f"limit: {limit}")


def _read(mail: mime.Mail, ours: Ours, refusals: Refusals) -> Arrival:
    evidence, threads = clues.of(mail, ours), clues.threads(mail)
    excerpt = " ".join(mail.words[:4 * LONGEST_TEXT].split())[:LONGEST_TEXT]
    seen = Arrival(MailKind.STRANGER, "nothing of ours in it", (), "", evidence, clues.sender(mail),
                   mail.headers.get("subject"), excerpt, threads=threads)
    reported = next(_reports(mail, ours), None)
    if reported is not None:
        kind, rule, reports = reported
        reports = tuple(report.judged(refusals) for report in reports)
        return replace(seen, kind=kind, rule=rule, reports=reports, doubts=_unread(mail))
    return _written(mail, seen, ours)


Decided = tuple[MailKind, str, tuple[Report, ...]]


def _reports(mail: mime.Mail, ours: Ours) -> Iterator[Decided]:
    """Yield what a mail is by each form that it has; the first decides."""
    if clues.is_canary(mail, ours):
        yield MailKind.CANARY, "our own letter", ()
    if STAND_IN.match(mail.headers.get("subject").lower()):
        yield MailKind.UNREAD, "a stand-in for a mail that the server could not give", ()
    if mail.feedback or mail.report == "feedback-report":
        yield MailKind.FEEDBACK, "feedback report", ()
    if mail.dispositions:
        yield MailKind.DISPLAYED, "disposition notification", ()
    if replies.is_challenge(mail):
        yield MailKind.CHALLENGE, "words of a challenge", ()
    dialect, reports = bounce.read(mail)
    if reports:
        yield _fate(reports), f"bounce: {dialect}", reports


def _unread(mail: mime.Mail) -> tuple[Doubt, ...]:
    """Return a doubt for an MDN that reports no display (RFC 8098 section 3.2.6)."""
    disposition = " ".join(mail.dispositions).lower()
    shown = any(word in disposition for word in SHOWN)
    return (Doubt.UNREAD,) if disposition and not shown else ()


def _written(mail: mime.Mail, seen: Arrival, ours: Ours) -> Arrival:
    """Return what a mail is that a person or a machine wrote in running text."""
    reply = replies.reply_words(mail, ours, threaded=bool(seen.threads))
    kind, rule = replies.read(reply)
    sure = clues.tied_by_more_than_sender(seen.clues)
    if sure and not kind:
        kind, rule = MailKind.ANSWER, "a person answers our letter"
    elif kind == MailKind.BULK and not sure:
        kind, rule = seen.kind, seen.rule
    unread = (Doubt.UNREAD,) if rule == replies.UNREAD_RULE else ()
    return replace(
        seen, kind=MailKind(kind or seen.kind), rule=rule or seen.rule,
        receipt=reply.receipt if kind == MailKind.RECEIPT else "",
        doubts=(*unread, *reply.doubts), refers=reply.refers,
        tells=receipts.speaks_of_letter(reply.words))


# the subject of what Exchange gives instead of a mail that it cannot give
STAND_IN = re.compile(r"retrieval using the (?:imap|pop)\d? protocol failed")
SHOWN = ("displayed", "processed", "dispatched")
# the gravest first
ACTIONS = (MailKind.FAILED, MailKind.DELAYED, MailKind.EXPANDED, MailKind.RELAYED,
           MailKind.DELIVERED)


def _fate(reports: tuple[Report, ...]) -> MailKind:
    actions = {report.action for report in reports}
    return next((kind for kind in ACTIONS if kind.value in actions), MailKind.UNREAD)
