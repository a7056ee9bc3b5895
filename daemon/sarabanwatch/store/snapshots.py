"""Snapshots, releases and notices: what was issued, by whom, when. Rows are added, never changed; triggers see to it.

What a snapshot says is the business of `core.papers.snapshot`; here it is bytes and their digest. A notice is written down before
it is sent, and what became of it after: one that has no outcome is in doubt, and is not sent again.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sarabanwatch.core.errors import DataError, RequestError
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Scope
from sarabanwatch.core.papers.cutoff import (
    CorrelatedOutage,
    RoundFigures,
    Stand,
    Turn,
    outage_trouble,
)
from sarabanwatch.core.papers.notice import Going
from sarabanwatch.core.papers.snapshot import Snapshot, Trouble, unseal
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.throttle import ResponseKind
from sarabanwatch.store import history
from sarabanwatch.store.catch_all_probes import taking_anything
from sarabanwatch.store.letters import canaries_since
from sarabanwatch.store.rows import EVIDENCE, ask, ask_one, evidence, moment
from sarabanwatch.store.tx import Tx

KEPT = """
    SELECT s.id, s.digest, s.as_of, s.frozen_at, s.campaign, r.at, r.by, r.note
    FROM snapshot s LEFT JOIN release r ON r.snapshot = s.id
"""
FACTS = f"""
    SELECT l.code, l.serial, {', '.join('e.' + c for c in EVIDENCE.split(', '))}
    FROM evidence e JOIN letter l USING (serial)
         JOIN declared d ON d.code = l.code AND d.address = l.address AND d.began <= l.drafted_at
                            AND d.since <= :number AND ifnull(d.until > :number, 1)
    WHERE e.seen_at <= :at ORDER BY l.code, l.serial, e.id
"""  # noqa: S608 - our own column names
POST = """
    WITH fate AS (
        SELECT l.serial,
               max(e.kind IN ('taken', 'refused', 'gave up')) AS sent, max(e.kind = 'lost') AS lost, max(e.kind = 'held') AS held,
               max(e.kind = 'withheld') AS withheld, min(CASE e.kind WHEN 'quiet' THEN e.seen_at END) AS quiet,
               min(CASE e.kind WHEN 'bounced' THEN e.seen_at END) AS bounced
        FROM letter l LEFT JOIN evidence e ON e.serial = l.serial AND e.seen_at <= :at
        WHERE l.campaign = :campaign AND l.purpose = 'round' AND l.drafted_at <= :at GROUP BY l.serial)
    SELECT count(*), total(sent), total(NOT ifnull(sent, 0) AND lost), total(NOT ifnull(sent, 0) AND NOT ifnull(lost, 0) AND held),
           total(withheld), total(quiet IS NOT NULL AND ifnull(bounced > quiet, 1)), total(bounced > quiet) FROM fate
"""
MASSES = """
    SELECT i.scope, i.key, i.opened_at, CASE WHEN i.closed_at <= :at THEN i.closed_at END, count(m.code),
           count(*) FILTER (WHERE m.how = 'cleared' AND m.left_at <= :at),
           count(*) FILTER (WHERE m.how = 'turned' AND m.left_at <= :at)
    FROM incident i LEFT JOIN member m ON m.incident = i.id AND m.held_at <= :at
    WHERE i.opened_at <= :at AND (i.closed_at IS NULL OR i.closed_at >= :since) GROUP BY i.id ORDER BY i.id
"""
LAST_FACT = """
    SELECT max(at) FROM (SELECT max(seen_at) AS at FROM evidence WHERE seen_at <= :at UNION ALL
                         SELECT max(at) FROM change WHERE at <= :at UNION ALL SELECT max(at) FROM import WHERE at <= :at)
