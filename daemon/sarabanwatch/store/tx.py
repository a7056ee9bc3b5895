"""A transaction of the ledger: what every function of this room takes first. Nobody outside does anything with it.

Moments are given to SQL as they are, and written as text (UTC, ISO 8601 with milliseconds) that sorts as they do.
"""

from datetime import UTC, datetime

import apsw

Tx = apsw.Connection


def stamp(moment: datetime) -> str:
    """Return a moment as the ledger writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def bind(_cursor: apsw.Cursor, number: int, value: object) -> str:
    """Return what stands in SQL for a value that SQLite has no type of; raise TypeError for all but moments."""
    if isinstance(value, datetime):
        return stamp(value)
    raise TypeError(
        f"value {number} of a question is a {type(value).__name__}, which the ledger has no column for"
    )


def engine() -> str:
    """Return the version of the SQLite that keeps the ledger: the one that apsw brings along."""
    return apsw.sqlite_lib_version()
