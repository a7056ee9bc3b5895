"""A real Prometheus and a real Alertmanager, and metrics that a test sets."""

import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from real.prometheus import servers
from real.prometheus.exporter import Exporter, exporting

METRICS = tomllib.loads((servers.DEPLOY / "prometheus/metrics.toml").read_text())


@dataclass(frozen=True)
class Watched:
    """Prometheus, Alertmanager and the exporter."""

    exporter: Exporter
    prometheus: servers.Prometheus
    alertmanager: servers.Alertmanager


def need_servers() -> None:
    """Skip a test where one of the servers is absent."""
    for server in ("prometheus", "prometheus-alertmanager"):
        if not shutil.which(server):
            pytest.skip(f"{server} is not installed")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """All three, running; scraped twice, so that counters have been seen at 0."""
    need_servers()
    with (
        exporting(Exporter(METRICS)) as exporter,
        servers.alertmanager(tmp_path) as (alertmanager, port),
        servers.prometheus(tmp_path, exporter.port, port) as prometheus,
    ):
        exporter.wait_scraped(2)
        yield Watched(exporter, prometheus, alertmanager)
