"""Strays, and which domains they found to take any name. A stray belongs to no round; its code is `*@` and the domain.

That a domain has one a round at most is seen to where it is written down; one that never left us does not count.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import apsw

from sarabanwatch.core import stray
from sarabanwatch.core.domain import Known
from sarabanwatch.core.group import Group
from sarabanwatch.edge.ledger.letters import NO_CAMPAIGN, seen
from sarabanwatch.edge.ledger.rows import ask, stamp
from sarabanwatch.edge.ledger.writer import Pen
from sarabanwatch.ports import Tried

# Domains where a letter of this round was taken in silence, that had no stray since it began, and where nobody asked to be left
# alone. Each part is read once: joined anew for each letter, it would take minutes.
DUE = """
    WITH present AS MATERIALIZED (SELECT code, address, began FROM probed),
         took AS MATERIALIZED (
             SELECT DISTINCT substr(p.address, instr(p.address, '@') + 1) AS name
             FROM present p JOIN letter l ON l.code = p.code AND l.campaign = ?
             WHERE l.address = p.address AND l.drafted_at >= p.began AND l.verdict = 'accepts'),
         spared AS MATERIALIZED (
             SELECT substr(address, instr(address, '@') + 1) AS name FROM wish JOIN declared d USING (code)
             WHERE ended_at IS NULL AND d.until IS NULL),
         tried AS MATERIALIZED (
             SELECT substr(code, 3) AS name FROM letter
             WHERE code GLOB '[*]@*' AND campaign = ? AND drafted_at >= ? AND fate <> 'held')
    SELECT name, mail_host FROM took LEFT JOIN domain USING (name)
    WHERE name NOT IN (SELECT name FROM spared) AND name NOT IN (SELECT name FROM tried) ORDER BY name
"""
WRITE = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, host)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'drafted', ?7, ?7, ?8, ?9
    WHERE NOT EXISTS (SELECT 1 FROM letter WHERE code = ?3 AND campaign = ?6 AND drafted_at >= ?10 AND fate <> 'held')
"""
WAITING = """
    SELECT serial, host FROM letter INDEXED BY letter_stray
    WHERE code GLOB '[*]@*' AND state IN ('drafted', 'deferred') AND due_at <= ? AND send_by > ? ORDER BY due_at, serial
"""
WEAK = """
    SELECT a.code, j.grp FROM judgement j JOIN agency a USING (code)
    WHERE a.listed AND j.health = 'good' AND j.verdict = 'accepts'
      AND EXISTS (SELECT 1 FROM catch_all WHERE domain = substr(a.address, instr(a.address, '@') + 1) AND takes)
"""
LEARNT = """
    INSERT INTO catch_all VALUES (?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET
    since = iif(takes = excluded.takes, since, excluded.since), takes = excluded.takes, known_at = excluded.known_at
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """That a domain takes any name: since when, and when it was last seen to."""

    since: str
    known_at: str


class SqliteStrays:
    """Strays by domain."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen

    async def due(self, campaign: int, since: datetime) -> Sequence[tuple[str, str | None]]:
        """Return domains, with their mail hosts, that a stray may be written to; the round began `since`."""
        return await self._pen.read(
            lambda db: [(domain, host) for domain, host in ask(db, DUE, (campaign, NO_CAMPAIGN, stamp(since)))])

    async def write(
        self, hosts: Mapping[str, str], mint: Callable[[int], str], since: datetime, at: datetime, send_by: datetime,
    ) -> int:
        """Write a stray down for each domain that has had none `since`; `hosts` says whom it burdens. Return how many."""
        return await self._pen.write(_write, hosts, mint, stamp(since), stamp(at), stamp(send_by))

    async def waiting(self, now: datetime, besides: Collection[int]) -> Sequence[tuple[int, str]]:
        """Return strays that may be picked now, and their mail hosts, but for those in hand."""
        return await self._pen.read(
            lambda db: [(serial, host) for serial, host in ask(db, WAITING, (stamp(now), stamp(now))) if serial not in besides])

    async def unjudged(self) -> Sequence[Tried]:
        """Return the domains of whose strays something new is known, with all facts, the oldest stray first."""
        return await self._pen.read(_unjudged)

    async def record(self, found: Sequence[tuple[Tried, Known]], at: datetime) -> None:
        """Write down what was found; where nothing is known, what was known before stays, with its date."""
        await self._pen.write(_record, found, stamp(at))

    async def weakened(self) -> int:
        """Count the listed agencies that stand by a letter taken in silence at a domain that takes any name."""
        return (await self._pen.read(weakened)).total()


def _write(
    db: apsw.Connection, hosts: Mapping[str, str], mint: Callable[[int], str], since: str, at: str, send_by: str,
) -> int:
    written, serial = 0, db.execute("SELECT ifnull(max(serial), 0) + 1 FROM letter").get
    for domain, host in hosts.items():
        token = mint(serial + written)
        db.execute(WRITE, (serial + written, token, stray.SIGN + domain, domain, stray.address(domain, token), NO_CAMPAIGN,
                           at, send_by, host, since))
        written += db.changes()
    return written


def _unjudged(db: apsw.Connection) -> list[Tried]:
    return [_tried(db, code, asked) for code, asked in list(ask(db, "SELECT code, asked FROM unjudged WHERE code GLOB '[*]@*'"))]


def _tried(db: apsw.Connection, code: str, asked: int = 0) -> Tried:
    serials = [row[0] for row in ask(db, "SELECT serial FROM letter WHERE code = ? ORDER BY serial", (code,))]
    return Tried(code.removeprefix(stray.SIGN), [seen(db, serial) for serial in serials], asked)


def _record(db: apsw.Connection, found: Sequence[tuple[Tried, Known]], at: str) -> None:
    for tried, known in found:
        db.execute("DELETE FROM unjudged WHERE code = ? AND asked = ?", (stray.SIGN + tried.domain, tried.asked))
        if known is not None:
            db.execute(LEARNT, (tried.domain, known, at, at))


def takes_anything(db: apsw.Connection, domain: str = "") -> dict[str, Learnt]:
    """Return the domains, one or all, that were found to take any name."""
    rows = ask(db, "SELECT domain, since, known_at FROM catch_all WHERE takes AND (?1 = '' OR domain = ?1)", (domain,))
    return {name: Learnt(since, known_at) for name, since, known_at in rows}


def taking_anything(db: apsw.Connection, by: datetime) -> Iterator[str]:
    """Yield the domains that take any name, by what was seen of strays up to a moment."""
    codes = list(ask(db, "SELECT DISTINCT code FROM letter WHERE code GLOB '[*]@*' AND drafted_at <= ?", (stamp(by),)))
    for tried in (_tried(db, code) for code, in codes):
        known = [[e for e in strays if e.seen_at <= by] for strays in tried.strays]
        if stray.takes_anything(known):
            yield tried.domain


def weakened(db: apsw.Connection) -> Counter[Group]:
    """Count, by group, the listed agencies that stand by a letter taken in silence at a domain that takes any name."""
    return Counter(Group(group) for _, group in ask(db, WEAK))


def standing_weakly(db: apsw.Connection) -> Iterator[str]:
    """Yield the codes of agencies that stand by a letter taken in silence, where any name is taken."""
    yield from (code for code, _ in ask(db, WEAK))


def stands_weakly(db: apsw.Connection, code: str) -> bool:
    """Say whether an agency is one of them."""
    return next(ask(db, f"{WEAK} AND a.code = ?", (code,)), None) is not None
