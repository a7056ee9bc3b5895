"""Metrics that name agencies: the census by part, falls, incidents and transitions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from fakes.clock import StoppedClock
from fakes.samples import MONDAY
from sarabanwatch.core.judging.breakdown import (
    Breakdown,
    Fall,
    OpenIncident,
    Share,
    TransitionKind,
)
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.edge.journal.agencies import AgencyMetrics

WHO = {"code": "1001", "name": "อบต.ก", "ministry": "สถ.", "province": "แพร่",
       "mail_host": "mx.test", "group": "D2", "reason": "the mailbox does not exist",
       "reason_th": "ไม่มีกล่องจดหมายนี้"}
FELL = Fall("1001", "อบต.ก", "สถ.", "แพร่", "mx.test", Group.D2,
            "the mailbox does not exist", MONDAY)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> AgencyMetrics:
    return AgencyMetrics(StoppedClock(MONDAY + timedelta(days=1)), registry, lambda: BUCKETS)


def by(registry: CollectorRegistry, name: str, group: str, bucket: str) -> float | None:
    return registry.get_sample_value("sarabanwatch_agencies_by", {
        "by": "ministry", "name": name, "group": group, "bucket": bucket})


def test_each_part_is_told_by_group_and_bucket_and_stands_at_0_when_it_is_empty(
    registry: CollectorRegistry, metrics: AgencyMetrics,
) -> None:
    metrics.seen(Breakdown([Share("อบต.", "สถ.", "แพร่", "mx.test", Group.A1, 5)]))
    assert by(registry, "สถ.", "A1", "ready") == 5
    metrics.seen(Breakdown([Share("อบต.", "สถ.", "แพร่", "mx.test", Group.D2, 5)]))
    assert by(registry, "สถ.", "A1", "ready") == 0
    assert by(registry, "สถ.", "D2", "mend") == 5


def test_a_fall_is_told_with_who_and_why_and_its_mending_beside_it(
    registry: CollectorRegistry, metrics: AgencyMetrics,
) -> None:
    metrics.seen(Breakdown(falls=[FELL]))
    fell = registry.get_sample_value("sarabanwatch_agency_out_of_reach", WHO)
    assert fell
    assert registry.get_sample_value("sarabanwatch_agencies_out_of_reach") == 1
    mended = "sarabanwatch_agency_mended_timestamp_seconds"
    assert registry.get_sample_value(mended, {"code": "1001"}) is None
    metrics.seen(Breakdown(falls=[Fall(FELL.code, FELL.name, FELL.superior, FELL.province,
                                       FELL.host, FELL.group, FELL.because, MONDAY,
                                       MONDAY + timedelta(hours=12))]))
    assert registry.get_sample_value("sarabanwatch_agency_out_of_reach", WHO) == pytest.approx(
        fell, abs=60)
    since = registry.get_sample_value(mended, {"code": "1001"})
    assert since == pytest.approx(fell + 12 * 3600, abs=60)
    assert registry.get_sample_value("sarabanwatch_agencies_out_of_reach") == 0


def test_all_agencies_out_of_reach_are_counted_though_only_200_are_named(
    registry: CollectorRegistry, metrics: AgencyMetrics,
) -> None:
    metrics.seen(Breakdown(falls=[replace(FELL, code=str(n)) for n in range(300)]))
    assert registry.get_sample_value("sarabanwatch_agencies_out_of_reach") == 300


def test_an_incident_and_the_moves_are_told(
    registry: CollectorRegistry, metrics: AgencyMetrics,
) -> None:
    metrics.seen(Breakdown(
        incidents=[OpenIncident(3, Kin(Scope.HOST, "mx.test"), WHO["reason"], 164)],
        moved={TransitionKind("A1", "D2", "because"): 7}))
    assert registry.get_sample_value("sarabanwatch_incident", {
        "id": "3", "scope": "mail host", "name": "mx.test",
        "reason": WHO["reason"], "reason_th": WHO["reason_th"]}) == 164
    assert registry.get_sample_value("sarabanwatch_transitions_total", {
        "was": "A1", "now": "D2", "reason": "because"}) == 7
