"""Metrics that name agencies: the census by part, the falls, open incidents, transitions.

They are made anew at each scrape from what the ledger last reported, so that a restart loses none,
and an alert can ask for the state itself. No address is ever a label. What is named is bounded:
agencies that fell, until a week after they were mended, 200 at most; more than that are an
incident. A series for each agency is given out apart (`EveryAgency`), to whoever wants a register.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sarabanwatch.core.judging import breakdown
from sarabanwatch.core.judging.breakdown import Breakdown, CensusPart, Fall
from sarabanwatch.core.judging.census import Buckets, bucket_of
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page import public
from sarabanwatch.edge.journal.moments import wall
from sarabanwatch.ports import Clock

WHO = ("code", "name", "ministry", "province", "mail_host", "group", "reason", "reason_th")


class EveryAgency(Collector):
    """A series for each agency: 778 kB for 8,286."""

    def __init__(self, agencies: Iterable[tuple[str, ...]], groups: Buckets) -> None:
        self._agencies, self._groups = agencies, groups

    def collect(self) -> Iterator[Metric]:
        """Yield 1 for each agency, labelled with where it stands."""
        family = GaugeMetricFamily(
            "sarabanwatch_agency", "1 for each agency",
            labels=("code", "name", "kind", "ministry", "province", "mail_host", "group", "bucket"))
        for *who, group in self._agencies:
            family.add_metric([*who, group, bucket_of(group, self._groups)], 1)
        yield family


class AgencyMetrics(Collector):
    """The series, made of what `seen` was given last."""

    def __init__(self, clock: Clock, registry: CollectorRegistry,
                 groups: Callable[[], Buckets]) -> None:
        self._clock, self._groups = clock, groups
        self._seen = Breakdown()
        self._counted: Mapping[tuple[CensusPart, Group], int] = {}
        self.count = 0      # how often another country was seen than before
        self._parts: set[tuple[CensusPart, Group]] = set()      # ever shown: they stand at 0
        registry.register(self)

    def seen(self, found: Breakdown) -> None:
        """Take what the ledger reports now."""
        if found.shares is not self._seen.shares:
            self._counted = breakdown.parts(found.shares)
            self._parts |= self._counted.keys()
            self.count += 1
        self._seen = found

    def collect(self) -> Iterator[Metric]:
        """Yield the series as they stand."""
        found, now = self._seen, self._clock.now()
        yield self._census()
        falls = breakdown.named(found.falls, now)
        yield self._falls(falls)
        yield self._mended(fall for fall in falls if fall.mended)
        lost = GaugeMetricFamily("sarabanwatch_agencies_out_of_reach",
                                 "Agencies that were reached, fell out of reach and are not mended")
        lost.add_metric([], sum(fall.mended is None for fall in found.falls))
        yield lost
        held = GaugeMetricFamily("sarabanwatch_incident", "Agencies that an open incident holds",
                                 labels=("id", "scope", "name", "reason", "reason_th"))
        for number, kin, because, agencies in found.incidents:
            held.add_metric([str(number), kin.scope, kin.key, *_reason(because)], agencies)
        yield held
        moved = CounterMetricFamily("sarabanwatch_transitions", "Agencies that changed group, ever",
                                    labels=("was", "now", "reason"))
        for move, agencies in found.moved.items():
            moved.add_metric(move, agencies)
        yield moved

    def _census(self) -> Metric:
        buckets = self._groups()
        family = GaugeMetricFamily("sarabanwatch_agencies_by",
                                   "Agencies by kind, ministry, province or mail host, and group",
                                   labels=("by", "name", "group", "bucket"))
        for part, group in sorted(self._parts):
            family.add_metric([*part, group, bucket_of(group, buckets)],
                              self._counted.get((part, group), 0))
        return family

    def _falls(self, falls: Iterable[Fall]) -> Metric:
        family = GaugeMetricFamily("sarabanwatch_agency_out_of_reach",
                                   "When an agency fell out of reach; until a week after mending",
                                   labels=WHO)
        for fall in falls:
            who = (fall.code, fall.name, fall.superior, fall.province, fall.host, fall.group)
            family.add_metric([*who, *_reason(fall.because)], round(wall(self._clock, fall.at)))
        return family

    def _mended(self, falls: Iterable[Fall]) -> Metric:
        family = GaugeMetricFamily("sarabanwatch_agency_mended_timestamp_seconds",
                                   "When an agency that fell out of reach was mended, for a week",
                                   labels=("code",))
        for fall in falls:
            if fall.mended:
                family.add_metric([fall.code], round(wall(self._clock, fall.mended)))
        return family


def _reason(because: str) -> tuple[str, str]:
    """Return a reason in English and in Thai."""
    thai, english = public.why(because)
    return english, thai
