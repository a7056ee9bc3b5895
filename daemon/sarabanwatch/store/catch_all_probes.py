"""Catch-all probes (letters of that purpose), and which domains they found to accept any name.

That a domain gets at most one in a round is ensured where it is written down. A probe that never
left us does not count.
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

# Domains where a letter of this round was accepted without more, that had no probe in this round,
# and where nobody asked to be left alone. Each part is read once; if they were joined anew for each
# letter, it would take minutes.
DUE = """
    WITH present AS MATERIALIZED (SELECT code, address, began FROM probed),
         accepted AS MATERIALIZED (
             SELECT DISTINCT l.domain AS name
             FROM present p JOIN letter l ON l.code = p.code AND l.campaign = :campaign
                                         AND l.purpose = 'round'
             WHERE l.address = p.address AND l.drafted_at >= p.began AND l.verdict = 'accepts'),
         spared AS MATERIALIZED (
             SELECT d.domain AS name FROM opt_out o JOIN declared d ON d.code = o.code
             WHERE o.ended_at IS NULL AND d.until IS NULL),
         tried AS MATERIALIZED (
             SELECT domain AS name FROM letter
             WHERE purpose = 'catch_all' AND campaign = :campaign AND fate <> 'held')
    SELECT name, mail_host FROM accepted LEFT JOIN domain USING (name)
    WHERE name NOT IN (SELECT name FROM spared) AND name NOT IN (SELECT name FROM tried)
    ORDER BY name
"""
WRITE = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at,
                        send_by, host, purpose)
    SELECT :serial, :token, '', :domain, :address, :campaign, 'drafted', :at, :at, :send_by, :host,
           'catch_all'
    WHERE NOT EXISTS (SELECT 1 FROM letter
                      WHERE purpose = 'catch_all' AND domain = :domain AND campaign = :campaign
                        AND fate <> 'held')
"""
WEAK = """
    SELECT a.code, j.grp FROM judgement j JOIN agency a USING (code)
    WHERE a.listed AND j.health = 'good' AND j.verdict = 'accepts'
      AND EXISTS (SELECT 1 FROM catch_all c WHERE c.domain = a.domain AND c.takes)
"""
LEARNT = """
    INSERT INTO catch_all VALUES (?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET
    since = CASE WHEN catch_all.takes = excluded.takes THEN catch_all.since ELSE excluded.since END,
    takes = excluded.takes, known_at = excluded.known_at
"""
TAKING = """
    SELECT domain, since, known_at FROM catch_all
    WHERE takes AND (:domain = '' OR domain = :domain)
"""
PROBED = """
    SELECT DISTINCT domain FROM letter WHERE purpose = 'catch_all' AND drafted_at <= ?
    ORDER BY domain
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """That a domain accepts any name: since when, and when that was last seen."""

    since: str
    known_at: str


def due(tx: Tx, campaign: int) -> Sequence[tuple[str, str | None]]:
    """Return domains, with their mail hosts, to which a probe may be written in this round."""
    return [(domain, host) for domain, host in ask(tx, DUE, {"campaign": campaign})]


def write(tx: Tx, campaign: int, hosts: Mapping[str, str], mint: TokenMaker, at: datetime,
          send_by: datetime) -> int:
    """Write down a probe for each domain that has had none in this round; return how many.

    `hosts` gives the mail host that each domain's probe burdens.
    """
    written, serial, epoch = 0, next_serial(tx), current(tx).number
    for domain, host in hosts.items():
        token = mint(serial + written, epoch=epoch, to=domain)
        tx.execute(WRITE, {
            "serial": serial + written, "token": token, "domain": domain, "campaign": campaign,
            "address": catch_all.address(domain, token), "at": at, "send_by": send_by, "host": host,
        })
        written += tx.changes()
    return written


def unjudged(tx: Tx) -> list[ProbedDomain]:
    """Return the domains of whose probes something new is known, with all facts, oldest first."""
    return [_probed(tx, domain, asked)
            for domain, asked in list(ask(tx, "SELECT domain, asked FROM unweighed"))]


def record(tx: Tx, found: Sequence[tuple[ProbedDomain, Known]], at: datetime) -> None:
    """Write down what was found; where that is nothing, what was known stays with its date."""
    for probed, known in found:
        tx.execute("DELETE FROM unweighed WHERE domain = ? AND asked = ?",
                   (probed.domain, probed.asked))
        if known is not None:
            tx.execute(LEARNT, (probed.domain, known, at, at))


def _probed(tx: Tx, domain: str, asked: int = 0) -> ProbedDomain:
    serials = [row[0] for row in ask(
        tx, "SELECT serial FROM letter WHERE purpose = 'catch_all' AND domain = ? ORDER BY serial",
        (domain,))]
    return ProbedDomain(domain, [seen(tx, serial) for serial in serials], asked)


def takes_anything(tx: Tx, domain: str = "") -> dict[str, Learnt]:
    """Return the domains, one or all, that were found to accept any name."""
    return {name: Learnt(since, known_at)
            for name, since, known_at in ask(tx, TAKING, {"domain": domain})}


def taking_anything(tx: Tx, by: datetime) -> Iterator[str]:
    """Yield the domains that accept any name, by what was seen of probes up to a moment."""
    for probed in [_probed(tx, domain) for domain, in list(ask(tx, PROBED, (by,)))]:
        known = [[e for e in probes if e.seen_at <= by] for probes in probed.probes]
        if catch_all.takes_anything(known):
            yield probed.domain


def weakened(tx: Tx) -> Counter[Group]:
    """Count by group the listed agencies whose standing rests on a domain that accepts any name.

    They stand by a letter that was accepted without more, which proves nothing there.
    """
    return Counter(Group(group) for _, group in ask(tx, WEAK))


def standing_weakly(tx: Tx) -> Iterator[str]:
    """Yield the codes of the agencies that `weakened` counts."""
    yield from (code for code, _ in ask(tx, WEAK))


def stands_weakly(tx: Tx, code: str) -> bool:
    """Say whether `weakened` counts an agency."""
    return next(ask(tx, f"{WEAK} AND a.code = ?", (code,)), None) is not None
