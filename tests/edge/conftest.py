"""A journal, and what it writes."""

import sys
from io import StringIO

import pytest

from fakes.clock import StoppedClock
from fakes.samples import MONDAY
from sarabanwatch.edge.journal import MetricJournal


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """Reads the log lines on stderr."""
    written = StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    return written


@pytest.fixture
def journal(log: StringIO) -> MetricJournal:
    return MetricJournal(StoppedClock(MONDAY))
