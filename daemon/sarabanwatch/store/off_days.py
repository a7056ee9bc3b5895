"""Declared holidays, and how long a window is; the windows of letters that move with them.

A window is so many office hours from the moment at which its letter left us, so its end depends on
which days are holidays. Where one is declared, or a window is to have other hours than it had, the
ends of windows that run are computed anew. A window that has ended stays ended: what was judged by
it is told, and not taken back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sarabanwatch.core.facts.act import Actor, canonical
from sarabanwatch.core.rounds import Act
from sarabanwatch.store import acts
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx

WindowEnd = Callable[[datetime], datetime]
HOURS_KEY = "campaign.window_office_hours"
ADD = "INSERT INTO off_day (day, closed, at, by, why) VALUES (?, ?, ?, ?, ?)"
LISTED = "SELECT day, closed, at, by, why FROM off_day ORDER BY id"
# When a letter left us: the last try that began its window. One that was found half-sent has none.
LEFT = """
    coalesce((SELECT max(at) FROM attempt a
              WHERE a.serial = l.serial AND a.event IN ('taken', 'refusal', 'lost')),
             (SELECT max(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'lost'))
"""
RUNNING = f"""
    SELECT serial, window_end, {LEFT} AS left_at FROM letter l
    WHERE state IN ('accepted', 'refused', 'doubtful') AND window_end IS NOT NULL
"""
# Letters of which nothing but silence was counted, and whose window had not ended before a day.
ENDED = f"""
    SELECT serial, window_end, {LEFT} AS left_at FROM letter l
    WHERE state = 'closed' AND window_end >= :day
      AND EXISTS (SELECT 1 FROM evidence e WHERE e.serial = l.serial AND e.kind = 'quiet')
      AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.serial = l.serial AND e.kind NOT IN (
                          'put off', 'taken', 'delayed', 'delivered', 'quiet'))
"""
MOVE = "UPDATE letter SET window_end = ? WHERE serial = ?"


@dataclass(frozen=True, slots=True)
class OffDay:
    """What a person declared of a day: offices are closed, or open after all."""

    day: date
    closed: bool
    at: datetime
    by: str
    why: str


class MovedWindows(NamedTuple):
    """How many windows got another end, and how many had ended sooner than they should have."""

    moved: int = 0
    too_soon: int = 0


def listed(tx: Tx) -> list[OffDay]:
    """Return all that was ever declared, in order."""
    return [OffDay(date.fromisoformat(day), bool(closed), moment(at), by, why)
            for day, closed, at, by, why in ask(tx, LISTED)]


def declared(tx: Tx) -> dict[date, bool]:
    """Return of each declared day whether offices are closed on it: the last word holds."""
    return {each.day: each.closed for each in listed(tx)}


def declare(tx: Tx, day: date, act: Act, window_end: WindowEnd, *, closed: bool) -> MovedWindows:
    """Write down that offices are closed on a day, or open; move the windows that run.

    `window_end` tells the end of a window by when its letter left us, with that day in it.
    """
    tx.execute(ADD, (day.isoformat(), closed, act.at, act.by, act.why))
    ended = _others(ask(tx, ENDED, {"day": day.isoformat()}), window_end, act.at)
    too_soon = sum(end > was for _, was, end in ended)
    return MovedWindows(move(tx, window_end, act.at), too_soon)


def hours(tx: Tx) -> float | None:
    """Return how many office hours a window had as the daemon last ran; None: nobody knows."""
    row = ask_one(tx, "SELECT hours FROM window_hours ORDER BY id DESC LIMIT 1")
    return float(row[0]) if row else None


def take_hours(tx: Tx, now_has: float, window_end: WindowEnd, at: datetime) -> int:
    """Write down how many office hours a window has now, and move the windows that run.

    Return how many moved. Where it had others before, this is an act: the daemon's, by its
    configuration.
    """
    had = hours(tx)

    def step(tx: Tx) -> int:
        tx.execute("INSERT INTO window_hours (since, hours) VALUES (?, ?)", (at, str(now_has)))
        return move(tx, window_end, at)
    if had is None:
        return step(tx)
    given = canonical({"was": had, "now": now_has})
    return acts.recorded(tx, Actor("daemon", "", HOURS_KEY, given, "as configured"), at, step)


def move(tx: Tx, window_end: WindowEnd, now: datetime) -> int:
    """Give the windows that run the ends that they have by now; return how many moved."""
    moved = [(end, serial) for serial, _, end in _others(ask(tx, RUNNING), window_end, now)]
    tx.executemany(MOVE, moved)
    return len(moved)


def _others(rows: Iterator[tuple[int, str, str | None]], window_end: WindowEnd,
            now: datetime) -> list[tuple[int, datetime, datetime]]:
    """Return the letters whose window has another end than is written: serial, that, and this.

    A letter that left in the future is left alone: the clock was wrong (`store.future`).
    """
    known = ((serial, moment(was), window_end(moment(left))) for serial, was, left in list(rows)
             if left and moment(left) <= now)
    return [row for row in known if abs((row[2] - row[1]).total_seconds()) >= 1]
