"""Delivery status notifications (RFC 3464, 3461), in Postfix's words.

One outcome of one letter becomes one report. The relay decides who gets one, and when.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sarabanland import compose
from sarabanland.letter import Letter, head


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: an enhanced status, the words for it, and who said them."""

    status: str                 # RFC 3463: 2.x.x taken, 4.x.x for now, 5.x.x for good
    diagnostic: str             # as in Diagnostic-Code: "smtp; 550 5.1.1 ..." or "X-Postfix; ..."
    remote: str = ""            # the host that said so

    @property
    def final(self) -> bool:
        """Whether nothing more is tried."""
        return not self.status.startswith("4")


@dataclass(frozen=True, slots=True)
class DsnRequest:
    """The notifications that the sender asked for at MAIL and RCPT (RFC 3461); "" for none."""

    envid: str = ""
    full: bool = False
    notify: frozenset[str] = frozenset()
    original: str = ""          # ORCPT

    def wants(self, event: str) -> bool:
        """Whether SUCCESS, FAILURE or DELAY is to be reported; unasked, the last two are."""
        return event in self.notify if self.notify else event != "SUCCESS"


class Stamp(NamedTuple):
    """Which host reports, by which of its numbers, and when."""

    host: str
    number: str
    when: datetime


TITLES = {
    "failed": "Undelivered Mail Returned to Sender",
    "delayed": "Delayed Mail (still being retried)",
    "relayed": "Successful Mail Delivery Report",
}
WORDS = {
    "failed": "I'm sorry to have to inform you that your message could not\n"
              "be delivered to one or more recipients.",
    "delayed": "THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.\n"
               "It could not be delivered yet.",
    "relayed": "Your message was successfully delivered to the destination\n"
               "listed below.",
}


def notice(stamp: Stamp, action: str, letter: Letter, outcome: Outcome, dsn: DsnRequest) -> bytes:
    """Return the report of `action` (failed, delayed, relayed) about one letter."""
    host, number, when = stamp
    fields = [
        ("Received", f"by {host} (sarabanland) id {number}; {compose.dated(when)}"),
        ("From", f"Mail Delivery System <MAILER-DAEMON@{host}>"),
        ("To", letter.sender),
        ("Subject", TITLES[action]),
        ("Date", compose.dated(when)),
        ("Message-ID", f"<{number}@{host}>"),
        ("Auto-Submitted", "auto-replied"),
    ]
    text = (f"This is the mail system at host {host}.\n\n{WORDS[action]}\n\n"
            f"<{letter.recipient}>: {outcome.diagnostic}\n")
    status = compose.lines([
        ("Reporting-MTA", f"dns; {host}"),
        ("Original-Envelope-Id", dsn.envid),
        ("Arrival-Date", compose.dated(when)),
    ]) + b"\r\n" + compose.lines([
        ("Final-Recipient", f"rfc822; {letter.recipient}"),
        ("Original-Recipient", dsn.original.replace(";", "; ", 1)),
        ("Action", action),
        ("Status", outcome.status),
        ("Remote-MTA", outcome.remote and f"dns; {outcome.remote}"),
        ("Diagnostic-Code", outcome.diagnostic),
    ])
    returned = (("message/rfc822", letter.content) if dsn.full
                else ("text/rfc822-headers", head(letter.content)))
    return compose.report(fields, "delivery-status", f"{number}/{host}", [
        ("text/plain; charset=us-ascii",
         text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")),
        ("message/delivery-status", status),
        returned,
    ])
