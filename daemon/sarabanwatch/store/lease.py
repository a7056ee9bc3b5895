"""Who leads, where several daemons share a ledger on a server: one of them, and it can prove it.

The problem. Two daemons stand ready so that one may die. If both sent, letters would leave twice;
and one that was paused, or cut off, does not know that another has taken its place.

The rule. The leader holds a lease, which it renews. Whoever finds it run out takes it, under the
next *fence*, a number that only grows, and ends the old leader's sessions, which may hold locks.
Every transaction of a leader looks at the fence first, under the lock that a taker needs to change
it (`store.server`): one that wakes finds another number, writes nothing more, and stops. What it
was sending then is in doubt, and in doubt no letter is sent again.

Time is the server's own clock, so that no two clocks need agree:

    held by nobody           whoever asks leads
    renewed within LASTS     its holder leads; others stand by
    not renewed for longer   the next who asks leads

While the server was away nobody could renew it, so that time counts for nothing: a lease that ran
then lasts as long again from the server's start.
"""

from typing import NamedTuple

from sarabanwatch.store.rows import ask_one
from sarabanwatch.store.tx import Tx

LASTS = 30.0        # seconds without a renewal after which a lease has run out
RENEWED = 10.0      # seconds between two renewals
# The lock under which all is written. It is waited for so long, then asked for again: the wait is
# told of, and ends where the end is asked for.
ALONE = """
    SET LOCAL lock_timeout = 2000; SELECT 1 FROM engine FOR UPDATE;
    SET LOCAL lock_timeout TO DEFAULT
"""
AGE = "clock_timestamp() - greatest(renewed, pg_postmaster_start_time())"
STANDS = f"SELECT fence, holder, since, extract(epoch FROM {AGE})::text FROM lease"
TAKE = f"""
    UPDATE lease SET fence = fence + 1, holder = ?, since = ?, renewed = clock_timestamp()
    WHERE fence = ? AND (holder = '' OR {AGE} > make_interval(secs => ?))
"""
RENEW = "UPDATE lease SET renewed = clock_timestamp() WHERE fence = ? AND holder <> ''"
GIVE_UP = "UPDATE lease SET holder = '' WHERE fence = ?"
# The sessions of whoever held it: they may be in the middle of a transaction, and asleep.
TURN_OUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = ? AND datname = current_database() AND pid <> pg_backend_pid()
"""


class Leader(NamedTuple):
    """A daemon that leads: the fence of its lease, and its name, which all its sessions have."""

    fence: int
    name: str


class Lease(NamedTuple):
    """Who holds the lease ("" for nobody), under which fence, since when.

    `age`: seconds since it was renewed, or since the server's start.
    """

    fence: int
    holder: str
    since: str
    age: float

    def runs(self, lasts: float = LASTS) -> bool:
        """Say whether its holder leads: a renewal lasts so many seconds."""
        return bool(self.holder) and self.age <= lasts


def standing(tx: Tx, after: str = "") -> Lease:
    """Return the lease as it stands, once the statements `after` were run in the same message."""
    fence, holder, since, age = ask_one(tx, after + STANDS) or (0, "", "", "0")
    return Lease(fence, holder, since, float(age))


def leading(tx: Tx) -> str:
    """Return the name of the daemon that leads; "" where none does."""
    found = standing(tx)
    return found.holder if found.runs() else ""


def take(tx: Tx, holder: str, lasts: float = LASTS) -> int | None:
    """Take the lease where nobody holds one that runs; return the fence, None where another leads.

    `holder` is also the name of all sessions that it has. No transaction may be open.
    """
    found = standing(tx)
    if found.runs(lasts):
        return None
    if found.holder:
        tx.execute(TURN_OUT, (found.holder,))
    with tx:
        tx.execute(ALONE)
        tx.execute(TAKE, (holder, tx.now(), found.fence, lasts))
        return found.fence + 1 if tx.changes() else None


def renew(tx: Tx, fence: int) -> bool:
    """Renew the lease of a fence; return whether it was still ours."""
    tx.execute(RENEW, (fence,))
    return bool(tx.changes())


def give_up(tx: Tx, fence: int) -> None:
    """Give the lease of a fence up, so that another may lead at once."""
    tx.execute(GIVE_UP, (fence,))
