"""The rounds of letters, as they were opened and ended (core.rounds). None is ever deleted."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sarabanwatch.core import rounds
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.rounds import (
    Act,
    Campaign,
    RoundKind,
    RoundRecord,
    Selection,
    Timetable,
    TimetableChange,
)
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx

ALL = """
    SELECT r.id, kind, number, opened_at, due_at, anchor, weeks, closed_at, by, why, closed_by,
           closed_why, rules, register, selection, coalesce(c.codes, 0), left_over
    FROM round r LEFT JOIN (SELECT round, count(*) AS codes FROM chosen GROUP BY round) c
                 ON c.round = r.id
    ORDER BY r.opened_at, r.id
"""
OPEN = """
    INSERT INTO round (id, kind, number, opened_at, due_at, anchor, weeks, rules, register,
                       selection, at, by, why)
    VALUES (:id, :kind, :number, :opened, :due, :anchor, :weeks, :rules,
            (SELECT max(id) FROM import), :selection, :at, :by, :why)
"""
CLOSE = """
    UPDATE round SET closed_at = :closed, closed_by = :by, closed_why = :why,
                     left_over = (SELECT count(*) FROM left_over WHERE round = :id)
    WHERE id = :id AND closed_at IS NULL
"""
# Letters that have not left by the end of their round do not leave later.
STOP = """
    UPDATE letter SET send_by = :closed
    WHERE campaign = :id AND purpose = 'round' AND state IN ('drafted', 'deferred')
      AND send_by > :closed
"""
# Agencies that may be written to, and to which no letter of the round has left.
UNREACHED = """
    SELECT DISTINCT p.code FROM probed p
    WHERE p.code NOT IN (SELECT code FROM opt_out WHERE ended_at IS NULL)
      AND (:regular OR p.code IN (SELECT code FROM chosen WHERE round = :id))
      AND NOT EXISTS (SELECT 1 FROM letter l
                      WHERE l.code = p.code AND l.campaign = :id AND l.purpose = 'round'
                        AND (l.state = 'sending' OR l.fate IN ('accepted', 'refused', 'doubtful')))
"""
REMEMBER = f"""
    INSERT INTO left_over (round, code) SELECT :id, code FROM ({UNREACHED}) unreached WHERE TRUE
    ON CONFLICT DO NOTHING
