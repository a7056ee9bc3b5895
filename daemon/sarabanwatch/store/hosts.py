"""The encryption of mail hosts as our own connections showed it: the last one, and since when."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

SHOWS = ("version", "cipher", "untrusted", "named", "ends", "demand", "failed", "judged")
NOTE = f"""
    INSERT INTO encryption AS e (host, {', '.join(SHOWS)}, since, seen_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (host) DO UPDATE SET
    since = CASE WHEN {' OR '.join(f'e.{name} IS DISTINCT FROM excluded.{name}' for name in SHOWS)}
                 THEN excluded.since ELSE e.since END,
    {', '.join(f'{name} = excluded.{name}' for name in (*SHOWS, 'seen_at'))}
"""
SHOWN = f"SELECT host, {', '.join(SHOWS)}, since, seen_at FROM encryption WHERE host = ?"


class HostEncryption(NamedTuple):
    """A host's encryption: since when it looks like this, and when it was last seen."""

    seen: Seen
    since: str
    seen_at: str


def note(tx: Tx, seen: Seen, at: datetime) -> None:
    """Write down what a connection showed."""
    tx.execute(NOTE, (
        seen.host, seen.version, seen.cipher, seen.untrusted, seen.named, seen.ends,
        seen.demand, seen.failed, seen.judged, at, at))


def shown(tx: Tx, hosts: Iterable[str]) -> list[HostEncryption]:
    """Return what is known of these hosts, in their order."""
    return [_shown(row) for host in dict.fromkeys(hosts) for row in ask(tx, SHOWN, (host,))]


def _shown(row: tuple[object, ...]) -> HostEncryption:
    host, version, cipher, untrusted, named, ends, demand, failed, judged, since, seen_at = map(
        _text, row
    )
    seen = Seen(host, version, cipher, untrusted, named == "1", moment(ends) if ends else None,
                demand, failed, judged == "1")
    return HostEncryption(seen, since, seen_at)


def _text(value: object) -> str:
    return "" if value is None else str(value)


