"""Each alert by the real servers: how often it is told, to whom, in which words, and its end.

Run as a program it writes what was told into told.json, of which the table in
deploy/alertmanager/README.md is made: `cd tests; python -m real.prometheus.test_every_alert`.
"""

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from real.prometheus import servers
from real.prometheus.cases import CASES, Flaps, Moment, Series
from real.prometheus.conftest import METRICS, Watched, need_servers
from real.prometheus.exporter import Exporter, exporting

pytestmark = [pytest.mark.real, pytest.mark.soak, pytest.mark.timeout(3600)]
KEPT = Path(__file__).with_name("told.json")
# They compare with hours or days ago, which no real server here has seen; or need a prober.
BY_PROMTOOL_ALONE = {"NothingComesBack", "ObjectiveBurns", "SuspectsRising", "PublicPageDown"}
# They look back over an hour or a day: that they end is tried by promtool alone.
LOOK_BACK = {"RestartsOften", "MailGone", "ErrorsOften", "SetAside", "PostBlocked",
             "TokensRefused", "UnknownMarks", "AgencyRegressed"}
ENDS_TOLD = {each["name"] for each in servers.hurried_routes(0, 0, 0)["receivers"]
             if each["webhook_configs"][0]["send_resolved"]}
TRIED = [alert for alert in CASES if alert not in BY_PROMTOOL_ALONE]


class Told(NamedTuple):
    """To whom an alert was told, how often it and its end, and in which words."""

    receiver: str
    times: int
    ends: int
    said: str


def beyond(series: Series, exporter: Exporter) -> None:
    """Bring a series beyond the limit; one that grows grows a lot."""
    stands, line = series.beyond, series.name
    if line == "up":
        exporter.fail = not stands
    elif type(stands) is tuple:
        exporter.add(line, 20 * stands[1])
    elif isinstance(stands, Moment):
        exporter.values[line] = time.time() - stands.before
    else:
        value = stands.bad if isinstance(stands, Flaps) else stands
        exporter.values[line] = time.time() - value if series.age else value


def end(alert: str, exporter: Exporter, before: dict[str, float]) -> None:
    """Let all be well again."""
    exporter.fail, exporter.values = False, dict(before)
    exporter.lately()
    for series in CASES[alert]:
        if series.age and series.well is not None:
            exporter.values[series.name] = time.time() - series.well


def tell(alert: str, folder: Path) -> Told:
    """Let an alert fire and end by servers in a folder; return what was told of it.

    Nothing else is told.
    """
    need_servers()
    with (
        exporting(Exporter(METRICS)) as exporter,
        servers.alertmanager(folder) as (alertmanager, port),
        servers.prometheus(folder, exporter.port, port, servers.patient_rules()) as prometheus,
    ):
        exporter.wait_scraped(2)
        return _told(alert, Watched(exporter, prometheus, alertmanager))


def _told(alert: str, watched: Watched) -> Told:
    exporter, heard = watched.exporter, watched.alertmanager
    before = dict(exporter.values)
    for _ in range(4 if any(type(each.beyond) is tuple for each in CASES[alert]) else 1):
        for series in CASES[alert]:
            beyond(series, exporter)
        exporter.wait_scraped(2)
    notices = [heard.told(alert)]
    exporter.wait_scraped(3)
    end(alert, exporter, before)
    receiver = notices[0]["receiver"]
    if alert not in LOOK_BACK:
        servers.until(lambda: not watched.prometheus.query(f'ALERTS{{alertname="{alert}"}}'))
        if receiver in ENDS_TOLD:
            notices.append(heard.told(alert, "resolved"))
    while not heard.notices.empty():
        notices.append(heard.notices.get())
    told = Counter((each["commonLabels"].get("alertname"), each["receiver"], each["status"])
                   for each in notices if each["receiver"] != "heartbeat")
    assert {(alert, receiver)} == {key[:2] for key in told}, told
    return Told(receiver, told[alert, receiver, "firing"], told[alert, receiver, "resolved"],
                notices[0]["alerts"][0]["annotations"]["summary"])


def undated(words: str) -> str:
    """Return words without their numbers, which are those of the moment."""
    return re.sub(r"[\d.:]+", "0", words)


@pytest.mark.parametrize("alert", TRIED)
def test_each_is_told_once_to_its_receiver_alone_and_its_end(
    alert: str, tmp_path: Path,
) -> None:
    told, kept = tell(alert, tmp_path), Told(*json.loads(KEPT.read_text())[alert])
    assert told._replace(said=undated(told.said)) == kept._replace(said=undated(kept.said))
    assert told.times == 1


def main(*alerts: str) -> None:
    """Tell each alert, or these, and keep what was told."""
    kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for alert in alerts or TRIED:
        with TemporaryDirectory() as folder:
            kept[alert] = tell(alert, Path(folder))
        print(alert, *kept[alert], flush=True)
        rows = {name: kept[name] for name in CASES if name in kept}
        KEPT.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
