"""A refusal -> the reason for it: what the server said, then its enhanced status, then its code.

Words come first because they tell most: of permanent codes more than a third are the sender's fault, and a third of all
bounces carry no useful status. The words stand in `core.refusals`; whose fault a reason is, in `core.evidence`.

When a thing was said matters too. In answer to MAIL FROM it speaks of us; and a mere "user unknown" that no status
upholds, and that was not said to our RCPT TO, may be a filter's pretence: some carriers say so after they heard the text.
Between calling a living mailbox dead and saying "unknown", unknown is the smaller fault.
"""

import re

from sarabanwatch.core.evidence import Reason
from sarabanwatch.core.refusals import WEAK, WORDS
from sarabanwatch.core.words import ADDRESS, Phrases, phrases

R = Reason

STATUSES: tuple[tuple[str, Reason], ...] = (   # RFC 3463, RFC 7505, RFC 7372; the more special above the general
    ("5.1.1",  R.NO_MAILBOX), ("5.1.2",  R.NO_DOMAIN), ("5.1.3",  R.NO_MAILBOX), ("5.1.6", R.NO_MAILBOX),
    ("5.1.7",  R.SENDER),     ("5.1.8",  R.SENDER),    ("5.1.9",  R.SENDER),     ("5.1.10", R.NO_MAIL),
    ("5.2.1",  R.DISABLED),   ("5.2.2",  R.FULL),      ("4.2.2",  R.FULL),       ("5.2.3", R.TOO_LARGE),
    ("5.3.2",  R.NO_MAIL),    ("5.3.4",  R.TOO_LARGE), ("4.4.4",  R.NO_DOMAIN),  ("5.4.4", R.NO_DOMAIN),
    ("5.4.6",  R.LOOP),       ("5.4.14", R.LOOP),      ("5.4.7",  R.TEMPORARY),  ("5.5",   R.SENDER),
    ("5.6.7",  R.NO_MAILBOX), ("5.6",    R.CONTENT),   ("5.7.17", R.NO_MAILBOX), ("5.7.18", R.NO_DOMAIN),   # RFC 7293
    ("5.7",    R.SENDER),     ("4.7",    R.SENDER),    ("4",      R.TEMPORARY),
)
VAGUE = ("5.7.0", "5.7.1")                            # stamped on every refusal by policy, whoever is meant
UNTELLING = ("", "5.0.0", "5.2.0", "5.3.0", "5.7.0", "5.7.1", "4.0.0")
OF_US = re.compile(r"5\.1\.[789]|5\.7\.(?![01]$|1[378]$).*")   # the sender; RFC 5248's X.7.13 is of either's account
DEATHS = (R.NO_MAILBOX, R.NO_DOMAIN, R.DISABLED)
FOR_NOW = ("4.0.0", "4.1.2", "4.4.3")
DENIED = ("words: user unknown", "words: no such mailbox")
CODES: dict[int, Reason] = {552: R.FULL, 521: R.NO_MAIL, 556: R.NO_MAIL}   # RFC 5321, RFC 7504

TO_OUR_MAIL = phrases("""
    in reply to mail from | after mail from | did not like our mail | >>> mail from | [mail_from] | sender was rejected""")
TO_OUR_RCPT = phrases("""
    in reply to rcpt | after rcpt | our rcpt | >>> rcpt | [rcpt | rcpt host | smtp:rcpt | rcpt to: | following rcpt
    does not like recipient | rcpt command | recipient was rejected | step: rcpt""")
ADDRESS_REFUSED = phrases("server has rejected address | server rejected the address | did not accept the address")
NOISE = re.compile(                                   # what wraps the words that count
    r"\(delivery attempts: \d+\)|\d\.\d\.\d - [^'\n]{0,60}\d{3}-'|delivery temporarily suspended:|"
    r"\bhost \S{1,200} said:?|\S*mimecast\S*")

