"""Which mails wait for a person, what a person's ruling testifies, and whose word on a mail is the last.

Facts are append-only, so a mail that is read or ruled anew adds facts. Of one mail only the last word is in force: a
person's before our rules', then the later before the earlier. Where a mail no longer speaks of a letter, a fact of kind
SET_ASIDE lies beside that letter and says so.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
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
# Words of somebody who wants no more letters; our own, where they are quoted, begin with หาก.
OPT_OUT = re.compile(
    r"(?<!หาก)(?:ไม่ประสงค์(?:จะ|ที่จะ|ขอ)?รับ|ไม่ต้องการ(?:จะ|ที่จะ)?รับ|ขอไม่รับ|ไม่ขอรับ|(?:งด|หยุด|ยกเลิก|ระงับ)(?:การ)?ส่ง)"
    r"|(?:no more|stop sending|do not send|don't send) (?:us |me |any )?(?:more )?(?:test|such|these|letters|e-?mails?|messages?)"
    r"|ถอน(?:ราย)?ชื่อ|ถอนอีเมล|(?:ลบ|นำ|เอา|ตัด)[^\n]{0,40}(?:อีเมล|อีเมล์|เมล|รายชื่อ|ที่อยู่)[^\n]{0,40}ออกจาก"
    r"|unsubscribe|remove (?:us|me|this address)|leave us alone", re.IGNORECASE)
PLAIN_OPT_OUT = re.compile(
    r"(?<!หาก)(?:ไม่ประสงค์|ไม่ต้องการ|ขอ(?:ให้)?(?:งด|หยุด|ยกเลิก|ระงับ)|งด|หยุด)(?:จะ|ที่จะ|ขอ|การ)?(?:รับ|ส่ง)[^\n]{0,40}(?:หนังสือ|อีเมล|อีเมล์|เมล|จดหมาย)[^\n]{0,20}ทดสอบ"
    r"|stop (?:sending|writing)[^\n]{0,40}(?:test|letters)|no more test|remove us|leave us alone", re.IGNORECASE)
# what a person may not say of a mail: neither tells anything of it
NO_RULING = (Mail.UNREAD, Mail.CANARY)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail was found to be, for a letter or none, with the fact it adds; `refused`: why its mark was not believed.

    `alike`: by what it is known as one of its like, where it waits (`core.returns.likeness`); `taught`: the row by which a person's
    ruling on one of its like settled it, or "".
    """

    arrival: Arrival
    serial: int | None
    fact: Evidence | None
    refused: str = ""
    alike: str = ""
    taught: str = ""

    @property
    def reason(self) -> Reason | None:
        """Why the letter failed, as far as the mail tells; None where it tells of no failure."""
        if self.fact is not None and self.fact.kind is not FactKind.WAITS:
            return self.fact.reason
        return (
            self.arrival.reports[0].reason
            if self.arrival.kind is Mail.FAILED and self.arrival.reports else None
        )


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """What is said of a mail: by our rules, or `by` a person with a `note`. `waits`: why it waits for a person, or ""."""

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
    return r.serial is None and not r.refused and r.arrival.kind in (Mail.FAILED, Mail.RECEIPT,
                                                                     Mail.ANSWER)


def _opts_out(r: Reading) -> bool:
    """Tell whether somebody asks to be left alone; of what no letter of ours is known in, only plain words count."""
    wish = (
        OPT_OUT if r.arrival.kind in (Mail.ANSWER, Mail.RECEIPT) else PLAIN_OPT_OUT
        if r.arrival.kind is Mail.STRANGER else None
    )
    to_many = {Doubt.LIST, Doubt.BULK} & set(r.arrival.doubts)
    return (
        wish is not None and not to_many
        and bool(wish.search(f"{r.arrival.subject}\n{r.arrival.said}"))
    )


def _by(how: MatchedBy) -> Callable[[Reading], bool]:
    """Hold for an answer that only a number, or its sender's address, ties to the letter."""
    return lambda r: (
        r.fact is not None and r.fact.kind in ANSWERED and r.fact.how is how and not decides(r.fact)
    )


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
    return "" if row is None else row.why or (reading.fact.rule if reading.fact else "")


def read_for_letter(h: AttributedMail, serial: int, address: str, at: datetime, mail: str) -> Reading:
    """Return what a mail is to letter `serial`, written to `address`.

    What waits for a person concludes nothing meanwhile, and its fact says so; a failure that nobody can read is such a fact by
    itself. Where our mark does not tie the mail to the letter there is none: else any stranger could withhold its silence.
    """
    fact = testimony.testify(h, address, at, mail)
    refused = fact.why if isinstance(fact, Refused) else ""
    reading = Reading(h.arrival, serial, None if isinstance(fact, Refused) else fact, refused)
    if h.tied and reading.reason is not Reason.UNKNOWN and (why := why_waiting(reading)):
        reading = replace(reading, fact=testimony.waiting_fact(h, why, at, mail))
    return with_likeness(reading, own=h.own)


def with_likeness(reading: Reading, *, own: bool) -> Reading:
    """Return a reading with by what its mail is known as one of its like, where it waits."""
    return replace(reading, alike=likeness.of(reading.arrival,
                                              own=own)) if why_waiting(reading) else reading


