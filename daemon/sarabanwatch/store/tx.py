"""A transaction of the ledger, which every function of this room takes first.

Nobody outside this room uses it. Moments are given to SQL as datetimes, and written as text that
sorts as they do (UTC, ISO 8601 with milliseconds).
"""

from datetime import UTC, datetime

import apsw

Tx = apsw.Connection


def stamp(moment: datetime) -> str:
    """Return a moment as the ledger writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def bind(_cursor: apsw.Cursor, number: int, value: object) -> str:
    """Return what stands in SQL for a value of a type that SQLite does not know.

    Raise TypeError for anything but a datetime.
    """
    if isinstance(value, datetime):
        return stamp(value)
    raise TypeError(f"value {number} of a query is a {type(value).__name__}, "
                    "which the ledger has no column for")


def present(tx: Tx, at: datetime | None) -> str:
    """Return a moment as the ledger writes it; None: now, by the wall's clock."""
    return stamp(at) if at else str(tx.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')")
                                    .get)


def engine() -> str:
    """Return the version of the SQLite that keeps the ledger: the one that apsw brings along."""
    return apsw.sqlite_lib_version()
