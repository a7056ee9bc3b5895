"""The census, the round and the incidents as gauges; each label stands at 0 from the start."""

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core.judging.census import BUCKETS, Census
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.edge.journal.labels import FINDINGS

STATES = ("planned", "sent", "doubtful", "held", "pending")


class CensusGauges:
    """The gauges of agencies, letters of the round, and incidents."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._agencies = Gauge("sarabanwatch_agencies", "Agencies by group", ["group"],
                               registry=registry)
        self._buckets = Gauge("sarabanwatch_bucket_agencies", "Agencies by bucket", ["bucket"],
                              registry=registry)
        self._reported = Gauge("sarabanwatch_report_bucket_agencies",
                               "Agencies by bucket, as the last released report counts them",
                               ["bucket"], registry=registry)
        self._campaign = Gauge("sarabanwatch_campaign", "1 for the running round", ["number"],
                               registry=registry)
        self._round = Gauge("sarabanwatch_campaign_letters",
                            "This round's letters; planned = sent + doubtful + held + pending",
                            ["state"], registry=registry)
        self._whole = Gauge("sarabanwatch_campaign_plan_letters",
                            "Letters that this round is to write in all", registry=registry)
        self._done = Gauge("sarabanwatch_campaign_done_ratio",
                           "Share of this round's letters that have ended; paused ones left out",
                           registry=registry)
        self._elapsed = Gauge("sarabanwatch_campaign_elapsed_ratio",
                              "Share of this round's time that is over", registry=registry)
        self._findings = Gauge("sarabanwatch_domain_findings",
                               "Domains by what DNS and catch-all probes show", ["finding"],
                               registry=registry)
        self.weak = Gauge("sarabanwatch_agencies_weakened",
                           "Agencies ready by silence at a domain that takes any name",
                           registry=registry)
        self._incidents = Gauge("sarabanwatch_incidents",
                                "Open incidents: many agencies would be downgraded at once",
                                ["scope"], registry=registry)
        self.suspects = Gauge("sarabanwatch_suspects",
                               "Agencies that failed, which is not confirmed yet",
                               registry=registry)
        self._held = Gauge("sarabanwatch_held_turns", "Agencies whose downgrade an incident holds",
                           registry=registry)
        self.left_over = Gauge("sarabanwatch_round_left_over",
                               "Agencies that the last round to end did not reach",
                               registry=registry)
        self._open: dict[int, Kin] = {}
        for gauge, labels in ((self._agencies, Group), (self._buckets, BUCKETS),
                              (self._reported, BUCKETS), (self._round, STATES),
                              (self._findings, FINDINGS), (self._incidents, Scope)):
            for label in labels:
                gauge.labels(label)

    def published(self, census: Census, number: int, round_: Round, elapsed: float) -> None:
        """The counts of agencies and of the round's letters, as they stand."""
        for group in Group:
            self._agencies.labels(group).set(census.counts.get(group, 0))
        for bucket, agencies in census.buckets.items():
            self._buckets.labels(bucket).set(agencies)
        self._campaign.clear()
        self._campaign.labels(number).set(1)
        for state in STATES:
            self._round.labels(state).set(getattr(round_, state))
        whole = round_.planned + round_.undrafted
        self._whole.set(whole)
        ended, due = round_.planned - round_.pending - round_.open, whole - round_.paused
        self._done.set(ended / due if due > 0 else whole > 0)
        self._elapsed.set(elapsed)

    def reported(self, buckets: Mapping[str, int]) -> None:
        """The last released report counts so."""
        for bucket in BUCKETS:
            self._reported.labels(bucket).set(buckets.get(bucket, 0))

    def held(self, incidents: Mapping[int, Kin], agencies: int) -> Iterator[tuple[bool, int, Kin]]:
        """Count open incidents and the agencies they hold; yield each that opened or closed."""
        of = Counter(kin.scope for kin in incidents.values())
        for scope in Scope:
            self._incidents.labels(scope).set(of[scope])
        self._held.set(agencies)
        was, self._open = self._open, dict(incidents)
        yield from ((True, number, kin) for number, kin in incidents.items() - was.items())
        yield from ((False, number, kin) for number, kin in was.items() - incidents.items())

    def found(self, counts: Mapping[str, int]) -> None:
        """What DNS and catch-all probes show of the domains."""
        for finding in FINDINGS:
            self._findings.labels(finding).set(counts.get(finding, 0))
