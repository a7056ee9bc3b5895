"""What has been made of it all. Everything here can be thrown away and judged again from the facts, but for changes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sarabanwatch.core.judging.case import Case, Judgement
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin, Scope, caused
from sarabanwatch.store.letters import seen
from sarabanwatch.store.rows import AGENCY, agency, ask, ask_one, moment
from sarabanwatch.store.tx import Tx

STANDS = """
    INSERT INTO judgement VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET
    since = iif(grp = excluded.grp, since, excluded.since), grp = excluded.grp, because = excluded.because,
    health = excluded.health, verdict = excluded.verdict
"""
TURNS = "SELECT id, code, was, now, because, at FROM change"
FELL = """
    INSERT INTO fall (code, grp, because, health, verdict, fell_at, confirmed, cause) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET grp = excluded.grp, because = excluded.because, health = excluded.health,
    verdict = excluded.verdict, confirmed = excluded.confirmed
"""


class FoundGroup(NamedTuple):
    """What an agency is found to be, as the tables have it."""

    code: str
    group: str
    because: str
    health: str
    verdict: str | None


MARK_ALL = """
    INSERT INTO unjudged SELECT code, 1, ? FROM agency WHERE listed
    ON CONFLICT (code) DO UPDATE SET asked = asked + 1, cause = excluded.cause
"""
UNDER = """
    INSERT OR REPLACE INTO rulebook SELECT ?1, ?2 WHERE ?2 <> ifnull((SELECT rules FROM rulebook ORDER BY since DESC LIMIT 1), '')
