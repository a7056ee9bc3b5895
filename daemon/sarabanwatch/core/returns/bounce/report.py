"""What another system reports on one recipient, and the parts that all forms of bounce share.

These are addresses, reply codes (RFC 5321) and enhanced status codes (RFC 3463) in running text.
"""

import re
from dataclasses import dataclass, replace

from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.facts.words import ADDRESS
from sarabanwatch.core.returns import reason
from sarabanwatch.core.returns.refusals import Refusals

CODE = re.compile(r"(?<![\d.\w])([45][0-9][0-9])(?=[\s#:;,)\]-]|$)(?!-\d{2})")
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d)")
UNCLEAR = "unclear"     # an action that is not known
LONGEST_TEXT = 500
LONGEST_READ = 2_000


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one recipient.

    `recipient` is the one that failed (after forwarding), `original` the one that was written to,
    if named; `action` is the word of RFC 3464, or UNCLEAR; `code` the SMTP reply code or 0;
    `status` the enhanced status code or ""; `text` the server's words. `around` is what else the
    notice says, the nearest first; it is dropped when the reason is judged.
    """

    recipient: str
    original: str = ""
    action: str = "failed"
    code: int = 0
    status: str = ""
    text: str = ""
    reporter: str = ""
    reason: Reason = Reason.UNKNOWN
    rule: str = ""
    around: tuple[str, ...] = ()

    def judged(self, table: Refusals) -> "Report":
        """Return the same with its reason, if it failed or is delayed, and without `around`."""
        text = self.text[:LONGEST_TEXT]
        if self.action not in ("failed", "delayed"):
            return replace(self, text=text, around=())
        around = (text[:LONGEST_READ] for text in self.around if text)
        why, rule = reason.of(table, self.code, self.status, self.text, *around)
        return replace(self, text=text, reason=why, rule=rule, around=())


def address_in(text: str) -> str:
    """Return the first address in a text, or ""."""
    match = ADDRESS.search(text[:2000]) if "@" in text else None
    return match[0].strip("'.") if match else ""


def code_in(text: str) -> int:
    """Return the first SMTP failure code in a text, or 0."""
    match = CODE.search(text)
    return int(match[1]) if match else 0


def status_in(text: str) -> str:
    """Return the first enhanced status code in a text, or ""."""
    match = STATUS.search(text)
    return match[1] if match else ""


def squeezed(text: str) -> str:
    """Return a text on one line, with single spaces."""
    return " ".join(text.split())
