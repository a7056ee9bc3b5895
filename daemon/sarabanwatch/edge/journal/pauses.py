"""Log lines and metrics of pauses: which begin, are in force and end; which has no end."""

from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core.sending.pausing import Pause, Reach
from sarabanwatch.edge.journal.moments import wall
from sarabanwatch.ports import Clock


class PauseMetrics:
    """The journal of pauses; `tell` writes a line."""

    def __init__(self, registry: CollectorRegistry, tell: Callable[..., None],
                 clock: Clock) -> None:
        self._tell, self._clock = tell, clock
        self._in_force = Gauge("sarabanwatch_pauses", "Pauses in force, by what they are for",
                               ["level"], registry=registry)
        self._unending = Gauge(
            "sarabanwatch_pause_without_end_timestamp_seconds",
            "Since when a pause is in force that only a person can end; 0: none is",
            registry=registry,
        )
        self._reported: dict[int, Pause] = {}
        for level in Reach:
            self._in_force.labels(level)

    def report(self, active: Sequence[Pause], over: Sequence[Pause], now: datetime) -> None:
        """Report which pauses are in force; one that begins or ends is logged.

        The time of those in `over` has just run out: they ended by themselves.
        """
        for each in over:
            self._tell("pause over", pause=each.number, scope=each.level, name=each.key,
                       until=each.until.isoformat() if each.until else None)
        oldest = min((pause.since for pause in active if pause.forgettable), default=None)
        self._unending.set(wall(self._clock, oldest) if oldest else 0)
        known, self._reported = self._reported, {pause.number: pause for pause in active}
        if known.keys() == self._reported.keys():
            return
        for number in self._reported.keys() - known.keys():
            begun = self._reported[number]
            until = begun.rests_until(now)
            self._tell("paused", pause=number, scope=begun.level, name=begun.key, by=begun.by,
                       until=until.isoformat() if until else None)
        for number in known.keys() - self._reported.keys():
            self._tell("no longer paused", pause=number, scope=known[number].level,
                       name=known[number].key)
        for level in Reach:
            self._in_force.labels(level).set(sum(pause.level is level for pause in active))
