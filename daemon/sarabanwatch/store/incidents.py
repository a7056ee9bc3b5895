"""Falls that have not turned their agencies, the incidents that hold them, and what became of each whom one held.

What a mass is, and when an incident is over, is `core.judging.incident`'s to say; here it is asked for, and written down whole.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import (
    FAILING,
    Incident,
    Kin,
    PendingDowngrade,
    PendingDowngrades,
    Scope,
    Settlement,
    caused,
    kin,
)
from sarabanwatch.core.judging.standing import FAILURES
from sarabanwatch.store.judgements import FoundGroup, end_downgrade, record_transition
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx

# the host as surveyed
WHOSE = (
    "ifnull(d.mail_host, ''), substr(a.address, instr(a.address, '@') + 1), a.superior, a.province"
)
DOMAIN = "LEFT JOIN domain d ON d.name = substr(a.address, instr(a.address, '@') + 1)"
FAILED = ", ".join(f"'{verdict.value}'" for verdict in sorted(FAILURES))
FALLS = f"""
    SELECT f.code, f.fell_at, f.incident,
           EXISTS (SELECT 1 FROM letter l WHERE l.code = f.code AND l.address = a.address AND l.drafted_at > f.held_at
                                            AND l.verdict IN ({FAILED})), f.confirmed, f.cause, f.grp, {WHOSE}
    FROM fall f JOIN agency a USING (code) {DOMAIN} WHERE a.listed ORDER BY f.fell_at, f.code
"""  # noqa: S608 - our own text
SIZES = f"""
    SELECT {WHOSE}, count(*) FROM (SELECT code FROM letter WHERE window_end >= ? UNION SELECT code FROM fall)
    JOIN agency a USING (code) {DOMAIN} WHERE a.listed GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - as above
INCIDENTS = """
    SELECT i.id, i.scope, i.key, i.closed_at IS NULL,
           (SELECT count(*) FROM member m WHERE m.incident = i.id AND m.how = 'cleared')
    FROM incident i WHERE i.closed_at IS NULL OR EXISTS (SELECT 1 FROM fall f WHERE f.incident = i.id) ORDER BY i.id
"""
OPEN = "INSERT INTO incident (scope, key, opened_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
HOLD = """
    INSERT INTO member (incident, code, held_at) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET held_at = excluded.held_at, left_at = NULL, how = ''
"""
COUNTED = """
    INSERT INTO member (incident, code, held_at)
    SELECT ?, a.code, ? FROM agency a LEFT JOIN judgement j USING (code) WHERE a.listed AND ifnull(j.grp, 'unknown') = ?
"""
CLOSE = "UPDATE incident SET closed_at = ?, how = ?, by = ?, note = ? WHERE id = ? AND closed_at IS NULL"
TURNS = """
    SELECT f.grp, f.because, f.health, f.verdict FROM fall f LEFT JOIN incident i ON i.id = f.incident
    WHERE f.code = ? AND (f.incident IS NULL OR i.closed_at IS NOT NULL)
"""
TOLD = """
    SELECT i.id, i.scope, i.key, i.opened_at, i.closed_at, i.how, i.by, i.note, count(m.code),
           count(*) FILTER (WHERE m.how = 'cleared'), count(*) FILTER (WHERE m.how = 'turned')
    FROM incident i LEFT JOIN member m ON m.incident = i.id WHERE (? = 0 OR i.id = ?) GROUP BY i.id ORDER BY i.id
"""


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """One incident as people are told of it: `agencies` = those still held + `cleared` + `turned`."""

    id: int
    scope: str
    key: str
    opened_at: str
    closed_at: str | None
    how: str
    by: str
    note: str
    agencies: int
    cleared: int
    turned: int

    @property
    def held(self) -> int:
        """How many it still holds."""
        return self.agencies - self.cleared - self.turned
# Whom an edition held, and whose fall is none of letters': they are only counted elsewhere.
ONLY_COUNTED = """
    UPDATE member SET left_at = ?1, how = 'turned' WHERE incident = ?2 AND left_at IS NULL
        AND code NOT IN (SELECT code FROM fall WHERE incident = ?2)
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One agency that an incident held: to which group it would turn or turned, what became of it (`how` "": still held)."""

    code: str
    name: str
    held_at: str
    left_at: str | None
    how: str
    group: str
    because: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An agency's fall that has not turned it: to which group, why, since when; the incident that holds it; if confirmed."""

    group: str
    because: str
    fell_at: str
    incident: int | None
    confirmed: bool


def pending_downgrades(tx: Tx, lately: datetime) -> PendingDowngrades:
    """Return every fall of a listed agency, its incidents, and of each kin how many fell or had a window since `lately`."""
    falls = [_fall(code, fell_at, incident, bool(probed), bool(confirmed), caused(cause),
                   Group(grp) in FAILING, whose)
             for code, fell_at, incident, probed, confirmed, cause, grp, *whose in ask(tx, FALLS)]
    if not falls:
        return PendingDowngrades((), _incidents(tx))
    sizes: Counter[Kin] = Counter()
    for *whose, agencies in ask(tx, SIZES, (lately,)):
        sizes.update(dict.fromkeys(kin(*whose), agencies))
    return PendingDowngrades(falls, _incidents(tx), sizes,
                             tx.execute("SELECT count(*) FROM agency WHERE listed").get)