"""
TIMETABLE = "UPDATE round SET anchor = ?, weeks = ?, due_at = ? WHERE id = ?"
TAKEN = """
    INSERT INTO timetable (at, by, why, anchor, weeks, round, was, due_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
UNWRITTEN = "SELECT id FROM round WHERE weeks = 0"
REACHED = """
    SELECT count(DISTINCT code) FROM letter
    WHERE campaign = ? AND purpose = 'round' AND fate IN ('accepted', 'refused', 'doubtful')
"""


@dataclass(frozen=True, slots=True)
class RoundsTurned:
    """What a look at the timetable did: rounds that were opened, and that were closed."""

    opened: Sequence[RoundRecord] = ()
    closed: Sequence[RoundRecord] = ()


def records(tx: Tx, timetable: Timetable) -> list[RoundRecord]:
    """Return all rounds, the oldest first; one whose timetable is unknown has the given one."""
    return [_record(row, timetable) for row in ask(tx, ALL)]


def spans(tx: Tx, timetable: Timetable, now: datetime) -> list[Campaign]:
    """Return the spans of the regular rounds (`core.rounds.campaigns`)."""
    return rounds.campaigns(records(tx, timetable), timetable, now)


def current(tx: Tx, timetable: Timetable, at: datetime) -> Campaign:
    """Return the regular round of a moment; where none has begun, the one to come."""
    return rounds.at(spans(tx, timetable, at), at)


def running(tx: Tx, timetable: Timetable, now: datetime) -> list[Campaign]:
    """Return the rounds whose letters may be written now, extra ones too: the regular one first."""
    extra = [r.span(r.due_at) for r in records(tx, timetable) if r.kind is RoundKind.EXTRA]
    return [each for each in (current(tx, timetable, now), *extra) if each.runs(now)]


def change(tx: Tx, timetable: Timetable,
           now: datetime) -> tuple[RoundRecord, TimetableChange] | None:
    """Return what the configured timetable would change, and the round that it would change."""
    links = rounds.chain(records(tx, timetable))
    found = rounds.changed(links[-1], now, timetable) if links else None
    return (links[-1], found) if found else None


def reached(tx: Tx, round_: int) -> int:
    """Count the agencies to which a letter of a round has left."""
    return int(next(ask(tx, REACHED, (round_,)))[0])


def overdue(tx: Tx, timetable: Timetable, now: datetime) -> datetime | None:
    """Return when the first round that is due and not opened was to begin; None: none is."""
    known = records(tx, timetable)
    first = next(iter(rounds.openings(known, now, timetable)), None)
    if first is None:
        return None
    return first.opened_at if known else timetable.first


def stale(tx: Tx, timetable: Timetable, now: datetime) -> bool:
    """Say whether `turn` has anything to do."""
    known = records(tx, timetable)
    links = rounds.chain(known)
    return (any(r.timetable != rounds.taken(links[-1], now, timetable) for r in links[-1:])
            or ask_one(tx, UNWRITTEN) is not None or bool(_over(known, now))
            or any(rounds.openings(known, now, timetable)))


def turn(tx: Tx, timetable: Timetable, now: datetime, rules: str) -> RoundsTurned:
    """Close the rounds that are over, and open those that are due. Twice does nothing more.

    A timetable that changes nothing of when the next one begins is taken.
    """
    known = records(tx, timetable)
    for each in (r for r in known if r.id in {id_ for id_, in ask(tx, UNWRITTEN)}):
        tx.execute(TIMETABLE, (timetable.anchor.isoformat(), timetable.weeks, each.due_at, each.id))
    for last in rounds.chain(known)[-1:]:
        if (kept := rounds.taken(last, now, timetable)) != last.timetable:
            _take(tx, kept, last, last.due_at, Act(now))
    closed = [_closed(tx, r, Act(r.due_at)) for r in _over(known, now)]
    opened = [_open(tx, each, rules, now) for each in rounds.openings(known, now, timetable)]
    return RoundsTurned(opened, closed)


def open_now(tx: Tx, timetable: Timetable, act: Act, rules: str) -> RoundRecord:
    """Open the next regular round at once; end the one that runs, and withdraw skips to come."""
    known = records(tx, timetable)
    links = rounds.chain(known)
    begun = [r for r in links if r.opened_at <= act.at]
    stands = rounds.taken(links[-1], act.at, timetable) if links else timetable
    for each in links:
        if each.closed_at is None and (each.kind is RoundKind.REGULAR or each.due_at > act.at):
            _closed(tx, each, act)
    number = begun[-1].number + (begun[-1].kind is RoundKind.REGULAR) if begun else 1
    fresh = RoundRecord(_free(known), RoundKind.REGULAR, number, act.at, stands.cut_off(act.at),
                        stands, by=act.by, why=act.why)
    return _open(tx, fresh, rules, act.at)


def close_now(tx: Tx, timetable: Timetable, act: Act, which: str) -> RoundRecord:
    """End a round that runs; raise RequestError where it does not."""
    found = find(tx, timetable, which)
    if not found.span(found.due_at).runs(act.at) or found.kind is RoundKind.SKIPPED:
        raise RequestError(f"round {found.label} does not run; `rounds list` shows which one does")
    return _closed(tx, found, act)


def skip(tx: Tx, timetable: Timetable, act: Act) -> RoundRecord:
    """Have the next regular round not take place; raise RequestError before the first one."""
    known = records(tx, timetable)
    links = rounds.chain(known)
    if not links:
        raise RequestError("no round was opened yet: move campaign.anchor to when the first begins")
    last = links[-1]
    stands = rounds.taken(last, act.at, timetable)
    none = RoundRecord(_free(known), RoundKind.SKIPPED, last.number + 1, last.due_at,
                       stands.cut_off(last.due_at), stands, by=act.by, why=act.why)
    return _open(tx, none, "", act.at)


def extra(tx: Tx, timetable: Timetable, record: RoundRecord, codes: Sequence[str],
          rules: str) -> RoundRecord:
    """Open an extra round for some agencies."""
    known = records(tx, timetable)
    number = 1 + sum(r.kind is RoundKind.EXTRA for r in known)
    opened = _open(tx, replace(record, id=_free(known), number=number), rules,
                   record.opened_at)
    tx.executemany("INSERT INTO chosen (round, code) VALUES (?, ?)",
                   [(opened.id, code) for code in codes])
    return replace(opened, chosen=len(codes))


def accept(tx: Tx, timetable: Timetable, act: Act) -> TimetableChange:
    """Take the configured timetable; raise RequestError where it changes nothing."""
    found = change(tx, timetable, act.at)
    if found is None:
        raise RequestError("the configured timetable changes nothing: there is nothing to accept")
    last, changed = found
    _take(tx, timetable, last, changed.wanted, act)
    return changed


def find(tx: Tx, timetable: Timetable, which: str) -> RoundRecord:
    """Return the round that people call so (7, extra-2); raise RequestError where there is none."""
    found = sorted((r for r in records(tx, timetable) if r.label == which.strip().lower()),
                   key=lambda r: r.kind is not RoundKind.SKIPPED)    # a skip may be withdrawn
    if not found:
        raise RequestError(f"no round {which}; `rounds list` lists them")
    return found[-1]


def unreached(tx: Tx, record: RoundRecord) -> list[str]:
    """Return the codes of the agencies that a round has not reached, or did not by its end."""
    sql = "SELECT code FROM left_over WHERE round = :id" if record.closed_at else UNREACHED
    return sorted(code for code, in ask(tx, sql, _asked(record)))


def _take(tx: Tx, timetable: Timetable, last: RoundRecord, due: datetime, act: Act) -> None:
    tx.execute(TIMETABLE, (timetable.anchor.isoformat(), timetable.weeks, due, last.id))
    tx.execute(TAKEN, (act.at, act.by, act.why, timetable.anchor.isoformat(), timetable.weeks,
                       last.id, last.due_at, due))


def _over(known: Sequence[RoundRecord], now: datetime) -> list[RoundRecord]:
    """Return the rounds that have not been closed, though their cut-off is over."""
    return [r for r in known if r.closed_at is None and r.kind is not RoundKind.SKIPPED
            and r.due_at <= now]


def _asked(record: RoundRecord) -> dict[str, Any]:
    return {"id": record.id, "regular": record.kind is RoundKind.REGULAR}


def _closed(tx: Tx, record: RoundRecord, act: Act) -> RoundRecord:
    tx.execute(STOP, {"id": record.id, "closed": act.at})
    if record.kind is not RoundKind.SKIPPED:
        tx.execute(REMEMBER, _asked(record))
    tx.execute(CLOSE, {"id": record.id, "closed": act.at, "by": act.by, "why": act.why})
    left = next(ask(tx, "SELECT left_over FROM round WHERE id = ?", (record.id,)))[0]
    return replace(record, closed_at=act.at, closed_by=act.by, closed_why=act.why, left_over=left)


def _open(tx: Tx, record: RoundRecord, rules: str, at: datetime) -> RoundRecord:
    tx.execute(OPEN, {
        "id": record.id, "kind": record.kind, "number": record.number, "opened": record.opened_at,
        "due": record.due_at, "anchor": record.timetable.anchor.isoformat(),
        "weeks": record.timetable.weeks, "rules": rules,
        "selection": json.dumps(asdict(record.selection), ensure_ascii=False), "at": at,
        "by": record.by, "why": record.why})
    register = ask_one(tx, "SELECT register FROM round WHERE id = ?", (record.id,))
    return replace(record, rules=rules, register=register[0] if register else None)


def _free(known: Sequence[RoundRecord]) -> int:
    return max((r.id for r in known), default=-1) + 1


def _record(row: tuple[Any, ...], given: Timetable) -> RoundRecord:
    (id_, kind, number, opened, due, anchor, weeks, closed, by, why, closed_by, closed_why, rules,
     register, selection, chosen, left_over) = row
    timetable = Timetable(date.fromisoformat(anchor), weeks) if weeks else given
    begins = moment(opened)
    return RoundRecord(
        id_, RoundKind(kind), number, begins,
        moment(due) if due else timetable.cut_off(begins), timetable,
        moment(closed) if closed else None, by, why, closed_by, closed_why, rules, register,
        Selection(**json.loads(selection)), chosen, left_over)
