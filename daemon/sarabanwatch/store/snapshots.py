"""Snapshots, releases and notices: what was issued, by whom, when. Rows are added, never changed.

What a snapshot says is the business of `core.papers.snapshot`; here it is bytes and their digest. A
notice is written down before it is sent, and what became of it afterwards. One without an outcome
is in doubt and is not sent again.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.errors import DataError, RequestError
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Scope
from sarabanwatch.core.papers.cutoff import (
    CorrelatedOutage,
    PastTransition,
    RoundFigures,
    Stand,
    outage_trouble,
)
from sarabanwatch.core.papers.notice import Going
from sarabanwatch.core.papers.snapshot import Snapshot, Trouble, unseal
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.throttle import ResponseKind
from sarabanwatch.store import history
from sarabanwatch.store.canaries import written_since
from sarabanwatch.store.catch_all_probes import taking_anything
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
                            AND {history.held('d')}
    WHERE e.seen_at <= :at ORDER BY l.code, l.serial, e.id
"""
ROUND = """
    WITH fate AS (
        SELECT l.serial,
               count(*) FILTER (WHERE e.kind IN ('taken', 'refused', 'gave up')) > 0 AS sent,
               count(*) FILTER (WHERE e.kind = 'lost') > 0 AS lost,
               count(*) FILTER (WHERE e.kind = 'held') > 0 AS held,
               count(*) FILTER (WHERE e.kind = 'withheld') > 0 AS withheld,
               min(CASE e.kind WHEN 'quiet' THEN e.seen_at END) AS quiet,
               min(CASE e.kind WHEN 'bounced' THEN e.seen_at END) AS bounced
        FROM letter l LEFT JOIN evidence e ON e.serial = l.serial AND e.seen_at <= :at
        WHERE l.campaign = :campaign AND l.purpose = 'round' AND l.drafted_at <= :at
        GROUP BY l.serial)
    SELECT count(*),
           count(*) FILTER (WHERE sent),
           count(*) FILTER (WHERE NOT sent AND lost),
           count(*) FILTER (WHERE NOT sent AND NOT lost AND held),
           count(*) FILTER (WHERE withheld),
           count(*) FILTER (WHERE quiet IS NOT NULL AND (bounced IS NULL OR bounced > quiet)),
           count(*) FILTER (WHERE bounced > quiet)
    FROM fate
"""
INCIDENTS = """
    SELECT i.scope, i.key, i.opened_at, CASE WHEN i.closed_at <= :at THEN i.closed_at END,
           count(m.code),
           count(*) FILTER (WHERE m.outcome = 'cleared' AND m.left_at <= :at),
           count(*) FILTER (WHERE m.outcome = 'changed' AND m.left_at <= :at)
    FROM incident i LEFT JOIN member m ON m.incident = i.id AND m.held_at <= :at
    WHERE i.opened_at <= :at AND (i.closed_at IS NULL OR i.closed_at >= :since)
    GROUP BY i.id ORDER BY i.id
"""
LAST_FACT = """
    SELECT max(at) FROM (
        SELECT max(seen_at) AS at FROM evidence WHERE seen_at <= :at
        UNION ALL SELECT max(at) FROM transition WHERE at <= :at
        UNION ALL SELECT max(at) FROM import WHERE at <= :at) moments
"""
NOTICES = """
    SELECT n.id, n.snapshot, n.code, a.name, n.address, n.was, n.at, n.by,
           coalesce(o.event, 'doubtful'), coalesce(o.reply, ''),
           coalesce(j.grp, 'unknown'), coalesce(j.since, '')
    FROM notice n
         LEFT JOIN notice_outcome o
                ON o.id = (SELECT max(id) FROM notice_outcome WHERE notice = n.id)
         LEFT JOIN agency a ON a.code = n.code
         LEFT JOIN judgement j ON j.code = n.code
"""
KEEP = """
    INSERT INTO snapshot (digest, as_of, frozen_at, campaign, content)
    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
INTEND = """
    INSERT INTO notice (snapshot, code, address, was, host, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)
    RETURNING id
"""
BECAME = """
    INSERT INTO notice_outcome (notice, at, event, reply, speaker, response)
    VALUES (?, ?, ?, ?, ?, ?)
