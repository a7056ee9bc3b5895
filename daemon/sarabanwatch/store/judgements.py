"""What was made of the facts; all but the transitions can be thrown away and judged again."""

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
    INSERT INTO judgement AS j VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO UPDATE SET
    since = CASE WHEN j.grp = excluded.grp THEN j.since ELSE excluded.since END,
    grp = excluded.grp, because = excluded.because,
    health = excluded.health, verdict = excluded.verdict
"""
TRANSITIONS = "SELECT id, code, was, now, because, at FROM transition"
TRANSITION = "INSERT INTO transition (code, was, now, because, at) VALUES (?, ?, ?, ?, ?)"
DOWNGRADE = """
    INSERT INTO downgrade (code, grp, because, health, verdict, found_at, confirmed, cause)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET
    grp = excluded.grp, because = excluded.because, health = excluded.health,
    verdict = excluded.verdict, confirmed = excluded.confirmed
"""


class FoundGroup(NamedTuple):
    """What an agency is found to be, as the tables have it."""

    code: str
    group: str
    because: str
    health: str
    verdict: str | None


JUDGE_ALL = """
    INSERT INTO unjudged AS u SELECT code, 1, ? FROM agency WHERE listed
    ON CONFLICT (code) DO UPDATE SET asked = u.asked + 1, cause = excluded.cause
"""
LAST_RULES = "SELECT rules FROM rulebook ORDER BY since DESC LIMIT 1"
UNDER = f"""
    INSERT INTO rulebook SELECT :since, :rules WHERE :rules <> coalesce(({LAST_RULES}), '')
    ON CONFLICT (since) DO UPDATE SET rules = excluded.rules
"""
UNJUDGED = """
    SELECT u.code, u.asked, u.cause FROM unjudged u
    WHERE EXISTS (SELECT 1 FROM agency a WHERE a.code = u.code AND a.listed)
    ORDER BY u.code LIMIT ?
"""
# of years of letters, few get another verdict
VERDICT = "UPDATE letter SET verdict = ? WHERE serial = ? AND verdict IS DISTINCT FROM ?"
COUNTS = """
    SELECT coalesce(j.grp, 'unknown'), count(*)
    FROM agency a LEFT JOIN judgement j USING (code) WHERE a.listed GROUP BY 1
"""
TALLY = """
    SELECT a.kind, CASE a.kind WHEN 'กระทรวง' THEN a.name ELSE '' END, a.superior, a.province,
           coalesce(j.grp, 'unknown'), count(*)
    FROM agency a LEFT JOIN judgement j USING (code) WHERE a.listed GROUP BY 1, 2, 3, 4, 5
"""
CASE = f"SELECT {AGENCY}, address, began FROM agency WHERE listed AND code = ?"
LETTERS = """
    SELECT serial FROM letter WHERE code = ? AND address = ? AND drafted_at >= ? ORDER BY serial
