"""Rows of the ledger to records of the core, and back."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.facts.evidence import Certainty, Evidence, MatchedBy, Reason
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.register import Note
from sarabanwatch.store.tx import Args, Tx

AGENCY = ("code, name, kind, province, superior, status, former, cell, "
          "announced, link, given_on, announced_cell, unread")
ROWS_AT_ONCE = 100      # of one statement
ALL_READ = frozenset[str]()     # one for all: an empty set is not small
EVIDENCE = ("kind, seen_at, code, status, text, reason, rule, reporter, receipt, "
            "matched_by, certainty, mail, authentic, edition")


def ask(tx: Tx, sql: str, args: Args = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query; each column is what the schema says it is (STRICT tables)."""
    yield from tx.execute(sql, args)


def ask_one(tx: Tx, sql: str, args: Args = ()) -> tuple[Any, ...] | None:
    """Return the first row of a query, or None."""
    return next(ask(tx, sql, args), None)


def at_once(tx: Tx, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement with all rows as its VALUES; it has {} where they stand. None: nothing."""
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first:first + ROWS_AT_ONCE]
        places = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
        tx.execute(sql.format(places), tuple(chain.from_iterable(some)))


def moment(text: str) -> datetime:
    """Return a moment that the ledger wrote."""
    return datetime.fromisoformat(text)


def agency(row: Sequence[Any]) -> Agency:
    """Return the columns AGENCY as a record."""
    (
        code, name, kind, province, superior, status, former, cell, announced, link, given_on,
        announced_cell, unread,
    ) = row
    return Agency(
        code, name, AgencyKind(kind), province, superior, Status(status), former, cell,
        Announcement(link, date.fromisoformat(given_on) if given_on else None, announced_cell)
        if announced else None, frozenset(unread.split()) if unread else ALL_READ,
    )


def evidence(row: Sequence[Any]) -> Evidence:
    """Return the columns EVIDENCE as a record."""
    (
        kind, seen_at, code, status, text, reason, rule, reporter, receipt, matched_by, certainty,
        mail, authentic, edition,
    ) = row
    return Evidence(
        Fact(kind), moment(seen_at), code, status, text, Reason(reason) if reason else None, rule,
        reporter, receipt, MatchedBy(matched_by), Certainty(certainty), mail, authentic, edition,
    )


def evidence_row(serial: int, e: Evidence) -> tuple[Any, ...]:
    """Return a letter's serial and the columns EVIDENCE."""
    return (serial, e.kind, e.seen_at, e.code, e.status, e.text, e.reason, e.rule, e.reporter,
            e.receipt, e.matched_by, e.certainty, e.mail, e.authentic, e.edition)


def cells(raw: Sequence[str]) -> str:
    """Return raw cells as JSON."""
    return json.dumps(list(raw), ensure_ascii=False)


def notes(text: str | None) -> tuple[Note, ...]:
    """Return the notes that the ledger wrote as JSON; none for "" or None."""
    return tuple(Note(*each) for each in json.loads(text or "[]"))
