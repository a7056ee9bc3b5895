"""A refusal -> the reason for it.

The problem: mail systems refuse in thousands of phrases, a third of all bounces have no useful
status code, and of the permanent reply codes more than a third are the sender's fault. The tables
of `config/refusals` say what phrases and codes mean. They are asked in this order, and the first
that knows decides:

1. the tables of the system that speaks, if it can be recognised (Google, Microsoft 365 ...);
2. the server's words;
3. the enhanced status code, if it is specific; then weaker words, then the rest of the notice;
4. the reply code alone.

Then there are two bounds, which no word can pass:

- *The class*: a 4yz reply or a 4.x.x status code is never permanent (RFC 5321 section 4.2.1,
  RFC 3463 section 2).
- *The stage*: what is said before the recipient is named (greeting, EHLO, MAIL) is about us or
  about their host, never about the mailbox.

Example: "450 4.2.1 user unknown" is temporary by its class, whatever its words. A mere "user
unknown" without a status code that supports it, and not in answer to our RCPT TO, may be a filter's
excuse: some carriers say so after they have seen the text. It is better to say "unknown" than to
call a living mailbox dead.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from sarabanwatch.core.facts.evidence import BLAME, Blame, Reason
from sarabanwatch.core.facts.words import ADDRESS, phrases
from sarabanwatch.core.returns.refusals import ReasonAndRule, Refusals

R = Reason


class SmtpStage(StrEnum):
    """What a refusal answers, as notices write it and as our own connection knows it."""

    GREETING = "sent initial greeting"
    EHLO = "in reply to ehlo"
    MAIL = "in reply to mail from"
    RCPT = "in reply to rcpt to"
    LATER = ""              # DATA, the final dot, or not known


# statuses of every refusal by policy, whoever is meant
VAGUE = ("5.7.0", "5.7.1")
UNTELLING = ("", "5.0.0", "5.2.0", "5.3.0", "5.7.0", "5.7.1", "4.0.0")
# about the sender; X.7.13 (RFC 5248) may be about either
OF_US = re.compile(r"5\.1\.[789]|5\.7\.(?![01]$|1[378]$).*")
DEATHS = (R.NO_MAILBOX, R.NO_DOMAIN, R.DISABLED)
OF_THEIRS = (*DEATHS, R.NO_MAIL, R.FULL, R.RESTRICTED)
HOST_TAKES_NONE = ": takes no mail"      # a host says so in its greeting (RFC 7504)
DENIED = ("words: user unknown", "words: no such mailbox")

TO_OUR_MAIL = phrases("""
    in reply to mail from | after mail from | did not like our mail | >>> mail from
    [mail_from] | sender was rejected""")
TO_OUR_RCPT = phrases("""
    in reply to rcpt | after rcpt | our rcpt | >>> rcpt | [rcpt | rcpt host | smtp:rcpt
    rcpt to: | following rcpt | does not like recipient | rcpt command | recipient was rejected
    step: rcpt""")
TO_OUR_HELLO = phrases("""
    refused to talk to me | after initial connection | in reply to ehlo | in reply to helo
    after ehlo | after helo | did not like our ehlo | did not like our helo
    did not like our greeting | sent initial greeting | in greeting | [connect] | step: connect
    step: helo | step: ehlo""")
OF_SENDER = phrases("""
    sender | originator | your domain | your address | return path | ที่อยู่ผู้ส่ง | อีเมลผู้ส่ง | โดเมนผู้ส่ง
    ชื่อผู้ส่ง | ของผู้ส่ง | ผู้ส่งไม่ | ผู้ส่งนี้ | โดเมนของท่าน""")
OF_RECIPIENT = phrases(
    "recipient | rcpt | addressee | destination | mailbox | ผู้รับ | ปลายทาง | กล่องจดหมาย | ตู้จดหมาย"
)
ADDRESS_REFUSED = phrases(
    "server has rejected address | server rejected the address | did not accept the address"
)
NOISE = re.compile(                                   # what wraps the words that count
    r"\(delivery attempts: \d+\)|\d\.\d\.\d - [^'\n]{0,60}\d{3}-'|delivery temporarily suspended:|"
    r"\bhost \S{1,200} said:?|\brfc822;")


def of(table: Refusals, code: int, status: str, text: str, *around: str) -> ReasonAndRule:
    """Return the reason and the name of the row that decided.

    `code` is the SMTP reply (RFC 5321) or 0, `status` the enhanced status (RFC 3463) or "", `text`
    the server's words, `around` what else the notice tells, the nearest first: read where words and
    status tell nothing.
    """
    texts = [_bare(each) for each in (text, *around)]
    judged = _judged(table, code, status, texts)
    reason, rule = _in_its_place(*judged, status, texts)
    doubted = _doubted(rule, status, texts, quoted=bool(code or not text))
    return _bounded(*(doubted or (reason, rule)), code, status, " ".join(texts))


def _judged(table: Refusals, code: int, status: str, texts: Sequence[str]) -> ReasonAndRule:
    by_status = table.by_status(status)
    judged = table.by_system(status, texts[0], " ".join(texts[1:])) or table.by_words(texts[0])
    judged = judged or (by_status if _is_specific(status) else None)
    judged = judged or table.by_words(texts[0], weak=True)
    judged = judged or next(filter(None, map(table.by_words, texts[1:])), None)
    if not (judged or code or texts[0]) and by_status and by_status[1] == "status 4":
        return R.UNKNOWN, "a class alone, and no word of why"
    return judged or by_status or _by_code(table, code)


def _bounded(reason: Reason, rule: str, code: int, status: str, text: str) -> ReasonAndRule:
    """Return a reason as far as its class and its stage allow it."""
    if reason in OF_THEIRS and _before_rcpt(text) and not rule.endswith(HOST_TAKES_NONE):
        return R.UNKNOWN, f"said before the recipient was named ({rule})"
    if BLAME[reason] is Blame.GOOD and (code // 100 == 4 or status.startswith("4.")):
        return R.TEMPORARY, f"for now, by its class ({rule})"
    return reason, rule


def _before_rcpt(text: str) -> bool:
    return TO_OUR_HELLO.within(text) and not TO_OUR_RCPT.within(text)


def _in_its_place(reason: Reason, rule: str, status: str, texts: Sequence[str]) -> ReasonAndRule:
    """Correct a reason by the stage at which it was said, and by the subject of its status code."""
    near = " ".join(texts[:2])
    if reason in OF_THEIRS and TO_OUR_MAIL.within(near) and not TO_OUR_RCPT.within(near):
        return R.SENDER, "said to our MAIL FROM"
    if reason in DEATHS and OF_US.fullmatch(status) and rule.startswith("words: "):
        return R.SENDER, "words deny the address, but the status is of the sender"
    if reason in (*DEATHS, R.NO_MAIL) and _of_sender(rule, texts[0]):
        return R.UNKNOWN, f"it speaks of a sender, and of no recipient ({rule})"
    if rule == "words: the recipient is refused" and status.startswith("5.1."):
        return R.NO_MAILBOX, "the recipient is refused, and the status is of addresses"
    return reason, rule


def _of_sender(rule: str, text: str) -> bool:
    return rule.startswith("words: ") and OF_SENDER.within(text) and not OF_RECIPIENT.within(text)


def _doubted(rule: str, status: str, texts: Sequence[str], *, quoted: bool) -> ReasonAndRule | None:
    """Return why a mailbox may exist although words deny it, or None.

    It may where no status code supports the words and they did not answer our RCPT TO. `quoted`:
    the words are a server's reply, or there are none.
    """
    if rule not in DENIED or _answers_rcpt(status, " ".join(texts)):
        return None
    # RFC 3463: there is a mailbox, but it takes nothing
    if status == "5.2.1":
        return R.UNKNOWN, "denied by words, but not by the status"
    if rule == "words: user unknown" and status in UNTELLING:
        return R.UNKNOWN, "user unknown, but not said to our RCPT TO: filters say so too"
    if quoted or status != "5.0.0":
        return None
    return R.UNKNOWN, "a diagnosis with neither a reply nor a status"


def _answers_rcpt(status: str, text: str) -> bool:
    """Say whether a refusal answered our RCPT TO; a summary counts unless policy is in question."""
    return TO_OUR_RCPT.within(text) or (status not in VAGUE and ADDRESS_REFUSED.within(text))


def _is_specific(status: str) -> bool:
    return status not in VAGUE and (not status.startswith("4") or status == "4.2.2")


def _by_code(table: Refusals, code: int) -> ReasonAndRule:
    if not code:
        return R.UNKNOWN, "nothing told"
    return table.by_code(code) or (R.TEMPORARY if code // 100 == 4 else R.UNKNOWN, f"code {code}")


def _bare(text: str) -> str:
    """Return a text in small letters, on one line, without addresses and what wraps a reply."""
    words = [ADDRESS.sub("", word[:400]) if "@" in word else word for word in text.lower().split()]
    return NOISE.sub(" ", " ".join(words))
