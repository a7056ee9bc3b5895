"""Pending downgrades, the incidents that hold them, and what became of each agency that was held.

`core.judging.incident` says what a correlated outage is and when its incident is over; here its
decisions are written down.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

# What agencies may have in common: the mail host that the survey found, and so on.
WHOSE = "coalesce(d.mail_host, ''), a.domain, a.superior, a.province"
DOMAIN = "LEFT JOIN domain d ON d.name = a.domain"
FAILED = ", ".join(f"'{verdict.value}'" for verdict in sorted(FAILURES))
# CROSS has SQLite begin with the downgrades, and not with all agencies.
DOWNGRADES = f"""
    SELECT f.code, f.found_at, f.incident,
           EXISTS (SELECT 1 FROM letter l
                   WHERE l.code = f.code AND l.address = a.address AND l.drafted_at > f.held_at
                     AND l.verdict IN ({FAILED})),
           f.confirmed, f.cause, f.grp, {WHOSE}
    FROM downgrade f CROSS JOIN agency a {DOMAIN}
    WHERE a.code = f.code AND a.listed ORDER BY f.found_at, f.code
"""
SIZES = f"""
    SELECT {WHOSE}, count(*)
    FROM (SELECT code FROM letter INDEXED BY letter_ends WHERE window_end >= ?
          UNION SELECT code FROM downgrade) w JOIN agency a USING (code) {DOMAIN}
    WHERE a.listed GROUP BY 1, 2, 3, 4
"""
INCIDENTS = """
    SELECT i.id, i.scope, i.key, i.closed_at IS NULL,
           (SELECT count(*) FROM member m WHERE m.incident = i.id AND m.outcome = 'cleared')
    FROM incident i
    WHERE i.closed_at IS NULL OR EXISTS (SELECT 1 FROM downgrade f WHERE f.incident = i.id)
    ORDER BY i.id
"""
OPEN = "INSERT INTO incident (scope, key, opened_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
HELD_BY = "UPDATE downgrade SET incident = ?, held_at = ? WHERE code = ? AND incident IS NULL"
HOLD = """
    INSERT INTO member (incident, code, held_at) VALUES (?, ?, ?)
    ON CONFLICT (incident, code)
    DO UPDATE SET held_at = excluded.held_at, left_at = NULL, outcome = ''
"""
COUNTED = """
    INSERT INTO member (incident, code, held_at)
    SELECT ?, a.code, ? FROM agency a LEFT JOIN judgement j USING (code)
    WHERE a.listed AND coalesce(j.grp, 'unknown') = ?
"""
PENDING = "SELECT grp, because, found_at, incident, confirmed FROM downgrade WHERE code = ?"
HELD = """
    SELECT count(*) FROM agency
    WHERE listed AND code IN (SELECT code FROM downgrade WHERE incident IS NOT NULL)
"""
CONFIRMED = "SELECT code FROM downgrade WHERE incident = ? AND confirmed ORDER BY code"
CLOSE = """
    UPDATE incident SET closed_at = ?, outcome = ?, by = ?, note = ?
    WHERE id = ? AND closed_at IS NULL
"""
TAKES_EFFECT = """
    SELECT f.grp, f.because, f.health, f.verdict
    FROM downgrade f LEFT JOIN incident i ON i.id = f.incident
    WHERE f.code = ? AND (f.incident IS NULL OR i.closed_at IS NOT NULL)
"""
SUMMARY = """
    SELECT i.id, i.scope, i.key, i.opened_at, i.closed_at, i.outcome, i.by, i.note, count(m.code),
           count(*) FILTER (WHERE m.outcome = 'cleared'),
           count(*) FILTER (WHERE m.outcome = 'changed')
    FROM incident i LEFT JOIN member m ON m.incident = i.id
    WHERE (:id = 0 OR i.id = :id) GROUP BY i.id ORDER BY i.id
"""
MEMBERS = """
    SELECT m.code, coalesce(a.name, ''), m.held_at, m.left_at, m.outcome,
           coalesce(f.grp, j.grp, 'unknown'), coalesce(f.because, j.because, '')
    FROM member m LEFT JOIN agency a USING (code) LEFT JOIN judgement j USING (code)
         LEFT JOIN downgrade f ON f.code = m.code AND f.incident = m.incident
    WHERE m.incident = ? ORDER BY m.code
"""
# Agencies that the incident of an edition held, and that have no downgrade by letters: they are
# only counted elsewhere.
ONLY_COUNTED = """
    UPDATE member SET left_at = :at, outcome = 'changed'
    WHERE incident = :incident AND left_at IS NULL
      AND code NOT IN (SELECT code FROM downgrade WHERE incident = :incident)
