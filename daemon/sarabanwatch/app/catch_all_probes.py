"""Strays: which domains have one now, and what those that went out have told. What a stray is, `core.sending.catch_all` says.

Each yields to every letter to an agency, and keeps the pace of its mail host (`Gate.strays`): it is written down here only.
"""

from sarabanwatch import store
from sarabanwatch.app.life import Rulebook
from sarabanwatch.core.calendar import campaign
from sarabanwatch.core.sending import catch_all, plan
from sarabanwatch.ports import Clock, Journal
from sarabanwatch.store import Ledger


async def strays(*, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal) -> int:
    """Learn from strays that came to something; write one down for each domain that has had none this round.

    Only where a letter of this round was taken in silence: nowhere else would it tell anything. Never for a house of free
    mail, which knows its names. Killed between the two, or before a commit, it does the same at its next turn.
    """
    now, policy = clock.now(), rules.policy
    tried = await ledger.read(store.catch_all_probes.unjudged)
    if tried:
        await ledger.write(store.catch_all_probes.record,
                           [(each, catch_all.takes_anything(each.strays)) for each in tried], now)
    journal.weakened((await ledger.read(store.catch_all_probes.weakened)).total())
    round_ = campaign(now, policy.anchor, policy.weeks)
    if not policy.catch_all or not rules.signs(now) or not round_.starts <= now < round_.ends:
        return 0
    due = await ledger.read(store.catch_all_probes.due, round_.number)
    hosts = {domain: rules.pace.host_of(f"@{domain}", host) for domain, host in due
             if host != "" and plan.permitted(domain, policy)}
    spared = policy.catch_all_except | rules.addresses.free_mail
    chosen = {domain: host for domain, host in hosts.items() if not {domain, host} & spared}
    if chosen:
        until = plan.send_by(now, round_, policy)
        return await ledger.write(store.catch_all_probes.write, round_.number, chosen, rules.mint,
                                  now, until)
    return 0
