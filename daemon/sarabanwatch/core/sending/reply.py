"""An SMTP reply (RFC 5321 section 4.2) -> what happens to the letter, and the fact to keep.

The class of the reply decides first, then who answered at which stage, then code and words
(`core.returns.reason`). Where our own relay refuses at any stage but RCPT, it refuses us, and that
is our fault. At the agency's own mail host every reply is the host's, and code and words say whom
it is about; a reply of "later", or no connection, is evidence as well.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.returns import reason
from sarabanwatch.core.returns.reason import SmtpStage
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.tls import Seen


class Stage(StrEnum):
    """The stage of the SMTP dialogue at which the last reply came."""

    CONNECT = "connect"    # banner, EHLO, STARTTLS, AUTH
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "final dot"


@dataclass(frozen=True, slots=True)
class Answer:
    """The last reply of a dialogue: code (0: the connection ended without one), status, text.

    `status` is the enhanced status code (RFC 3463). `by` is the server that replied; `tls` is what
    it showed of its encryption, on the first letter of a connection.
    """

    stage: Stage
    code: int
    status: str
    text: str
    route: Route = Route.RELAY
    by: str = field(default="", compare=False)
    tls: Seen | None = field(default=None, compare=False)


EVENTS = {2: Event.TAKEN, 4: Event.LATER, 5: Event.REFUSAL}
ASKED = {Stage.CONNECT: SmtpStage.GREETING, Stage.MAIL: SmtpStage.MAIL, Stage.RCPT: SmtpStage.RCPT}
NO_ROUTE = "network is unreachable"    # our own network has no route, as for IPv6
TAKES_NO_MAIL = (521, 556)     # a host, or its domain, says of itself that it takes none (RFC 7504)
NO_HOST = ("", "DNS")       # no mail host was connected to
KINDS = {Event.TAKEN: FactKind.TAKEN, Event.REFUSAL: FactKind.REFUSED, Event.LOST: FactKind.LOST}

@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter to send: envelope sender (VERP), one recipient, envelope id (RFC 3461), bytes."""

    sender: str
    to: str
    envid: str
    raw: bytes


def event(answer: Answer) -> Event:
    """Return what a reply means for the letter.

    No reply to the final dot, or one that no standard knows there (a late 354), leaves it in doubt:
    the letter may have been taken, and is never sent again. Earlier in the dialogue that is only a
    delay, and so is a 2xx: before the dot it promises nothing.
    """
    at_dot = answer.stage is Stage.DOT
    happened = EVENTS.get(answer.code // 100, Event.LOST if at_dot else Event.LATER)
    return happened if at_dot or happened is not Event.TAKEN else Event.LATER


def read(answer: Answer, at: datetime, refusals: Refusals) -> TryResult:
    """Return the event, and the evidence where the reply says something of the agency.

    A delay at our own relay says nothing.
    """
    happened = event(answer)
    kind = KINDS.get(happened, FactKind.PUT_OFF)
    if kind is FactKind.PUT_OFF and answer.route is Route.RELAY:
        return TryResult(happened, None)
    why, rule = _why(answer, refusals) if happened in (Event.REFUSAL, Event.LATER) else (None, "")
    return TryResult(happened, Evidence(kind, at, answer.code, answer.status, answer.text, why,
                                        rule, answer.by))


def _why(answer: Answer, refusals: Refusals) -> tuple[Reason, str]:
    if not answer.code:
        return _unspoken(answer)
    if answer.route is Route.RELAY and answer.stage is not Stage.RCPT:
        return Reason.SENDER, f"our relay refused us at {answer.stage}"
    of_itself = answer.by in NO_HOST or answer.code in TAKES_NO_MAIL
    asked = SmtpStage.LATER if of_itself else ASKED.get(answer.stage, SmtpStage.LATER)
    return reason.of(refusals, answer.code, answer.status, answer.text, asked)


def _unspoken(answer: Answer) -> tuple[Reason, str]:
    """Return why a letter was put off without a reply.

    A mail host that does not answer is away; but it must be the host, and not the way there.
    """
    if answer.by in NO_HOST or NO_ROUTE in answer.text.lower():
        return Reason.UNKNOWN, "no mail host was reached by our fault, or nobody's that is known"
    return Reason.TEMPORARY, "no answer"
