"""What was seen of one letter, when, and by which witness: facts only, append only.

Meaning is the business of `core.judging.verdict`. What is known here is the trade's own list of *reasons* and, for each, whose
fault it is: the one table on which fairness rests.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FactKind(StrEnum):
    """What kind of fact."""

    TAKEN = "taken"            # a mail server took responsibility (SMTP 250 after the final dot)
    REFUSED = "refused"        # a mail server refused it for good, while we spoke with it
    # the agency's own mail host said "later", or was not there, on our own connection
    PUT_OFF = "put off"
    # put off until its time ran out, while our path was whole and other letters were taken
    GAVE_UP = "gave up"
    # its time ran out, or its address fell away, before it could leave us
    HELD = "held"
    # the connection went after the final dot, or we died while sending: nobody knows
    LOST = "lost"
    BOUNCED = "bounced"        # it came back: a DSN `failed`, or a bounce in another dialect
    DELAYED = "delayed"        # a DSN `delayed`: the relay still tries
    DELIVERED = "delivered"    # a DSN `delivered`, `relayed` or `expanded`
    DISPLAYED = "displayed"    # an MDN (RFC 8098): a mail program showed, or dispatched, it
    CAME_HOME = "came home"    # our own letter, whole, in our own inbox
    AUTOMATIC = "automatic"    # vacation, ticket, acknowledgement: a machine lives there
    RECEIPT = "receipt"        # a receipt number (เลขรับ) was given
    ANSWERED = "answered"      # a person answered freely
    # the button behind the letter's link was pressed: somebody there has it
    CONFIRMED = "confirmed"
    # a mail about it waits for a person: nothing is concluded from it, and silence is not told
    WAITS = "waits"
    QUIET = "quiet"            # the window passed, our ears were open, nothing spoke against it
    # the window passed while our own path was broken: silence says nothing
    WITHHELD = "withheld"
    SET_ASIDE = "set aside"    # a mail read or ruled anew no longer speaks of this letter


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
    # RFC 3463 X.2.3, X.3.4: the test letter is well under what an office must take
    Reason.TOO_LARGE:  Blame.NOW,
    Reason.LOOP:       Blame.NOW,      # RFC 3463 X.4.6
    Reason.RESTRICTED: Blame.NOW,      # RFC 3463 X.7.2; the public is outside, so they must open it
    Reason.TEMPORARY:  Blame.NOW,      # RFC 3463 class 4
    Reason.CONTENT:    Blame.NOW,      # RFC 3463 X.6.x, X.7.1 about the message
    Reason.SENDER:     Blame.OURS,     # RFC 3463 X.7.x, RFC 7372, blocklists, rate limits
    Reason.UNKNOWN:    Blame.UNKNOWN,
}


class MatchedBy(StrEnum):
    """How a mail was found to belong to a letter, surest first."""

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
    """How sure an attribution is."""

    SIGNED = "signed"      # our HMAC held
    LIKELY = "likely"      # a number or an identifier of ours, unsigned
    WEAK = "weak"          # only the sender's address matches
    RULED = "ruled"        # a person says so, by name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact about one letter.

    `code` is the SMTP reply (RFC 5321) or 0, `status` the enhanced status (RFC 3463) or "", `said` the other side's own
    words, `rule` the name of the row that decided `reason`, `mail` the SHA-256 of the raw message or "". `authentic` is
    the proof that the declared domain wrote it, in words, or "" (`core.returns.authenticity`); `edition` counts the readings of a
    mail: of one mail the latest counts (`core.returns.review`).
    """

    kind: FactKind
    seen_at: datetime
    code: int = 0
    status: str = ""
    said: str = ""
    reason: Reason | None = None
    rule: str = ""
    reporter: str = ""
    receipt: str = ""
    how: MatchedBy = MatchedBy.WIRE
    sure: Certainty = Certainty.SIGNED
    mail: str = ""
    authentic: str = ""
    edition: int = 0

    @property
    def blame(self) -> Blame | None:
        """Whose fault it is; None where nothing failed."""
        return None if self.reason is None else BLAME[self.reason]
