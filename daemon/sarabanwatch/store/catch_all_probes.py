"""Catch-all probes (letters whose purpose is `catch_all`), and which domains take any name by them.

That a domain has one a round at most is seen to where it is written down; one that never left us does not count.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.domain import Known
from sarabanwatch.core.facts.token import TokenMaker
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.sending import catch_all
from sarabanwatch.core.sending.catch_all import ProbedDomain
from sarabanwatch.store.epoch import current, next_serial
from sarabanwatch.store.letters import seen
from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

# Domains where a letter of this round was taken in silence, that had no probe in it, and where nobody asked to be left
# alone. Each part is read once: joined anew for each letter, it would take minutes.
DUE = """
    WITH present AS MATERIALIZED (SELECT code, address, began FROM probed),
         took AS MATERIALIZED (
             SELECT DISTINCT substr(p.address, instr(p.address, '@') + 1) AS name
             FROM present p JOIN letter l ON l.code = p.code AND l.campaign = ?1 AND l.purpose = 'round'
             WHERE l.address = p.address AND l.drafted_at >= p.began AND l.verdict = 'accepts'),
         spared AS MATERIALIZED (
             SELECT substr(address, instr(address, '@') + 1) AS name FROM wish JOIN declared d USING (code)
             WHERE ended_at IS NULL AND d.until IS NULL),
         tried AS MATERIALIZED (
             SELECT domain AS name FROM letter WHERE purpose = 'catch_all' AND campaign = ?1 AND fate <> 'held')
    SELECT name, mail_host FROM took LEFT JOIN domain USING (name)
    WHERE name NOT IN (SELECT name FROM spared) AND name NOT IN (SELECT name FROM tried) ORDER BY name
"""
WRITE = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at, send_by, host, purpose)
    SELECT ?1, ?2, '', ?3, ?4, ?5, 'drafted', ?6, ?6, ?7, ?8, 'catch_all'
    WHERE NOT EXISTS (
        SELECT 1 FROM letter WHERE purpose = 'catch_all' AND domain = ?3 AND campaign = ?5 AND fate <> 'held')
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


def due(tx: Tx, campaign: int) -> Sequence[tuple[str, str | None]]:
    """Return domains, with their mail hosts, that may have a catch-all probe this round."""
    return [(domain, host) for domain, host in ask(tx, DUE, (campaign,))]


def write(tx: Tx, campaign: int, hosts: Mapping[str, str], mint: TokenMaker, at: datetime,
          send_by: datetime) -> int:
    """Write down a catch-all probe for each domain that has had none this round; return how many.

    `hosts` gives the mail host of each domain.
    """
    written, serial, epoch = 0, next_serial(tx), current(tx).mark
    for domain, host in hosts.items():
        token = mint(serial + written, epoch=epoch, to=domain)
        to = catch_all.address(domain, token)
        tx.execute(WRITE, (serial + written, token, domain, to, campaign, at, send_by, host))
        written += tx.changes()
    return written


def unjudged(tx: Tx) -> list[ProbedDomain]:
    """Return the domains of whose probes something new is known, with the facts of all, oldest first."""
    return [_tried(tx, domain, asked)
            for domain, asked in list(ask(tx, "SELECT domain, asked FROM unweighed"))]


def record(tx: Tx, found: Sequence[tuple[ProbedDomain, Known]], at: datetime) -> None:
    """Write down what was found; where nothing is known, what was known before stays, with its date."""
    for probed, known in found:
        tx.execute("DELETE FROM unweighed WHERE domain = ? AND asked = ?",
                   (probed.domain, probed.asked))
        if known is not None:
            tx.execute(LEARNT, (probed.domain, known, at, at))


def _tried(tx: Tx, domain: str, asked: int = 0) -> ProbedDomain:
    serials = [row[0] for row in ask(
        tx, "SELECT serial FROM letter WHERE purpose = 'catch_all' AND domain = ? ORDER BY serial",
        (domain,))]
    return ProbedDomain(domain, [seen(tx, serial) for serial in serials], asked)


def takes_anything(tx: Tx, domain: str = "") -> dict[str, Learnt]:
    """Return the domains, one or all, that were found to take any name."""
    rows = ask(
        tx,
        "SELECT domain, since, known_at FROM catch_all WHERE takes AND (?1 = '' OR domain = ?1)",
        (domain,),
    )
    return {name: Learnt(since, known_at) for name, since, known_at in rows}


def taking_anything(tx: Tx, by: datetime) -> Iterator[str]:
    """Yield the domains that take any name, by what was seen of their probes up to a moment."""
    domains = list(
        ask(
            tx,
            "SELECT DISTINCT domain FROM letter WHERE purpose = 'catch_all' AND drafted_at <= ? ORDER BY domain",
            (by,),
        )
    )
    for probed in (_tried(tx, domain) for domain, in domains):
        known = [[e for e in probes if e.seen_at <= by] for probes in probed.probes]
        if catch_all.takes_anything(known):
            yield probed.domain


def weakened(tx: Tx) -> Counter[Group]:
    """Count, by group, the listed agencies that stand by a letter taken in silence at a domain that takes any name."""
    return Counter(Group(group) for _, group in ask(tx, WEAK))


def standing_weakly(tx: Tx) -> Iterator[str]:
    """Yield the codes of agencies that stand by a letter taken in silence, where any name is taken."""
    yield from (code for code, _ in ask(tx, WEAK))


def stands_weakly(tx: Tx, code: str) -> bool:
    """Say whether an agency is one of them."""
    return next(ask(tx, f"{WEAK} AND a.code = ?", (code,)), None) is not None
