"""What people decided on mails that tell a new address or announcement.

A mail on which nobody has decided waits for a person. To accept one is to import the register as it
stands with one agency changed, so that it has a number, a date and an undo. What was accepted holds
against a later list that still has the old cell; a list with yet another cell wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.address import Rules
from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.core.judging.case import Judge
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.register import Register
from sarabanwatch.core.register.history import Import
from sarabanwatch.store import history, rulings
from sarabanwatch.store.register_table import find, take
from sarabanwatch.store.rehearsal import foreseen
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx, stamp

DECIDED = """
    INSERT INTO correction (mail, at, accepted, by, note, code, was, cell, import)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# By what an agency may be known from a mail. A name is in the words if taking it away changes them.
SIGNS = {
    "sender's address": "lower(address) = :sign",
    "sender's domain": "lower(domain) = :sign AND "
                       "(SELECT count(*) FROM agency WHERE listed AND lower(domain) = :sign) = 1",
    "name": "length(name) > 8 AND replace(:sign, name, '') <> :sign",
}
DECISIONS = "SELECT mail, at, accepted, by, note, code, was, cell, import FROM correction"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one mail.

    `was` and `cell` are the e-mail cell of agency `code` before and after; `number` is the
    import's, None where the correction was rejected.
    """

    mail: str
    at: str
    accepted: bool
    by: str
    note: str
    code: str
    was: str
    cell: str
    number: int | None


class Correction(NamedTuple):
    """What a mail would change: the e-mail cell of an agency, and perhaps its announcement.

    `code` is "" where it is not known which agency it is about.
    """

    mail: str
    code: str
    cell: str
    announcement: Announcement | None = None


def reject(tx: Tx, what: Correction, by: str, note: str, at: datetime) -> None:
    """Write down that a mail changes nothing, and why.

    Raise RequestError where it was decided on already.
    """
    _decide(tx, Decision(what.mail, stamp(at), False, by, note, what.code, "", what.cell, None))


def foresee(
    tx: Tx, what: Correction, rules: Rules, at: datetime, judge: Judge,
) -> Consequences:
    """Return what accepting would make of agencies. It writes, so rehearse it.

    Raise RequestError as `accept` does.
    """
    accept(tx, what, rules, "", "", at)
    return foreseen(tx, [what.code], judge)


def accept(tx: Tx, what: Correction, rules: Rules, by: str, note: str, at: datetime) -> int:
    """Give an agency another cell, and another announcement where there is one.

    Return the import's number. Raise RequestError where the agency is not in the register, or
    stands there with this cell and announcement already.
    """
    mail, code, cell, announcement = what
    was = find(tx, code)
    if was is None:
        raise RequestError(f"no agency {code} stands in the register")
    known = {"cell", "announcement", "announced"} if announcement else {"cell"}
    now = replace(was, cell=cell, announcement=announcement or was.announcement,
                  unread=was.unread - known)
    if now == was:
        raise RequestError(f"{code}: the register says the same already; reject it, and say so")
    stands = history.stood(tx, history.last(tx))
    entries = [replace(entry, agency=now) if entry.agency.code == code else entry
               for entry in stands.entries]
    amended = Register(f"correction {mail[:12]}", f"{stands.digest[:64]}+{mail[:12]}", entries,
                       stands.problems, stands.notes)
    take(tx, amended, rules, at, Import(channel="correction", by=by))
    number = history.last(tx)
    _decide(tx, Decision(mail, stamp(at), True, by, note, code, was.cell, cell, number))
    return number


def _decide(tx: Tx, d: Decision) -> None:
    """Write a decision down; then the mail waits for nobody any more. Call within a transaction."""
    if (before := of(tx, d.mail)) is not None:
        raise RequestError(
            f"{d.mail[:12]}: {before.by} decided on it meanwhile, "
            f"{short_moment(moment(before.at), 'en')}; "
            "`corrections show` tells"
        )
    tx.execute(DECIDED, (d.mail, d.at, d.accepted, d.by, d.note, d.code, d.was, d.cell, d.number))
    word = rulings.find(tx, d.mail).word
    rulings.lay_word(tx, d.mail, replace(word, waits="", fact=None, by=d.by, note=d.note),
                     moment(d.at))


def of(tx: Tx, mail: str) -> Decision | None:
    """Return what was decided on a mail, or None."""
    return next((_decision(row) for row in ask(tx, f"{DECISIONS} WHERE mail = ?", (mail,))), None)


def decided(tx: Tx) -> Iterator[Decision]:
    """Yield every decision, oldest first."""
    yield from (_decision(row) for row in ask(tx, f"{DECISIONS} ORDER BY at, mail"))


def _decision(row: tuple[object, ...]) -> Decision:
    mail, at, accepted, *rest = row
    return Decision(mail, at, bool(accepted), *rest)  # type: ignore[arg-type]


def whose(tx: Tx, sender: str, words: str) -> Iterator[tuple[Agency, str]]:
    """Yield the listed agencies that a mail may be about, each with the reason.

    It is about one by its sender's address, by its sender's domain, or by a name in its words.
    """
    values = {"sender's address": sender.lower(),
              "sender's domain": sender.rpartition("@")[2].lower(), "name": words}
    found = [
        (code, why) for why, where in SIGNS.items() if values[why] for (code,) in ask(
            tx, f"SELECT code FROM agency WHERE listed AND {where} ORDER BY code LIMIT 20",
            {"sign": values[why]})
    ]
    agencies = ((find(tx, code), why) for code, why in found)
    yield from ((agency, why) for agency, why in agencies if agency)
