"""Is the ledger's file whole? SQLite holds its pages against one another, table by table, as long as there is time.

What letters and judgements rest on comes first; the raw mails, nine tenths of the file, last. Reads only.
"""

from time import monotonic

import apsw

from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

STEPS = 1000        # of SQLite's machine between two looks at the clock
TABLES = """
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY name = 'mail', name
"""


def looked_through(tx: Tx, seconds: float | None = None) -> bool:
    """Look through the file for damage; return whether there was time for all of it. Raise apsw.CorruptError at damage."""
    if seconds is not None:
        end = monotonic() + seconds
        tx.set_progress_handler(lambda: monotonic() > end, STEPS)
    try:
        for name, in list(ask(tx, TABLES)):
            # no value may stand in a pragma
            found = next(ask(tx, f'PRAGMA quick_check("{name}")'))[0]
            if found != "ok":
                raise apsw.CorruptError(f"table {name}: {found}")
    except apsw.InterruptError:
        return False
    finally:
        tx.set_progress_handler(None)
    return True
