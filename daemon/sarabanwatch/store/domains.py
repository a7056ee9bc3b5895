"""What was found of domains without a letter: what holds, since when, and when it was last known.

A finding that is known not to hold any more is deleted; one of which nothing could be learnt stays,
with the date on which it was known.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.domain import NOT_KNOWN, DomainFinding, Known, Surveyed
from sarabanwatch.core.sending.catch_all import CatchAllFinding
from sarabanwatch.store.rows import ask, ask_one
from sarabanwatch.store.tx import Tx

OURS = """
    SELECT domain AS name, count(*) AS agencies
    FROM agency WHERE listed AND address <> '' GROUP BY domain
"""
DUE = f"""
    SELECT name FROM ({OURS}) ours LEFT JOIN domain USING (name)
    WHERE asked_at IS NULL OR asked_at <= ? ORDER BY coalesce(asked_at, ''), name
"""
ASKED = """
    INSERT INTO domain AS d (name, mail_host, exchangers, asked_at, known_at, resolvers, host_move)
    VALUES (?, ?, ?, ?, ?, ?,
            (SELECT coalesce(max(host_move), 0) + 1 FROM domain WHERE host_move > 0))
    ON CONFLICT (name) DO UPDATE SET
    host_move = CASE WHEN coalesce(excluded.mail_host, d.mail_host) IS NOT DISTINCT FROM d.mail_host
                     THEN d.host_move ELSE excluded.host_move END,
    moved_at = CASE WHEN excluded.exchangers <> d.exchangers
                    THEN excluded.asked_at ELSE d.moved_at END,
    mail_host = coalesce(excluded.mail_host, d.mail_host),
    exchangers = coalesce(excluded.exchangers, d.exchangers),
    asked_at = excluded.asked_at,
    known_at = coalesce(excluded.known_at, d.known_at),
    resolvers = coalesce(excluded.resolvers, d.resolvers)
"""
HOLDS = """
    INSERT INTO finding VALUES (?, ?, ?, ?)
    ON CONFLICT (domain, finding) DO UPDATE SET known_at = excluded.known_at
"""
COUNTS = f"""
    WITH ours AS MATERIALIZED ({OURS})
    SELECT finding, count(*) FROM finding
    WHERE domain IN (SELECT name FROM ours) GROUP BY 1
    UNION ALL
    SELECT '{CatchAllFinding.TAKES_ANYTHING}', count(*) FROM catch_all
    WHERE takes AND domain IN (SELECT name FROM ours)
    UNION ALL
    SELECT '{NOT_KNOWN}', count(*) FROM domain
    WHERE name IN (SELECT name FROM ours) AND (known_at IS NULL OR known_at < asked_at)
"""
SHOWN = f"""
    SELECT name, agencies, coalesce(mail_host, ''), coalesce(exchangers, '[]'), asked_at, known_at,
           coalesce(resolvers, 0)
    FROM ({OURS}) ours JOIN domain USING (name)
    WHERE (:domain = '' OR name = :domain)
      AND (:finding = '' OR name IN (SELECT domain FROM finding WHERE finding = :finding))
    ORDER BY name
"""

# Mail to a domain of which one of these holds cannot be routed.
UNROUTABLE = (DomainFinding.NO_DOMAIN, DomainFinding.NULL_MX, DomainFinding.NO_HOST,
              DomainFinding.MX_NOWHERE)


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """One finding that holds: since when, and when it was last seen to."""

    finding: DomainFinding
    since: str
    known_at: str


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """One domain of listed agencies, as last known.

    `exchangers` are its MX records as (preference, host); `known_at` is when it was last known
    whether it exists, `resolvers` how many resolvers said so.
    """

    domain: str
    agencies: int
    mail_host: str
    exchangers: list[tuple[int, str]]
    asked_at: str
    known_at: str | None
    resolvers: int
    findings: list[KnownFinding]


def due(tx: Tx, before: datetime) -> Sequence[str]:
    """Return the domains not asked about since a moment; those never asked about come first."""
    return [row[0] for row in ask(tx, DUE, (before,))]


def record(tx: Tx, seen: Sequence[Surveyed], at: datetime) -> None:
    """Write down what was learnt; what was not learnt leaves things as they were."""
    for s in seen:
        named = None if s.exchangers is None else json.dumps(s.exchangers)
        known = (at, s.resolvers) if s.known else (None, None)
        tx.execute(ASKED, (s.domain, s.mail_host, named, at, *known))
    tx.executemany(HOLDS, [(s.domain, f, at, at) for s in seen for f, holds in s.findings.items()
                           if holds])
    tx.executemany("DELETE FROM finding WHERE domain = ? AND finding = ?",
                   [(s.domain, f) for s in seen for f, holds in s.findings.items()
                    if holds is False])


def counts(tx: Tx) -> Mapping[str, int]:
    """Count the agencies' domains by finding, and those of which the last look learnt nothing."""
    return {row[0]: row[1] for row in ask(tx, COUNTS)}


def routable(tx: Tx, domain: str) -> Known:
    """Return whether mail to a domain can be routed, as our own resolvers last knew.

    None where they never did.
    """
    domain = domain.lower()
    row = ask_one(tx, "SELECT known_at FROM domain WHERE name = ?", (domain,))
    if row is None or row[0] is None:
        return None
    names = ", ".join("?" * len(UNROUTABLE))
    return ask_one(tx, f"SELECT 1 FROM finding WHERE domain = ? AND finding IN ({names})",
                   (domain, *UNROUTABLE)) is None


def mail_hosts(tx: Tx) -> Mapping[str, str]:
    """Return the mail host of every domain of which one is known."""
    return dict(ask(tx, "SELECT name, mail_host FROM domain WHERE mail_host <> ''"))


def shown(tx: Tx, domain: str = "", finding: str = "") -> Iterator[KnownDomain]:
    """Yield the listed agencies' domains by name, with what was found of each.

    `domain` narrows them down to one, `finding` to those of which it holds; "" for all.
    """
    rows = list(ask(tx, SHOWN, {"domain": domain, "finding": finding}))
    for name, agencies, mail_host, exchangers, asked_at, known_at, resolvers in rows:
        found = [KnownFinding(DomainFinding(row[0]), row[1], row[2]) for row in ask(
            tx, "SELECT finding, since, known_at FROM finding WHERE domain = ?", (name,))]
        named = [(preference, host) for preference, host in json.loads(exchangers)]
        yield KnownDomain(name, agencies, mail_host, named, asked_at, known_at, resolvers, found)


