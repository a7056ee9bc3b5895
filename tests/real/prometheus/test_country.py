"""What the daemon itself tells, to what people read: a land, the daemon, Prometheus, Alertmanager.

No metric is set by hand. An hour of the land takes a second; the waits of rules and routes are cut
to a second or two, the hour whose falls are told together to three. But a relay that goes, and a
daemon that dies every minute, are tried with all as it is shipped, the clock too.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.ports import free_port
from real.prometheus import servers
from real.prometheus.conftest import need_servers
from story.programs import Daemon, configure, daemon, land, point
from story.programs import port as port_of
from story.proxy import Proxy
from story.test_vanished import REFUSED, probe, working_days
from story.witness import Witness

pytestmark = [pytest.mark.real, pytest.mark.soak, pytest.mark.timeout(3600)]
RATE = 3600
RULES, ROUTES = "prometheus/rules.yml", "alertmanager/alertmanager.yml"


@contextmanager
def chain(folder: Path, target: int, rules: Any) -> Iterator[servers.Alertmanager]:
    """Prometheus that scrapes a daemon, and Alertmanager, running."""
    need_servers()
    with (
        servers.alertmanager(folder) as (alertmanager, port),
        servers.prometheus(folder, target, port, rules),
    ):
        alertmanager.told("AlertingAlive")
        yield alertmanager


async def scraped_at(life: Daemon) -> int:
    """Return the port of a daemon's metrics."""
    address: str = (await life.says("listening"))["metrics"]
    return int(address.rpartition(":")[2].partition("/")[0])


def shipped_routes(hook: int, mail: int, drill: int) -> Any:
    """Return the shipped routes with their own waits, at any hour, to our receivers."""
    hurried, shipped = servers.hurried_routes(hook, mail, drill), servers.read(ROUTES)
    shipped["route"].pop("mute_time_intervals", None)
    for route in shipped["route"]["routes"]:
        route.pop("mute_time_intervals", None)
    return hurried | {"route": shipped["route"]}


@contextmanager
def as_shipped(folder: Path, target: int) -> Iterator[servers.Alertmanager]:
    """The same with the shipped rules, waits and intervals."""
    need_servers()
    with (
        servers.alertmanager(folder, shipped_routes) as (alertmanager, port),
        servers.prometheus(folder, target, port, servers.read(RULES), "1m", every="30s"),
    ):
        alertmanager.told("AlertingAlive")
        yield alertmanager


def told_by(folder: Path) -> Counter[tuple[str, str, str]]:
    """Whom, of what, and whether it began or ended; how often. Not the heartbeat."""
    notices = map(json.loads, (folder / "told.jsonl").read_text().splitlines())
    return Counter((notice["receiver"], notice["commonLabels"]["alertname"], notice["status"])
                   for notice in notices if "receiver" in notice
                   and notice["receiver"] != "heartbeat")


async def test_the_host_of_164_agencies_denies_all_one_page_names_it_within_a_day_and_its_end(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 203, 1, "--scenario", "outage", "--rate", str(RATE)):
        witness = Witness(tmp_path)
        assert sum(true["address"].endswith("@dla.go.test")
                   for true in witness.truth().values()) == 164
        async with daemon(tmp_path) as life:
            with chain(tmp_path, await scraped_at(life), servers.patient_rules(0.05)) as heard:
                page = await asyncio.to_thread(heard.told, "IncidentOpen")
                at = witness.components.clock.now()
                await asyncio.to_thread(heard.told, "IncidentOpen", "resolved")
            whole = told_by(tmp_path)
            assert await life.stop() == 0
    denied = min(call.at for call in witness.calls("letter")
                 if call.host == "mx1.dla.go.test" and call.said.startswith("550 5.1.1"))
    assert at - denied < timedelta(days=1)
    many, rest = page["commonAnnotations"]["summary"].split(" ", 1)
    assert rest == ("agencies fail together: mail host mx1.dla.go.test, the mailbox does not "
                    "exist. None of them has changed its group.")
    assert int(many) in range(1, 165)
    # a house of this land believes a blocklist, besides
    assert {whom: times for whom, times in whole.items() if whom[1] != "MailHostRefusesUs"} == {
        ("page", "IncidentOpen", "firing"): 1, ("page", "IncidentOpen", "resolved"): 1}


