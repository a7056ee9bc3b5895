"""When sending stops for want of room, and when the disk will be full."""

from datetime import UTC, datetime, timedelta

import pytest

from sarabanwatch.core.room import MEGA, Sample, full_at, in_words, lacking, tells

NOW = datetime(2026, 11, 28, tzinfo=UTC)
DAY = timedelta(days=1)
SPARE = 200 * MEGA


@pytest.mark.parametrize(("free", "stopped", "lacks"), [
    (200, False, False), (199, False, True), (299, True, True), (300, True, False),
    (0, False, True), (199, True, True)])
def test_it_stops_below_what_is_spared_and_goes_on_with_half_as_much_again(
    free: int, stopped: bool, lacks: bool,  # noqa: FBT001 - a table
) -> None:
    assert lacking(free * MEGA, SPARE, stopped=stopped) is lacks


def test_when_it_will_stop_is_told_from_how_fast_it_filled() -> None:
    samples = [Sample(NOW - 14 * DAY, 1600 * MEGA), Sample(NOW - 7 * DAY, 1300 * MEGA)]
    assert full_at(samples, Sample(NOW, 900 * MEGA), SPARE) == NOW + 14 * DAY


def test_only_the_last_two_weeks_tell() -> None:
    samples = [Sample(NOW - 15 * DAY, 99_000 * MEGA), Sample(NOW - 10 * DAY, 1000 * MEGA)]
    assert full_at(samples, Sample(NOW, 900 * MEGA), SPARE) == NOW + 70 * DAY


def test_below_what_is_spared_it_is_now() -> None:
    assert full_at([Sample(NOW - 2 * DAY, 900 * MEGA)], Sample(NOW, 100 * MEGA), SPARE) == NOW


@pytest.mark.parametrize("samples", [
    [], [Sample(NOW - DAY / 2, 900 * MEGA)], [Sample(NOW - 3 * DAY, 500 * MEGA)],
    [Sample(NOW - 3 * DAY, 400 * MEGA)], [Sample(NOW - 20 * DAY, 900 * MEGA)]])
def test_too_short_a_time_or_as_much_room_as_ever_tell_nothing(samples: list[Sample]) -> None:
    assert full_at(samples, Sample(NOW, 500 * MEGA), SPARE) is None


def test_it_is_said_in_megabytes_with_what_lifts_it() -> None:
    assert in_words(12_340_000, SPARE) == (
        "the ledger's disk has 12.3 MB left, of which 200 must stay; letters leave again by "
        "themselves from 300 MB on")


@pytest.mark.parametrize(("days", "known"), [(0.5, False), (1, True), (14, True), (15, False)])
def test_what_was_seen_for_a_day_to_two_weeks_tells_how_fast_a_disk_fills(
        days: float, known: bool) -> None:  # noqa: FBT001 - a table
    assert tells([Sample(NOW - days * DAY, 1)], Sample(NOW, 1)) is known