"""
NOTICES = """
    SELECT n.id, n.snapshot, n.code, a.name, n.address, n.was, n.at, n.by, ifnull(o.event, 'doubtful'), ifnull(o.said, ''),
           ifnull(j.grp, 'unknown'), ifnull(j.since, '')
    FROM notice n LEFT JOIN notice_outcome o ON o.id = (SELECT max(id) FROM notice_outcome WHERE notice = n.id)
         LEFT JOIN agency a ON a.code = n.code
         LEFT JOIN judgement j ON j.code = n.code
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """One snapshot in the ledger; `released_at` is "" while it is a draft."""

    id: int
    digest: str
    as_of: str
    frozen_at: str
    campaign: int
    released_at: str
    released_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that was sent, and what became of its agency since."""

    id: int
    snapshot: int
    code: str
    name: str
    address: str
    was: str
    at: str
    by: str
    event: str       # taken, refusal, later, lost; doubtful: we died with it in hand
    said: str
    now: str
    since: str


def keep(tx: Tx, content: bytes, digest: str, as_of: datetime, campaign: int, at: datetime) -> int:
    """Write a snapshot down and return its number; the same content again is the same snapshot."""
    tx.execute(
        "INSERT INTO snapshot (digest, as_of, frozen_at, campaign, content) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (digest, as_of, at, campaign, zlib.compress(content)),
    )
    return int(tx.execute("SELECT id FROM snapshot WHERE digest = ?", (digest,)).get)


def release(tx: Tx, number: int, by: str, note: str, at: datetime) -> None:
    """Write down that a person released a snapshot; raise RequestError where somebody did before."""
    before = ask_one(tx, "SELECT by, at FROM release WHERE snapshot = ?", (number,))
    if before:
        by_whom = f"snapshot {number} was released by {before[0]} at {before[1][:16]}"
        raise RequestError(f"{by_whom}; what supersedes it is a new snapshot")
    tx.execute("INSERT INTO release (snapshot, at, by, note) VALUES (?, ?, ?, ?)",
               (number, at, by, note))


def intend(tx: Tx, snapshot: int, going: Going, by: str, at: datetime) -> int | None:
    """Write down that a notice is about to leave us and return its number; None where one did before, or is in doubt.

    One that was told "later" never left us: it may be tried again, under its number.
    """
    before = ask_one(tx, f"{NOTICES} WHERE n.snapshot = ? AND n.code = ?", (snapshot, going.code))
    if before:
        return _again(tx, Notice(*before), at)
    tx.execute(
        "INSERT INTO notice (snapshot, code, address, was, host, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (snapshot, *going, at, by),
    )
    return tx.last_insert_rowid()


def became(tx: Tx, notice: int, event: str, said: str, at: datetime,
           spoke: tuple[str, ResponseKind] | None = None) -> None:
    """Write down what became of a notice, and, where it tells of our pace, who spoke in which tone."""
    tx.execute(
        "INSERT INTO notice_outcome (notice, at, event, said, speaker, tone) VALUES (?, ?, ?, ?, ?, ?)",
        (notice, at, event, said, *(spoke or ("", ""))),
    )


def _again(tx: Tx, before: Notice, at: datetime) -> int | None:
    if before.event != Event.LATER:
        return None
    tx.execute("INSERT INTO notice_outcome (notice, at, event, said) VALUES (?, ?, 'doubtful', '')",
               (before.id, at))
    return before.id


def listed(tx: Tx) -> list[Kept]:
    """Return the snapshots, latest cut-off last."""
    return [_kept(row) for row in ask(tx, f"{KEPT} ORDER BY s.as_of, s.id")]


def find(tx: Tx, wanted: str = "") -> Kept:
    """Return a snapshot by number or by the beginning of its digest, the last one frozen by default; raise RequestError."""
    rows = list(ask(tx, f"{KEPT} WHERE s.id = ? OR (length(?1) > 5 AND substr(s.digest, 1, length(?1)) = ?1) OR ?1 = '' "
                        "ORDER BY s.id = ?1 DESC, s.id DESC LIMIT 1", (wanted,)))
    if not rows:
        raise RequestError(f"no snapshot {wanted!r}; `report list` lists them" if wanted else
                         "there is no snapshot yet; make one with `report freeze`")
    return _kept(rows[0])


def read(tx: Tx, kept: Kept) -> Snapshot:
    """Return a snapshot as it was sealed; raise DataError where it is no longer that."""
    content = tx.execute("SELECT content FROM snapshot WHERE id = ?", (kept.id,)).get
    try:
        return unseal(zlib.decompress(content), kept.digest)
    except zlib.error as error:
        raise DataError(
            f"snapshot {kept.id} was altered: {error}; take the ledger from a backup"
        ) from None


def followed(tx: Tx, at: datetime) -> str:
    """Return the digest of the snapshot that one of this cut-off is compared with: the last released, else the last."""
    row = ask_one(
        tx, """SELECT digest FROM snapshot s LEFT JOIN release r ON r.snapshot = s.id WHERE as_of < ?
               ORDER BY r.at IS NULL, as_of DESC, s.id DESC LIMIT 1""", (at,))
    return row[0] if row else ""


def last_fact(tx: Tx, by: datetime) -> datetime | None:
    """Return when the ledger last learnt anything, at the latest `by` then."""
    at = ask_one(tx, LAST_FACT, {"at": by})
    return moment(at[0]) if at and at[0] else None


def notices(tx: Tx, snapshot: int | None = None) -> Iterator[Notice]:
    """Yield the notices that were sent, of one snapshot or all, with the group of the agency now."""
    where, args = ("WHERE n.snapshot = ?", (snapshot,)) if snapshot is not None else ("", ())
    for row in ask(tx, f"{NOTICES} {where} ORDER BY n.id", args):
        yield Notice(*row)


def stands(tx: Tx, at: datetime) -> list[Stand]:
    """Return every listed agency as it stood at a moment, with what was known of it, by code; raise RequestError."""
    facts = _facts(tx, at, _register(tx, at))
    return [replace(stand, letters=facts[stand.agency.code]) for stand in published(tx, at)]


def published(tx: Tx, at: datetime) -> list[Stand]:
    """Return every agency of the register of a moment with the turns published by then, without letters; raise RequestError."""
    turns: dict[str, list[Turn]] = defaultdict(list)
    for code, now, when, why in ask(
        tx, "SELECT code, now, at, because FROM change WHERE at <= ? ORDER BY id", (at,)
    ):
        turns[code].append(Turn(Group(now), moment(when), why))
    return [Stand(a, turns[a.code], ()) for a in history.listed(tx, _register(tx, at))]


def _register(tx: Tx, at: datetime) -> int:
    """Return the import whose register stood at a moment; raise RequestError where there was none yet."""
    number = history.by(tx, at)
    if number is None:
        first = ask_one(tx, "SELECT min(at) FROM import")
        when = moment(first[0]).isoformat(timespec="minutes") if first and first[0] else "(never)"
        raise RequestError(
            f"the first register was taken in at {when}: ask for that moment or later"
        )
    return number


def post(tx: Tx, campaign: int, since: datetime, at: datetime) -> RoundFigures:
    """Count a round's letters as they stood at a moment, with the letters to ourselves written since it began."""
    row = ask_one(tx, POST, {"at": at, "campaign": campaign}) or ()
    planned, sent, doubtful, held, withheld, quiet, late = map(int, row)
    flown = [c for c in canaries_since(tx, since) if c.drafted_at <= at]
    return RoundFigures(planned, sent, doubtful, held, withheld, quiet, late, flown,
                        last_fact(tx, at), frozenset(taking_anything(tx, at)))


def troubles(tx: Tx, since: datetime, at: datetime) -> list[Trouble]:
    """Return the incidents that were open between two moments, as they stood at the second."""
    rows = ask(tx, MASSES, {"since": since, "at": at})
    return [outage_trouble(CorrelatedOutage(
                Scope(scope), key, moment(opened), moment(closed) if closed else None,
                agencies, cleared, turned))
            for scope, key, opened, closed, agencies, cleared, turned in rows]


def _facts(tx: Tx, at: datetime, number: int) -> dict[str, list[tuple[int, list[Evidence]]]]:
    """Return the facts seen by a moment of the addresses of an import: for each agency its letters, oldest first."""
    found: dict[str, list[tuple[int, list[Evidence]]]] = defaultdict(list)
    for (code, serial), rows in groupby(ask(tx, FACTS, {"at": at, "number": number}),
                                        key=itemgetter(0, 1)):
        found[code].append((serial, [evidence(row[2:]) for row in rows]))
    return found


def _kept(row: tuple[object, ...]) -> Kept:
    return Kept(*("" if value is None else value
                  for value in row))  # type: ignore[arg-type]  # columns as the schema says
