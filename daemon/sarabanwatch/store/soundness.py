"""Whether the ledger's file is whole: SQLite checks its pages, table by table, while time lasts.

The tables on which letters and judgements rest come first, and the raw mails, nine tenths of the
file, last. The file is only read.
"""

from time import monotonic

import apsw

STEPS = 1000        # instructions of SQLite's virtual machine between two looks at the clock
TABLES = """
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'
    ORDER BY name = 'mail', name
"""


def looked_through(tx: apsw.Connection, seconds: float | None = None) -> bool:
    """Look through the file for damage; return whether there was time for all of it.

    `seconds` is the time at most, None for no limit. Raise apsw.CorruptError where it is damaged.
    """
    if seconds is not None:
        end = monotonic() + seconds
        tx.set_progress_handler(lambda: monotonic() > end, STEPS)
    try:
        for name, in list(tx.execute(TABLES)):
            # a pragma takes no parameters
            found = next(tx.execute(f'PRAGMA quick_check("{name}")'))[0]
            if found != "ok":
                raise apsw.CorruptError(f"table {name}: {found}")
    except apsw.InterruptError:
        return False
    finally:
        tx.set_progress_handler(None)
    return True
