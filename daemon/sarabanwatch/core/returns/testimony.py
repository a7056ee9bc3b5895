"""What an attributed mail is evidence of: one fact, or why there is none yet.

The problem: anybody may send a mail that looks like an answer, and an answer that is believed
wrongly hides a dead mailbox. The rule is that **proof needs a positive sign**. "A person answered"
is concluded only where our token, or a signature of the declared domain, ties the mail to the
letter; where it comes from the office's own domain, or answers in our thread; and where nothing
speaks against it (`core.returns.doubts`). "A machine there answered" needs the sign of such a
machine likewise. All other mail waits for a person and counts for nothing meanwhile.

A bounce that names another recipient than the one that we wrote to is no evidence, whatever token
it carries. Where a mail reports several recipients, the report on ours counts. "No such domain" is
believed only where our own resolvers agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind, Reason
from sarabanwatch.core.returns.arrival import Arrival, Report
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.attribution import Attribution, Refused, reports_on
from sarabanwatch.core.returns.bounce.report import UNCLEAR
from sarabanwatch.core.returns.doubts import Doubt
from sarabanwatch.core.returns.replies import MARKED_RULE

FACT: dict[Mail, FactKind | None] = {
    Mail.FAILED:     FactKind.BOUNCED,
    Mail.DELAYED:    FactKind.DELAYED,
    Mail.DELIVERED:  FactKind.DELIVERED,
    Mail.RELAYED:    FactKind.DELIVERED,
    Mail.EXPANDED:   FactKind.DELIVERED,
    Mail.DISPLAYED:  FactKind.DISPLAYED,
    Mail.AUTOMATIC:  FactKind.AUTOMATIC,
    Mail.CHALLENGE:  FactKind.AUTOMATIC,   # a machine lives there
    Mail.RECEIPT:    FactKind.RECEIPT,
    Mail.ANSWER:     FactKind.ANSWERED,
    Mail.CORRECTION: FactKind.ANSWERED,    # and somebody wrote it
    Mail.FEEDBACK:   None,             # a complaint about us says nothing of the mailbox
    Mail.BULK:       None,             # nor does what is sent to many
    Mail.OPT_OUT:    None,             # nor does it, by itself, that they want no more letters
    Mail.CANARY:     FactKind.CAME_HOME,
    Mail.STRANGER:   None,
    Mail.UNREAD:     None,
}
PEOPLE = (Mail.RECEIPT, Mail.ANSWER, Mail.CORRECTION)
MACHINES = (Mail.AUTOMATIC, Mail.CHALLENGE)
ROUTELESS = (Reason.NO_DOMAIN, Reason.NO_MAIL)
NOBODYS = "nothing but our token says that their office wrote it"
ELSEWHERE = "it was written elsewhere, and does not say that they have our letter"
NO_ANSWER = "their office wrote it, and it does not say that it answers us"
UNSEEN = "it says that the domain takes no mail, and our own resolvers do not say so"


@dataclass(frozen=True, slots=True)
class AttributedMail:
    """A mail with the letter that it claims to answer, before it is believed.

    `own`: its sender has the office's domain; `authentic`: what proves that, in words, or "";
    `routable`: whether our own resolvers find that the address's domain takes mail (None: not
    known).
    """

    arrival: Arrival
    claim: Attribution
    own: bool = False
    authentic: str = ""
    routable: bool | None = None

    @property
    def threaded(self) -> bool:
        """Whether it names our letter as the message that it answers."""
        return self.claim.value in self.arrival.threads

    @property
    def tied(self) -> bool:
        """Whether it is tied to our letter by something that cannot be forged."""
        return self.claim.certainty in (Certainty.SIGNED, Certainty.RULED) or bool(self.authentic)

    def doubted(self, *doubts: Doubt) -> str:
        """Return the first of these doubts that it raises, as a text for people, or ""."""
        return next((doubt.value for doubt in doubts if doubt in self.arrival.doubts), "")


class DisbeliefRow(NamedTuple):
    """One row: kinds of mail, and a function that says why such a mail is not believed."""

    kinds: tuple[Mail, ...]
    objection: Callable[[AttributedMail], str]


D = Doubt
GRAVE = (D.FAILURE, D.HELD, D.NOT_OURS, D.UNUSED, D.REFUSAL)


def _unsigned(h: AttributedMail) -> str:
    """Nothing shows that their office wrote it, or that its writer has our letter."""
    if h.own or h.authentic:
        return "" if h.arrival.refers or h.arrival.tells else NO_ANSWER
    return NOBODYS if not h.threaded else "" if h.arrival.tells else ELSEWHERE


def _by_machine(h: AttributedMail) -> str:
    """A machine is no person; but the registry system of the office may give a receipt number."""
    if h.own and h.arrival.receipt:
        return h.doubted(D.LIST, D.BULK)
    return h.doubted(D.LIST, D.BULK, D.NULL, D.ROBOT, D.MARKED)


def _no_machine(h: AttributedMail) -> str:
    """A machine's answer needs words that say so, or must come from the declared domain itself."""
    if not h.own and not h.threaded:
        return NOBODYS
    if h.arrival.rule != MARKED_RULE:
        return ""
    return h.doubted(D.UNASKED) or ("" if _of_a_person(h) else h.doubted(D.NULL))