"""


@dataclass(frozen=True, slots=True)
class IncidentSummary:
    """One incident as it is shown: `agencies` are those still held, `cleared` and `changed`."""

    id: int
    scope: str
    key: str
    opened_at: str
    closed_at: str | None
    outcome: str
    by: str
    note: str
    agencies: int
    cleared: int
    changed: int

    @property
    def held(self) -> int:
        """How many it still holds."""
        return self.agencies - self.cleared - self.changed



@dataclass(frozen=True, slots=True)
class Member:
    """One agency that an incident held: the group it would go to or went to, and what became of it.

    `outcome` is "" while it is held, else cleared or changed.
    """

    code: str
    name: str
    held_at: str
    left_at: str | None
    outcome: str
    group: str
    because: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An agency's downgrade that has not taken effect: to which group, why, and since when.

    `incident` is the one that holds it, None for none; a suspicion is not `confirmed`.
    """

    group: str
    because: str
    found_at: str
    incident: int | None
    confirmed: bool


def pending_downgrades(tx: Tx, lately: datetime) -> PendingDowngrades:
    """Return every pending downgrade of a listed agency, and the incidents.

    With them, of each thing that agencies share, how many have a downgrade or had a window that
    ended since `lately`.
    """
    waiting = [_pending(row) for row in ask(tx, DOWNGRADES)]
    if not waiting:
        return PendingDowngrades((), _incidents(tx))
    sizes: Counter[Kin] = Counter()
    for *whose, agencies in ask(tx, SIZES, (lately,)):
        sizes.update(dict.fromkeys(kin(*whose), agencies))
    return PendingDowngrades(waiting, _incidents(tx), sizes,
                             tx.execute("SELECT count(*) FROM agency WHERE listed").get)


def settle(tx: Tx, settlement: Settlement, at: datetime) -> None:
    """Write down what becomes of pending downgrades: all of it or nothing."""
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
    _take_effect(tx, settlement.effective, at)


def hold_edition(tx: Tx, edition: str, groups: Collection[Group], at: datetime) -> None:
    """Hold an edition that would count these groups elsewhere, until a person releases it."""
    if edition in editions(tx):     # another process did so meanwhile
        return
    number = tx.execute(f"{OPEN} RETURNING id", (Scope.EDITION, edition, at)).get
    for group in groups:
        tx.execute(COUNTED, (number, at, group))


def release(tx: Tx, incident: int, by: str, note: str, at: datetime) -> int:
    """End an open incident in a person's name; raise KeyError where none is open.

    Of the agencies that it holds, those whose downgrade is confirmed change group now, and the
    others when theirs is. Return how many change now.
    """
    tx.execute(CLOSE, (at, "released", by, note, incident))
    if not tx.changes():
        raise KeyError(incident)
    codes = [code for code, in ask(tx, CONFIRMED, (incident,))]
    _take_effect(tx, codes, at)
    tx.execute(ONLY_COUNTED, {"at": at, "incident": incident})
    return len(codes) + tx.changes()


def held(tx: Tx) -> tuple[dict[int, Kin], int]:
    """Return the open incidents, and how many agencies these and closed ones still hold."""
    open_ = {incident.id: incident.kin for incident in _incidents(tx) if incident.open}
    return open_, int(tx.execute(HELD).get)


def listed(tx: Tx, incident: int = 0) -> Iterator[IncidentSummary]:
    """Yield incidents, one or all, the oldest first."""
    for row in ask(tx, SUMMARY, {"id": incident}):
        yield IncidentSummary(*row)


def members(tx: Tx, incident: int) -> Iterator[Member]:
    """Yield the agencies that an incident held, by code."""
    for row in ask(tx, MEMBERS, (incident,)):
        yield Member(*row)


def pending(tx: Tx, code: str) -> Pending | None:
    """Return the downgrade of an agency that has not taken effect, or None."""
    row = ask_one(tx, PENDING, (code,))
    if row is None:
        return None
    group, because, found_at, incident, confirmed = row
    return Pending(group, because, found_at, incident, bool(confirmed))


def editions(tx: Tx) -> dict[str, bool]:
    """Return the editions of the groups that were ever held, and whether each still is."""
    return {key: bool(is_open) for key, is_open in ask(
        tx, "SELECT key, count(*) > count(closed_at) FROM incident WHERE scope = ? GROUP BY key",
        (Scope.EDITION,))}


def _pending(row: tuple[Any, ...]) -> PendingDowngrade:
    """Return a pending downgrade from its row.

    Where letters have no part in it, it shares nothing with others but what we did.
    """
    code, found_at, incident, probed, confirmed, cause, grp, *whose = row
    failing, ours = Group(grp) in FAILING, caused(cause)
    of = (*(kin(*whose) if failing else ()), *((ours,) if ours else ()))
    return PendingDowngrade(code, of, moment(found_at), incident, bool(probed), ours, failing,
                            bool(confirmed))


def _incidents(tx: Tx) -> list[Incident]:
    return [Incident(id_, Kin(Scope(scope), key), bool(is_open), cleared)
            for id_, scope, key, is_open, cleared in ask(tx, INCIDENTS)]


def _hold(tx: Tx, incident: int, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        tx.execute(HELD_BY, (incident, at, code))
        if tx.changes():
            tx.execute(HOLD, (incident, code, at))


def _take_effect(tx: Tx, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        row = ask_one(tx, TAKES_EFFECT, (code,))
        if row:
            record_transition(tx, FoundGroup(code, *row), at)
            end_downgrade(tx, code, "changed", at)


