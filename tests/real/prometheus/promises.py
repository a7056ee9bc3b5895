"""What promtool is to try of a file of promises: each case over the rules it asks about.

At each step of a case promtool evaluates every rule that it was given: sixty rules, of which a
case asks about one or two. Whether any rule is in error over what a case brings is asked of all
rules at a few of its steps.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[3] / "deploy"
PROMISES = sorted((DEPLOY / "prometheus/tests").glob("*.yml"))
RULES = DEPLOY / "prometheus/rules.yml"
COARSE = {"1m": "20m", "1h": "25h"}     # every so long all rules are looked at
Read = dict[str, Any]


def read(path: Path) -> Read:
    """Read a file of rules or of promises."""
    told: Read = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return told


def names(rule: Read) -> set[str]:
    """Return what others may know a rule by: its own name, and the layer of what it alerts of."""
    own: str = rule.get("alert") or rule["record"]
    return {own, rule.get("labels", {}).get("layer", own)}


def asked(case: Read, rules: Read) -> Read:
    """Return the rules that a case asks about, and those that these read, in their groups."""
    left = [rule for group in rules["groups"] for rule in group["rules"]]
    kept: list[Read] = []
    texts = [*(each["alertname"] for each in case.get("alert_rule_test", [])),
             *(each["expr"] for each in case.get("promql_expr_test", []))]
    while texts:
        words = {word for text in texts for word in re.findall(r"[\w:]+", text)}
        new = [rule for rule in left if words & names(rule)]
        left = [rule for rule in left if rule not in new]
        kept += new
        texts = [rule["expr"] for rule in new]
    groups = [group | {"rules": [rule for rule in group["rules"] if rule in kept]}
              for group in rules["groups"]]
    return {"groups": [group for group in groups if group["rules"]]}


def apart(promise: Path, place: Path) -> Iterator[Path]:
    """Write a file of promises anew in a folder, a file for each case, its rules beside it."""
    told, rules = read(promise), read(RULES)
    for number, case in enumerate(told["tests"]):
        kept = asked(case, rules)
        order = [group for group in told["group_eval_order"]
                 if group in {each["name"] for each in kept["groups"]}]
        (place / f"rules-{number}.yml").write_text(yaml.dump(kept, Dumper=yaml.CSafeDumper))
        yield _written(place / f"case-{number}.yml", told, tests=[case], group_eval_order=order,
                       rule_files=[f"rules-{number}.yml"])


def coarse(promise: Path, place: Path) -> Path:
    """Write a file of promises anew that asks only that no rule is ever in error, at few steps."""
    told = read(promise)
    step = COARSE[told["evaluation_interval"]]
    cases = [{"interval": case["interval"], "input_series": case["input_series"],
              "promql_expr_test": [{"expr": "vector(1)", "eval_time": _last(case),
                                    "exp_samples": [{"labels": "{}", "value": 1}]}]}
             for case in told["tests"]]
    return _written(place / "coarse.yml", told, tests=cases, evaluation_interval=step,
                    rule_files=[str(promise.parent / file) for file in told["rule_files"]])


def _last(case: Read) -> str:
    times: list[str] = [each["eval_time"] for kind in ("alert_rule_test", "promql_expr_test")
                        for each in case.get(kind, [])]
    return times[-1]


def _written(to: Path, told: Read, **anew: object) -> Path:
    to.write_text(yaml.dump(told | anew, Dumper=yaml.CSafeDumper))
    return to
