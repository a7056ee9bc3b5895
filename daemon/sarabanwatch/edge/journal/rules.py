"""By which rules agencies are judged and counted, as series: the ids, and the days of editions."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sarabanwatch.core.calendar import BANGKOK


class RulesInForce(NamedTuple):
    """The rules of addresses and the edition of the groups in force, and when the next comes."""

    addresses: str = ""
    groups: str = ""
    since: date | None = None
    following: date | None = None       # the first day of the next edition; None: none is known


class RuleMetrics(Collector):
    """The series, made anew at each scrape: an edition comes into force by itself."""

    def __init__(self, registry: CollectorRegistry, now: Callable[[], RulesInForce]) -> None:
        self._now = now
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """Yield the series as they stand."""
        rules = self._now()
        named = GaugeMetricFamily("sarabanwatch_rules_info", "1, labelled with the rules in force",
                                  labels=("address_rules", "groups"))
        days = GaugeMetricFamily("sarabanwatch_edition_timestamp_seconds",
                                 "When an edition of the groups comes into force; 0: none",
                                 labels=("edition",))
        named.add_metric([rules.addresses, rules.groups], 1)
        for when, day in (("in force", rules.since), ("next", rules.following)):
            days.add_metric([when], _midnight(day) if day else 0)
        yield from (named, days)


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=BANGKOK).timestamp()
