"""The step for catch-all probes: learns from those that were sent, and writes down those to send.

`core.sending.catch_all` says what such a probe is. Nothing is sent here: the dispatcher lets a
probe go only after every letter to an agency, and at the pace of its mail host.
"""

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.sending import catch_all, plan
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


async def probe_domains(*, ledger: Ledger, clock: Clock, rules: Rulebook,
                        journal: Journal) -> int:
    """Judge the domains whose probes have an outcome, then write down one probe a domain and round.

    A domain gets a probe only where it accepted a letter of this round without saying more, since
    nowhere else would the answer tell anything; and none at a provider of free mail, which knows
    its names. Return how many were written down. A step that is killed half-way does the same
    again.
    """
    now, policy = clock.now(), rules.policy
    tried = await ledger.read(store.catch_all_probes.unjudged)
    if tried:
        found = [(each, catch_all.takes_anything(each.probes)) for each in tried]
        await ledger.write(store.catch_all_probes.record, found, now)
    journal.weakened((await ledger.read(store.catch_all_probes.weakened)).total())
    round_ = await ledger.read(store.rounds.current, policy.campaign.timetable, now)
    if not policy.catch_all.test or not rules.signs(now) or not round_.runs(now):
        return 0
    due = await ledger.read(store.catch_all_probes.due, round_.id)
    hosts = {domain: rules.pace.host_of(f"@{domain}", host) for domain, host in due
             if host != "" and plan.permitted(domain, policy)}
    spared = policy.catch_all.excepted | rules.addresses.free_mail
    paused = await ledger.read(store.pauses.paused, now)
    chosen = {domain: host for domain, host in hosts.items()
              if not {domain, host} & spared and not paused.domain(domain, host)}
    if chosen:
        until = plan.send_by(now, round_, policy)
        return await ledger.write(store.catch_all_probes.write, round_.id, chosen, rules.mint,
                                  now, until)
    return 0
