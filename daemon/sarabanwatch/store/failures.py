"""What went wrong at a ledger's server: whether it passes by itself, and how it is said."""

from typing import Any

import psycopg

# The server is starting, ending, or only follows another one by now.
AWAY = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.errors.CannotConnectNow,
        psycopg.errors.ReadOnlySqlTransaction)


def is_away(failed: psycopg.Error, connection: psycopg.Connection[Any]) -> bool:
    """Say whether an error tells that the server went away, which is temporary."""
    return connection.broken or isinstance(failed, AWAY)


def reported(failed: Exception) -> str:
    """Return in a line what went wrong at the ledger's server, and what to see to."""
    why = " ".join(str(failed).split())
    if isinstance(failed, psycopg.OperationalError) and failed.sqlstate is None:
        return (f"the ledger's server does not answer, or does not let us in ({why}); see that it "
                "runs, and that ledger.url and ledger.password_file are right")
    if isinstance(failed, psycopg.errors.InsufficientPrivilege):
        return (f"the ledger's server does not let this role do that ({why}); name the owner of "
                "the tables in ledger.url, or have the role given its rights with `ledger grant`")
    return (f"the ledger's server refused what was asked of it ({why}); see to the server, "
            "then start again")