Judged = tuple[Reason, str]
Rows = tuple[tuple[str, Reason, Phrases], ...]
STRONG: Rows = tuple((name, reason, phrases(table)) for name, reason, table in WORDS)
FAINT: Rows = tuple((name, reason, phrases(table)) for name, reason, table in WEAK)


def of(code: int, status: str, said: str, *around: str) -> Judged:
    """Return the reason and the name of the row that decided.

    `code` is the SMTP reply (RFC 5321) or 0, `status` the enhanced status (RFC 3463) or "", `said` the server's words,
    `around` what else the notice tells, the nearest first: read where words and status tell nothing.
    """
    texts = [_bare(text) for text in (said, *around)]
    by_status = _by_status(status)
    judged = _first(STRONG, texts[0]) or (by_status if _tells(status) else None) or _first(FAINT, texts[0])
    judged = judged or next(filter(None, (_first(STRONG, text) for text in texts[1:])), None)
    placed = _in_its_place(*(judged or by_status or _by_code(code)), status, texts)
    return _doubted(placed[1], status, texts, quoted=bool(code or not said)) or placed


def _in_its_place(reason: Reason, rule: str, status: str, texts: list[str]) -> Judged:
    """Weigh a mailbox's or domain's death by when it was said, and by what its status is of."""
    near = " ".join(texts[:2])
    if reason in (R.NO_MAILBOX, R.NO_DOMAIN) and TO_OUR_MAIL.within(near) and not TO_OUR_RCPT.within(near):
        return R.SENDER, "said to our MAIL FROM"
    if reason in DEATHS and OF_US.fullmatch(status):
        return R.SENDER, "words deny the address, but the status is of the sender"
    if rule == "words: the recipient is refused" and status.startswith("5.1."):
        return R.NO_MAILBOX, "the recipient is refused, and the status is of addresses"
    if reason is R.NO_DOMAIN and status in FOR_NOW:
        return R.TEMPORARY, "a domain not found for now"
    return reason, rule


def _doubted(rule: str, status: str, texts: list[str], *, quoted: bool) -> Judged | None:
    """Return why a mailbox may well exist though words deny it: nothing upholds them, and no answer to our RCPT TO is told.

    `quoted` is whether the reporter stands for these words by a server's reply, or by having none at all.
    """
    if rule not in DENIED or _answers_rcpt(status, " ".join(texts)):
        return None
    if status == "5.2.1":                             # RFC 3463: there is a mailbox, but it takes nothing
        return R.UNKNOWN, "denied by words, but not by the status"
    if rule == "words: user unknown" and status in UNTELLING:
        return R.UNKNOWN, "user unknown, but not said to our RCPT TO: filters say so too"
    return None if quoted or status != "5.0.0" else (R.UNKNOWN, "a diagnosis with neither a reply nor a status")


def _answers_rcpt(status: str, told: str) -> bool:
    """Tell whether a refusal came in answer to our RCPT TO; a reporter's summary is believed if no policy is in question."""
    return TO_OUR_RCPT.within(told) or (status not in VAGUE and ADDRESS_REFUSED.within(told))


def _tells(status: str) -> bool:
    return status not in VAGUE and (not status.startswith("4") or status in ("4.2.2", "4.4.4"))


def _by_status(status: str) -> Judged | None:
    return next(((reason, f"status {prefix}") for prefix, reason in STATUSES
                 if status == prefix or status.startswith(prefix + ".")), None)


def _by_code(code: int) -> Judged:
    if not code:
        return R.UNKNOWN, "nothing told"
    return CODES.get(code, R.TEMPORARY if code // 100 == 4 else R.UNKNOWN), f"code {code}"


def _bare(text: str) -> str:
    """Return a text in small letters, on one line, without addresses and what wraps a reply: they may hold any word."""
    words = [ADDRESS.sub("", word[:400]) if "@" in word else word for word in text.lower().split()]
    return NOISE.sub(" ", " ".join(words))


def _first(rows: Rows, text: str) -> Judged | None:
    return next(((reason, f"words: {name}") for name, reason, table in rows if table.within(text)), None) if text else None
