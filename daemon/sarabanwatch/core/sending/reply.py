"""An SMTP reply (RFC 5321 section 4.2) -> what happens to the letter, and the fact to keep.

Class first, then who spoke at which stage, then code and words (`core.returns.reason`). Through a relay, whatever is refused
before it hears the recipient, or after it has heard all, is a quarrel between us and our own relay: ours. At the agency's
own mail host every word is its own, and the words tell of whom they speak; so does its "later", and that it is not there.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.returns import reason
from sarabanwatch.core.returns.reason import SmtpStage
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.tls import Seen


class Stage(StrEnum):
    """Where in the dialogue the last word fell."""

    CONNECT = "connect"    # banner, EHLO, STARTTLS, AUTH
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "final dot"


@dataclass(frozen=True, slots=True)
class Answer:
    """The last word of a dialogue: reply code (0: the connection went without one), status (RFC 3463) and words.

    `by` is the server that said it, `tls` what it showed of its encryption, on the first letter of a connection: beside
    the word, and no part of it.
    """

    stage: Stage
    code: int
    status: str
    said: str
    route: Route = Route.RELAY
    by: str = field(default="", compare=False)
    tls: Seen | None = field(default=None, compare=False)


EVENTS = {2: Event.TAKEN, 4: Event.LATER, 5: Event.REFUSAL}
ASKED = {Stage.CONNECT: SmtpStage.GREETING, Stage.MAIL: SmtpStage.MAIL, Stage.RCPT: SmtpStage.RCPT}
NO_WAY = "network is unreachable"      # our own network has no road there, such as none for IPv6
TAKES_NO_MAIL = (521, 556)     # a host, or its domain, says of itself that it takes none (RFC 7504)
NO_HOST = ("", "DNS")       # nobody was spoken to
KINDS = {Event.TAKEN: FactKind.TAKEN, Event.REFUSAL: FactKind.REFUSED, Event.LOST: FactKind.LOST}

@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter on the wire: VERP envelope sender, one recipient, envelope id (RFC 3461), the bytes."""

    sender: str
    to: str
    envid: str
    raw: bytes


def event(answer: Answer) -> Event:
    """Return what an answer means for the letter.

    Silence at the dot, or a reply that no standard knows there (a late 354), is a doubt: it may have been taken, and is
    never sent again. Earlier it is only a delay, and so is a 2xx: before the dot it promises nothing.
    """
    at_dot = answer.stage is Stage.DOT
    happened = EVENTS.get(answer.code // 100, Event.LOST if at_dot else Event.LATER)
    return happened if at_dot or happened is not Event.TAKEN else Event.LATER


def read(answer: Answer, at: datetime, refusals: Refusals) -> tuple[Event, Evidence | None]:
    """Return the event and, where something is told of the agency, the evidence; a delay at our own relay tells nothing."""
    happened = event(answer)
    kind = KINDS.get(happened, FactKind.PUT_OFF)
    if kind is FactKind.PUT_OFF and answer.route is Route.RELAY:
        return happened, None
    why, rule = _why(answer, refusals) if happened in (Event.REFUSAL, Event.LATER) else (None, "")
    return happened, Evidence(kind, at, answer.code, answer.status, answer.said, why, rule,
                              answer.by)


def _why(answer: Answer, refusals: Refusals) -> tuple[Reason, str]:
    if not answer.code:
        return _unspoken(answer)
    if answer.route is Route.RELAY and answer.stage is not Stage.RCPT:
        return Reason.SENDER, f"our relay refused us at {answer.stage}"
    of_itself = answer.by in NO_HOST or answer.code in TAKES_NO_MAIL
    asked = SmtpStage.LATER if of_itself else ASKED.get(answer.stage, SmtpStage.LATER)
    return reason.of(refusals, answer.code, answer.status, answer.said, asked)


def _unspoken(answer: Answer) -> tuple[Reason, str]:
    """Return why a letter was put off without a word: a host that does not answer is away, but it must be the host."""
    if answer.by in NO_HOST or NO_WAY in answer.said.lower():
        return Reason.UNKNOWN, "no mail host was reached by our fault, or nobody's that is known"
    return Reason.TEMPORARY, "no answer"
