"""The real daemon and the real Prometheus.

Its metrics are those of the list, and a good campaign fires no alert.
"""

import json
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from real.prometheus import servers
from real.prometheus.conftest import METRICS
from real.prometheus.exporter import EVENTS

pytestmark = pytest.mark.real
Series = tuple[str, frozenset[tuple[str, str]]]


@contextmanager
def child(log: Path, *command: str) -> Iterator[None]:
    """A program of ours, its output in a file; it is ended and waited for at the end."""
    with log.open("w") as words, subprocess.Popen([sys.executable, "-m", *command], stdout=words,
                                                  stderr=words) as program:
        try:
            yield
        finally:
            program.terminate()
            program.wait(timeout=600)


def said(log: Path, word: str) -> str:
    """Wait for a line with the word."""
    line: str = servers.until(lambda: next((line for line in log.read_text().splitlines()
                                            if word in line), ""))
    return line


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[str]:
    """The address of the metrics of a daemon that writes to a land of fifty agencies.

    At two hours a second a fifth of the round, after which it would be behind, is three times as
    long as it takes here.
    """
    land, watch = tmp_path / "land.log", tmp_path / "watch.log"
    with child(land, "sarabanland", "--agencies", "50", "--seed", "1", "--rate", "7200", "--dir",
               str(tmp_path)):
        said(land, "READY")
        with child(watch, "sarabanwatch", "run", "--config", str(tmp_path / "sarabanwatch.toml")):
            yield json.loads(said(watch, '"listening"'))["metrics"]


def listed() -> set[Series]:
    """Every series of the list, free text left out, but for those of events."""
    return {
        (name, frozenset(zip(labels, values, strict=True)))
        for name, metric in METRICS.items() if name not in EVENTS and "at" not in metric
        for labels in [metric.get("labels", {})]
        for values in product(*(each or [""] for each in labels.values()))}


def given(text: str) -> set[Series]:
    """Every series of an exposition, without free text and the moments *_created of counters."""
    samples = [sample for family in text_string_to_metric_families(text)
               for sample in family.samples]
    return {
        (sample.name, frozenset((label, value if METRICS[sample.name]["labels"][label] else "")
                                for label, value in sample.labels.items()))
        for sample in samples if sample.name in METRICS and sample.name not in EVENTS}


def scraped(address: str) -> set[Series]:
    return given(exposition(address))


def exposition(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        text: str = answer.read().decode()
    return text


def test_it_gives_every_series_of_the_list_and_no_other(daemon: str) -> None:
    # the campaign's number stands from the first count on
    servers.until(lambda: scraped(daemon) >= listed())
    assert scraped(daemon) - listed() == set()
    names = {family.name for family in text_string_to_metric_families(exposition(daemon))}
    assert {name for name in names if not name.startswith(("process_", "python_"))} <= {
        re.sub("_(total|bucket|sum|count)$", "", name) for name in METRICS}


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_finds_nothing_to_say_of_what_it_gives(daemon: str) -> None:
    servers.until(lambda: scraped(daemon) >= listed())
    for page in (daemon, f"{daemon}/agencies"):
        checked = subprocess.run(["promtool", "check", "metrics"], input=exposition(page),
                                 capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
        assert "@" not in exposition(page)      # no e-mail address, wherever it might stand


def test_a_good_campaign_rings_no_bell_but_of_the_house_that_a_blocklist_keeps_from_us(
    daemon: str, tmp_path: Path
) -> None:
    for server in ("prometheus", "prometheus-alertmanager"):
        if not shutil.which(server):
            pytest.skip(f"{server} is not installed")
    target = urllib.parse.urlsplit(daemon).port or 0
    with (
        servers.alertmanager(tmp_path) as (alertmanager, port),
        servers.prometheus(tmp_path, target, port) as prometheus,
    ):
        alertmanager.told("AlertingAlive")
        servers.until(
            lambda: prometheus.query("sarabanwatch:bucket_share{bucket='ready'} > 0.5"))
        alerts = prometheus.query('ALERTS{service="sarabanwatch"}')
    assert {alert["metric"]["alertname"]
            for alert in alerts} - {"MailHostRefusesUs"} == {"AlertingAlive"}