def _of_a_person(h: AttributedMail) -> bool:
    return h.own and D.ROBOT not in h.arrival.doubts


OBJECTIONS = (
    DisbeliefRow((Mail.CORRECTION,), lambda _: "the agency seems to tell a new address"),
    DisbeliefRow(PEOPLE + MACHINES,  lambda h: h.doubted(*GRAVE)),
    DisbeliefRow(PEOPLE,             _by_machine),
    DisbeliefRow(PEOPLE,             _unsigned),
    DisbeliefRow(PEOPLE,             lambda h: "" if h.arrival.tells else h.doubted(D.SELLS)),
    DisbeliefRow(MACHINES,           _no_machine),
)


def objection(h: AttributedMail) -> str:
    """Return why a mail is not believed to be the answer that it seems to be, or ""."""
    reasons = (row.objection(h) for row in OBJECTIONS if h.arrival.kind in row.kinds)
    return next(filter(None, reasons), "")


def testify(h: AttributedMail, address: str, at: datetime, mail: str) -> Evidence | Refused | None:
    """Return the fact that a mail adds to the letter written to `address`, or None."""
    arrival, claim, kind = h.arrival, h.claim, FACT[h.arrival.kind]
    if arrival.reports:
        return _reported(h, address, at, mail)
    if kind is None or D.UNREAD in arrival.doubts:
        return None
    if h.tied and (why := objection(h)):
        return waiting_fact(h, why, at, mail)
    return Evidence(kind, at, text=arrival.text, rule=arrival.rule, reporter=arrival.sender,
                    receipt=arrival.receipt, matched_by=claim.matched_by, certainty=claim.certainty,
                    mail=mail, authentic=h.authentic)


def _reported(h: AttributedMail, address: str, at: datetime, mail: str) -> Evidence | Refused:
    """Return the fact that a report adds; where it names several recipients, by the one of ours."""
    arrival, claim = h.arrival, h.claim
    if not reports_on(arrival, address):
        return Refused("mismatch: it reports another recipient than the one we wrote to")
    report = _about(arrival, address)
    if report.action == UNCLEAR:
        return waiting_fact(h, "its report tells of an action that no rule knows", at, mail)
    # the letter may have arrived although one to another recipient failed
    kind = FACT[Mail(report.action)] or FactKind.BOUNCED
    reason, rule = as_resolvers_agree(report.reason, report.rule, h.routable)
    failed = kind in (FactKind.BOUNCED, FactKind.DELAYED)
    return Evidence(kind, at, report.code, report.status, report.text, reason if failed else None,
                    f"{arrival.rule}; {rule}" if rule else arrival.rule, report.reporter,
                    matched_by=claim.matched_by, certainty=claim.certainty, mail=mail,
                    authentic=h.authentic)


def waiting_fact(h: AttributedMail, why: str, at: datetime, mail: str) -> Evidence:
    """Return the fact that a mail about a letter waits for a person, and why it does."""
    return Evidence(FactKind.WAITS, at, text=h.arrival.text, rule=why, reporter=h.arrival.sender,
                    matched_by=h.claim.matched_by, certainty=h.claim.certainty, mail=mail,
                    authentic=h.authentic)


def as_resolvers_agree(reason: Reason, rule: str,
                       routable: bool | None) -> tuple[Reason, str]:  # noqa: FBT001 - a state of three
    """Return a reason, but only with our resolvers' agreement that a domain takes no mail."""
    if reason in ROUTELESS and routable is not False:
        return Reason.UNKNOWN, UNSEEN
    return reason, rule


def _about(arrival: Arrival, address: str) -> Report:
    ours = address.lower()
    named = (r for r in arrival.reports if ours in (r.recipient.lower(), r.original.lower()))
    return next(named, arrival.reports[0])
