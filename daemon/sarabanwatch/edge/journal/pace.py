"""Gauges of what letters wait for, and of mails that wait for a person; each starts at 0."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.sending.throttle import RELAY
from sarabanwatch.edge.journal.labels import AWAITED, WHYS

NAMED = 50      # mail hosts of each state that stand by name


class PaceGauges:
    """The gauges of what waits."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.spare = Gauge("sarabanwatch_plan_spare_seconds",
                            "From the planned end of the round's last window to the round's end",
                            registry=registry)
        self.late = Gauge("sarabanwatch_plan_late_letters",
                          "Letters whose windows the plan ends after the round, or never",
                          registry=registry)
        self._waiting = Gauge("sarabanwatch_letters_waiting",
                              "Letters that are due, by what they wait for", ["why"],
                              registry=registry)
        self._hosts = Gauge("sarabanwatch_mail_hosts",
                            "Mail hosts that refuse us, or that asked for patience", ["state"],
                            registry=registry)
        self._held = Gauge("sarabanwatch_mail_host_held",
                           "1 for each mail host that blocks us, or that asked for patience",
                           ["mail_host", "state"], registry=registry)
        self._breaker = Gauge("sarabanwatch_breaker_open",
                              "1 while so many refuse us, or our relay does, that all letters wait",
                              registry=registry)
        self._complaining: tuple[str, ...] = ("",)
        self._awaited = Gauge("sarabanwatch_mail_waits_seconds",
                              "How long the oldest mail has waited for a person", ["what"],
                              registry=registry)
        self._undecided = Gauge("sarabanwatch_mails_waiting", "Mails that wait for a person",
                                ["what"], registry=registry)
        for gauge, labels in ((self._waiting, WHYS), (self._hosts, ("open", "slowed")),
                              (self._awaited, AWAITED), (self._undecided, AWAITED)):
            for label in labels:
                gauge.labels(label)

    def paced(self, waiting: Mapping[str, int], open_hosts: Sequence[str], slowed: Sequence[str],
              *, breaker_open: bool) -> bool:
        """Count what letters wait for; say whether the hosts that block or slow us changed."""
        for why, letters in waiting.items():
            self._waiting.labels(why).set(letters)
        self._hosts.labels("open").set(len(open_hosts))
        self._hosts.labels("slowed").set(len(slowed))
        self._held.clear()
        for state, hosts in (("open", open_hosts), ("slowed", slowed)):
            for host in hosts[:NAMED]:
                self._held.labels("our relay" if host == RELAY else host, state).set(1)
        self._breaker.set(breaker_open or RELAY in open_hosts)
        was, self._complaining = self._complaining, (*open_hosts, "", *slowed)
        return was != self._complaining

    def awaited(self, waiting: Mapping[MailKind, tuple[int, datetime]], now: datetime) -> None:
        """So many mails of these kinds wait for a person, the oldest since then."""
        for what, holds in AWAITED.items():
            found = [each for kind, each in waiting.items() if holds(kind)]
            oldest = min((at for _, at in found), default=now)
            self._awaited.labels(what).set((now - oldest).total_seconds())
            self._undecided.labels(what).set(sum(mails for mails, _ in found))
