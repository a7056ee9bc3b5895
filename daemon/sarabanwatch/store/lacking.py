"""Mails that a mailbox named and did not give, by UID: since when, why, and how that ended.

A mail lacks until it is given after all, or gone from the mailbox, or the mailbox numbers its mails
anew, for then all are read again. None is ever forgotten.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sarabanwatch.core.returns.mailbox import Bookmarks, Cursor, FetchFailure, FetchReport
from sarabanwatch.store.rows import ask, ask_one
from sarabanwatch.store.tx import Tx

CURSORS = "SELECT mailbox, validity, uid FROM cursor"
OPEN = """
    SELECT l.mailbox, l.uid
    FROM lacking l JOIN cursor c ON c.mailbox = l.mailbox AND c.validity = l.validity
    WHERE l.ended_at IS NULL ORDER BY l.uid
"""
LACKS = """
    INSERT INTO lacking (mailbox, validity, uid, since, why, reply)
    VALUES (:mailbox, :validity, :uid, :at, :why, :reply)
    ON CONFLICT (mailbox, validity, uid)
    DO UPDATE SET why = excluded.why, reply = excluded.reply, ended_at = NULL, ended = ''
"""
ENDS = """
    UPDATE lacking SET ended_at = :at, ended = :ended
    WHERE mailbox = :mailbox AND validity = :validity AND uid = :uid AND ended_at IS NULL
"""
RENUMBERED = """
    UPDATE lacking SET ended_at = :at, ended = 'renumbered'
    WHERE mailbox = :mailbox AND validity <> :validity AND ended_at IS NULL
"""


LISTED = """
    SELECT mailbox, uid, since, why, reply, coalesce(ended_at, ''), ended FROM lacking
    WHERE ended_at IS NULL OR :ended ORDER BY since, mailbox, validity, uid
"""


@dataclass(frozen=True, slots=True)
class Absent:
    """A mail that a mailbox named and did not give: since when, why (a `Lack`), in what words.

    `ended` is "" while it lacks, else given, gone or renumbered; moments are ISO 8601.
    """

    mailbox: str
    uid: int
    since: str
    why: str
    reply: str
    ended_at: str
    ended: str


def listed(tx: Tx, *, ended: bool = False) -> Iterator[Absent]:
    """Yield what lacks, the oldest first; with what lacked once, where that is asked for."""
    return (Absent(*row) for row in ask(tx, LISTED, {"ended": ended}))


def bookmarks(tx: Tx) -> Bookmarks:
    """Return how far each mailbox has been read, and what lacks under its present numbering."""
    lacking = defaultdict[str, list[int]](list)
    for mailbox, uid in ask(tx, OPEN):
        lacking[mailbox].append(uid)
    cursors = {mailbox: Cursor(validity, uid) for mailbox, validity, uid in ask(tx, CURSORS)}
    return Bookmarks(cursors, dict(lacking))


def count(tx: Tx) -> int:
    """Return how many mails lack."""
    row = ask_one(tx, "SELECT count(*) FROM lacking WHERE ended_at IS NULL")
    return int(row[0]) if row else 0


def note(tx: Tx, mailbox: str, validity: int, report: FetchReport | None) -> None:
    """Write down which mails lack, and which of those that did were given, or are gone."""
    if report is None or not (report.lacking or count(tx)):
        return
    here = {"mailbox": mailbox, "validity": validity, "at": report.at}
    tx.execute(RENUMBERED, here)
    for uid, why, reply in report.lacking:
        tx.execute(LACKS, {**here, "uid": uid, "why": why, "reply": reply})
    gone = {uid for uid, why, _ in report.lacking if why is FetchFailure.GONE}
    for uid in {*report.given, *gone}:
        tx.execute(ENDS, {**here, "uid": uid, "ended": "gone" if uid in gone else "given"})
