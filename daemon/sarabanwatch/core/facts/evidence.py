"""What was seen of one letter, when, and by whom it was reported: facts only, never changed.

`core.judging.verdict` says what facts mean. Here stand the *reasons* for which mail is refused or
returned and, for each of them, whose fault it is: the one table on which fairness rests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FactKind(StrEnum):
    """What kind of fact."""

    TAKEN = "taken"            # a mail server accepted it (SMTP 250 after the final dot)
    REFUSED = "refused"        # a mail server refused it for good, on our own connection
    PUT_OFF = "put off"        # the agency's mail host said "later" to us, or did not answer
    GAVE_UP = "gave up"        # put off until its time ran out, though our path was whole
    HELD = "held"              # its time ran out, or its address was withdrawn, before it left
    LOST = "lost"              # the connection broke after the final dot, or we stopped: unknown
    BOUNCED = "bounced"        # it came back: a DSN `failed`, or a bounce of another form
    DELAYED = "delayed"        # a DSN `delayed`: the relay still tries
    DELIVERED = "delivered"    # a DSN `delivered`, `relayed` or `expanded`
    DISPLAYED = "displayed"    # an MDN (RFC 8098): a mail program displayed or dispatched it
    CAME_HOME = "came home"    # a letter to ourselves came back into our own inbox, whole
    AUTOMATIC = "automatic"    # a machine answered: vacation, ticket, acknowledgement
    RECEIPT = "receipt"        # a receipt number (เลขรับ) was given
    ANSWERED = "answered"      # a person answered freely
    CONFIRMED = "confirmed"    # somebody followed the letter's link and pressed the button
    WAITS = "waits"            # a mail about it waits for a person; silence is not concluded
    QUIET = "quiet"            # the window passed, the inbox was read, nothing came back
    WITHHELD = "withheld"      # the window passed while our own path was broken: no conclusion
    SET_ASIDE = "set aside"    # a mail that was read or ruled on again is not about this letter


class Blame(StrEnum):
    """Whose fault a failure is."""

    GOOD = "theirs for good"
    NOW = "theirs for now"
    OURS = "ours"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a letter was refused or returned: our taxonomy."""

    NO_DOMAIN = "no such domain"
    NO_MAIL = "domain takes no mail"
    NO_MAILBOX = "no such mailbox"
    DISABLED = "mailbox disabled"
    FULL = "mailbox full"
    TOO_LARGE = "too large"
    LOOP = "mail loops"
    RESTRICTED = "takes no mail from outside"    # only its own organisation may write to it
    TEMPORARY = "temporary"              # greylist, busy, network: worth another try
    CONTENT = "policy about content"
    SENDER = "policy about us"           # reputation, blocklist, authentication, rate
    UNKNOWN = "unknown"


BLAME: dict[Reason, Blame] = {
    Reason.NO_DOMAIN:  Blame.GOOD,     # RFC 3463 5.1.2, RFC 7505
    Reason.NO_MAIL:    Blame.GOOD,     # RFC 7505 (5.1.10), RFC 5321 section 5.1
    Reason.NO_MAILBOX: Blame.GOOD,     # RFC 3463 5.1.1
    Reason.DISABLED:   Blame.GOOD,     # RFC 3463 5.2.1
    Reason.FULL:       Blame.NOW,      # RFC 3463 X.2.2
    Reason.TOO_LARGE:  Blame.NOW,      # RFC 3463 X.2.3, X.3.4; our letter is a small one
    Reason.LOOP:       Blame.NOW,      # RFC 3463 X.4.6
    Reason.RESTRICTED: Blame.NOW,      # RFC 3463 X.7.2; a central address must take public mail
    Reason.TEMPORARY:  Blame.NOW,      # RFC 3463 class 4
    Reason.CONTENT:    Blame.NOW,      # RFC 3463 X.6.x, X.7.1 about the message
    Reason.SENDER:     Blame.OURS,     # RFC 3463 X.7.x, RFC 7372, blocklists, rate limits
    Reason.UNKNOWN:    Blame.UNKNOWN,
}


class MatchedBy(StrEnum):
    """By what a mail or an event was matched with a letter, surest first."""

    TOKEN = "our signed token in the envelope"  # noqa: S105 - a word, no secret
    ENVID = "our Original-Envelope-Id"
    MESSAGE_ID = "our Message-ID"
    LINK = "our signed token in the letter's link"
    HEADER = "our own header"
    NUMBER = "the letter's number"
    SENDER = "the sender's address"
    WIRE = "seen on our own connection"
    REREAD = "our rules, tried anew"
    PERSON = "a person's ruling"


class Certainty(StrEnum):
    """How certain it is that a mail belongs to a letter."""

    SIGNED = "signed"      # our HMAC held
    LIKELY = "likely"      # a number or an identifier of ours, unsigned
    WEAK = "weak"          # only the sender's address matches
    RULED = "ruled"        # a person says so, by name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact about one letter.

    `code` is the SMTP reply code (RFC 5321) or 0, `status` the enhanced status code (RFC 3463) or
    "", `text` the other side's own words, `rule` the row that decided `reason`, `mail` the SHA-256
    of the raw message or "". `authentic` says in words what proves that the declared domain wrote
    it, or is "" (`core.returns.authenticity`). `edition` counts the readings of a mail; the latest
    reading counts (`core.returns.review`).
    """

    kind: FactKind
    seen_at: datetime
    code: int = 0
    status: str = ""
    text: str = ""
    reason: Reason | None = None
    rule: str = ""
    reporter: str = ""
    receipt: str = ""
    matched_by: MatchedBy = MatchedBy.WIRE
    certainty: Certainty = Certainty.SIGNED
    mail: str = ""
    authentic: str = ""
    edition: int = 0

    @property
    def blame(self) -> Blame | None:
        """Whose fault it is; None where nothing failed."""
        return None if self.reason is None else BLAME[self.reason]


def in_force(seen: Iterable[Evidence]) -> list[Evidence]:
    """Return one letter's facts, in order, without those of verdicts that were replaced."""
    facts = list(seen)
    last: dict[str, tuple[bool, int]] = {}
    for fact in facts:
        last[fact.mail] = max(last.get(fact.mail, (False, 0)), _rank(fact))
    return [fact for fact in facts if not fact.mail or _rank(fact) == last[fact.mail]]


def _rank(fact: Evidence) -> tuple[bool, int]:
    return fact.certainty is Certainty.RULED, fact.edition
