"""The daemon's steps, bound to the parts they work with, by the names of their jobs (`app.jobs`).

A step that needs more than the ledger knows remembers it here: when the inbox was last read to its
end, when the register's source was last looked at, of which list the domains were surveyed, and
what was last counted.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.app import confirming, life, rounds, sources
from sarabanwatch.app.catch_all_probes import probe_domains
from sarabanwatch.app.forgetting import forget
from sarabanwatch.app.outbox import Outbox
from sarabanwatch.app.own_path import canary
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.survey import survey
from sarabanwatch.core.sending import plan

Step = Callable[[], Awaitable[object]]


class Steps:
    """The steps of one running daemon."""

    def __init__(self, parts: ServiceParts, outbox: Outbox) -> None:
        self._parts, self._outbox = parts, outbox
        self.looked_at: datetime | None = None      # when the inbox was last read to its end
        self._listed_at: datetime | None = None
        self._counted = life.NOTHING_COUNTED    # what was last counted of agencies and the round
        self._surveyed = -1     # the import of the register whose domains were surveyed last

    def clock_set_back(self) -> None:
        """Forget moments that now lie in the future."""
        self.looked_at = self._listed_at = None

    def table(self) -> Mapping[str, Step]:
        """Return each job's step."""
        w = self._parts
        return {
            "room":     w.room,
            "register": self._register,
            "rebase":   lambda: w.ledger.write(store.future.rebase, w.clock.now(),
                                               plan.window_end(w.clock.now(), w.rules.policy)),
            "recover":  lambda: life.recover(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                             in_hand=self._outbox.in_hand),
            "rounds":   lambda: rounds.turn(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                            journal=w.journal),
            "holidays": w.holidays,
            "canary":   self._canary,
            "draft":    self._draft,
            "confirm":  lambda: confirming.look_again(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                                      journal=w.journal),
            "close":    lambda: life.close(
                looked_at=self.looked_at, ledger=w.ledger, clock=w.clock, rules=w.rules,
                journal=w.journal),
            "judge":    self._judge,
            "announce": lambda: life.announce(ledger=w.ledger, clock=w.clock, journal=w.journal),
            "publish":  self._publish,
            "catch_all": lambda: probe_domains(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                               journal=w.journal),
            "relay":    w.knock,
            "forget":   lambda: forget(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                       journal=w.journal),
            "audit":    lambda: life.audit(ledger=w.ledger, journal=w.journal),
            "survey":   self._survey,
        }

    async def _register(self) -> None:
        """Look at the source of the register, when that is due."""
        w = self._parts
        if w.source and (self._listed_at is None
                         or w.clock.now() - self._listed_at >= w.look_every):
            self._listed_at = w.clock.now()
            await sources.look(source=w.source, ledger=w.ledger, clock=w.clock, journal=w.journal,
                               limits=w.limits, addresses=w.rules.addresses)

    async def _judge(self) -> None:
        """See which edition of the groups is in force, then judge what is new."""
        w = self._parts
        await w.editions()
        await life.judge(ledger=w.ledger, clock=w.clock, rules=w.rules)

    async def _canary(self) -> None:
        """See whether our own path works; while it does not, only canaries are sent."""
        w = self._parts
        w.journal.signs_until(w.rules.signs_until)
        self._outbox.path_whole = await canary(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                               journal=w.journal)

    async def _draft(self) -> None:
        w = self._parts
        await life.draft(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal,
                         dispatcher=self._outbox.dispatcher,
                         surveyed=self._surveyed if w.resolvers else None)

    async def _survey(self) -> None:
        """Survey the domains; however it ended, no letter to one listed by then waits for more."""
        w, listed = self._parts, await self._parts.ledger.read(store.history.last)
        try:
            await survey(resolvers=w.resolvers, every=w.survey_every, live=w.rules.policy.live,
                         ledger=w.ledger, clock=w.clock, journal=w.journal)
        finally:
            self._surveyed = listed

    async def _publish(self) -> None:
        w = self._parts
        self._counted = await life.publish(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                           journal=w.journal, before=self._counted)
        await self._outbox.report()
