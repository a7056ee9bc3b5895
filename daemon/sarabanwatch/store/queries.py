"""What people ask of the ledger through verbs: read-only, one short transaction each."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.errors import RequestError, UnavailableError, Unusable
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.store import places, schema, snapshots
from sarabanwatch.store.digests import whole
from sarabanwatch.store.letters import seen
from sarabanwatch.store.places import Place
from sarabanwatch.store.rows import AGENCY, ask, ask_one, moment
from sarabanwatch.store.rows import agency as as_agency
from sarabanwatch.store.tx import Tx, stamp
from sarabanwatch.store.witness import lost

LISTED = """
    SELECT a.code, a.name, a.kind, a.province, a.superior, a.cell,
           coalesce(j.grp, 'unknown') AS grp, coalesce(j.because, ''), coalesce(j.since, '')
    FROM agency a LEFT JOIN judgement j USING (code) WHERE a.listed
"""

# By what a list of agencies may be narrowed down, in SQL. A ministry is found by a part of its
# name: a text contains another if taking that away changes it.
FILTERS = {
    "group":    "coalesce(j.grp, 'unknown') = :group",
    "ministry": "replace(a.superior, :ministry, '') <> a.superior",
    "province": "a.province = :province",
    "kind":     "a.kind = :kind",
    "host":     "a.domain IN (SELECT name FROM domain WHERE lower(mail_host) = lower(:host))",
    "since":    "j.since >= :since",
    "suspect":  "(:suspect = 'yes') = EXISTS (SELECT 1 FROM downgrade f "
                "WHERE f.code = a.code AND NOT f.confirmed)",
}
HELD = f"""
    SELECT {AGENCY}, CASE WHEN a.listed THEN coalesce(j.grp, 'unknown') ELSE '' END AS grp,
           coalesce(j.because, ''), j.since
    FROM agency a LEFT JOIN judgement j USING (code) WHERE
"""
MATCHING = f"{LISTED} AND :wanted IN (a.code, a.former) ORDER BY a.code = :wanted DESC LIMIT 1"
NAMED = f"{LISTED} AND replace(a.name, :wanted, '') <> a.name ORDER BY a.code LIMIT 50"
SHARING = f"SELECT count(*) FROM agency a WHERE a.listed AND {FILTERS['host']}"
TRIES = """
    SELECT at, 'try', event || ' ' || speaker || ' ' || reply FROM attempt
    WHERE serial = ? ORDER BY id
"""
LAST_LETTER = """
    SELECT serial, token, code, name, address, drafted_at, replaces,
           (SELECT kind FROM entry e WHERE e.code = letter.code AND e.until IS NULL)
    FROM letter WHERE code = ? ORDER BY serial DESC LIMIT 1
"""
PROBLEMS = """
    SELECT line, raw, problem, remedy FROM problem
    WHERE import = (SELECT max(id) FROM import) ORDER BY line
"""
QUIET = """
    SELECT count(*), coalesce(sum(reported), 0) FROM (
        SELECT max(CASE kind WHEN 'delivered' THEN 1 ELSE 0 END) AS reported
        FROM evidence e JOIN letter l USING (serial)
        WHERE certainty <> 'weak' AND l.code <> '' GROUP BY serial
        HAVING count(*) FILTER (WHERE kind = 'quiet') > 0
           AND count(*) FILTER (WHERE kind NOT IN ('put off', 'taken', 'delayed', 'delivered',
                                                   'quiet')) = 0) letters
