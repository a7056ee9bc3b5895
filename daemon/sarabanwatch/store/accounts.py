"""Whether the ledger's facts agree with one another, and how much room they take."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sarabanwatch.core.retention import Holding, Retained
from sarabanwatch.store.retention import named
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx, stamp


class Rule(NamedTuple):
    """What must never be found in a ledger: in words, and a question that counts it."""

    thai: str
    english: str
    counts: str


RULES = {
    "mail never read": Rule(
        "จดหมายที่ไม่มีผลการอ่าน", "mails that have no reading",
        """SELECT count(*) FROM mail m
           WHERE NOT EXISTS (SELECT 1 FROM reading r WHERE r.mail = m.digest)"""),
    "evidence without its mail": Rule(
        "หลักฐานที่อ้างจดหมายซึ่งไม่มีอยู่", "evidence of mails that are not there",
        """SELECT count(*) FROM evidence e
           WHERE e.mail <> '' AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.digest = e.mail)"""),
    "left without an outcome": Rule(
        "หนังสือที่ส่งแล้วแต่ไม่มีผลการส่ง", "letters that left, of which no outcome is known",
        """SELECT count(*) FROM letter l
           WHERE coalesce(nullif(l.fate, ''), l.state) IN ('accepted', 'refused')
           AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.serial = l.serial AND e.mail = '')"""),
    "left without a try": Rule(
        "หนังสือที่เครื่องแม่ข่ายรับแล้วแต่ไม่มีบันทึกการส่ง",
        "letters that were taken, of which no try is known",
        """SELECT count(*) FROM letter l WHERE coalesce(nullif(l.fate, ''), l.state) = 'accepted'
           AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.serial = l.serial)"""),
    "closed without a window": Rule(
        "หนังสือที่ปิดแล้วแต่ไม่มีวันปิด", "letters that are closed, and not since when",
        "SELECT count(*) FROM letter WHERE state = 'closed' AND closed_at IS NULL"),
    "group that no transition tells": Rule(
        "กลุ่มที่ไม่ตรงกับการเปลี่ยนแปลงครั้งล่าสุด",
        "agencies whose group is not that of their last transition",
        """SELECT count(*) FROM judgement j WHERE j.grp <> (
               SELECT c.now FROM transition c WHERE c.code = j.code ORDER BY c.id DESC LIMIT 1)"""),
}


# Octets that are let go after a time, by kind; of a try, what its row and its index take.
A_TRY = 150
OF = """
    SELECT coalesce(sum({size}), 0), coalesce(sum({size}) FILTER (WHERE {at} >= :since), 0)
    FROM {table}
"""
MAIL = OF.format(size="length(raw) + length(sender) + length(subject)", at="arrived_at",
                 table="mail m WHERE {whose}")
OWN = """
    EXISTS (SELECT 1 FROM reading r JOIN letter l USING (serial)
            WHERE r.mail = m.digest AND l.purpose IN ('canary', 'catch_all'))
"""
WORDS = OF.format(size="length(text)", at="seen_at",
                  table="evidence WHERE let_go_at IS NULL AND kind IN ({})")
KEPT: Mapping[Retained, str] = {
    Retained.MAIL: MAIL.format(whose=f"NOT {OWN}"),
    Retained.OWN: MAIL.format(whose=OWN),
    Retained.REPLY: WORDS.format(named(Retained.REPLY)),
    Retained.SETTLED: WORDS.format(named(Retained.SETTLED)),
    Retained.ATTEMPT: OF.format(size=f"{A_TRY} + length(reply)", at="at", table="attempt"),
}


class Size(NamedTuple):
    """What a ledger takes up.

    `used` and `unused`: octets within its file; `letters` to agencies, the first written down at
    `first` (None: there is none); `kept`: octets of what is let go after a time, by kind.
    """

    used: int
    unused: int
    letters: int
    first: datetime | None
    kept: Mapping[Retained, Holding]

    @property
    def a_letter(self) -> int:
        """Octets a letter, with all that came of it; 0 where there is none."""
        return self.used // self.letters if self.letters else 0

    @property
    def facts(self) -> int:
        """Octets of what is never let go."""
        return max(0, self.used - round(sum(each.kept for each in self.kept.values())))


def disagreements(tx: Tx) -> dict[str, int]:
    """Return which of RULES do not hold, and of how many rows."""
    counted = {name: tx.execute(rule.counts).get for name, rule in RULES.items()}
    return {name: rows for name, rows in counted.items() if rows}


def size(tx: Tx, now: datetime, periods: Mapping[Retained, timedelta]) -> Size:
    """Measure a ledger, in which each kind is kept for its period; zero: for ever."""
    extent = tx.extent()
    letters, first = ask_one(
        tx, "SELECT count(*), min(drafted_at) FROM letter WHERE code <> ''") or (0, None)
    return Size(extent.whole - extent.unused, extent.unused, letters,
                moment(first) if first else None,
                {kind: Holding(*next(ask(tx, sql, {"since": _since(now, periods[kind])})))
                 for kind, sql in KEPT.items()})


def _since(now: datetime, period: timedelta) -> str:
    return stamp(now - period) if period else ""
