"""Gauges of health: moments of the machine's clock, from the daemon's own time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.edge.clock import FastClock
from sarabanwatch.edge.journal.health import HealthGauges

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RATE = 3600.0
NEAR = pytest.approx(0, abs=60)      # a slow machine is allowed a minute


class Shown:
    """The gauges over a clock that shows another day and runs an hour in a second."""

    def __init__(self) -> None:
        self.registry, began = CollectorRegistry(), datetime.now(UTC)
        self.clock = FastClock(RATE, began, datetime(2026, 1, 12, tzinfo=UTC))
        self.health, self.began = HealthGauges(self.clock, self.registry,
                                               ("judge", "draft")), began.timestamp()

    def __call__(self, name: str, **labels: str) -> float:
        value = self.registry.get_sample_value(name, labels)
        assert value is not None, name
        return value


@pytest.fixture
def shown() -> Shown:
    return Shown()


def test_what_has_not_succeeded_since_the_start_stands_at_the_start(shown: Shown) -> None:
    started = shown("sarabanwatch_mailbox_read_timestamp_seconds")
    assert started - shown.began == NEAR
    assert shown("sarabanwatch_step_timestamp_seconds", step="judge") == started
    assert shown("sarabanwatch_relay_accepted_timestamp_seconds") == 0
    assert shown("sarabanwatch_canary_due_timestamp_seconds") == 0


def own(shown: Shown) -> dict[tuple[str, ...], float]:
    """Return our own samples; those of the process and of Python change by themselves."""
    return {(sample.name, *sample.labels.values()): sample.value
            for family in shown.registry.collect() if family.name.startswith("sarabanwatch_")
            for sample in family.samples}


@pytest.mark.parametrize(("succeed", "name", "labels"), [
    (lambda h: h.stepped("judge"), "sarabanwatch_step_timestamp_seconds", {"step": "judge"}),
    (lambda h: h.read(), "sarabanwatch_mailbox_read_timestamp_seconds", {}),
    (lambda h: h.relay_accepted(), "sarabanwatch_relay_accepted_timestamp_seconds", {}),
])
def test_a_success_is_a_later_moment_and_none_of_the_others(
    shown: Shown, succeed: Callable[[HealthGauges], None], name: str, labels: dict[str, str],
) -> None:
    before = own(shown)
    succeed(shown.health)
    after = own(shown)
    assert {key for key in after if after[key] != before[key]} == {(name, *labels.values())}
    assert after[name, *labels.values()] - shown.began == NEAR


def test_canaries_are_told_by_the_wall_and_the_next_is_due_after_the_last_one_home_or_the_start(
    shown: Shown,
) -> None:
    now = shown.clock.now()
    shown.health.canaries({CanaryKind.BOUNCE: now - 600 * HOUR}, 6 * HOUR)
    assert shown("sarabanwatch_canary_back_timestamp_seconds",
                 kind="bounce") - shown.began + 600 == NEAR
    started = shown("sarabanwatch_mailbox_read_timestamp_seconds")
    assert shown("sarabanwatch_canary_due_timestamp_seconds") == started + 6
    shown.health.canaries({CanaryKind.HOME: now + 7200 * HOUR}, 6 * HOUR)
    assert shown("sarabanwatch_canary_due_timestamp_seconds") - shown.began - 7206 == NEAR


def test_letters_that_are_held_up_are_told_by_the_wall_and_nought_is_none(shown: Shown) -> None:
    shown.health.held_up(shown.clock.now() - 600 * HOUR)
    assert shown("sarabanwatch_letters_held_up_timestamp_seconds") - shown.began + 600 == NEAR
    shown.health.held_up(None)
    assert shown("sarabanwatch_letters_held_up_timestamp_seconds") == 0


def test_whether_a_relay_lets_us_in_is_shown(shown: Shown) -> None:
    seen = [shown("sarabanwatch_relay_up")]
    for up in (False, True):
        shown.health.relay(up=up)
        seen.append(shown("sarabanwatch_relay_up"))
    assert seen == [1, 0, 1]