"""


class NoLedger(UnavailableError):  # noqa: N818 - said of the file
    """There is no ledger to ask yet."""


@dataclass(frozen=True, slots=True)
class ListedAgency:
    """One agency in a list."""

    code: str
    name: str
    kind: str
    province: str
    superior: str
    cell: str
    group: str
    because: str
    since: str


class GroupedAgency(NamedTuple):
    """One agency as the register has it, and its group.

    The group is "" where another body has succeeded it, so that it is not counted.
    """

    agency: Agency
    group: str
    because: str
    since: datetime | None

    @property
    def row(self) -> ListedAgency:
        """The same as a row of a list."""
        a = self.agency
        return ListedAgency(a.code, a.name, a.kind, a.province, a.superior, a.cell, self.group,
                            self.because, stamp(self.since) if self.since else "")


# The FILTERS that can be applied to what is known of a past day.
PAST: dict[str, Callable[[GroupedAgency, str], bool]] = {
    "group":    lambda held, value: held.group == value,
    "ministry": lambda held, value: value in held.agency.superior,
    "province": lambda held, value: held.agency.province == value,
    "kind":     lambda held, value: held.agency.kind == value,
    "since":    lambda held, value: held.since is not None and stamp(held.since) >= value,
}


def there(place: Place) -> None:
    """Raise NoLedger where there is no ledger yet, Unusable where there was one.

    On a server also what `asking` raises.
    """
    if isinstance(place, Path):
        _stands(place)
        return
    with asking(place):
        return


def _stands(path: Path) -> None:
    if why := lost(path):
        raise Unusable(why)
    if not path.exists():
        raise NoLedger(f"{path}: no ledger yet; start `sarabanwatch run`, "
                       "or `sarabanwatch register import FILE`")


@contextmanager
def asking(place: Place) -> Iterator[Tx]:
    """Open a ledger for questions.

    Raise NoLedger where there is none, Behind, TooNew or TooOld where it is another version's, and
    all that `places.reading` raises.
    """
    if isinstance(place, Path):
        _stands(place)
    with places.reading(place) as tx:
        if not schema.version(tx):
            raise NoLedger(f"{tx.place} holds nothing yet; start `sarabanwatch run`")
        schema.refuse_behind(tx)
        yield tx


def listed(tx: Tx, group: str = "", **others: str) -> Iterator[ListedAgency]:
    """Yield the listed agencies to which all of these FILTERS apply, by code; without any, all."""
    where, args = _narrowed(group=group, **others)
    for row in ask(tx, f"{LISTED}{where} ORDER BY a.code", args):
        yield ListedAgency(*row)


def held(tx: Tx, **wanted: str) -> Iterator[GroupedAgency]:
    """Yield the register's agencies to which these FILTERS apply, by code; without any, all."""
    where, args = _narrowed(**wanted)
    for *row, group, because, since in ask(
        tx, f"{HELD} {'a.listed' if args else 'TRUE'}{where} ORDER BY a.code", args
    ):
        yield GroupedAgency(as_agency(row), group, because, moment(since) if since else None)


def held_at(tx: Tx, at: datetime, **wanted: str) -> Iterator[GroupedAgency]:
    """Yield the agencies to which PAST applies as they stood at a moment, by code.

    Raise RequestError where there was no register yet.
    """
    narrowed = [(PAST[name], value) for name, value in wanted.items() if value]
    for stand in snapshots.published(tx, at):
        last = stand.transitions[-1] if stand.transitions else None
        found = GroupedAgency(stand.agency, stand.group, last.because if last else "",
                              last.at if last else None)
        if all(holds(found, value) for holds, value in narrowed):
            yield found


def _narrowed(**wanted: str) -> tuple[str, dict[str, str]]:
    """Return the SQL that narrows a list down, and its values."""
    given = {name: value for name, value in wanted.items() if value}
    return "".join(f" AND {FILTERS[name]}" for name in given), given


def matching(tx: Tx, wanted: str) -> list[ListedAgency]:
    """Return agencies by code (a former code is its successor's), else by a part of the name.

    At most 50.
    """
    args = {"wanted": wanted}
    exact = [ListedAgency(*row) for row in ask(tx, MATCHING, args)]
    return exact or [ListedAgency(*row) for row in ask(tx, NAMED, args)]


def names(tx: Tx) -> dict[str, str]:
    """Return the names of all listed agencies by their codes."""
    return dict(ask(tx, "SELECT code, name FROM agency WHERE listed ORDER BY code"))


def sharing(tx: Tx, host: str) -> int:
    """Count the listed agencies whose mail goes to a mail host first."""
    row = ask_one(tx, SHARING, {"host": host})
    return int(row[0]) if row else 0


def once_called(tx: Tx, code: str) -> str:
    """Return the last name that the register had for a code; "" where it never had the code."""
    row = ask_one(tx, "SELECT name FROM entry WHERE code = ? ORDER BY since DESC LIMIT 1", (code,))
    return row[0] if row else ""


def tokens(tx: Tx, purpose: Purpose) -> Iterator[str]:
    """Yield the tokens of all letters of a purpose."""
    rows = ask(tx, "SELECT token FROM letter WHERE purpose = ?", (purpose,))
    yield from (token for token, in rows)


