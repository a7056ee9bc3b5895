"""promtool and amtool accept our files as they are."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from real.prometheus import cases, promises
from real.prometheus.promises import DEPLOY

ABSENT = [tool for tool in ("promtool", "amtool") if not shutil.which(tool)]

pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(ABSENT),
                                                   reason=f"not installed: {', '.join(ABSENT)}")]


def say(*command: str | Path) -> subprocess.CompletedProcess[str]:
    sparing = {"GOGC": "400"}     # a quarter less of the processor
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False,
                          env=os.environ | sparing)


@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda file: file.stem)
def test_the_alerts_keep_what_they_promise(promise: Path, tmp_path: Path) -> None:
    said = say("promtool", "test", "rules", *promises.apart(promise, tmp_path))
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda file: file.stem)
def test_no_rule_is_in_error_over_what_a_promise_brings(promise: Path, tmp_path: Path) -> None:
    said = say("promtool", "test", "rules", promises.coarse(promise, tmp_path))
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("times", [
    cases.MINUTES, cases.HOURS, cases.DAYS, cases.FLAPS, cases.WEEKS])
def test_every_alert_fires_beyond_its_limit_alone_outlives_a_gap_and_a_restart_and_ends(
    times: cases.Times, tmp_path: Path,
) -> None:
    asked = tmp_path / "asked.yml"
    asked.write_text(yaml.safe_dump({
        "rule_files": [str(DEPLOY / "prometheus/rules.yml")],
        "evaluation_interval": f"{times.step}s", "tests": [cases.promised(times)]}))
    said = say("promtool", "test", "rules", asked)
    assert said.returncode == 0, said.stdout + said.stderr


def test_prometheus_takes_the_sample_and_the_rules() -> None:
    said = say("promtool", "check", "config", DEPLOY / "prometheus/prometheus.yml")
    assert said.returncode == 0, said.stderr


def test_promtools_linter_finds_nothing_to_say_of_the_rules() -> None:
    said = say("promtool", "check", "rules", "--lint=all", "--lint-fatal",
               DEPLOY / "prometheus/rules.yml")
    assert said.returncode == 0, said.stderr


def test_alertmanager_takes_the_sample() -> None:
    said = say("amtool", "check-config", DEPLOY / "alertmanager/alertmanager.yml")
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize(("labels", "receiver"), [
    ("alertname=AlertingAlive severity=none", "heartbeat"),
    ("alertname=AgencyRegressed severity=ticket", "mail"),
    ("alertname=AgencyMended severity=none", "mail"),
    ("alertname=Drill severity=page", "drill,page"),
    ("alertname=IncidentOpen severity=page", "page"),
    ("alertname=DaemonDown severity=page", "page"),
    ("alertname=RegisterRowsBad severity=ticket", "ticket"),
])
def test_each_kind_of_alert_finds_its_receiver(labels: str, receiver: str) -> None:
    config = DEPLOY / "alertmanager/alertmanager.yml"
    said = say("amtool", "config", "routes", "test", f"--config.file={config}",
               "service=sarabanwatch", *labels.split())
    assert said.stdout.split() == [receiver]