"""
# By number, by six characters or more of the digest, or the last one; a number goes first.
WANTED = """
    WHERE CAST(s.id AS text) = :wanted
       OR (length(:wanted) > 5 AND substr(s.digest, 1, length(:wanted)) = :wanted)
       OR :wanted = ''
    ORDER BY CAST(s.id AS text) = :wanted DESC, s.id DESC LIMIT 1
"""
FOLLOWED = """
    SELECT digest FROM snapshot s LEFT JOIN release r ON r.snapshot = s.id
    WHERE as_of < ? ORDER BY r.at IS NULL, as_of DESC, s.id DESC LIMIT 1
"""
TRANSITIONS = "SELECT code, now, at, because FROM transition WHERE at <= ? ORDER BY id"


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
    event: str       # taken, refusal, later, lost; doubtful: we died while sending it
    reply: str
    now: str
    since: str


def keep(tx: Tx, content: bytes, digest: str, as_of: datetime, campaign: int, at: datetime) -> int:
    """Write a snapshot down and return its number; the same content again is the same snapshot."""
    tx.execute(KEEP, (digest, as_of, at, campaign, zlib.compress(content)))
    return int(tx.execute("SELECT id FROM snapshot WHERE digest = ?", (digest,)).get)


def release(tx: Tx, number: int, by: str, note: str, at: datetime) -> None:
    """Write down that a person released a snapshot; raise RequestError where one did before."""
    before = ask_one(tx, "SELECT by, at FROM release WHERE snapshot = ?", (number,))
    if before:
        when = short_moment(moment(before[1]), "en")
        raise RequestError(f"snapshot {number} was released by {before[0]} at {when}; "
                           "what supersedes it is a new snapshot")
    tx.execute("INSERT INTO release (snapshot, at, by, note) VALUES (?, ?, ?, ?)",
               (number, at, by, note))


def intend(tx: Tx, snapshot: int, going: Going, by: str, at: datetime) -> int | None:
    """Write down that a notice is about to be sent; return its number.

    Return None where one was sent before, or is in doubt. One that was answered "later" was not
    taken: it may be tried again, under its number.
    """
    before = ask_one(tx, f"{NOTICES} WHERE n.snapshot = ? AND n.code = ?", (snapshot, going.code))
    if before:
        return _again(tx, Notice(*before), at)
    return int(tx.execute(INTEND, (snapshot, *going, at, by)).get)


def became(tx: Tx, notice: int, event: str, reply: str, at: datetime,
           spoke: tuple[str, ResponseKind] | None = None) -> None:
    """Write down what became of a notice.

    `spoke` is who answered and the kind of the response, where that tells anything of our pace.
    """
    tx.execute(BECAME, (notice, at, event, reply, *(spoke or ("", ""))))


def _again(tx: Tx, before: Notice, at: datetime) -> int | None:
    if before.event != Event.LATER:
        return None
    tx.execute("INSERT INTO notice_outcome (notice, at, event, reply) "
               "VALUES (?, ?, 'doubtful', '')", (before.id, at))
    return before.id


def listed(tx: Tx) -> list[Kept]:
    """Return the snapshots, the one with the latest cut-off last."""
    return [_kept(row) for row in ask(tx, f"{KEPT} ORDER BY s.as_of, s.id")]


def find(tx: Tx, wanted: str = "") -> Kept:
    """Return a snapshot by its number or the beginning of its digest; by default the last one.

    Raise RequestError where there is none.
    """
    row = ask_one(tx, f"{KEPT} {WANTED}", {"wanted": wanted})
    if row is None:
        raise RequestError(f"no snapshot {wanted!r}; `report list` lists them" if wanted else
                           "there is no snapshot yet; make one with `report freeze`")
    return _kept(row)


def read(tx: Tx, kept: Kept) -> Snapshot:
    """Return a snapshot as it was sealed; raise DataError where it was altered since."""
    content = tx.execute("SELECT content FROM snapshot WHERE id = ?", (kept.id,)).get
    try:
        return unseal(zlib.decompress(content), kept.digest)
    except zlib.error as error:
        raise DataError(
            f"snapshot {kept.id} was altered: {error}; take the ledger from a backup"
        ) from None


def last_released(tx: Tx) -> Kept | None:
    """Return the released snapshot with the latest cut-off; None where none is released."""
    return next((kept for kept in reversed(listed(tx)) if kept.released_at), None)


def buckets(tx: Tx, kept: Kept) -> Mapping[str, int]:
    """Return how many agencies a snapshot has in each bucket; raise DataError where altered."""
    snapshot = read(tx, kept)
    bucket_of = snapshot.bucket_of
    return Counter(bucket_of[row.group] for row in snapshot.counted)


def followed(tx: Tx, at: datetime) -> str:
    """Return the digest of the snapshot with which one of this cut-off is compared.

    It is the last one released before, else the last one; "" where there is none.
    """
    row = ask_one(tx, FOLLOWED, (at,))
    return row[0] if row else ""


def last_fact(tx: Tx, by: datetime) -> datetime | None:
    """Return when the ledger last learnt anything, by a moment; None where it had not yet."""
    at = ask_one(tx, LAST_FACT, {"at": by})
    return moment(at[0]) if at and at[0] else None


def notices(tx: Tx, snapshot: int | None = None) -> Iterator[Notice]:
    """Yield the notices that were sent, of one snapshot or all, with their agency's group now."""
    where, args = ("WHERE n.snapshot = ?", (snapshot,)) if snapshot is not None else ("", ())
    for row in ask(tx, f"{NOTICES} {where} ORDER BY n.id", args):
        yield Notice(*row)


