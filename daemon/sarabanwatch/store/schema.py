"""The tables of a ledger: how a new one is made (`schema.sql`), and how an old one is brought up.

`PRAGMA user_version` says which schema a file has: FIRST where schema.sql made it, and one more for
each of the MIGRATIONS that it has seen. A new ledger goes the same way as an old one: schema.sql,
then every migration.

Until the first release schema.sql is changed in place, and FIRST is raised with it, so that a
development ledger of another schema is refused (TooOld). From then on neither schema.sql nor any
migration is ever edited. A change is then one more script at the end of MIGRATIONS: definitions,
and statements that move the data along, but no BEGIN or COMMIT, since all that a file lacks runs in
one transaction. Its test makes a ledger as it was before, with rows in it, and reads them
afterwards; the ledgers of releases that tests/store/kept holds go through it as well.

Whoever opens a ledger makes the tables of a new one (`make`), and leaves an older one alone
(Behind): `store.upgrade` brings that up, and copies it first.
"""

from pathlib import Path

from sarabanwatch.core.errors import ConfigError, UnavailableError, Unusable
from sarabanwatch.store.tx import Tx

FIRST = 110     # what is smaller was a development version's
SCRIPTS = Path(__file__).with_name("migrations")
MIGRATIONS: tuple[str, ...] = tuple((SCRIPTS / f"{name}.sql").read_text(encoding="utf-8")
                                    for name in ("rounds", "acts", "counted", "off_days", "pauses",
                                                 "retention", "room", "lately",
                                                 "window_hours", "under_way", "ends",
                                                 "census", "again", "own_mail"))


class TooNew(ConfigError):  # noqa: N818 - said of the file
    """The file was written by a newer version than this one."""


class TooOld(ConfigError):  # noqa: N818 - said of the file
    """The file was written by a development version, from which no migration leads to this one."""


class Behind(UnavailableError):  # noqa: N818 - said of the file
    """The file was written by an older version; the daemon's start, or a verb, brings it up."""


def make(db: Tx) -> None:
    """Make the tables of a new file; a file of today's schema stays as it is.

    Raise Behind where it is older, and all that `migrate` raises, with nothing touched.
    """
    refuse_foreign(db)
    refuse_behind(db)
    migrate(db)


def migrate(db: Tx) -> None:
    """Make the tables of a new file, or bring an old one up to date.

    It is done whole or not at all, and by one program at a time. Raise TooNew or TooOld, with
    nothing touched, where no migration leads here; Unusable where the file is another program's.
    """
    refuse_foreign(db)
    if known(db) == newest():
        return
    # asked again: another program may have done it while we waited for the file
    db.lay(lambda: _lacking(known(db)), newest())


def refuse_foreign(db: Tx) -> None:
    """Raise Unusable where a file is another program's."""
    if db.is_foreign():
        raise Unusable("it is a database of another program: name another one in ledger.file "
                       "(ledger.url), or put the ledger back")


def newest() -> int:
    """Return the schema that this version writes."""
    return FIRST + len(MIGRATIONS)


def version(db: Tx) -> int:
    """Return the schema that a ledger says it has; 0 where it has none yet."""
    return db.version()


def known(db: Tx) -> int:
    """Return the schema that a file has.

    Raise TooNew or TooOld where this version can neither read it nor bring it up to date.
    """
    seen = version(db)
    if seen > newest():
        raise TooNew(f"{db.place}: schema {seen} is newer than this version knows "
                     f"({newest()}): install the newer version, or go back to the copy that it "
                     "took of the older ledger (`sarabanwatch ledger downgrade`)")
    if 0 < seen < FIRST:
        raise TooOld(f"{db.place}: schema {seen} is a development version's, "
                     "which no release takes over: go on with that version, or move the ledger "
                     "away with its witness and lock and begin anew with `register import`")
    return seen


def is_behind(db: Tx) -> bool:
    """Say whether a file is an older release's. Raise TooNew or TooOld as `known` does."""
    return 0 < known(db) < newest()


def refuse_behind(db: Tx) -> None:
    """Raise Behind where a file is an older release's, TooNew or TooOld as `known` does."""
    if is_behind(db):
        raise Behind(
            f"{db.place}: schema {version(db)} is an older version's, and this version needs "
            f"{newest()}: start the new version's daemon, or run `sarabanwatch ledger migrate`; "
            "either copies the ledger first (on a server the verb alone does it: "
            "take a dump first, with pg_dump)")


def _lacking(seen: int) -> tuple[str, ...]:
    """Return the scripts that a file of this schema has not seen."""
    return MIGRATIONS[seen - FIRST:] if seen else scripts()


def scripts() -> tuple[str, ...]:
    """Return the scripts that make a new ledger's tables."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"), *MIGRATIONS