"""


def judged_by(tx: Tx, rules: str) -> bool:
    """Say whether anything was ever judged while these rules, the last of the ids, were in force; or nothing at all yet."""
    used = [words.split() for words, in ask(tx, "SELECT rules FROM rulebook")]
    return not used or any(rules in ids[-1:] for ids in used)


def unjudged(tx: Tx, limit: int) -> list[Case]:
    """Return agencies of which something new is known."""
    asked = list(
        ask(
            tx,
            "SELECT code, asked, cause FROM unjudged JOIN agency USING (code) WHERE listed LIMIT ?",
            (limit,),
        )
    )
    return [found for code, times, cause in asked if (found := case(tx, code, times, cause))]


def record(tx: Tx, judgements: Sequence[Judgement]) -> None:
    """Write judgements down, and a change for each group that turned; a fall is laid by, to be settled.

    A judgement of an older case than is asked for is not written.
    """
    for j in judgements:
        tx.execute(UNDER, (j.at, j.rules))
        tx.execute("DELETE FROM unjudged WHERE code = ? AND asked = ?", (j.code, j.asked))
        # something newer is known, or another process has judged the newer case already
        if not tx.changes():
            continue
        tx.executemany("UPDATE letter SET verdict = ? WHERE serial = ?",
                       [(v, s) for s, v in j.verdicts.items()])
        if pending := j.downgrade:
            feared = FoundGroup(j.code, pending.group, pending.because, pending.standing.health,
                                pending.standing.by)
            tx.execute(FELL, (*feared, j.at, pending.confirmed, str(j.cause or "")))
        else:
            end_downgrade(tx, j.code, "cleared", j.at)
        if not (pending and pending.confirmed):
            found = FoundGroup(j.code, j.group, j.because, j.standing.health, j.standing.by)
            record_transition(tx, found, j.at)


def untold(tx: Tx, limit: int) -> list[Transition]:
    """Return changes not yet told, oldest first."""
    return list(changes(tx, "WHERE told_at IS NULL ORDER BY id LIMIT ?", (limit,)))


def told(tx: Tx, ids: Sequence[int], at: datetime) -> None:
    """Mark changes as told."""
    tx.executemany("UPDATE change SET told_at = ? WHERE id = ?", [(at, i) for i in ids])


def rows(tx: Tx) -> tuple[int, int]:
    """Return (good, bad) rows of the last import."""
    return next(((row[0], row[1]) for row in ask(tx,
                                                 "SELECT good, bad FROM import ORDER BY id DESC")),
                (0, 0))


def counts(tx: Tx) -> dict[Group, int]:
    """Count the listed agencies by group."""
    rows = ask(
        tx, """SELECT ifnull(j.grp, 'unknown'), count(*) FROM agency a LEFT JOIN judgement j USING (code)
               WHERE a.listed GROUP BY 1""")
    return {Group(name): number for name, number in rows}


def tally(tx: Tx, column: str) -> dict[str, dict[Group, int]]:
    """Count the listed agencies by a column (superior, province, kind) and group."""
    told: dict[str, dict[Group, int]] = {}
    for value, group, number in ask(tx, f"""
            SELECT a.{column}, ifnull(j.grp, 'unknown'), count(*) FROM agency a LEFT JOIN judgement j USING (code)
            WHERE a.listed GROUP BY 1, 2 ORDER BY 1"""):  # noqa: S608 - our own column names
        told.setdefault(value, {})[Group(group)] = number
    return told


def case(tx: Tx, code: str, asked: int = 0, cause: str = "") -> Case | None:
    """Gather all that a listed agency is judged from; `cause`: what we did that had it judged."""
    row = ask_one(tx, f"SELECT {AGENCY}, address, began FROM agency WHERE listed AND code = ?",  # noqa: S608 - our own column names
                  (code,))
    if row is None:
        return None
    serials = [
        r[0] for r in ask(
            tx,
            "SELECT serial FROM letter WHERE code = ? AND address = ? AND drafted_at >= ? ORDER BY serial",
            (code, *row[-2:]),
        )
    ]
    was = tx.execute("SELECT grp FROM judgement WHERE code = ?", (code,)).get
    of = cause or tx.execute("SELECT cause FROM fall WHERE code = ?", (code,)).get or ""
    return Case(agency(row[:-2]), [(s, seen(tx, s)) for s in serials], Group(was) if was else None,
                asked, caused(of))


def others(tx: Tx, rules: str) -> bool:
    """Say whether the rules, by their ids, are others than those that were judged by last."""
    last = ask_one(tx, "SELECT rules FROM rulebook ORDER BY since DESC LIMIT 1")
    return last is not None and last[0] != rules


def follow(tx: Tx, rules: str, at: datetime) -> None:
    """Ask for all to be judged anew by rules that are others than those that were judged by last."""
    if others(tx, rules):      # no other process did so meanwhile
        tx.execute(UNDER, (at, rules))
        tx.execute(MARK_ALL, (str(Kin(Scope.RULES, rules)),))


def record_transition(tx: Tx, found: FoundGroup, at: datetime) -> None:
    """Write down what an agency is found to be, and the change where its group turns. Call within a transaction."""
    was = tx.execute("SELECT grp FROM judgement WHERE code = ?", (found.code,)).get
    # to be unknown at first is no turn
    if was != found.group and (was or found.group != Group.UNKNOWN):
        tx.execute("INSERT INTO change (code, was, now, because, at) VALUES (?, ?, ?, ?, ?)",
                   (found.code, was, found.group, found.because, at))
    tx.execute(STANDS, (*found, at))


def end_downgrade(tx: Tx, code: str, how: str, at: datetime) -> None:
    """Take away the fall of an agency, and tell the incident that held it what became of it. Call within a transaction."""
    tx.execute("UPDATE member SET left_at = ?, how = ? WHERE code = ? AND left_at IS NULL",
               (at, how, code))
    tx.execute("DELETE FROM fall WHERE code = ?", (code,))


def changes(tx: Tx, which: str, args: tuple[Any, ...] = ()) -> Iterator[Transition]:
    """Yield the turns of group that the end of a question picks."""
    for number, code, was, now, because, at in ask(tx, f"{TURNS} {which}", args):
        yield Transition(number, code, Group(was) if was else None, Group(now), because, moment(at))
