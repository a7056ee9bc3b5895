"""Delivery status notifications (DSN, RFC 3464 and 6533) in a part or in the text of a mail.

Servers differ in how they write them. The action decides what became of the letter, and not the
class of the status code: Postfix gives up with `failed` and 4.x.x, OpenSMTPD with `delayed` and the
word "expired". The reply code inside Diagnostic-Code says more than Status.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sarabanwatch.core.facts.words import ADDRESS
from sarabanwatch.core.returns.bounce import plain, signs
from sarabanwatch.core.returns.bounce.report import (
    UNCLEAR,
    Report,
    address_in,
    code_in,
    squeezed,
    status_in,
)
from sarabanwatch.core.returns.mime import Headers, Mail, headers_of

ACTIONS = {   # how an Action begins (RFC 3464 section 2.3.3, and as some misspell it) -> the action
    "fail": "failed", "undeliver": "failed", "bounce": "failed", "reject": "failed",
    "error": "failed",
    "delay": "delayed", "delivered": "delivered", "relay": "relayed", "expand": "expanded",
}
FINAL = ("final-recipient", "x-actual-recipient", "original-recipient")
BLANK = re.compile(r"\n[ \t]*\n")
IN_TEXT = re.compile(r"^[ \t]{0,8}(?:Final-Recipient|Reporting-MTA)[ \t]*:",
                     re.MULTILINE | re.IGNORECASE)
# OpenSMTPD calls its final failure "delayed" and temporary
EXPIRED = ("envelope expired", "message expired")
MOST_OCTETS = 256 << 10
MOST_REPORTS = 200
MOST_BLOCKS = 1_000


def read(mail: Mail) -> tuple[Report, ...]:
    """Return a report for each recipient that the machine-readable parts name."""
    return tuple(islice((report for text in mail.statuses for report in _reports(text, mail)),
                        MOST_REPORTS))


def read_text(mail: Mail) -> tuple[Report, ...]:
    """Return the same from fields that stand in the running text of a mail system."""
    start = IN_TEXT.search(mail.words) if signs.is_returned(mail) else None
    if start is None:
        return ()
    fields = re.sub(r"^[ \t]{1,8}(?=[A-Za-z-]{4,40}:)", "", mail.words[start.start():],
                    flags=re.MULTILINE)
    return tuple(islice(_reports(fields, mail), MOST_REPORTS))


def _reports(text: str, mail: Mail) -> Iterator[Report]:
    groups = [headers_of(block) for block in BLANK.split(text[:MOST_OCTETS].strip(), MOST_BLOCKS)]
    reporter = next((_value(g.get("reporting-mta")) for g in groups if g.get("reporting-mta")), "")
    for group in groups:
        if group.get(*FINAL, "action"):
            yield _report(group, reporter, mail)


def _report(group: Headers, reporter: str, mail: Mail) -> Report:
    text = squeezed(_value(group.get("diagnostic-code")))
    sent_to = _sent_to(mail)
    named = filter(None, (address_in(group.get(name)) for name in FINAL))
    recipient = next(named, sent_to)
    original = address_in(group.get("original-recipient")) or _confirmed(sent_to, recipient, mail)
    recipient = recipient or _value(group.get(*FINAL)).strip(" <>")[:320]
    around = plain.excerpt_about(mail.words, recipient) or plain.excerpt_about(mail.words, original)
    stated = status_in(group.get("status"))
    # the class of Status is a bound, whatever reply is quoted
    status = stated if stated.startswith("4.") else status_in(text) or stated
    code = code_in(text) or code_in(group.get("status")) or code_in(around)
    return Report(recipient, original, _action(group, mail), code, status, text, reporter,
                  around=(around, mail.words[:plain.SEARCHED]))


def _sent_to(mail: Mail) -> str:
    """Return the one address that the letter was sent to; "" where it was sent to several."""
    written_to = mail.original.get("to")[:2000]
    several = len({address.lower() for address in ADDRESS.findall(written_to)}) > 1
    return "" if several else address_in(written_to)


def _confirmed(sent_to: str, recipient: str, mail: Mail) -> str:
    """Return the address that the letter was sent to, where the notice itself names it, or "".

    A report on one recipient that encloses a letter to another is not believed to be about that
    letter, because whoever has a letter can enclose it. A forwarder names both, in
    Original-Recipient or in its text ("expanded from", "generated").
    """
    return sent_to if sent_to == recipient or sent_to.lower() in mail.words.lower() else ""


def _action(group: Headers, mail: Mail) -> str:
    """Return the action by its field, or else by the text; a delay that has expired is a failure.

    An action that is not known is UNCLEAR.
    """
    stated = group.get("action").strip().lower()
    action = next((known for begins, known in ACTIONS.items() if stated.startswith(begins)),
                  UNCLEAR if stated else "")
    words = mail.words[:plain.SEARCHED].lower()
    if action == "delayed":
        return "failed" if any(word in words for word in EXPIRED) else action
    delayed = not action and signs.is_delayed(mail.headers.get("subject"), words)
    return action or ("delayed" if delayed else "failed")


def _value(text: str) -> str:
    """Return a typed field's value without its type (`smtp;`, `rfc822;`, `dns;`)."""
    kind, semicolon, value = text.partition(";")
    return value.strip() if semicolon and re.fullmatch(r"\s*[\w-]{1,40}\s*", kind) else text
