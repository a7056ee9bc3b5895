"""The census by what agencies share, and who fell out of reach: `core.judging.breakdown`."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sarabanwatch.core.judging.breakdown import (
    NOT_COUNTED,
    SHOWN,
    Breakdown,
    CountedTo,
    Fall,
    OpenIncident,
    Share,
    TransitionKind,
)
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

SHARES = """
    SELECT a.kind, a.superior, a.province, coalesce(d.mail_host, ''), coalesce(j.grp, 'unknown'),
           count(*)
    FROM agency a LEFT JOIN judgement j USING (code) LEFT JOIN domain d ON d.name = a.domain
    WHERE a.listed GROUP BY 1, 2, 3, 4, 5
"""
# Those that moved from one group to another since.
TURNED = """
    SELECT a.kind, a.superior, a.province, coalesce(d.mail_host, ''), coalesce(t.was, 'unknown'),
           t.now, count(*)
    FROM transition t JOIN agency a USING (code) LEFT JOIN domain d ON d.name = a.domain
    WHERE a.listed AND t.id > ? GROUP BY 1, 2, 3, 4, 5, 6
"""
COUNTED_TO = """
    SELECT (SELECT max(id) FROM epoch), (SELECT coalesce(max(id), 0) FROM import),
           (SELECT coalesce(max(host_move), 0) FROM domain WHERE host_move > 0),
           (SELECT coalesce(max(id), 0) FROM transition)
"""
EACH = """
    SELECT a.code, a.name, a.kind, a.superior, a.province, coalesce(d.mail_host, ''),
           coalesce(j.grp, 'unknown')
    FROM agency a LEFT JOIN judgement j USING (code) LEFT JOIN domain d ON d.name = a.domain
    WHERE a.listed ORDER BY 1
"""
# The last fall of each agency, from a group in which mail arrived. It is mended by the first
# transition after it to a group in which mail arrives again.
FELL = "now IN ('D1', 'D2', 'D3') AND was NOT IN ('D1', 'D2', 'D3', 'unknown')"
FALLS = f"""
    SELECT a.code, a.name, a.superior, a.province, coalesce(d.mail_host, ''), t.now, t.because,
           t.at, t.mended
    FROM (SELECT f.*, (SELECT min(m.at) FROM transition m
                       WHERE m.code = f.code AND m.id > f.id
                         AND m.now NOT IN ('D1', 'D2', 'D3', 'unknown')) AS mended
          FROM transition f
          WHERE f.id IN (SELECT max(id) FROM transition WHERE {FELL} GROUP BY code)) t
         JOIN agency a USING (code) LEFT JOIN domain d ON d.name = a.domain
    WHERE a.listed AND (t.mended IS NULL OR t.mended > ?) ORDER BY t.id
"""
OPEN = """
    SELECT i.id, i.scope, i.key, f.because, count(f.code)
    FROM incident i LEFT JOIN downgrade f ON f.incident = i.id
    WHERE i.closed_at IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 5 DESC, 4
"""
MOVED = """
    SELECT coalesce(was, ''), now, because, count(*) FROM transition WHERE id > ? GROUP BY 1, 2, 3
"""


def breakdown(tx: Tx, now: datetime, before: Breakdown = NOT_COUNTED) -> Breakdown:
    """Return the country as operations see it at a moment, with falls mended within a week.

    All agencies are counted only where it must be (`core.judging.breakdown.CountedTo`); else those
    that moved since `before`, the last answer.
    """
    with tx.at_one_moment():
        to = CountedTo(*next(ask(tx, COUNTED_TO)))
        since = before.to.transition if to.follows(before.to) else 0
        shares = _turned(tx, before, to) if since else _counted(tx)
        moved = Counter(before.moved) if since else Counter[TransitionKind]()
        moved.update({TransitionKind(*how): agencies
                      for *how, agencies in ask(tx, MOVED, (since,))})
        falls = [_fall(*row) for row in ask(tx, FALLS, (now - SHOWN,))]
        return Breakdown(shares, falls, _open(tx), moved, to)


def _counted(tx: Tx) -> Sequence[Share]:
    return [Share(kind, superior, province, host, Group(group), agencies)
            for kind, superior, province, host, group, agencies in ask(tx, SHARES)]


def _turned(tx: Tx, before: Breakdown, to: CountedTo) -> Sequence[Share]:
    """Return the shares with those moved that changed group since; the same ones where none did."""
    if to == before.to:
        return before.shares
    counted = Counter({share._replace(agencies=0): share.agencies for share in before.shares})
    for kind, superior, province, host, was, now, agencies in ask(tx, TURNED,
                                                                  (before.to.transition,)):
        left = Share(kind, superior, province, host, Group(was), 0)
        counted[left] -= agencies
        counted[left._replace(group=Group(now))] += agencies
    return [of._replace(agencies=agencies) for of, agencies in counted.items() if agencies]


def _fall(code: str, name: str, superior: str, province: str, *how: str) -> Fall:
    host, group, because, at, mended = how
    return Fall(code, name, superior, province, host, Group(group), because, moment(at),
                moment(mended) if mended else None)


def _open(tx: Tx) -> list[OpenIncident]:
    found = []
    for (number, scope, key), rows in groupby(ask(tx, OPEN), key=lambda row: row[:3]):
        held = Counter({because or "": agencies for *_, because, agencies in rows})
        (reason, _), *_ = held.most_common(1)
        found.append(OpenIncident(number, Kin(Scope(scope), key), reason, held.total()))
    return found


def every(tx: Tx) -> list[tuple[str, ...]]:
    """Return each listed agency: code, name, kind, superior, province, mail host and group."""
    return list(ask(tx, EACH))
