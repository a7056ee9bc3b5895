"""Bounces in running text, whatever wrote them: a machine's sender or subject, a failing address, some words."""

import re

from sarabanwatch.core.bounce.report import ADDRESS, Report, address_in, code_in, squeezed, status_in
from sarabanwatch.core.mime import Headers, Mail
from sarabanwatch.core.words import Phrase, found

SENDERS = ("mailer-daemon", "postmaster", "mail delivery", "mdaemon", "mail-daemon", "mailerdaemon", "mta@",
           "mail system")
SUBJECTS = tuple(Phrase.several("""
    undeliver | delivery fail | delivery status | returned mail | failure notice | mail delivery | delivery has failed
    could not be delivered | delivery error | mail fail | not delivered
    delivery problem | nondeliverable | non-delivery
    returned to sender | rejected | delivery report | delivery notification | mail error | unknown user | user unknown
    ไม่สามารถส่ง | ส่งไม่สำเร็จ | ส่งไม่ถึง | ตีกลับ | การส่งล้มเหลว"""))
DELAYS = tuple(Phrase.several("delayed | delay | warning: | still being retried | ล่าช้า"))
CUT = re.compile(r"^[ >]*(?:-{2,} ?(?:this is a copy|the body|original message|below this line|below the next line|"
                 r"header|returned|enclosed|included|undelivered|unsent)|(?:received|return-path|message-id): )",
                 re.IGNORECASE | re.MULTILINE)


def read(mail: Mail) -> tuple[Report, ...]:
    """Return the reports of a bounce that is known only by its looks."""
    if not looks_returned(mail.headers):
        return ()
    told = words_of(mail)
    action = "delayed" if found(DELAYS, mail.headers.get("subject").lower()) else "failed"
    recipients = _recipients(mail, told) or [""]
    return tuple(_report(recipient, told, action) for recipient in recipients[:50])


def looks_returned(headers: Headers) -> bool:
    """Tell whether sender and subject are a mail system's that returns a mail."""
    sender, subject = headers.get("from", "sender").lower(), headers.get("subject").lower()
    empty = headers.get("return-path").strip() == "<>"
    return (any(name in sender for name in SENDERS) or empty) and (
        found(SUBJECTS, subject) or found(DELAYS, subject) or bool(headers.get("x-failed-recipients")))


def words_of(mail: Mail) -> str:
    """Return the words that stand before a returned original."""
    cut = CUT.search(mail.words)
    return mail.words[:cut.start()] if cut else mail.words


def _recipients(mail: Mail, told: str) -> list[str]:
    named = mail.headers.get("x-failed-recipients")
    addresses = ADDRESS.findall(named or told[:8000])
    theirs = {address_in(mail.headers.get(name)) for name in ("from", "to", "reply-to")}
    return list(dict.fromkeys(a for a in addresses if a not in theirs))[:1 if not named else 50]


def _report(recipient: str, told: str, action: str) -> Report:
    said = squeezed(told)
    return Report(recipient, "", action, code_in(said), status_in(said), said).judged()
