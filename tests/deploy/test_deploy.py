"""Rules, their tests, runbooks, board and routes agree with each other and the list of metrics."""

import json
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import boards
import pytest
import yaml
from boards.__main__ import written

from real.prometheus.cases import CASES as TRIED
from sarabanwatch.cli import VERBS

DEPLOY = Path(__file__).parents[2] / "deploy"
RUNBOOKS = DEPLOY / "runbooks"


def read(path: Path) -> Any:
    return yaml.load(path.read_text(), yaml.CSafeLoader)    # C: 32 kB of rules in no time


def load(name: str) -> Any:
    return read(DEPLOY / name)


METRICS: dict[str, dict[str, Any]] = tomllib.loads((DEPLOY / "prometheus/metrics.toml").read_text())
RULES = [rule for group in load("prometheus/rules.yml")["groups"] for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
PROMISES = sorted((DEPLOY / "prometheus/tests").glob("*.yml"))
CASES = [case for file in PROMISES for case in read(file)["tests"]]
BOARDS = {name: json.loads((DEPLOY / f"grafana/dashboards/{name}.json").read_text())
          for name in boards.BOARDS}
PANELS = [panel for board in BOARDS.values() for panel in board["panels"]]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS
                                                  for target in panel["targets"]]
ROUTES = load("alertmanager/alertmanager.yml")
THAI = re.compile("[\u0e01-\u0e5b]")


def seconds(time: str) -> int:
    """Read a time as promtool writes it: 75h, 1h30m."""
    return sum(int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
               for number, unit in re.findall(r"(\d+)([smhd])", time))


@pytest.mark.parametrize("file", PROMISES, ids=lambda file: file.stem)
def test_a_promise_over_days_is_looked_at_hourly(file: Path) -> None:
    """At each step promtool evaluates every rule.

    Days by the minute took a minute of `make test`.
    """
    tests = read(file)
    step = seconds(tests["evaluation_interval"])
    steps = {case["name"]: seconds(check["eval_time"]) / step
             for case in tests["tests"] for check in case.get("alert_rule_test", [])}
    assert {name: many for name, many in steps.items() if many > 500} == {}


def test_every_alert_is_tried_at_its_limit_beyond_it_through_a_gap_and_a_restart() -> None:
    """But the one whose whole promise is to fire, and two that count the daemons of all machines.

    Those are tried in watch.yml.
    """
    assert set(ALERTS) - set(TRIED) == {"AlertingAlive", "StandbyDown", "NoLeader",
                                         "TwoLeaders"}


def test_an_alert_reads_a_recorded_series_only_of_its_group_and_written_before_it() -> None:
    """Groups are evaluated in no order, the rules of one group in theirs.

    It may read what any group wrote some time ago.
    """
    for group in load("prometheus/rules.yml")["groups"]:
        written: set[str] = set()
        for rule in group["rules"]:
            asked = set(re.findall(r"sarabanwatch:[\w:]+(?![\w:]|\[\w+\] offset)", rule["expr"]))
            assert asked <= written or "record" in rule, rule
            written |= {rule["record"]} if "record" in rule else set()


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_says_in_thai_and_english_what_it_is_and_where_to_read_on(alert: str) -> None:
    rule = ALERTS[alert]
    said = rule["annotations"]
    assert rule["for"]
    assert rule["labels"]["severity"] in {"page", "ticket", "none"}
    assert rule["labels"]["service"] == "sarabanwatch"
    assert said["runbook"] == f"deploy/runbooks/{alert}.md"
    assert said["board"].removeprefix("d/sarabanwatch-") in BOARDS
    assert said["look"]
    assert THAI.search(said["summary_th"])
    assert not THAI.search(said["summary"])


@pytest.mark.parametrize("alert", sorted(set(ALERTS) - {
    "AlertingAlive", "DaemonDown", "AgencyRegressed"}))
