"""The step for rounds: opens the one that is due, closes those that are over (core.rounds).

A round is a record in the ledger, written in one transaction with the end of the one before. A step
that is killed before its commit has done nothing, and does the same at its next turn. Before the
first round, and between two, no letter of a round is written; confirming letters and canaries go
on, and name the last round that there was.
"""

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


async def turn(*, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal) -> None:
    """Open and close the rounds whose time it is; report what runs, and what waits for a person.

    A configured timetable that would begin the next round sooner or later than stands is not
    followed, but reported, until a person accepts it.
    """
    now, timetable = clock.now(), rules.policy.campaign.timetable
    if await ledger.read(store.rounds.stale, timetable, now):
        turned = await ledger.write(store.rounds.turn, timetable, now, rules.edition(now))
        for closed in turned.closed:
            journal.rounds.closed(closed)
        for opened in turned.opened:
            journal.rounds.opened(opened)
    refused = await ledger.read(store.rounds.change, timetable, now)
    running = await ledger.read(store.rounds.running, timetable, now)
    last = await ledger.read(store.rounds.current, timetable, now)
    journal.rounds.stands(last, len(running) - last.runs(now), refused[1] if refused else None)
