"""Which mails wait for a person, what a ruling is worth, and which verdict on a mail holds.

Facts are append-only, so a mail that is read or ruled on again adds facts. Of one mail only the
last verdict is in force; a person's verdict outranks that of our rules, and a later one an earlier
one. Where a mail is no longer about a letter, that letter gets a fact of kind SET_ASIDE.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import Certainty, Evidence, FactKind, MatchedBy, Reason
from sarabanwatch.core.returns import likeness, testimony
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.attribution import Refused
from sarabanwatch.core.returns.authenticity import decides
from sarabanwatch.core.returns.doubts import Doubt
from sarabanwatch.core.returns.testimony import AttributedMail

LONGEST_NAME = 80
ANSWERED = (FactKind.RECEIPT, FactKind.ANSWERED)
# words of somebody who wants no more letters; our own such words, if quoted, begin with หาก
OPT_OUT = re.compile(
    r"(?<!หาก)(?:ไม่ประสงค์(?:จะ|ที่จะ|ขอ)?รับ|ไม่ต้องการ(?:จะ|ที่จะ)?รับ|ขอไม่รับ|ไม่ขอรับ"
    r"|(?:งด|หยุด|ยกเลิก|ระงับ)(?:การ)?ส่ง)"
    r"|(?:no more|stop sending|do not send|don't send) (?:us |me |any )?(?:more )?"
    r"(?:test|such|these|letters|e-?mails?|messages?)"
    r"|ถอน(?:ราย)?ชื่อ|ถอนอีเมล"
    r"|(?:ลบ|นำ|เอา|ตัด)[^\n]{0,40}(?:อีเมล|อีเมล์|เมล|รายชื่อ|ที่อยู่)[^\n]{0,40}ออกจาก"
    r"|unsubscribe|remove (?:us|me|this address)|leave us alone", re.IGNORECASE)
PLAIN_OPT_OUT = re.compile(
    r"(?<!หาก)(?:ไม่ประสงค์|ไม่ต้องการ|ขอ(?:ให้)?(?:งด|หยุด|ยกเลิก|ระงับ)|งด|หยุด)"
    r"(?:จะ|ที่จะ|ขอ|การ)?(?:รับ|ส่ง)[^\n]{0,40}(?:หนังสือ|อีเมล|อีเมล์|เมล|จดหมาย)[^\n]{0,20}ทดสอบ"
    r"|stop (?:sending|writing)[^\n]{0,40}(?:test|letters)|no more test|remove us|leave us alone",
    re.IGNORECASE)
OPT_OUTS = {Mail.ANSWER: OPT_OUT, Mail.RECEIPT: OPT_OUT, Mail.STRANGER: PLAIN_OPT_OUT}
# kinds that a person may not rule: neither says what the mail is
NO_RULING = (Mail.UNREAD, Mail.CANARY)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail was read to be, for which letter if any, with the fact that it adds.

    `refused`: why its token was not believed; `alike`: its likeness, where it waits
    (`core.returns.likeness`); `taught`: the rule of a person's ruling on a mail like it, or "".
    """

    arrival: Arrival
    serial: int | None
    fact: Evidence | None
    refused: str = ""
    alike: str = ""
    taught: str = ""

    @property
    def reason(self) -> Reason | None:
        """Why the letter failed, as far as the mail says; None where it reports no failure."""
        if self.fact is not None and self.fact.kind is not FactKind.WAITS:
            return self.fact.reason
        reports = self.arrival.reports if self.arrival.kind is Mail.FAILED else ()
        return reports[0].reason if reports else None


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """What a mail is by our rules, or `by` a person with a `note`.

    `waits`: why it waits for a person, or "".
    """

    kind: Mail
    rule: str
    reason: Reason | None
    serial: int | None
    refused: str
    waits: str
    fact: Evidence | None
    by: str = ""
    note: str = ""
    alike: str = field(default="", compare=False)


class WaitingRow(NamedTuple):
    """One row: which mails wait for a person, and why."""

    why: str
    holds: Callable[[Reading], bool]


def _of(*kinds: Mail) -> Callable[[Reading], bool]:
    return lambda r: r.arrival.kind in kinds


def _nobodys(r: Reading) -> bool:
    about_a_letter = r.arrival.kind in (Mail.FAILED, Mail.RECEIPT, Mail.ANSWER)
    return about_a_letter and r.serial is None and not r.refused


