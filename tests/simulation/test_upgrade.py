"""An old ledger is brought up to date on a disk that loses its power: afterwards it is the old one
or the new one, whole."""

from random import Random

import apsw
import pytest

from sarabanwatch.store import schema
from simulation.disk import Disk
from simulation.inline_ledger import opened

# What a release after the first might bring: a table is changed, and its rows are moved along.
LATER = (
    "ALTER TABLE import ADD COLUMN pages INTEGER; UPDATE import SET pages = good / 10;",
    """CREATE TABLE stamp (source TEXT, pages INTEGER) STRICT;
       INSERT INTO stamp SELECT source, pages FROM import;""",
    "ALTER TABLE import DROP COLUMN pages; CREATE INDEX stamp_of ON stamp (source);",
)
NEW, NOW = 0, schema.FIRST + len(LATER)
SCHEMA = (
    "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema ORDER BY type, name)"
)
KEPT = "SELECT good FROM import"
POINTS = 60         # at most, over the whole of an upgrade


def older(disk: Disk, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a ledger of an earlier schema on the disk, with a row in it."""
    with monkeypatch.context() as patched:
        db = opened(disk)
        if version != NEW:
            patched.setattr(schema, "MIGRATIONS", LATER[:version - schema.FIRST])
            schema.migrate(db)
            db.execute(
                "INSERT INTO import (at, source, digest, good, bad) "
            "VALUES ('2026', 'a list', 'd', 41, 0)"
            )
        db.close()


def found(disk: Disk) -> tuple[int, str, int | None]:
    """Return what is found on it: version, schema, and the row."""
    db = opened(disk)
    try:
        version = schema.version(db)
        return version, db.execute(SCHEMA).get, db.execute(KEPT).get if version != NEW else None
    finally:
        db.close()


def upgrade(disk: Disk) -> None:
    db = opened(disk)
    try:
        schema.migrate(db)
    finally:
        db.close(True)


@pytest.mark.parametrize("version", [NEW, schema.FIRST, NOW - 1])
def test_an_upgrade_that_is_cut_off_anywhere_has_happened_or_has_not_and_can_be_done_again(
    version: int, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", LATER)
    whole = Disk(Random(1), lambda: None)
    older(whole, version, monkeypatch)
    before, begun = found(whole), whole.operations
    upgrade(whole)
    after, ended = found(whole), whole.operations
    assert (before[0], after[0]) == (version, NOW)
    seen = set()
    for point in range(1, ended - begun, (ended - begun) // POINTS + 1):
        disk = Disk(Random(point), lambda: None)
        older(disk, version, monkeypatch)
        disk.kill_at = disk.operations + point
        with pytest.raises(apsw.IOError):
            upgrade(disk)
        disk.restart(power_lost=True)
        seen.add(found(disk))
        upgrade(disk)
        assert found(disk) == after
    assert seen <= {before, after}
