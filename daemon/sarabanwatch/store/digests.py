"""A mail's whole digest, by the beginning of it that a person types."""

from sarabanwatch.core.errors import RequestError
from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

SHOWN, LISTED = 12, 5       # digits of a digest, and digests, that are shown


def whole(tx: Tx, beginning: str) -> str:
    """Return the digest that begins so, in whatever case; raise RequestError for none, or several.

    Where there are several, the error lists them.
    """
    begins = beginning.lower()
    found = [str(digest) for digest, in ask(
        tx, "SELECT digest FROM mail WHERE digest BETWEEN ? AND ? ORDER BY digest LIMIT ?",
        (begins, begins + "g", LISTED + 1))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise RequestError(f"no mail has a digest beginning {beginning!r}; "
                           "`inbox list` and `explain AGENCY` show digests")
    listed = ", ".join(digest[:SHOWN] for digest in found[:LISTED])
    more = " ..." if len(found) > LISTED else ""
    raise RequestError(f"several mails have a digest beginning {beginning!r}: {listed}{more}; "
                       "give more of it")