"""


def judged_by(tx: Tx, rules: str) -> bool:
    """Say whether agencies were ever judged while an edition was in force.

    True also where none was judged yet. `rules` is the edition's id, which is the last of the ids
    that the rulebook has for a time.
    """
    used = [words.split() for words, in ask(tx, "SELECT rules FROM rulebook")]
    return not used or any(rules in ids[-1:] for ids in used)


def unjudged(tx: Tx, limit: int) -> list[Case]:
    """Return agencies of which something new is known."""
    return [found for code, asked, cause in list(ask(tx, UNJUDGED, (limit,)))
            if (found := case(tx, code, asked, cause))]


def record(tx: Tx, judgements: Sequence[Judgement]) -> None:
    """Write judgements down, with a transition for each group that changed.

    A downgrade is kept as pending, to be settled. A judgement of an older case than is asked for by
    now is not written.
    """
    for j in judgements:
        tx.execute(UNDER, {"since": j.at, "rules": j.rules})
        tx.execute("DELETE FROM unjudged WHERE code = ? AND asked = ?", (j.code, j.asked))
        # where that found none, something newer is known, or another process has judged it
        if not tx.changes():
            continue
        tx.executemany(VERDICT, [(v, s, v) for s, v in j.verdicts.items()])
        if pending := j.downgrade:
            feared = FoundGroup(j.code, pending.group, pending.because, pending.standing.health,
                                pending.standing.by)
            tx.execute(DOWNGRADE, (*feared, j.at, pending.confirmed, str(j.cause or "")))
        else:
            end_downgrade(tx, j.code, "cleared", j.at)
        if not (pending and pending.confirmed):
            found = FoundGroup(j.code, j.group, j.because, j.standing.health, j.standing.by)
            record_transition(tx, found, j.at)


def unreported(tx: Tx, limit: int) -> list[Transition]:
    """Return transitions not yet reported, the oldest first."""
    return list(changes(tx, "WHERE reported_at IS NULL ORDER BY id LIMIT ?", (limit,)))


def reported(tx: Tx, ids: Sequence[int], at: datetime) -> None:
    """Note that transitions were reported."""
    tx.executemany("UPDATE transition SET reported_at = ? WHERE id = ?", [(at, i) for i in ids])


def rows(tx: Tx) -> tuple[int, int]:
    """Return how many rows of the last import could be read, and how many could not."""
    row = ask_one(tx, "SELECT good, bad FROM import ORDER BY id DESC LIMIT 1")
    return (row[0], row[1]) if row else (0, 0)


def counts(tx: Tx) -> dict[Group, int]:
    """Count the listed agencies by group."""
    return {Group(name): number for name, number in ask(tx, COUNTS)}


class Place(NamedTuple):
    """What agencies are counted by; the name is a ministry's own."""

    kind: str
    name: str
    superior: str
    province: str


def tally(tx: Tx) -> Iterator[tuple[Place, Group, int]]:
    """Count the listed agencies by their place and group."""
    for *place, group, number in ask(tx, TALLY):
        yield Place(*place), Group(group), number


def case(tx: Tx, code: str, asked: int = 0, cause: str = "") -> Case | None:
    """Gather all that a listed agency is judged from; None where no such agency is listed.

    `asked` is how often that was asked for, `cause` what we did that had it judged ("" for
    nothing).
    """
    row = ask_one(tx, CASE, (code,))
    if row is None:
        return None
    *listed, address, began = row
    letters = [(serial, seen(tx, serial))
               for serial, in list(ask(tx, LETTERS, (code, address, began)))]
    was = tx.execute("SELECT grp FROM judgement WHERE code = ?", (code,)).get
    of = cause or tx.execute("SELECT cause FROM downgrade WHERE code = ?", (code,)).get or ""
    return Case(agency(listed), letters, Group(was) if was else None, asked, caused(of))


def others(tx: Tx, rules: str) -> bool:
    """Say whether these rules, by their ids, are others than those that were last judged by."""
    last = ask_one(tx, LAST_RULES)
    return last is not None and last[0] != rules


def follow(tx: Tx, rules: str, at: datetime) -> None:
    """Have all agencies judged again, where these rules are others than those last judged by."""
    if others(tx, rules):      # no other process did so meanwhile
        tx.execute(UNDER, {"since": at, "rules": rules})
        tx.execute(JUDGE_ALL, (str(Kin(Scope.RULES, rules)),))


def record_transition(tx: Tx, found: FoundGroup, at: datetime) -> None:
    """Write down what an agency is found to be, with a transition where its group changes.

    Call within a transaction.
    """
    was = tx.execute("SELECT grp FROM judgement WHERE code = ?", (found.code,)).get
    # to be unknown at first is no transition
    if was != found.group and (was or found.group != Group.UNKNOWN):
        tx.execute(TRANSITION, (found.code, was, found.group, found.because, at))
    tx.execute(STANDS, (*found, at))


def end_downgrade(tx: Tx, code: str, outcome: str, at: datetime) -> None:
    """Delete an agency's pending downgrade; note in the incident that held it what became of it.

    Call within a transaction.
    """
    tx.execute("UPDATE member SET left_at = ?, outcome = ? WHERE code = ? AND left_at IS NULL",
               (at, outcome, code))
    tx.execute("DELETE FROM downgrade WHERE code = ?", (code,))


def changes(tx: Tx, which: str, args: tuple[Any, ...] = ()) -> Iterator[Transition]:
    """Yield the transitions that `which`, the end of a query, selects."""
    for number, code, was, now, because, at in ask(tx, f"{TRANSITIONS} {which}", args):
        yield Transition(number, code, Group(was) if was else None, Group(now), because, moment(at))
