"""What was said of each mail that is kept: when it came, when read again, or by a person.

Readings are added and never changed. The last word on a mail is its reading with the highest
number; where a person has spoken, our rules add none.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns.arrival import MailKind as Mail
from sarabanwatch.core.returns.kept import StoredMail
from sarabanwatch.core.returns.review import Lesson, MailVerdict, superseding
from sarabanwatch.store.arrivals import last_letter, write_word
from sarabanwatch.store.digests import whole
from sarabanwatch.store.letters import have_judged, witness
from sarabanwatch.store.rows import EVIDENCE, ask, ask_one, evidence, moment
from sarabanwatch.store.tx import Tx

CONTRADICTION = "an answer and a refusal of the letter contradict each other"
# `mail <> ''` beside `mail = ?` lets SQLite use the partial indexes.
SPOKEN = "r.kind, r.rule, r.reason, r.serial, r.refused, r.waits, r.by, r.note, r.alike"
KEPT = f"""
    SELECT m.digest, m.raw, m.size, m.arrived_at, m.signed, m.forgotten_at, {SPOKEN}
    FROM mail m JOIN reading r ON r.id = (SELECT max(id) FROM reading WHERE mail = m.digest)
"""
FACT = f"""
    SELECT {EVIDENCE} FROM evidence WHERE mail = ? AND mail <> ''
    ORDER BY edition DESC, kind = '{FactKind.SET_ASIDE.value}' LIMIT 1
"""
# An answer beside a permanent refusal waits for a person too, though neither does by itself.
LAST = "NOT EXISTS (SELECT 1 FROM reading n WHERE n.mail = r.mail AND n.id > r.id)"
CONTRADICTED = f"""
    SELECT r.id FROM letter l JOIN evidence e USING (serial) JOIN reading r ON r.mail = e.mail
    WHERE l.verdict = '{Verdict.UNSETTLED.value}' AND e.mail <> ''
      AND e.kind IN ('{FactKind.RECEIPT.value}', '{FactKind.ANSWERED.value}')
      AND r.waits = '' AND r.by = '' AND r.serial = l.serial AND {LAST}
"""
WAITING = f"""
    SELECT m.digest, m.arrived_at, r.kind,
           CASE r.waits WHEN '' THEN :contradiction ELSE r.waits END, m.sender, m.subject,
           r.serial, l.code, r.alike
    FROM reading r JOIN mail m ON m.digest = r.mail LEFT JOIN letter l ON l.serial = r.serial
    WHERE (:kind = '' OR r.kind = :kind)
      AND ((r.waits <> '' AND {LAST}) OR r.id IN ({CONTRADICTED}))
    ORDER BY m.arrived_at, m.digest
"""
OLDEST = f"""
    WITH waiting AS (SELECT r.id FROM reading r WHERE r.waits <> '' AND {LAST}
                     UNION ALL SELECT DISTINCT id FROM ({CONTRADICTED}) contradicted)
    SELECT r.kind, count(*), min(m.arrived_at)
    FROM waiting JOIN reading r USING (id) JOIN mail m ON m.digest = r.mail GROUP BY 1
"""
ALIKE = f"""
    SELECT r.mail FROM reading r WHERE r.alike = ? AND r.waits <> '' AND {LAST} ORDER BY r.mail