@dataclass(frozen=True, slots=True)
class Lesson:
    """A row that a person taught: what mails of one likeness are, by whom, and on which mail they ruled."""

    alike: str
    kind: Mail
    reason: Reason | None
    by: str
    note: str
    mail: str

    @property
    def rule(self) -> str:
        """The row's name."""
        return f"as {self.by} ruled on {self.mail[:12]}"


def by_lesson(reading: Reading, h: AttributedMail | None, lesson: Lesson, at: datetime, mail: str) -> Reading:
    """Return what a waiting mail is by a lesson on its like.

    It is as sure as its own tie to the letter: a person has looked at another mail, not at this one.
    """
    arrival, kind = replace(reading.arrival, kind=lesson.kind,
                            rule=lesson.rule), testimony.FACT[lesson.kind]
    settled = replace(reading, arrival=arrival, fact=None, refused="", taught=lesson.rule)
    if h is None or kind is None or reading.serial is None or not h.tied:
        return settled
    fact = Evidence(kind, at, said=arrival.said, reason=lesson.reason, rule=lesson.rule,
                    reporter=arrival.sender,
                    receipt=arrival.receipt if kind is FactKind.RECEIPT else "", how=h.claim.how,
                    sure=h.claim.sure, mail=mail, authentic=h.authentic)
    return replace(settled, fact=_as_reported(fact, arrival))


def verdict_by_rules(reading: Reading) -> MailVerdict:
    """Return what our rules say of a mail."""
    said = reading.arrival
    return MailVerdict(said.kind, said.rule, reading.reason, reading.serial, reading.refused,
                       why_waiting(reading), reading.fact, alike=reading.alike)


def in_force(seen: Iterable[Evidence]) -> list[Evidence]:
    """Return one letter's facts, in their order, without those of a mail on which a later word was said."""
    facts = list(seen)
    last: dict[str, tuple[bool, int]] = {}
    for fact in facts:
        last[fact.mail] = max(last.get(fact.mail, (False, 0)), _rank(fact))
    return [fact for fact in facts if not fact.mail or _rank(fact) == last[fact.mail]]


def _rank(fact: Evidence) -> tuple[bool, int]:
    return fact.sure is Certainty.RULED, fact.edition


def superseding(verdict: MailVerdict, mail: str, held_by: Collection[int],
                at: datetime) -> list[tuple[int, Evidence]]:
    """Return the facts, by letter, that a new word on a mail adds.

    `held_by`: the letters beside which an earlier word on it lies; where it no longer speaks of one, that is set aside.
    """
    new = [] if verdict.fact is None or verdict.serial is None else [(verdict.serial, verdict.fact)]
    by_person, by_rules = (MatchedBy.PERSON, Certainty.RULED), (MatchedBy.REREAD, Certainty.SIGNED)
    how, sure = by_person if verdict.by else by_rules
    aside = Evidence(FactKind.SET_ASIDE, at, rule=verdict.rule, how=how, sure=sure, mail=mail)
    return new + [(serial, aside) for serial in sorted(held_by)
                  if serial not in {told for told, _ in new}]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person says of a mail: its kind, why the letter failed (kind `failed` only), their name, a note."""

    kind: Mail
    reason: Reason | None
    by: str
    note: str = ""


def check_ruling(ruling: Ruling, serial: int | None, facts: Mapping[Mail, FactKind | None]) -> None:
    """Raise RequestError where a ruling on a mail of letter `serial` (None: of none) is no ruling; `facts`: what kinds testify."""
    name = ruling.by.strip()
    failed = ruling.kind is Mail.FAILED
    for wrong, complaint in (
        (
            not name or len(name) > LONGEST_NAME or not name.isprintable(),
            "--by: give the name of the person who rules",
        ),
        (
            ruling.kind in NO_RULING,
            f"--kind: {ruling.kind.value!r} says nothing of a mail; say what it is",
        ),
        (failed and ruling.reason is None, "--reason: say why it failed, if need be 'unknown'"), (
            not failed and ruling.reason is not None,
            "--reason: only a mail of kind 'failed' has a reason",
        ),
        (
            facts[ruling.kind] is not None and serial is None,
            "say whose it is, by --agency CODE or --letter NUMBER",
        ),
    ):
        if wrong:
            raise RequestError(complaint)


def verdict_by_person(ruling: Ruling, arrival: Arrival, kind: FactKind | None, serial: int | None, at: datetime,
                      mail: str) -> MailVerdict:
    """Return what a person says of the mail that came `at`, digest `mail`: its own words, under their name.

    `kind` is the fact that it then is beside letter `serial`; None where it is none.
    """
    by = ruling.by.strip()
    rule = f"ruled by {by}"
    if kind is None or serial is None:
        return MailVerdict(ruling.kind, rule, None, None, "", "", None, by, ruling.note)
    fact = Evidence(kind, at, said=arrival.said, reason=ruling.reason, rule=rule,
                    reporter=arrival.sender,
                    receipt=arrival.receipt if kind is FactKind.RECEIPT else "", how=MatchedBy.PERSON,
                    sure=Certainty.RULED, mail=mail)
    return MailVerdict(ruling.kind, rule, ruling.reason, serial, "", "", _as_reported(fact, arrival), by,
                       ruling.note)


def _as_reported(fact: Evidence, arrival: Arrival) -> Evidence:
    """Return a failure with the server's own words, where the mail quotes them."""
    for report in arrival.reports[:1] if fact.kind is FactKind.BOUNCED else ():
        return replace(fact, said=report.said, code=report.code, status=report.status,
                       reporter=report.reporter)
    return fact