async def test_three_mailboxes_go_one_mail_names_all_within_three_working_days_though_we_are_killed(
    tmp_path: Path,
) -> None:
    """The daemon is killed as soon as it knows of all three, before anybody was told."""
    async with land(tmp_path, 30, 11, "--scenario", "vanished", "--rate", str(RATE)):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            gone = sorted((true["address"].lower(), code) for code, true in witness.truth().items()
                          if true["group"] in {"A1", "A2"})[:3]
            first = {code: min(letter.at for letter in witness.to_agencies() if letter.to == to)
                     for to, code in gone}
            await witness.clock_shows(max(first.values()) + timedelta(hours=49), life)
            for code in first:
                await probe(tmp_path, code, life)
            for code in first:
                await life.says("transition", agency=code, now="D2")
            await life.kill()
        async with daemon(tmp_path) as life:
            with chain(tmp_path, await scraped_at(life), servers.patient_rules(0.05)) as heard:
                mail = await asyncio.to_thread(heard.told, "AgencyRegressed")
                day = witness.components.clock.now()
                await asyncio.to_thread(time.sleep, 20)     # nothing is told besides
            whole = told_by(tmp_path)
            assert await life.stop() == 0
    names = Counter(alert["labels"]["code"] for alert in mail["alerts"])
    refused = {code: datetime.fromisoformat(at) for code, at in witness.rows(REFUSED, *first)}
    assert names == Counter(first.keys())
    assert max(working_days(at, day) for at in refused.values()) <= 3
    assert whole == {("mail", "AgencyRegressed", "firing"): 1}


async def test_a_relay_that_refuses_connections_is_paged_within_a_quarter_of_an_hour_as_shipped(
    tmp_path: Path,
) -> None:
    """It takes that long: clock, rules, routes and waits are those that are shipped."""
    async with (land(tmp_path, 30, 11, "--rate", "1"),
                Proxy(port_of(tmp_path, "relay")) as relay):
        point(tmp_path, "relay", relay.port)
        async with daemon(tmp_path) as life:
            await life.shows("sarabanwatch_relay_up 1.0")
            with as_shipped(tmp_path, await scraped_at(life)) as heard:
                await relay.away()
                went = time.monotonic()
                page = await asyncio.to_thread(heard.told, "RelayDown")
                after = time.monotonic() - went
            assert await life.stop() == 0
    assert (page["receiver"], page["status"]) == ("page", "firing")
    assert after < 15 * 60
    assert told_by(tmp_path) == {("page", "RelayDown", "firing"): 1}


async def dies_within_a_minute(place: Path) -> None:
    """Kill a daemon fifty seconds after its start, and wait as long as its unit waits."""
    async with daemon(place) as life:
        await life.says("started")
        await asyncio.sleep(50)
    await asyncio.sleep(10)


async def test_a_daemon_that_dies_every_minute_gives_one_page_as_shipped(tmp_path: Path) -> None:
    async with land(tmp_path, 30, 11, "--rate", "1"):
        configure(tmp_path, "metrics", host="127.0.0.1", port=(metrics := free_port()))
        with as_shipped(tmp_path, metrics) as heard:
            told = asyncio.create_task(asyncio.to_thread(heard.told, "RestartsOften"))
            more = iter(range(5))
            while not told.done() or next(more, None) is not None:
                await dies_within_a_minute(tmp_path)
            assert (await told)["receiver"] == "page"
    assert told_by(tmp_path) == {("page", "RestartsOften", "firing"): 1}
