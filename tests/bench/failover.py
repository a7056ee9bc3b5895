"""The leader of two daemons fails, so many times (20): what left twice, what is lost, the gap.

    .venv/bin/python tests/bench/failover.py [TIMES]

The gap is from the moment at which the leader fails to the first letter of the other; a lease lasts
`fakes.failover.LASTS` seconds here, and `store.lease.LASTS` in earnest.
"""

import asyncio
import sys
from collections import Counter
from contextlib import closing

import tests_path  # noqa: F401

from fakes import postgres
from fakes.books import draft
from fakes.failover import HOW, LASTS, failed_over
from fakes.samples import MONDAY, RULES, agency, register
from fakes.wires import beside
from sarabanwatch import store
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.server import ServerLedger

LETTERS = 60


async def once(url: str, how: str) -> tuple[int, int, int, float]:
    """Return how many letters left twice, are lost and are in doubt, and the gap in seconds."""
    agencies = [agency(f"saraban@a{n}.go.th", f"{n}", name=f"{n}") for n in range(LETTERS)]
    with closing(ServerLedger(url)) as ledger:
        await ledger.write(store.register_table.replace, register(*agencies), RULES, MONDAY)
        await draft(ledger, *agencies)
    with beside(url) as wire:
        sent, states, gap = await failed_over(how, url, *wire)
    with closing(ServerSession(url)) as db:
        db.execute(postgres.EMPTIED)
    became = Counter(states.values())
    return (len(sent) - len(set(sent)), LETTERS - became["accepted"] - became["doubtful"],
            became["doubtful"], gap)


async def main(times: int) -> None:
    """Print a line a time, and the sum."""
    twice = lost = doubtful = 0
    longest = 0.0
    with postgres.server() as (url, _):
        for n in range(times):
            how = HOW[n % len(HOW)]
            found = await once(url, how)
            print(f"{n + 1:3} {how:8} twice {found[0]} lost {found[1]} in doubt {found[2]} "
                  f"gap {found[3]:.1f} s")
            twice, lost, doubtful = (a + b for a, b in
                                     zip((twice, lost, doubtful), found[:3], strict=True))
            longest = max(longest, found[3])
    print(f"{times} times: {twice} twice, {lost} lost, {doubtful} in doubt; longest gap "
          f"{longest:.1f} s where a lease lasts {LASTS:g} s")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
