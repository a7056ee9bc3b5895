"""Whether this daemon leads over a ledger on a server, or stands by: log lines and one metric.

A daemon that stands by knows nothing of the campaign: neither when the inbox was last read nor what
waits. So it gives out a registry of its own, of this one metric, and no alert takes its ignorance
for a fault.
"""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector


class LeadMetrics:
    """Tells who leads; `registry` is given out while this daemon stands by."""

    def __init__(self, registry: CollectorRegistry, tell: Callable[..., None]) -> None:
        self._tell, self.stands_by, self._away = tell, False, False
        self._leads = Gauge("sarabanwatch_leads",
                            "1 while this daemon leads: sends, reads and judges; 0: it stands by, "
                            "or cannot renew its lease", registry=registry)
        self._leads.set(1)      # over a file there is no other
        self.registry = CollectorRegistry()
        self.registry.register(self._leads)
        ProcessCollector(registry=self.registry)

    def away(self, error: Exception) -> None:
        """The ledger's server does not answer, so that nobody knows who leads."""
        if not self._away:
            self._tell("ledger away", error=str(error))
        self._away = True

    def waits(self, leader: str, since: str) -> None:
        """Another daemon leads; we stand by."""
        self._leads.set(0)
        self._away = False
        if not self.stands_by:
            self._tell("stands by", leader=leader, since=since)
        self.stands_by = True

    def begins(self, name: str, fence: int) -> None:
        """We lead from now on."""
        self._leads.set(1)
        self.stands_by = self._away = False
        self._tell("leads", name=name, fence=fence)

    def renewed(self) -> None:
        """Our lease runs on."""
        self._leads.set(1)
        self._away = False

    def doubted(self) -> None:
        """Our lease could not be renewed in its time: another may lead."""
        self._leads.set(0)

    def lost(self, leader: str, since: str) -> None:
        """Another daemon has taken our place: we write nothing more, and end."""
        self._leads.set(0)
        self._tell("lead lost", leader=leader, since=since)
