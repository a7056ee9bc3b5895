"""Confirming letters: an agency whose letter failed is written to again, on days of its own.

`core.judging.schedule` says when.
"""

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.life import PAGE
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.judging.schedule import conclude_by, next_look
from sarabanwatch.core.sending import plan
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


async def look_again(*, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal) -> int:
    """Write down the confirming letters that are due; return how many.

    They are sent at the pace of their mail hosts. A step that is killed before it commits does the
    same at its next run; what was committed is under way, and no other letter follows it.
    """
    now, policy = clock.now(), rules.policy
    round_ = await ledger.read(store.rounds.current, policy.campaign.timetable, now)
    paused = await ledger.read(store.pauses.paused, now)
    due = [(each, rules.pace.host_of(each.address, each.mail_host))
           for each in await ledger.read(store.confirming.failing)
           if not each.under_way and plan.permitted(each.address, policy)
           and next_look(each, policy) <= now]
    drafts = [Draft(each.code, each.address, now + policy.send_for, None, host)
              for each, host in due if not paused.agency(each.code, host)]
    written = 0
    for first in range(0, len(drafts), PAGE):
        written += await ledger.write(store.confirming.confirm, round_.id,
                                      drafts[first:first + PAGE], rules.mint, clock.now())
    if written:
        journal.confirming(written)
    since = next((each.since for each in await ledger.read(store.confirming.pending)
                  if not paused.agency(each.code, rules.pace.host_of(each.address,
                                                                     each.mail_host))), None)
    journal.suspected(await ledger.read(store.confirming.suspects),
                      conclude_by(since, policy) if since else None)
    return written
