"""The table of all alerts: whom each is told to, when, and by what it is tried.

`PYTHONPATH=tests python tests/deploy/test_alerts_table.py` writes it into
deploy/alertmanager/README.md anew.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from deploy.test_tree import DEPLOY, RULES, SENT, matches

PAGE = DEPLOY / "alertmanager/README.md"
BEGINS, ENDS = "| alert | severity |", "\n\n"
COLUMNS = ("alert", "severity", "receiver", "told after", "held after its end", "tried by", "told",
           "its end")
HEAD = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
SAID = ["| alert | what it said |", "|---|---|"]
ROUTE: Any = yaml.load((DEPLOY / "alertmanager/alertmanager.yml").read_text(),
                       yaml.CSafeLoader)["route"]
REAL = Path(__file__).parents[1] / "real/prometheus"
# Beside the limits of real/prometheus/cases.py and the tree on a real Alertmanager, which try all.
TRIALS = {
    "cases": sorted((DEPLOY / "prometheus/tests").glob("*.yml")),
    "chain": [REAL / name for name in ("test_live.py", "test_drill.py", "test_daemon.py")],
    "soak": [REAL / "test_chain.py", REAL / "test_country.py",
             REAL.parents[1] / "simulation/test_six_weeks.py"],
}
TOLD = json.loads((REAL / "told.json").read_text())     # by real servers: test_every_alert.py
TIMES = {0: "-", 1: "once"}
WRITTEN = {trial: "".join(file.read_text() for file in files) for trial, files in TRIALS.items()}


def receiver(labels: dict[str, str]) -> str:
    """Return to whom an alert goes, by the first route that matches it."""
    return next((route["receiver"] for route in ROUTE["routes"]
                 if matches(route["matchers"], labels)), ROUTE["receiver"])


def rows() -> Iterator[str]:
    """Yield the table's rows, in the order of the rules."""
    every = chain.from_iterable(group["rules"] for group in RULES["groups"])
    for rule in (rule for rule in every if "alert" in rule):
        name, labels = rule["alert"], {"alertname": rule["alert"], **rule["labels"]}
        tried = ", ".join(trial for trial, text in WRITTEN.items() if f"alertname: {name}\n" in text
                          or f'"{name}"' in text or f'"{name} ' in text)
        cells = (f"[{name}](../runbooks/{name}.md)", labels["severity"], receiver(labels),
                 rule.get("for", "0s"), rule.get("keep_firing_for", "-"), tried or "limits",
                 *(TIMES[times] for times in TOLD.get(name, ["", 0, 0])[1:3]))
        yield f"| {' | '.join(cells)} |"


def table() -> str:
    """Return the table."""
    return "\n".join([*HEAD, *rows()])


def said() -> str:
    """Return the table of the words that were told."""
    return "\n".join([*SAID, *(f"| {name} | {words} |" for name, (*_, words) in TOLD.items())])


def test_the_table_of_alerts_is_as_rules_routes_and_trials_are() -> None:
    page = PAGE.read_text()
    assert page[page.index(BEGINS):].split(ENDS)[0] == table()
    assert page[page.index(SAID[0]):].split(ENDS)[0] == said()


def test_every_alert_of_the_tree_is_in_it() -> None:
    assert all(f"[{labels['alertname']}]" in table() for labels in SENT.values())


if __name__ == "__main__":
    words = PAGE.read_text()
    for begins, ours in ((BEGINS, table()), (SAID[0], said())):
        words = words.replace(words[words.index(begins):].split(ENDS)[0], ours)
    PAGE.write_text(words)
