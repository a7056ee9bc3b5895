"""Delivery status notifications (RFC 3464, RFC 6533) in message/delivery-status, as all servers write or miswrite them.

The action decides what became of the letter, not the class of the status: Postfix gives up with `failed` and 4.x.x, and
OpenSMTPD with `delayed` and the word "expired". The reply code inside Diagnostic-Code tells more than Status.
"""

import re
from collections.abc import Iterator

from sarabanwatch.core.bounce.report import Report, address_in, code_in, squeezed, status_in
from sarabanwatch.core.mime import Headers, Mail, headers_of

ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
RECIPIENT = ("final-recipient", "original-recipient", "x-actual-recipient", "action")
BLANK = re.compile(r"\n[ \t]*\n")
MOST_REPORTS = 500


def read(mail: Mail) -> tuple[Report, ...]:
    """Return a report for each recipient that the machine-readable parts name."""
    reports = [report for text in mail.statuses for report in _reports(text, mail)]
    return tuple(reports[:MOST_REPORTS])


def _reports(text: str, mail: Mail) -> Iterator[Report]:
    groups = [headers_of(block) for block in BLANK.split(text[:256 << 10])]
    reporter = next((_value(g.get("reporting-mta")) for g in groups if g.get("reporting-mta")), "")
    for group in groups:
        if group.get(*RECIPIENT):
            yield _report(group, reporter, mail)


def _report(group: Headers, reporter: str, mail: Mail) -> Report:
    said = squeezed(_value(group.get("diagnostic-code")))
    status = status_in(said) or status_in(group.get("status"))
    original = address_in(group.get("original-recipient")) or address_in(mail.original().get("to"))
    final = address_in(group.get("final-recipient")) or address_in(group.get("x-actual-recipient"))
    action = _action(group, mail)
    report = Report(final or original, original, action, code_in(said), status, said, reporter)
    return report.judged(also=mail.words) if action in ("failed", "delayed") else report


def _action(group: Headers, mail: Mail) -> str:
    action = group.get("action").lower()
    action = next((known for known in ACTIONS if action.startswith(known)), "failed")
    return "failed" if action == "delayed" and "envelope expired" in mail.words.lower() else action


def _value(text: str) -> str:
    """Return a typed field's value without its type (`smtp;`, `rfc822;`, `dns;`)."""
    return text.partition(";")[2].strip() if ";" in text[:40] else text