def test_an_alert_outlives_a_gap_of_twenty_minutes_and_its_patience_after_it(alert: str) -> None:
    """So that a restart, and a daemon that was away, do not tell it twice."""
    rule = ALERTS[alert]
    assert seconds(rule["keep_firing_for"]) > 20 * 60 + seconds(rule["for"])


@pytest.mark.parametrize("alert", ALERTS)
def test_the_command_of_an_alert_is_one_of_ours_or_of_the_machine(alert: str) -> None:
    program, verb, *_ = ALERTS[alert]["annotations"]["look"].split()
    assert verb in VERBS if program == "sarabanwatch" else program in {"systemctl", "journalctl",
                                                                       "df", "amtool"}


def test_every_runbook_has_an_alert() -> None:
    """And every alert one; what it says is `test_runbooks`'s."""
    assert {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"} == set(ALERTS)


def test_runbooks_name_verbs_that_exist_and_alerts_that_exist() -> None:
    for page in RUNBOOKS.glob("*.md"):
        text = page.read_text()
        assert set(re.findall("`sarabanwatch ([a-z-]+)", text)) <= set(VERBS), page.name
        named = set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", text))
        assert named <= {*ALERTS, "NRestarts"}, page.name


def test_the_overview_lists_every_alert_and_no_other() -> None:
    rows = re.findall(r"^\| ([A-Z]\w+) \|", (DEPLOY / "README.md").read_text(), re.MULTILINE)
    assert rows == list(ALERTS)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_series_that_is_asked_for_is_given(expression: str) -> None:
    assert set(re.findall(r"sarabanwatch_\w+", expression)) <= set(METRICS)
    assert set(re.findall(r"sarabanwatch:[\w:]+", expression)) <= RECORDED


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_label_value_that_is_asked_for_is_given(expression: str) -> None:
    for metric, matchers in re.findall(r"(sarabanwatch_\w+)\{([^}]*)\}", expression):
        for label, values in re.findall(r'(\w+)(?:=~|!=|!~|=)"([^"]*)"', matchers):
            known = set(METRICS[metric]["labels"][label])
            assert set(values.split("|")) <= known or not known     # free text


def test_the_rule_tests_feed_only_series_that_are_given() -> None:
    fed = {series["series"] for case in CASES for series in case["input_series"]}
    assert {re.split("[{]", series)[0] for series in fed} <= {*METRICS, "up"}


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_looked_at_by_somebody(metric: str) -> None:
    assert any(re.search(rf"\b{metric}\b", expression) for expression in EXPRESSIONS)


def test_counters_and_only_counters_are_called_total() -> None:
    assert {name for name, metric in METRICS.items() if metric["kind"] == "counter"} == {
        name for name in METRICS if name.endswith("_total")}


def test_no_panel_shows_how_long_ago_what_has_not_been_was() -> None:
    """A moment is 0 until it has been: less than now, that is 20,785 days."""
    moment = re.compile(r"\bsarabanwatch_\w+_(?:timestamp|end)_seconds\b(?:\{[^}]*\})?(.{0,4})")
    for target in (target for panel in PANELS for target in panel["targets"]):
        if "time()" in target["expr"]:
            assert set(moment.findall(target["expr"])) == {" > 0"}, target["expr"]


def test_every_runbook_that_a_panel_leads_to_is_there() -> None:
    led = {link["url"].rpartition("/")[2] for panel in PANELS for link in panel.get("links", [])}
    assert led
    assert {page for page in led if not (RUNBOOKS / page).exists()} == set()


def test_counters_are_never_read_but_through_increase() -> None:
    for expression in EXPRESSIONS:
        for counter in re.findall(r"sarabanwatch_\w+_total", expression):
            assert re.search(rf"increase\({counter}\b", expression), expression
        assert not re.search(r"(?<!increase\()sarabanwatch_\w+_(bucket|sum|count)\b", expression)


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_is_as_its_code_writes_it(name: str) -> None:
    """After a change of deploy/grafana/boards: `make boards`."""
    file = DEPLOY / f"grafana/dashboards/{name}.json"
    assert file.read_text(encoding="utf-8") == written(name)


def test_every_board_has_its_code() -> None:
    files = {file.stem for file in (DEPLOY / "grafana/dashboards").iterdir()}
    assert files == set(BOARDS)


def test_boards_have_fixed_names_and_lead_to_one_another() -> None:
    assert {name: board["uid"] for name, board in BOARDS.items()} == {
        name: f"sarabanwatch-{name}" for name in BOARDS}
    assert all(["sarabanwatch"] in [link["tags"] for link in board["links"]]
               for board in BOARDS.values())


@pytest.mark.parametrize("board", BOARDS.values(), ids=lambda board: board["uid"])
def test_panels_stand_beside_one_another_on_the_board(board: dict[str, Any]) -> None:
    cells: Counter[tuple[int, int]] = Counter()
    for panel in board["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells.update((x, y) for x in range(at["x"], at["x"] + at["w"])
                     for y in range(at["y"], at["y"] + at["h"]))
    assert max(cells.values()) == 1


def columns(title: str) -> int:
    """Return how wide a title is, in letters: Thai vowels and tones above others take no room."""
    return sum(unicodedata.category(letter) != "Mn" for letter in title)


def test_a_title_has_room_on_a_small_screen() -> None:
    """Of 1,366 pixels, 24 parts: seven letters a part."""
    assert not {panel["title"] for panel in PANELS
                if columns(panel["title"]) > 7 * panel["gridPos"]["w"]}


def test_where_nothing_is_known_a_panel_says_so_in_both_languages() -> None:
    assert not {panel["title"] for panel in PANELS if not re.fullmatch(
        "[\u0e01-\u0e5b ]+ · [a-z ]+", panel["fieldConfig"]["defaults"].get("noValue", ""))}


def test_bars_are_few_enough_to_be_read() -> None:
    """Grafana draws each series, however little room there is for it."""
    named = re.compile(r"sarabanwatch_(agencies_by|agency)\b")
    assert not {target["expr"] for panel in PANELS if panel["type"] == "bargauge"
                for target in panel["targets"]
                if named.search(target["expr"]) and not target["expr"].startswith("topk(")}


def test_yes_and_no_are_told_in_words_not_as_1_and_0() -> None:
    either = re.compile(r"(1 while|1 เมื่อ)")
    assert not {panel["title"] for panel in PANELS
                if panel["type"] == "stat" and either.search(panel["description"])}


def test_panels_are_titled_in_thai_and_english_and_say_what_they_show() -> None:
    for panel in PANELS:
        thai, english = panel["title"].split(" · ", 1)
        assert THAI.search(thai)
        assert english.isascii()
        assert panel["description"]


def test_the_board_asks_the_data_source_that_is_provisioned() -> None:
    provisioned = {
        source["uid"]
        for source in load("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    }
    asked = {asker["datasource"]["uid"] for panel in PANELS for asker in (panel, *panel["targets"])}
    assert asked == provisioned


def test_routes_lead_to_receivers_and_inhibitions_name_alerts() -> None:
    receivers = {receiver["name"] for receiver in ROUTES["receivers"]}
    routed = {route["receiver"] for route in (ROUTES["route"], *ROUTES["route"]["routes"])}
    assert routed == receivers
    matchers = json.dumps([ROUTES["route"]["routes"], ROUTES["inhibit_rules"]])
    assert set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", matchers)) <= set(ALERTS)


def test_mail_goes_nowhere_but_to_test_names_from_loopback() -> None:
    assert ROUTES["global"]["smtp_smarthost"].startswith("127.0.0.1:")
    to = [mail["to"] for receiver in ROUTES["receivers"]
          for mail in receiver.get("email_configs", [])]
    assert all(address.endswith(".test") for address in [*to, ROUTES["global"]["smtp_from"]])
