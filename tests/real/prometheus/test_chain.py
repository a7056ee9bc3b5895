"""From the daemon's metrics to what people read, an hour in two minutes: who is told what.

One Prometheus and one Alertmanager, with the shipped rules, tree, routes and words; only their
waits (`for`, `keep_firing_for`, `group_wait` and the like) are thirty times shorter, each by the
same, and so is the hour whose falls are told together. Other moments are those of the wall, so
that an age within an expression is set as it would be then. At sixty times two scrapes that a busy
machine answered late were a daemon that was down for two minutes; here it takes four.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from real.prometheus import servers
from real.prometheus.conftest import METRICS, Watched, need_servers
from real.prometheus.exporter import Exporter, exporting

pytestmark = [pytest.mark.real, pytest.mark.soak, pytest.mark.timeout(3600)]
SHORTER = 30
HOUR = 3600 / SHORTER   # seconds of the wall that an hour takes here
WAITS = ("for", "keep_firing_for", "group_wait", "group_interval", "repeat_interval")
MILLISECONDS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
FELL = ('sarabanwatch_agency_out_of_reach{{code="{0}",name="อบต.{0}",ministry="สถ.",'
        'province="แพร่",mail_host="mx{0}.test",group="D2",reason="the mailbox does not exist",'
        'reason_th="ไม่มีกล่องจดหมายนี้"}}')
ERRORS = 'sarabanwatch_errors_total{where="send"}'
LATER = 'sarabanwatch_letters_total{outcome="later"}'


def shortened(given: dict[str, Any]) -> None:
    """Make the waits of a rule or route so much shorter."""
    for wait in given.keys() & set(WAITS):
        long = sum(int(number) * MILLISECONDS[unit]
                   for number, unit in re.findall(r"(\d+)([smhd])", given[wait]))
        given[wait] = f"{long // SHORTER}ms"


def rules() -> Any:
    """Return the shipped rules with their waits shortened."""
    read = servers.read("prometheus/rules.yml")
    for rule in servers.every_rule(read):
        servers.of_falls(rule, 60 / SHORTER)
        shortened(rule)
    return read


def routes(*ports: int) -> Any:
    """Return the shipped routes with their waits shortened, at any hour of the day."""
    shipped, config = servers.read("alertmanager/alertmanager.yml"), servers.hurried_routes(*ports)
    pairs = zip((config["route"], *config["route"]["routes"]),
                (shipped["route"], *shipped["route"]["routes"]), strict=True)
    for route, as_shipped in pairs:
        waits = {wait: as_shipped[wait] for wait in WAITS if wait in as_shipped}
        shortened(waits)
        for wait in WAITS:
            route.pop(wait, None)
        route.update(waits)
    return config


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """All three, running; scraped twice, so that counters have been seen at 0."""
    need_servers()
    folder = tmp_path_factory.mktemp("chain")
    with (
        exporting(Exporter(METRICS)) as exporter,
        servers.alertmanager(folder, routes) as (alertmanager, port),
        servers.prometheus(folder, exporter.port, port, rules(), "15s") as prometheus,
    ):
        exporter.wait_scraped(2)
        alertmanager.told("AlertingAlive")
        yield Watched(exporter, prometheus, alertmanager)


class Told:
    """What people were told while a fault lasted."""

    def __init__(self) -> None:
        self.notices: list[dict[str, Any]] = []
        self.mails: list[str] = []

    @property
    def names(self) -> Counter[tuple[str, str, str]]:
        """Whom, of what, and whether it began or ended; how often."""
        return Counter((notice["receiver"], notice["commonLabels"].get("alertname", ""),
                        notice["status"]) for notice in self.notices
                       if notice["receiver"] != "heartbeat")


@contextmanager
def hearing(chain: Watched) -> Iterator[Told]:
    """Collect what is told within the block."""
    told, heard = Told(), chain.alertmanager
    yield told
    while not heard.notices.empty():
        told.notices.append(heard.notices.get())
    while not heard.mails.empty():
        body = heard.mails.get().get_body(("plain",))
        told.mails.append(body.get_content() if body else "")


def passes(hours: float) -> None:
    """Let so many hours pass; there is no event to wait for where nothing is to happen."""
    time.sleep(hours * HOUR)


def quiet(chain: Watched) -> None:
    """Wait until no alert fires but the one that always does."""
    chain.exporter.lately()
    servers.until(lambda: len(chain.prometheus.query('ALERTS{service="sarabanwatch"}')) == 1,
                  within=600)
    passes(0.2)


def test_sixty_that_fall_over_eight_hours_are_each_told_once_by_name_through_a_restart(
    chain: Watched,
) -> None:
    """A fall every eight minutes, with those of its hour; meanwhile the daemon is away for 24."""
    exporter, every = chain.exporter, HOUR * 8 / 60
    begins = (time.time() // HOUR + 1) * HOUR + 1
    fell = {str(2000 + number): begins + number * every for number in range(60)}
    with hearing(chain) as told:
        for number, (code, at) in enumerate(fell.items()):
            time.sleep(max(0.0, at - time.time()))
            exporter.fail = 17 <= number < 20
            exporter.values[FELL.format(code)] = at
            exporter.lately()           # its moments are those of the wall, and 17 minutes pass
            if number == 20:
                exporter.values["process_start_time_seconds"] = time.time()
        passes(1.5)
    # by what the webhook got: a mail whose server is slow to answer is sent again
    falls = [notice for notice in told.notices if notice["receiver"] == "mail"]
    named = Counter(alert["labels"]["code"] for notice in falls for alert in notice["alerts"])
    assert named == Counter(fell.keys())
    hours = [{fell[alert["labels"]["code"]] // HOUR for alert in notice["alerts"]}
             for notice in falls]
    assert [len(hour) for hour in hours] == [1] * 8
    assert told.names == {("mail", "AgencyRegressed", "firing"): 8,
                          ("page", "DaemonDown", "firing"): 1,
                          ("page", "DaemonDown", "resolved"): 1}
    of_falls = [mail for mail in told.mails if "รับหนังสือทางอีเมลไม่ได้" in mail]
    assert {code for mail in of_falls for code in re.findall(
        r"\((\d+); สถ\., แพร่\) is out of reach since 20", mail)} == named.keys()
    for mail in of_falls:
        assert mail.count("is out of reach since 20") == mail.count(
            "D2: the mailbox does not exist.") == mail.count("Look closer: sarabanwatch explain ")
    for series in [each for each in exporter.values if "out_of_reach{" in each]:
        exporter.values[series] = time.time() - 12 * 86400  # told long ago
    servers.until(lambda: not chain.prometheus.query('ALERTS{alertname="AgencyRegressed"}'))


def test_a_relay_that_is_away_for_three_hours_gives_one_page_and_its_end(chain: Watched) -> None:
    """With all that follows: letters that wait, canaries that are overdue, failures by the dozen.

    What follows ends a little after the relay is back, and nobody is told of it then either.
    """
    quiet(chain)
    values, now = chain.exporter.values, time.time()
    with hearing(chain) as told:
        values["sarabanwatch_relay_up"] = 0
        began = time.monotonic()
        first = chain.alertmanager.told("RelayDown")
        assert (time.monotonic() - began) / HOUR < 0.5
        assert first["receiver"] == "page"
        for quarter in range(12):
            chain.exporter.lately()
            chain.exporter.add(ERRORS, 30)
            chain.exporter.add(LATER, 30)
            if quarter == 4:
                values |= {"sarabanwatch_letters_held_up_timestamp_seconds": now - 4000,
                           "sarabanwatch_canary_due_timestamp_seconds": now - 60,
                           'sarabanwatch_mail_hosts{state="open"}': 1.0}
            passes(0.25)
        values["sarabanwatch_relay_up"] = 1
        passes(0.1)                     # letters go again, and one to ourselves comes home
        values |= {"sarabanwatch_letters_held_up_timestamp_seconds": 0.0,
                   "sarabanwatch_canary_due_timestamp_seconds": now + 1e6,
                   'sarabanwatch_mail_hosts{state="open"}': 0.0}
        chain.exporter.add('sarabanwatch_letters_total{outcome="taken"}', 1e6)
        assert chain.alertmanager.told("RelayDown", "resolved")
        passes(1)
    assert told.names == {}


def test_a_daemon_that_starts_anew_every_minute_for_an_hour_gives_one_page(
    chain: Watched,
) -> None:
    quiet(chain)
    with hearing(chain) as told:
        for _ in range(20):
            chain.exporter.values["process_start_time_seconds"] += 60
            chain.exporter.wait_scraped(3)
        passes(0.5)
    assert told.names == {("page", "RestartsOften", "firing"): 1}


def test_a_key_that_ends_in_twenty_nine_days_is_a_ticket(chain: Watched) -> None:
    with hearing(chain) as told:
        chain.exporter.values["sarabanwatch_token_key_end_seconds"] = time.time() + 29 * 86400
        passes(1.5)
    assert told.names == {("ticket", "KeyEnds", "firing"): 1}
    assert "กุญแจลงนามชุดสุดท้ายจะหมดอายุใน 29 วัน" in told.mails[-1]
