"""Whether the ledger's facts agree with one another, and how much room they take."""

from typing import NamedTuple

from sarabanwatch.store.rows import ask_one
from sarabanwatch.store.tx import Tx


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


class Size(NamedTuple):
    """What a ledger takes up.

    `unused`: octets within its file; `letters` to agencies, in so many `rounds`; `a_letter`: octets
    a letter, with all that came of it; `words`: octets of raw mails that are kept.
    """

    unused: int
    letters: int
    rounds: int
    a_letter: int
    words: int


def disagreements(tx: Tx) -> dict[str, int]:
    """Return which of RULES do not hold, and of how many rows."""
    counted = {name: tx.execute(rule.counts).get for name, rule in RULES.items()}
    return {name: rows for name, rows in counted.items() if rows}


def size(tx: Tx) -> Size:
    """Measure a ledger."""
    extent = tx.extent()
    letters, rounds = ask_one(
        tx, "SELECT count(*), count(DISTINCT campaign) FROM letter WHERE code <> ''") or (0, 0)
    used = extent.whole - extent.unused
    words = tx.execute("SELECT coalesce(sum(length(raw)), 0) FROM mail").get
    return Size(extent.unused, letters, rounds, used // letters if letters else 0, words)
