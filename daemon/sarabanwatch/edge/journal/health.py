"""For each thing that must succeed, the moment when it last did: the metrics for health alerts.

No bad news is not health: a relay that refuses every connection sends no bounces, and a daemon that
sends nothing loses nothing. So each gauge holds a moment of success, and an alert asks how long ago
that is. Moments are those of the machine's clock in seconds since 1970, as Prometheus counts;
moments of the daemon's own time, which may run faster, are converted. What has not succeeded since
the daemon started has the moment of the start.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
)

from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.edge.journal.moments import wall
from sarabanwatch.ports import Clock

REPORT = ("due", "frozen", "released")      # the steps of a report


class HealthGauges:
    """The gauges of health."""

    def __init__(self, clock: Clock, registry: CollectorRegistry, steps: Sequence[str]) -> None:
        self._clock, self._started = clock, time.time()
        self._steps = Gauge("sarabanwatch_step_timestamp_seconds",
                            "When a step last ran to its end", ["step"], registry=registry)
        self._read = Gauge("sarabanwatch_mailbox_read_timestamp_seconds",
                           "When the inbox was last read to its end", registry=registry)
        self._up = Gauge("sarabanwatch_relay_up",
                         "1 if a relay was ready for a letter when one was last asked",
                         registry=registry)
        self._accepted = Gauge("sarabanwatch_relay_accepted_timestamp_seconds",
                               "When a relay last took a letter; 0: not since the start",
                               registry=registry)
        self._back = Gauge("sarabanwatch_canary_back_timestamp_seconds",
                           "When a letter to ourselves last came back",
                           ["kind"], registry=registry)
        self._due = Gauge("sarabanwatch_canary_due_timestamp_seconds",
                          "When the next letter to ourselves must have come home",
                          registry=registry)
        self._held_up = Gauge(
            "sarabanwatch_letters_held_up_timestamp_seconds",
            "Since when letters that may go have not left us; 0: there are none",
            registry=registry,
        )
        self._fall_due = Gauge(
            "sarabanwatch_fall_due_timestamp_seconds",
            "By when the oldest pending downgrade is to be published or withdrawn; 0: none",
            registry=registry,
        )
        self._backup = Gauge("sarabanwatch_backup_timestamp_seconds",
                             "When the last backup was taken and checked; 0: none yet",
                             registry=registry)
        self._source = Gauge("sarabanwatch_register_source_timestamp_seconds",
                             "When a source of lists was last read, with no list refused; "
                             "0: not since the start", registry=registry)
        self._report = Gauge("sarabanwatch_report_timestamp_seconds",
                             "When the last round ended (due), and its report was frozen and "
                             "released; 0: not yet", ["step"], registry=registry)
        self._start_now(steps)
        for collect in (ProcessCollector, PlatformCollector, GCCollector):
            collect(registry=registry)

    def _start_now(self, steps: Sequence[str]) -> None:
        for gauge in (self._read, *map(self._steps.labels, steps)):
            gauge.set(self._started)
        for kind in CanaryKind:
            self._back.labels(kind)
        for step in REPORT:
            self._report.labels(step)
        self._up.set(1)

    def stepped(self, step: str) -> None:
        """A step ran to its end."""
        self._steps.labels(step).set_to_current_time()

    def read(self) -> None:
        """The inbox was read to its end."""
        self._read.set_to_current_time()

    def relay_accepted(self) -> None:
        """A relay took a letter."""
        self._accepted.set_to_current_time()

    def relay(self, *, up: bool) -> None:
        """A relay is ready for a letter, or none is."""
        self._up.set(up)

    def canaries(self, back: Mapping[CanaryKind, datetime], within: timedelta) -> None:
        """When a letter to ourselves of each kind last came back.

        One must come home `within` so long of the last one, or of the daemon's start.
        """
        for kind, at in back.items():
            self._back.labels(kind.value).set(wall(self._clock, at))
        last = wall(self._clock, back[CanaryKind.HOME]) if CanaryKind.HOME in back else 0.0
        self._due.set(max(last, self._started) + self._clock.wall_seconds(within.total_seconds()))

    def held_up(self, since: datetime | None) -> None:
        """Letters may go to some host, and none was sent since then; None: nothing is held up."""
        self._held_up.set(wall(self._clock, since) if since else 0)

    def fall_due(self, at: datetime | None) -> None:
        """By then the fall that was found first is to be told, or cleared; None: none waits."""
        self._fall_due.set(wall(self._clock, at) if at else 0)

    def source_read(self) -> None:
        """A source of lists was read, and no list was refused."""
        self._source.set_to_current_time()

    def report_due(self, *steps: datetime | None) -> None:
        """The last round ended, and its report was frozen and released; None: not yet."""
        for step, at in zip(REPORT, steps, strict=True):
            self._report.labels(step).set(wall(self._clock, at) if at else 0)

    def backed_up(self, at: datetime | None) -> None:
        """The last backup is of then; None: there is none yet."""
        self._backup.set(wall(self._clock, at) if at else 0)
