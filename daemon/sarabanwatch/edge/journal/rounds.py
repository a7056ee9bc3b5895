"""Log lines and metrics of rounds and their timetable."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.rounds import Campaign, RoundKind, RoundRecord, TimetableChange
from sarabanwatch.edge.journal.moments import wall
from sarabanwatch.ports import Clock


class RoundMetrics:
    """The journal of rounds. `tell` writes a line."""

    def __init__(self, registry: CollectorRegistry, tell: Callable[..., None],
                 clock: Clock) -> None:
        self._tell, self._clock = tell, clock
        self._next = Gauge("sarabanwatch_round_next_timestamp_seconds",
                           "When the next round begins", registry=registry)
        self._running = Gauge("sarabanwatch_rounds_running", "Rounds that run, by kind", ["kind"],
                              registry=registry)
        self._refused = Gauge(
            "sarabanwatch_timetable_refused",
            "1 while the configured anchor or weeks would begin the next round sooner or later "
            "than stands, and nobody has accepted that", registry=registry)
        self._logged: object = None
        for kind in (RoundKind.REGULAR, RoundKind.EXTRA):
            self._running.labels(kind)

    def opened(self, record: RoundRecord) -> None:
        """A round was opened, or is skipped."""
        self._tell("round opened" if record.kind is not RoundKind.SKIPPED else "round skipped",
                   round=record.label, begins=_moment(record.opened_at), due=_moment(record.due_at),
                   why=record.why or None)

    def closed(self, record: RoundRecord) -> None:
        """A round has ended; the agencies that it did not reach come first in the next one."""
        self._tell("round closed", round=record.label, left_over=record.left_over)

    def holidays(self, days: Sequence[date], windows: int) -> None:
        """These days were declared holidays, or none; so many windows that run moved."""
        self._tell("holidays", days=[day.isoformat() for day in days], windows_moved=windows)

    def window_hours(self, had: float, has: float, windows: int) -> None:
        """A window has other office hours than it had; so many windows that run moved."""
        self._tell("window hours", had=had, has=has, windows_moved=windows,
                   why="campaign.window_office_hours was changed")

    def stands(self, round_: Campaign, extra: int, refused: TimetableChange | None) -> None:
        """The last regular round, how many extra ones run, and a timetable that is refused."""
        runs = round_.runs(self._clock.now())
        self._running.labels(RoundKind.REGULAR).set(runs)
        self._running.labels(RoundKind.EXTRA).set(extra)
        self._next.set(wall(self._clock, round_.next))
        self._refused.set(refused is not None)
        state = (None if runs else round_.next, refused)
        if state == self._logged:
            return
        self._logged = state
        if not runs:
            self._tell("no round runs", next=_moment(round_.next))
        if refused:
            self._tell("timetable refused", stands=_moment(refused.due),
                       configured=_moment(refused.wanted),
                       error="campaign.anchor and weeks would begin the next round "
                             f"{'sooner' if refused.sooner else 'later'} than stands; "
                             "`rounds plan` shows it, and `rounds plan --accept` takes it")


def _moment(at: datetime) -> str:
    return at.astimezone(BANGKOK).isoformat(timespec="minutes")