"""
LESSONS = "SELECT alike, kind, reason, by, note, mail, id, at, ended_at, ended_by FROM lesson"
LESSON = """
    INSERT INTO lesson (alike, kind, reason, by, note, mail, at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
HISTORY = f"SELECT r.at, {SPOKEN} FROM reading r WHERE r.mail = ? ORDER BY r.id"
ABOUT = """
    SELECT DISTINCT m.digest, m.arrived_at FROM mail m JOIN reading r ON r.mail = m.digest
    WHERE r.serial = ? ORDER BY m.arrived_at, m.digest
"""
HELD_BY = "SELECT DISTINCT serial FROM evidence WHERE mail = ? AND mail <> ''"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail that waits for a person, and why."""

    digest: str
    arrived_at: str
    kind: str
    waits: str
    sender: str
    subject: str
    serial: int | None
    agency: str | None
    alike: str = ""


@dataclass(frozen=True, slots=True)
class Taught:
    """One lesson as it is kept: its number, since when, and who ended it."""

    lesson: Lesson
    number: int
    at: str
    ended_at: str | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class DatedWord:
    """One reading of a mail, and when it was made."""

    mail: str
    at: str
    word: MailVerdict


def page(tx: Tx, after: str, limit: int, octets: int) -> list[StoredMail]:
    """Return the mails after a digest, in order of digests, that were not erased.

    At most `limit`, and no more once they have `octets` together, but at least one.
    """
    page: list[StoredMail] = []
    for row in ask(
        tx, f"{KEPT} WHERE m.digest > ? AND m.forgotten_at IS NULL ORDER BY m.digest LIMIT ?",
        (after, limit),
    ):
        page.append(_stored(tx, row))
        octets -= row[2]
        if octets <= 0:
            break
    return page


def kept(tx: Tx) -> int:
    """Count the mails that were not erased."""
    return int(tx.execute("SELECT count(*) FROM mail WHERE forgotten_at IS NULL").get)


def oldest(tx: Tx) -> Mapping[Mail, tuple[int, datetime]]:
    """Return how many mails wait for a person, and since when the oldest does, by kind."""
    return {Mail(kind): (mails, moment(since)) for kind, mails, since in ask(tx, OLDEST)}


def last_letter_of(tx: Tx, code: str, by: datetime) -> int | None:
    """Return the serial of the last letter to an agency that had left us by a moment, or None."""
    return last_letter(tx, "code", code, by)


def lay(tx: Tx, words: Mapping[str, MailVerdict], at: datetime, cause: Kin | None = None) -> int:
    """Add readings of mails, by digest, and the facts that follow from them, all or none.

    Their agencies are to be judged again. Where a person has spoken meanwhile, our rules say
    nothing more. Return how many were added. `cause` is what we did that they come of, None for a
    person.
    """
    laid = 0
    for digest, word in words.items():
        ruled = ask_one(tx, "SELECT 1 FROM reading WHERE mail = ? AND by <> ''", (digest,))
        if ruled and not word.by:
            continue
        lay_word(tx, digest, word, at, str(cause or ""))
        laid += 1
    return laid


def lesson(tx: Tx, alike: str) -> Lesson | None:
    """Return the last lesson on mails of a likeness that stands, or None."""
    row = ask_one(tx, f"{LESSONS} WHERE alike = ? AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
                  (alike,))
    return _taught(row).lesson if row else None


def alike(tx: Tx, alike: str) -> Sequence[str]:
    """Return the digests of the mails of a likeness that wait."""
    return [digest for digest, in ask(tx, ALIKE, (alike,))]


def learn(tx: Tx, lesson: Lesson, words: Mapping[str, MailVerdict], at: datetime,
          cause: Kin | None = None) -> None:
    """Keep a lesson, and add the readings of the mails that it settles, all or none.

    `cause` is as for `lay`.
    """
    tx.execute(LESSON, (lesson.alike, lesson.kind, lesson.reason, lesson.by, lesson.note,
                        lesson.mail, at))
    lay(tx, words, at, cause)


def unlearn(tx: Tx, number: int, by: str, at: datetime) -> bool:
    """End a lesson in a person's name; say whether it stood."""
    tx.execute("UPDATE lesson SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL",
               (at, by, number))
    return bool(tx.changes())


def find(tx: Tx, digest: str) -> StoredMail:
    """Return a mail by its digest or the beginning of that.

    Raise RequestError where none or several begin so.
    """
    (row,) = ask(tx, f"{KEPT} WHERE m.digest = ?", (whole(tx, digest),))
    return _stored(tx, row)


def waiting(tx: Tx, kind: str = "") -> Iterator[Waiting]:
    """Yield the mails that wait for a person, of one kind or all, the oldest first."""
    for row in ask(tx, WAITING, {"contradiction": CONTRADICTION, "kind": kind}):
        yield Waiting(*row)


def lessons(tx: Tx) -> Iterator[Taught]:
    """Yield what people taught, the oldest first."""
    for row in ask(tx, f"{LESSONS} ORDER BY id"):
        yield _taught(row)


def _taught(row: Sequence[Any]) -> Taught:
    alike, kind, reason, by, note, mail, *rest = row
    return Taught(Lesson(alike, Mail(kind), Reason(reason) if reason else None, by, note, mail),
                  *rest)


def history(tx: Tx, digest: str) -> list[DatedWord]:
    """Return every reading of a mail, the oldest first, without the facts."""
    return [DatedWord(digest, at, _word(row, None)) for at, *row in ask(tx, HISTORY, (digest,))]


def about(tx: Tx, serial: int) -> list[DatedWord]:
    """Return every reading of every mail that was ever held to be about a letter, mail by mail.

    The oldest come first.
    """
    mails = list(ask(tx, ABOUT, (serial,)))
    return [reading for digest, _ in mails for reading in history(tx, digest)]


def _stored(tx: Tx, row: Sequence[Any]) -> StoredMail:
    digest, raw, _, arrived_at, signed, forgotten_at, *word = row
    found = ask_one(tx, FACT, (digest,))
    fact = replace(evidence(found), edition=0) if found else None
    if fact and fact.kind is FactKind.SET_ASIDE:
        fact = None
    return StoredMail(digest, zlib.decompress(raw) if raw else b"", moment(arrived_at),
                      tuple(signed.split()), _word(word, fact),
                      moment(forgotten_at) if forgotten_at else None)


def _word(row: Sequence[Any], fact: Evidence | None) -> MailVerdict:
    kind, rule, reason, serial, refused, waits, by, note, alike = row
    return MailVerdict(Mail(kind), rule, Reason(reason) if reason else None, serial, refused,
                       waits, fact, by, note, alike)


def lay_word(tx: Tx, digest: str, word: MailVerdict, at: datetime, cause: str = "") -> None:
    """Add a reading of a mail and the facts that follow; have their agencies judged again.

    Call within a transaction.
    """
    held_by = [serial for serial, in ask(tx, HELD_BY, (digest,))]
    edition = write_word(tx, digest, word, at)
    facts = [(serial, replace(e, edition=edition))
             for serial, e in superseding(word, digest, held_by, at)]
    witness(tx, facts)
    have_judged(tx, [serial for serial, _ in facts], cause)