def settle(tx: Tx, settlement: Settlement, at: datetime) -> None:
    """Write down what becomes of falls: all or nothing."""
    for (scope, key), codes in settlement.opened.items():
        tx.execute(OPEN, (scope, key, at))
        number = tx.execute(
            "SELECT id FROM incident WHERE scope = ? AND key = ? AND closed_at IS NULL",
            (scope, key),
        ).get
        _hold(tx, number, codes, at)
    for number, codes in settlement.joined.items():
        _hold(tx, number, codes, at)
    tx.executemany(CLOSE, [(at, "cleared", "", "", number) for number in settlement.over])
    _turn(tx, settlement.effective, at)


def hold_edition(tx: Tx, edition: str, groups: Collection[Group], at: datetime) -> None:
    """Hold an edition that would count these groups elsewhere, until a person releases it."""
    if edition in editions(tx):     # another process did so meanwhile
        return
    tx.execute(OPEN, (Scope.EDITION, edition, at))
    number = tx.last_insert_rowid()
    for group in groups:
        tx.execute(COUNTED, (number, at, group))


def release(tx: Tx, incident: int, by: str, note: str, at: datetime) -> int:
    """End an open incident in a person's name; KeyError where none is open.

    Whom it holds and whose fall is confirmed turns at once, the others when theirs is; return how many do at once.
    """
    tx.execute(CLOSE, (at, "released", by, note, incident))
    if not tx.changes():
        raise KeyError(incident)
    codes = [
        code for (code,) in ask(
            tx, "SELECT code FROM fall WHERE incident = ? AND confirmed ORDER BY code", (incident,)
        )
    ]
    _turn(tx, codes, at)
    tx.execute(ONLY_COUNTED, (at, incident))
    return len(codes) + tx.changes()


def held(tx: Tx) -> tuple[dict[int, Kin], int]:
    """Return the open incidents, and how many agencies are held by these and by closed ones."""
    open_ = {incident.id: incident.kin for incident in _incidents(tx) if incident.open}
    held: int = tx.execute(
        "SELECT count(*) FROM fall JOIN agency USING (code) WHERE listed AND incident IS NOT NULL"
    ).get
    return open_, held


def told(tx: Tx, incident: int = 0) -> Iterator[IncidentSummary]:
    """Yield incidents, one or all, oldest first."""
    for row in ask(tx, TOLD, (incident, incident)):
        yield IncidentSummary(*row)


def members(tx: Tx, incident: int) -> Iterator[Member]:
    """Yield those whom an incident held, by code."""
    for row in ask(
            tx, """SELECT m.code, ifnull(a.name, ''), m.held_at, m.left_at, m.how, coalesce(f.grp, j.grp, 'unknown'),
                          coalesce(f.because, j.because, '')
                   FROM member m LEFT JOIN agency a USING (code) LEFT JOIN judgement j USING (code)
                        LEFT JOIN fall f ON f.code = m.code AND f.incident = m.incident
                   WHERE m.incident = ? ORDER BY m.code""", (incident,)):
        yield Member(*row)


def pending(tx: Tx, code: str) -> Pending | None:
    """Return the fall of an agency that has not turned it, or None."""
    row = ask_one(tx, "SELECT grp, because, fell_at, incident, confirmed FROM fall WHERE code = ?",
                  (code,))
    if row is None:
        return None
    *fall, confirmed = row
    return Pending(fall[0], fall[1], fall[2], fall[3], bool(confirmed))


def editions(tx: Tx) -> dict[str, bool]:
    """Return the editions of the groups that were ever held, and whether each still is."""
    return {key: bool(is_open) for key, is_open in ask(
        tx, "SELECT key, max(closed_at IS NULL) FROM incident WHERE scope = ? GROUP BY key",
        (Scope.EDITION,))}


def _fall(
    code: str, fell_at: str, incident: int | None,
    probed: bool, confirmed: bool, cause: Kin | None, failing: bool,  # noqa: FBT001 - columns
    whose: Sequence[str],
) -> PendingDowngrade:
    """Return a fall; one that letters have no part in has nothing in common with others but what we did."""
    of = (*(kin(*whose) if failing else ()), *((cause,) if cause else ()))
    return PendingDowngrade(code, of, moment(fell_at), incident, probed, cause, failing, confirmed)


def _incidents(tx: Tx) -> list[Incident]:
    return [Incident(id_, Kin(Scope(scope), key), bool(is_open), cleared)
            for id_, scope, key, is_open, cleared in ask(tx, INCIDENTS)]


def _hold(tx: Tx, incident: int, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        tx.execute("UPDATE fall SET incident = ?, held_at = ? WHERE code = ? AND incident IS NULL",
                   (incident, at, code))
        if tx.changes():
            tx.execute(HOLD, (incident, code, at))


def _turn(tx: Tx, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        row = ask_one(tx, TURNS, (code,))
        if row:
            record_transition(tx, FoundGroup(code, *row), at)
            end_downgrade(tx, code, "turned", at)


