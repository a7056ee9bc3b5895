"""The step for canaries: letters to ourselves, which show whether our own path works.

`core.sending.canary` says when one is due and what those that were sent tell.
"""

from collections.abc import Callable, Iterator

from sarabanwatch import store
from sarabanwatch.app import windows
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.returns.authenticity import signed_by_our_domain
from sarabanwatch.core.sending import canary as canary_rules
from sarabanwatch.core.sending import plan
from sarabanwatch.core.sending.canary import CanaryDraft, CanaryKind
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


async def canary(*, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal) -> bool:
    """Write down canaries that are due; return whether our own path works, by those sent before.

    Where no key is left to sign them with, none is written down; that says nothing about the path.
    """
    now, policy = clock.now(), rules.policy
    if not policy.canary.every:
        return True
    lately = now - 4 * (policy.canary.every + policy.canary.patience)
    canaries = canary_rules.happened(await windows.heard(ledger, lately, now), now)
    round_ = (await ledger.read(store.rounds.current, policy.campaign.timetable, now)).id
    for kind in _kinds(rules):
        if rules.signs(now) and canary_rules.due(canaries, kind, now, policy.canary):
            to = (rules.form.return_path if kind is CanaryKind.HOME
                  else _always(policy.canary.must_bounce))
            await ledger.write(store.canaries.launch,
                               CanaryDraft(kind, round_, to, now + policy.canary.every), rules.mint,
                               now)
    whole = canary_rules.whole(canaries, now, policy.canary.patience)
    signed = await ledger.read(store.arrivals.home_signed) or ()
    journal.path(whole=whole, away=canary_rules.away(canaries), back=canary_rules.back(canaries),
                 within=policy.canary.every + policy.canary.patience,
                 signed=signed_by_our_domain(rules.form.sender.address, signed))
    return whole


def _kinds(rules: Rulebook) -> Iterator[CanaryKind]:
    """Yield which canaries are sent: one home, and one that must bounce, where it may go so far.

    While `live = false`, letters to ourselves go to the domain of our own mailbox only.
    """
    yield CanaryKind.HOME
    to = rules.policy.canary.must_bounce
    at_home = canary_rules.at_home(to, rules.form.sender.address)
    if to and (at_home or plan.permitted(to, rules.policy)):
        yield CanaryKind.BOUNCE


def _always(to: str) -> Callable[[str], str]:
    return lambda _token: to