def owner(tx: Tx, serial: int) -> str:
    """Return the code of the agency that a letter went to; "" where there is no such letter."""
    row = ask_one(tx, "SELECT code FROM letter WHERE serial = ?", (serial,))
    return row[0] if row else ""


def sent_to(tx: Tx, serials: Iterable[int]) -> Mapping[int, tuple[str, datetime | None]]:
    """Return of each letter that there is its agency's code, "" for none, and its first try."""
    rows = ((serial, ask_one(tx, "SELECT code, first_try FROM letter WHERE serial = ?", (serial,)))
            for serial in serials)
    return {serial: (row[0], moment(row[1]) if row[1] else None) for serial, row in rows if row}


def under_way(tx: Tx, address: str) -> tuple[int, datetime | None] | None:
    """Return the serial of the letter to an address that has not ended, and its window's end.

    None where there is none; the end is None where it has not left us.
    """
    row = ask_one(tx, "SELECT serial, window_end FROM letter "
                      "WHERE address = ? AND state <> 'closed' ORDER BY serial DESC", (address,))
    return (row[0], moment(row[1]) if row[1] else None) if row else None


def waits_at(tx: Tx, serial: int) -> tuple[str, datetime, datetime] | None:
    """Return a waiting letter's mail host, when it may leave and until when; None: it left."""
    row = ask_one(tx, "SELECT host, due_at, send_by FROM letter "
                      "WHERE serial = ? AND state IN ('drafted', 'deferred')", (serial,))
    return (row[0], moment(row[1]), moment(row[2])) if row else None


def course(tx: Tx, serial: int) -> Iterator[tuple[str, str]]:
    """Yield what became of a letter so far, step by step, as (kind, text with Bangkok's time).

    The kind is `try` or `fact`, and at last `state`.
    """
    tried = [(at, what, words) for at, what, words in ask(tx, TRIES, (serial,))]
    facts = [(stamp(e.seen_at), "fact", _in_words(e)) for e in seen(tx, serial)]
    for at, what, words in sorted([*tried, *facts], key=itemgetter(0)):
        yield what, f"{short_moment(moment(at), 'en', seconds=True)} {words}"
    yield "state", tx.execute("SELECT state FROM letter WHERE serial = ?", (serial,)).get


def _in_words(e: Evidence) -> str:
    parts = (e.kind, str(e.code or ""), e.status, e.text, e.receipt, e.mail[:12])
    return " ".join(filter(None, parts))


def last_letter(tx: Tx, code: str) -> Letter | None:
    """Return the last letter to an agency, or None."""
    row = ask_one(tx, LAST_LETTER, (code,))
    if row is None:
        return None
    serial, token, code, name, address, drafted_at, replaces, kind = row
    return Letter(serial, token, code, name, address, moment(drafted_at), replaces,
                  kind=kind or "")


def problems(tx: Tx) -> list[dict[str, Any]]:
    """Return the rows of the last import that could not be read."""
    return [{"line": line, "raw": json.loads(raw), "problem": problem, "remedy": remedy}
            for line, raw, problem, remedy in ask(tx, PROBLEMS)]


def arrivals(tx: Tx) -> dict[str, int]:
    """Count the mails that came in by kind."""
    return {
        row[0]: row[1]
        for row in ask(tx, "SELECT kind, count(*) FROM mail GROUP BY kind ORDER BY kind")
    }


def quiet(tx: Tx) -> tuple[int, int]:
    """Count the letters to agencies to which nothing came back, and those reported as delivered.

    The second number is a part of the first: reports of delivery, or of being relayed, are no
    answer.
    """
    letters, reported = next(ask(tx, QUIET))
    return letters, reported


def raw_mail(tx: Tx, digest: str) -> bytes:
    """Return a raw message by its digest or the beginning of that.

    Raise RequestError where none or several begin so, or where the message was erased.
    """
    ((raw, forgotten_at),) = ask(tx, "SELECT raw, forgotten_at FROM mail WHERE digest = ?",
                                 (whole(tx, digest),))
    if forgotten_at:
        raise RequestError("its words were kept until "
                           f"{short_moment(moment(forgotten_at), 'en')}; "
                           "what was read from it stands ([ledger] mail_days, own_days)")
    return zlib.decompress(raw)