def _opts_out(r: Reading) -> bool:
    """Say whether somebody asks for no more letters; of a stranger only plain words count."""
    pattern = OPT_OUTS.get(r.arrival.kind)
    if pattern is None or not {Doubt.LIST, Doubt.BULK}.isdisjoint(r.arrival.doubts):
        return False
    return bool(pattern.search(f"{r.arrival.subject}\n{r.arrival.text}"))


def _by(how: MatchedBy) -> Callable[[Reading], bool]:
    """Return a test for an answer that only a number, or its sender's address, ties to a letter."""
    def holds(r: Reading) -> bool:
        return (r.fact is not None and r.fact.kind in ANSWERED and r.fact.matched_by is how
                and not decides(r.fact))
    return holds


def _unread(r: Reading) -> bool:
    return r.arrival.kind is Mail.FAILED and not r.refused and r.reason is Reason.UNKNOWN


def _routeless(r: Reading) -> bool:
    return r.fact is not None and r.fact.rule.endswith(testimony.UNSEEN)


WAITS = (
    WaitingRow("",      # the fact says itself why
               lambda r: r.fact is not None and r.fact.kind is FactKind.WAITS),
    WaitingRow("it could not be read",
               _of(Mail.UNREAD)),
    WaitingRow("it reports another recipient than the one we wrote to",
               lambda r: r.refused.startswith("mismatch")),
    WaitingRow("somebody complains of our letter: `opt-outs add`",
               _of(Mail.FEEDBACK)),
    WaitingRow("it asks to be left alone: `opt-outs add`",
               _opts_out),
    WaitingRow("the agency seems to tell a new address",
               _of(Mail.CORRECTION)),
    WaitingRow(testimony.UNSEEN,
               _routeless),
    WaitingRow("it came back for a reason that no rule can read",
               _unread),
    WaitingRow("only the letter's number says that it answers us",
               _by(MatchedBy.NUMBER)),
    WaitingRow("only the sender's address says that it answers us",
               _by(MatchedBy.SENDER)),
    WaitingRow("nothing says which letter it is about",
               _nobodys),
    WaitingRow("no rule understands it, and we wrote to its sender",
               lambda r: r.arrival.kind is Mail.STRANGER and r.serial is not None),
)


def why_waiting(reading: Reading) -> str:
    """Return why a mail waits for a person, or ""."""
    if reading.taught:
        return ""
    row = next((row for row in WAITS if row.holds(reading)), None)
    if row is None:
        return ""
    return row.why or (reading.fact.rule if reading.fact else "")


def read_for_letter(h: AttributedMail, serial: int, address: str, at: datetime,
                    mail: str) -> Reading:
    """Return the reading of a mail for letter `serial`, written to `address`.

    A mail that waits for a person gives a fact that only says so. A failure that no rule can read
    is such a fact by itself. Where our token does not tie the mail to the letter, there is no fact:
    any stranger could otherwise prevent a conclusion from its silence.
    """
    fact = testimony.testify(h, address, at, mail)
    refused = fact.why if isinstance(fact, Refused) else ""
    reading = Reading(h.arrival, serial, None if isinstance(fact, Refused) else fact, refused)
    if h.tied and reading.reason is not Reason.UNKNOWN and (why := why_waiting(reading)):
        reading = replace(reading, fact=testimony.waiting_fact(h, why, at, mail))
    return with_likeness(reading, own=h.own)


def with_likeness(reading: Reading, *, own: bool) -> Reading:
    """Return a reading with its mail's likeness, where it waits."""
    if not why_waiting(reading):
        return reading
    return replace(reading, alike=likeness.of(reading.arrival, own=own))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A rule that a person taught by a ruling: what all mails of one likeness are."""

    alike: str
    kind: Mail
    reason: Reason | None
    by: str
    note: str
    mail: str

    @property
    def rule(self) -> str:
        """The rule's name."""
        return f"as {self.by} ruled on {self.mail[:12]}"