def stands(tx: Tx, at: datetime) -> list[Stand]:
    """Return every listed agency as it stood at a moment, with its letters' facts, by code.

    Raise RequestError where there was no register yet.
    """
    facts = _facts(tx, at, _register(tx, at))
    return [replace(stand, letters=facts[stand.agency.code]) for stand in published(tx, at)]


def published(tx: Tx, at: datetime) -> list[Stand]:
    """Return every agency of the register of a moment with the transitions published by then.

    Without letters. Raise RequestError where there was no register yet.
    """
    transitions: dict[str, list[PastTransition]] = defaultdict(list)
    for code, now, when, why in ask(tx, TRANSITIONS, (at,)):
        transitions[code].append(PastTransition(Group(now), moment(when), why))
    return [Stand(a, transitions[a.code], ()) for a in history.listed(tx, _register(tx, at))]


def _register(tx: Tx, at: datetime) -> int:
    """Return the import whose register stood at a moment; raise RequestError where none did yet."""
    number = history.by(tx, at)
    if number is None:
        first = ask_one(tx, "SELECT min(at) FROM import")
        when = short_moment(moment(first[0]), "en") if first and first[0] else "(never)"
        raise RequestError(
            f"the first register was taken in at {when}: ask for that moment or later"
        )
    return number


def round_figures(tx: Tx, campaign: int, since: datetime, at: datetime) -> RoundFigures:
    """Count a round's letters as they stood at a moment, and the canaries since it began."""
    row = next(ask(tx, ROUND, {"at": at, "campaign": campaign}))
    planned, sent, doubtful, held, withheld, quiet, late = row
    canaries = [c for c in written_since(tx, since) if c.drafted_at <= at]
    return RoundFigures(planned, sent, doubtful, held, withheld, quiet, late, canaries,
                        last_fact(tx, at), frozenset(taking_anything(tx, at)))


def troubles(tx: Tx, since: datetime, at: datetime) -> list[Trouble]:
    """Return the incidents that were open between two moments, as they stood at the second."""
    rows = ask(tx, INCIDENTS, {"since": since, "at": at})
    return [outage_trouble(CorrelatedOutage(
                Scope(scope), key, moment(opened), moment(closed) if closed else None,
                agencies, cleared, changed))
            for scope, key, opened, closed, agencies, cleared, changed in rows]


def _facts(tx: Tx, at: datetime, number: int) -> dict[str, list[tuple[int, list[Evidence]]]]:
    """Return the facts seen by a moment about the addresses of an import.

    They are grouped by agency, and there by letter, the oldest first.
    """
    found: dict[str, list[tuple[int, list[Evidence]]]] = defaultdict(list)
    for (code, serial), rows in groupby(ask(tx, FACTS, {"at": at, "number": number}),
                                        key=itemgetter(0, 1)):
        found[code].append((serial, [evidence(row[2:]) for row in rows]))
    return found


def _kept(row: tuple[object, ...]) -> Kept:
    given = ("" if value is None else value for value in row)
    return Kept(*given)  # type: ignore[arg-type]  # columns as the schema says
