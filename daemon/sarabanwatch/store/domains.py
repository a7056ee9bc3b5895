"""What was found of domains without a letter: what holds now, since when, and when that was last known to hold.

A finding that is known not to hold is struck out; one of which nothing could be learnt stays, with the date it was known.
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
    SELECT substr(address, instr(address, '@') + 1) AS name, count(*) AS agencies
    FROM agency WHERE listed AND address <> '' GROUP BY 1
"""
DUE = f"""
    SELECT name FROM ({OURS}) LEFT JOIN domain USING (name)
    WHERE asked_at IS NULL OR asked_at <= ? ORDER BY asked_at, name
"""  # noqa: S608 - our own text
ASKED = """
    INSERT INTO domain (name, mail_host, exchangers, asked_at, known_at, resolvers) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET
    moved_at = CASE WHEN excluded.exchangers <> exchangers THEN excluded.asked_at ELSE moved_at END,
    mail_host = ifnull(excluded.mail_host, mail_host), exchangers = ifnull(excluded.exchangers, exchangers),
    asked_at = excluded.asked_at, known_at = ifnull(excluded.known_at, known_at),
    resolvers = ifnull(excluded.resolvers, resolvers)
"""
HOLDS = """
    INSERT INTO finding VALUES (?, ?, ?, ?) ON CONFLICT (domain, finding) DO UPDATE SET known_at = excluded.known_at
"""
COUNTS = f"""
    WITH ours AS MATERIALIZED ({OURS})
    SELECT finding, count(*) FROM finding WHERE domain IN (SELECT name FROM ours) GROUP BY 1 UNION ALL
    SELECT '{CatchAllFinding.TAKES_ANYTHING}', count(*) FROM catch_all WHERE takes AND domain IN (SELECT name FROM ours) UNION ALL
    SELECT '{NOT_KNOWN}', count(*) FROM domain
    WHERE name IN (SELECT name FROM ours) AND (known_at IS NULL OR known_at < asked_at)
"""  # noqa: S608 - our own text
SHOWN = f"""
    SELECT name, agencies, ifnull(mail_host, ''), ifnull(exchangers, '[]'), asked_at, known_at, ifnull(resolvers, 0)
    FROM ({OURS}) JOIN domain USING (name)
    WHERE (? = '' OR name = ?) AND (? = '' OR name IN (SELECT domain FROM finding WHERE finding = ?)) ORDER BY name
"""  # noqa: S608 - our own text

WAYLESS = (DomainFinding.NO_DOMAIN, DomainFinding.NULL_MX, DomainFinding.NO_HOST,
           DomainFinding.MX_NOWHERE)   # mail to such a domain has no way


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """One finding that holds: since when, and when it was last seen to."""

    finding: DomainFinding
    since: str
    known_at: str


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """One domain: its agencies, its mail host and MX as last known, when it was asked and known, what was found."""

    domain: str
    agencies: int
    mail_host: str
    exchangers: list[tuple[int, str]]
    asked_at: str
    known_at: str | None
    resolvers: int
    findings: list[KnownFinding]


def due(tx: Tx, before: datetime) -> Sequence[str]:
    """Return domains not asked about since, those never asked about first."""
    return [row[0] for row in ask(tx, DUE, (before,))]


def record(tx: Tx, seen: Sequence[Surveyed], at: datetime) -> None:
    """Write down what was learnt; what was not, leaves things as they were."""
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
    """Count the listed agencies' domains by finding, and those of which the last look learnt nothing."""
    return {row[0]: row[1] for row in ask(tx, COUNTS)}


def routable(tx: Tx, domain: str) -> Known:
    """Return whether mail to a domain has a way, as our own resolvers last knew; None where they never did."""
    domain = domain.lower()
    row = ask_one(tx, "SELECT known_at FROM domain WHERE name = ?", (domain,))
    if row is None or row[0] is None:
        return None
    names = ", ".join("?" * len(WAYLESS))
    return ask_one(tx, f"SELECT 1 FROM finding WHERE domain = ? AND finding IN ({names})",  # noqa: S608
                   (domain, *WAYLESS)) is None


def mail_hosts(tx: Tx) -> Mapping[str, str]:
    """Return the mail host of every domain of which one is known."""
    return dict(ask(tx, "SELECT name, mail_host FROM domain WHERE mail_host <> ''"))


def shown(tx: Tx, domain: str = "", finding: str = "") -> Iterator[KnownDomain]:
    """Yield listed agencies' domains, one or all, by name; of all, where asked, those only of which a finding holds."""
    for name, agencies, mail_host, exchangers, asked_at, known_at, resolvers in list(
            ask(tx, SHOWN, (domain, domain, finding, finding))):
        found = [KnownFinding(DomainFinding(row[0]), row[1], row[2]) for row in ask(
            tx, "SELECT finding, since, known_at FROM finding WHERE domain = ?", (name,))]
        named = [(preference, host) for preference, host in json.loads(exchangers)]
        yield KnownDomain(name, agencies, mail_host, named, asked_at, known_at, resolvers, found)