def by_lesson(reading: Reading, h: AttributedMail | None, lesson: Lesson, at: datetime,
              mail: str) -> Reading:
    """Return the reading of a waiting mail by a lesson on mails like it.

    It is as certain as the mail's own tie to the letter, because a person looked at another mail.
    """
    arrival = replace(reading.arrival, kind=lesson.kind, rule=lesson.rule)
    kind = testimony.FACT[lesson.kind]
    settled = replace(reading, arrival=arrival, fact=None, refused="", taught=lesson.rule)
    if h is None or kind is None or reading.serial is None or not h.tied:
        return settled
    fact = Evidence(kind, at, text=arrival.text, reason=lesson.reason, rule=lesson.rule,
                    reporter=arrival.sender,
                    receipt=arrival.receipt if kind is FactKind.RECEIPT else "",
                    matched_by=h.claim.matched_by, certainty=h.claim.certainty, mail=mail,
                    authentic=h.authentic)
    return replace(settled, fact=_as_reported(fact, arrival))


def verdict_by_rules(reading: Reading) -> MailVerdict:
    """Return the verdict of our rules on a mail."""
    arrival = reading.arrival
    return MailVerdict(arrival.kind, arrival.rule, reading.reason, reading.serial, reading.refused,
                       why_waiting(reading), reading.fact, alike=reading.alike)


def superseding(verdict: MailVerdict, mail: str, held_by: Collection[int],
                at: datetime) -> list[tuple[int, Evidence]]:
    """Return the facts, by letter, that a new verdict on a mail adds.

    `held_by`: letters that have a fact of an earlier verdict on it; where the mail is no longer
    about one of them, that letter gets a fact SET_ASIDE.
    """
    new = [] if verdict.fact is None or verdict.serial is None else [(verdict.serial, verdict.fact)]
    by_person, by_rules = (MatchedBy.PERSON, Certainty.RULED), (MatchedBy.REREAD, Certainty.SIGNED)
    matched_by, certainty = by_person if verdict.by else by_rules
    aside = Evidence(FactKind.SET_ASIDE, at, rule=verdict.rule, matched_by=matched_by,
                     certainty=certainty, mail=mail)
    return new + [(serial, aside) for serial in sorted(held_by)
                  if serial not in dict(new)]


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's ruling on a mail: its kind, a reason (of `failed`), their name, a note."""

    kind: Mail
    reason: Reason | None
    by: str
    note: str = ""


def check_ruling(ruling: Ruling, serial: int | None, facts: Mapping[Mail, FactKind | None]) -> None:
    """Raise RequestError where a ruling on a mail of letter `serial` (None: of none) is not valid.

    `facts`: for each kind of mail the kind of fact that it gives.
    """
    name = ruling.by.strip()
    failed = ruling.kind is Mail.FAILED
    for wrong, complaint in (
        (not name or len(name) > LONGEST_NAME or not name.isprintable(),
         "--by: give the name of the person who rules"),
        (ruling.kind in NO_RULING,
         f"--kind: {ruling.kind.value!r} says nothing of a mail; say what it is"),
        (failed and ruling.reason is None,
         "--reason: say why it failed, if need be 'unknown'"),
        (not failed and ruling.reason is not None,
         "--reason: only a mail of kind 'failed' has a reason"),
        (facts[ruling.kind] is not None and serial is None,
         "say whose it is, by --agency CODE or --letter NUMBER"),
    ):
        if wrong:
            raise RequestError(complaint)


def verdict_by_person(ruling: Ruling, arrival: Arrival, kind: FactKind | None, serial: int | None,
                      at: datetime, mail: str) -> MailVerdict:
    """Return a person's verdict on the mail that came `at` and has the digest `mail`.

    `kind` is the fact that it adds to letter `serial`; None where it adds none.
    """
    by = ruling.by.strip()
    rule = f"ruled by {by}"
    if kind is None or serial is None:
        return MailVerdict(ruling.kind, rule, None, None, "", "", None, by, ruling.note)
    fact = Evidence(kind, at, text=arrival.text, reason=ruling.reason, rule=rule,
                    reporter=arrival.sender,
                    receipt=arrival.receipt if kind is FactKind.RECEIPT else "",
                    matched_by=MatchedBy.PERSON, certainty=Certainty.RULED, mail=mail)
    return MailVerdict(ruling.kind, rule, ruling.reason, serial, "", "",
                       _as_reported(fact, arrival), by, ruling.note)


def _as_reported(fact: Evidence, arrival: Arrival) -> Evidence:
    """Return a failure with the server's own words, where the mail quotes them."""
    for report in arrival.reports[:1] if fact.kind is FactKind.BOUNCED else ():
        return replace(fact, text=report.text, code=report.code, status=report.status,
                       reporter=report.reporter)
    return fact
