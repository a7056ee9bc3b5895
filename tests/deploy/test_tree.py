"""One fault, one page: what each alert holds back. Every alert has its place in the tree."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES: Any = yaml.load((DEPLOY / "prometheus/rules.yml").read_text(), yaml.CSafeLoader)
HELD: Any = yaml.load((DEPLOY / "alertmanager/alertmanager.yml").read_text(),
                      yaml.CSafeLoader)["inhibit_rules"]
LAYERS = {"watch", "daemon", "relay", "inbox", "path", "country", "host", "ministry", "agency",
          "step", "round", "apart"}
# An incident of each scope is a cause of its own; agencies and steps are those that follow.
SHARED = {"mail_host": "mx.test", "ministry": "สถ.", "province": "แพร่"}
INCIDENTS = {
    "IncidentOpen of the country": {"layer": "country"},
    "IncidentOpen of a mail host": {"layer": "host", "mail_host": "mx.test"},
    "IncidentOpen of a superior": {"layer": "ministry", "ministry": "สถ."},
    "IncidentOpen of a province": {"layer": "ministry", "province": "แพร่"},
}
EXAMPLES = {
    "StepStalled at receive": {"step": "receive"}, "StepStalled at judge": {"step": "judge"},
    "ErrorsOften at send": {"where": "send"}, "ErrorsOften at receive": {"where": "receive"},
    "ErrorsOften at job": {"where": "job"}, "AgencyRegressed": SHARED, "AgencyMended": SHARED,
}
VARIED = {"IncidentOpen", "StepStalled", "ErrorsOften"}


def alerts() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each alert as it would be sent, under a name that tells its variants apart."""
    for rule in (rule for group in RULES["groups"] for rule in group["rules"] if "alert" in rule):
        name, labels = rule["alert"], {"alertname": rule["alert"], **rule["labels"]}
        variants = {told: more for told, more in {**INCIDENTS, **EXAMPLES}.items()
                    if told.split()[0] == name} or {name: {}}
        yield from ((told, labels | more) for told, more in variants.items())


SENT = dict(alerts())


def matches(matchers: list[str], labels: dict[str, str]) -> bool:
    """Whether Alertmanager's matchers hold; a label that is absent is empty."""
    for matcher in matchers:
        label, sign, value = re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', matcher).groups()  # type: ignore[union-attr]
        had = labels.get(label, "")
        same = bool(re.fullmatch(value, had)) if "~" in sign else had == value
        if same is sign.startswith("!"):
            return False
    return True


def holds_back(cause: dict[str, str], effect: dict[str, str]) -> bool:
    """Whether an alert is held back for another's sake."""
    return cause != effect and any(
        matches(rule["source_matchers"], cause) and matches(rule["target_matchers"], effect)
        and all(cause.get(label, "") == effect.get(label, "") for label in rule.get("equal", []))
        for rule in HELD)


TREE = {cause: held for cause in SENT
        if (held := [told for told in SENT if holds_back(SENT[cause], SENT[told])])}


def told(held: list[str]) -> str:
    """What is held back, as the page says it."""
    apart = [name for name in SENT if SENT[name]["layer"] == "apart"]
    return ", ".join(held) if not set(apart) <= set(held) else "all others"


def test_every_alert_has_its_place_in_the_tree() -> None:
    assert {name: labels["layer"] for name, labels in SENT.items()
            if labels["layer"] not in LAYERS} == {}


def test_the_tree_is_as_its_page_says() -> None:
    """The page is deploy/alertmanager/README.md; its rows are those of the left side."""
    page = (DEPLOY / "alertmanager/README.md").read_text()
    rows = re.findall(r"^\| ([A-Z][\w ]+) \| (.+) \|$", page.split("## What holds back what")[1],
                      re.MULTILINE)
    assert {cause: told(held) for cause, held in TREE.items()} == dict(rows[:len(TREE)])


def test_no_two_alerts_hold_each_other_back() -> None:
    assert [pair for pair in product(TREE, TREE)
            if pair[0] in TREE[pair[1]] and pair[1] in TREE[pair[0]]] == []


@pytest.mark.parametrize("cause", TREE)
def test_what_follows_from_what_follows_is_held_back_too(cause: str) -> None:
    further = {told for effect in TREE[cause] for told in TREE.get(effect, [])}
    assert further <= {*TREE[cause], cause}


SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LASTS = {rule["alert"]: sum(
    int(number) * SECONDS[unit]
    for number, unit in re.findall(r"(\d+)([smhd])", rule.get("keep_firing_for", "0s")))
    for group in RULES["groups"] for rule in group["rules"] if "alert" in rule}
AFTER = 15 * 60         # seconds in which what follows ends once its cause has ended
# What looks back over an hour ends so much later.
LOOKS_BACK = {"RestartsOften": 3600, "PostBlocked": 3600, "ErrorsOften": 900}


@pytest.mark.parametrize("cause", [
    cause for cause in TREE if SENT[cause]["layer"] in {"daemon", "relay", "inbox", "path"}
    and len(TREE[cause]) > 5])
def test_a_cause_is_held_longer_than_what_follows_from_it_or_that_were_told_after_it(
    cause: str,
) -> None:
    """A daemon that was down begins anew: nothing that it gave before is held."""
    late = {effect: LASTS[name] + max(AFTER, LOOKS_BACK.get(name, 0)) for effect in TREE[cause]
            for name in [SENT[effect]["alertname"]]}
    held = LASTS[cause] + LOOKS_BACK.get(cause, 0)
    assert cause == "DaemonDown" or max(late.values()) <= held, max(late, key=late.__getitem__)


def test_a_fall_counts_as_told_while_nothing_fires_that_would_hold_it_back() -> None:
    """`sarabanwatch:fall_free` and the rules of inhibition name the same causes."""
    told = next(rule["expr"] for group in RULES["groups"] for rule in group["rules"]
                if rule.get("record") == "sarabanwatch:fall_free")
    asked = [re.findall(r'\w+(?:=~|!~|!=|=)"[^"]*"', selector)
             for selector in re.findall(r"ALERTS{([^}]*)}", told)]
    firing = {cause: labels | {"alertstate": "firing"} for cause, labels in SENT.items()}
    assert {cause for cause in firing if any(matches(each, firing[cause]) for each in asked)} == {
        cause for cause, held in TREE.items() if "AgencyRegressed" in held}


def test_a_cause_of_its_own_is_hidden_by_a_daemon_that_is_down_alone() -> None:
    pairs = {(cause, effect) for cause, held in TREE.items() for effect in held
             if SENT[effect]["layer"] in {"apart", "watch"} and cause != "DaemonDown"}
    assert pairs == {("RegisterRefused", "SourceUnread"), ("ReportOverdue", "ReportDue"),
                     ("DiskNearlyFull", "DiskFilling")}
