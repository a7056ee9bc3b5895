"""What a mail that is surely ours testifies: arrival x attribution -> one fact, or why there is none yet.

**Proof needs a positive sign.** "A person answered" is testified only where the mail speaks for itself: our signed mark, or a
signature of the declared domain, ties it to the letter; it comes from the office's own domain, or answers in our thread; and
nothing speaks against it (`core.returns.doubts`). "A machine there answered" needs the sign of such a machine likewise.
All else waits for a person and weighs nothing meanwhile.

A bounce that names another recipient than the one we wrote to is no evidence, whatever token it carries. Where a mail reports
several recipients, the one we wrote to speaks. "No such domain" is believed only where our own resolvers agree.
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
    Mail.WISH:       None,             # nor, by itself, that they want no more letters
    Mail.CANARY:     FactKind.CAME_HOME,
    Mail.STRANGER:   None,
    Mail.UNREAD:     None,
}
PEOPLE = (Mail.RECEIPT, Mail.ANSWER, Mail.CORRECTION)
MACHINES = (Mail.AUTOMATIC, Mail.CHALLENGE)
ROUTELESS = (Reason.NO_DOMAIN, Reason.NO_MAIL)
NOBODYS = "nothing but our mark says that their office wrote it"
ELSEWHERE = "it was written elsewhere, and does not say that they have our letter"
NO_ANSWER = "their office wrote it, and it does not say that it answers us"
UNSEEN = "it says that the domain takes no mail, and our own resolvers do not say so"


@dataclass(frozen=True, slots=True)
class AttributedMail:
    """A mail before it is believed: what it is, which letter it claims to answer, and how it is tied to its office.

    `own`: its sender is of the office's domain; `authentic`: what proves that, in words, or ""; `routable`: whether our own
    resolvers find that the address's domain takes mail (None: not known).
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
        """Whether it is tied to our letter by what cannot be made up."""
        return self.claim.sure in (Certainty.SIGNED, Certainty.RULED) or bool(self.authentic)

    def doubted(self, *doubts: Doubt) -> str:
        """Return the first of these doubts, as it is told to people, or ""."""
        return next((doubt.value for doubt in doubts if doubt in self.arrival.doubts), "")


class DisbeliefRow(NamedTuple):
    """One row: of which kinds of mail it speaks, and what returns why such a mail is not believed, or ""."""

    kinds: tuple[Mail, ...]
    objection: Callable[[AttributedMail], str]


D = Doubt


def _unsigned(h: AttributedMail) -> str:
    """Nothing speaks for it: neither their domain nor our thread; or its writer does not show that they have our letter."""
    if h.own or h.authentic:
        return "" if h.arrival.refers or h.arrival.tells else NO_ANSWER
    return NOBODYS if not h.threaded else "" if h.arrival.tells else ELSEWHERE


def _by_machine(h: AttributedMail) -> str:
    """A registry's own machine may give a number; nothing else that no person sent is a person's answer."""
    if h.own and h.arrival.receipt:
        return h.doubted(D.LIST, D.BULK)
    return h.doubted(D.LIST, D.BULK, D.NULL, D.ROBOT, D.MARKED)


def _no_machine(h: AttributedMail) -> str:
    """The null sender's mail is a machine's answer where its words say so, or where the declared domain itself sent it."""
    if h.own or h.threaded:
        if h.arrival.rule == "marked as automatic" and (unasked := h.doubted(D.UNASKED)):
            return unasked
        return (
            h.doubted(D.NULL) if h.arrival.rule == "marked as automatic" and not _of_a_person(h)
            else ""
        )
    return NOBODYS


def _of_a_person(h: AttributedMail) -> bool:
    return h.own and D.ROBOT not in h.arrival.doubts


OBJECTIONS = (
    DisbeliefRow((Mail.CORRECTION,), lambda _: "the agency seems to tell a new address"),
    DisbeliefRow(PEOPLE + MACHINES,  lambda h: h.doubted(D.FAILURE, D.HELD, D.NOT_OURS, D.UNUSED,
                                                         D.REFUSAL)),
    DisbeliefRow(PEOPLE,             _by_machine),
    DisbeliefRow(PEOPLE,             _unsigned),
    DisbeliefRow(PEOPLE,             lambda h: "" if h.arrival.tells else h.doubted(D.SELLS)),
    DisbeliefRow(MACHINES,           _no_machine),
)


def objection(hearing: AttributedMail) -> str:
    """Return why a mail is not believed to be the answer that it seems to be, or ""."""
    told = (row.objection(hearing) for row in OBJECTIONS if hearing.arrival.kind in row.kinds)
    return next(filter(None, told), "")


def testify(h: AttributedMail, address: str, at: datetime, mail: str) -> Evidence | Refused | None:
    """Return the fact that a mail adds to the letter written to `address`; None where it adds none."""
    arrival, claim, kind = h.arrival, h.claim, FACT[h.arrival.kind]
    if arrival.reports:
        return _reported(h, address, at, mail)
    if kind is None or D.UNREAD in arrival.doubts:
        return None
    if h.tied and (why := objection(h)):
        return waiting_fact(h, why, at, mail)
    return Evidence(kind, at, said=arrival.said, rule=arrival.rule, reporter=arrival.sender,
                    receipt=arrival.receipt,
                    how=claim.how, sure=claim.sure, mail=mail, authentic=h.authentic)


def _reported(h: AttributedMail, address: str, at: datetime, mail: str) -> Evidence | Refused:
    """Return what a report tells of our letter; where several recipients are reported, of ours."""
    arrival, claim = h.arrival, h.claim
    if not reports_on(arrival, address):
        return Refused("mismatch: it reports another recipient than the one we wrote to")
    report = _about(arrival, address)
    if report.action == UNCLEAR:
        return waiting_fact(h, "its report tells of an action that no rule knows", at, mail)
    # ours may have arrived where another's failed
    kind = FACT[Mail(report.action)] or FactKind.BOUNCED
    reason, rule = as_resolvers_agree(report.reason, report.rule, h.routable)
    told = reason if kind in (FactKind.BOUNCED, FactKind.DELAYED) else None
    return Evidence(kind, at, report.code, report.status, report.said, told,
                    f"{arrival.rule}; {rule}" if rule else arrival.rule,
                    report.reporter, how=claim.how, sure=claim.sure, mail=mail,
                    authentic=h.authentic)


def waiting_fact(h: AttributedMail, why: str, at: datetime, mail: str) -> Evidence:
    """Return the fact that a mail about a letter waits for a person, and why."""
    return Evidence(FactKind.WAITS, at, said=h.arrival.said, rule=why, reporter=h.arrival.sender,
                    how=h.claim.how, sure=h.claim.sure, mail=mail, authentic=h.authentic)


def as_resolvers_agree(reason: Reason, rule: str, routable: bool | None) -> tuple[Reason, str]:  # noqa: FBT001 - a state of three
    """Return a reason as far as it may be believed: whether a domain takes mail, our own resolvers must say too."""
    if reason in ROUTELESS and routable is not False:
        return Reason.UNKNOWN, UNSEEN
    return reason, rule


def _about(arrival: Arrival, address: str) -> Report:
    ours = address.lower()
    named = (r for r in arrival.reports if ours in (r.recipient.lower(), r.original.lower()))
    return next(named, arrival.reports[0])
