"""LIFE.md shows the tables of the code. Run as a program, this file writes them anew."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, product
from pathlib import Path

import pytest

from sarabanwatch.core.facts.evidence import BLAME, Blame, Certainty, Evidence, FactKind, Reason
from sarabanwatch.core.judging import group, verdict
from sarabanwatch.core.judging.standing import STRENGTH, WEIGHT
from sarabanwatch.core.sending.probe import TRANSITIONS

LIFE = Path(__file__).parents[2] / "daemon" / "LIFE.md"
Row = tuple[str, ...]
SEEN_AT = datetime(2026, 1, 6, tzinfo=UTC)
FAILURES = " or ".join(verdict.FAILURES)


def probe() -> Iterator[Row]:
    yield "a letter that is", "and is or meets", "becomes"
    for state, roads in TRANSITIONS.items():
        yield from ((state, event, after) for event, after in roads.items())
        if not roads:
            yield state, "nothing more", ""


def blame() -> Iterator[Row]:
    yield "reason", "blame"
    yield from ((reason, whose) for reason, whose in BLAME.items())


def cases() -> Iterator[tuple[str, list[Evidence]]]:
    """Yield what may be seen, with its words.

    A surely told answer, an answer beside a refusal, and every fact alone.
    """
    for kind in verdict.ANSWERS[:2]:
        yield (
            f"{kind}, by a person's word or proved by the declared domain",
            [Evidence(kind, SEEN_AT, certainty=Certainty.RULED)],
        )
        yield (
            f"{kind}, by a person's word or proved by the declared domain",
            [Evidence(kind, SEEN_AT, authentic="proved")],
        )
    for answer, death in product(verdict.ANSWERS, (reason for reason, whose in BLAME.items()
                                                   if whose is Blame.GOOD)):
        words = f"{' or '.join(verdict.ANSWERS)}, and failed for good besides"
        yield from ((words, [Evidence(answer, SEEN_AT), Evidence(kind, SEEN_AT, reason=death)])
                    for kind in verdict.FAILURES)
    for kind in FactKind:
        if kind not in verdict.FAILURES:
            yield kind, [Evidence(kind, SEEN_AT)]
    for reason in Reason:
        for kind in verdict.FAILURES:
            yield f"{FAILURES}: {reason}", [Evidence(kind, SEEN_AT, reason=reason)]


def decided() -> Iterator[Row]:
    yield "no.", "seen", "verdict", "because", "เพราะ"
    heard = [(verdict.rule_for(seen), words) for words, seen in cases()]
    for number, rule in enumerate(verdict.RULES, start=1):
        words = dict.fromkeys(words for by, words in heard if by is rule)
        yield str(number), ", ".join(words), rule.verdict, rule.because, rule.thai
    yield (
        "", "nothing of these", verdict.OTHERWISE.verdict, verdict.OTHERWISE.because,
        verdict.OTHERWISE.thai,
    )


def standing() -> Iterator[Row]:
    yield "weighs", "verdicts"
    by_weight = sorted(WEIGHT.items(), key=lambda item: item[1] or "nothing", reverse=True)
    for weight, verdicts in groupby(by_weight, key=lambda item: item[1] or "nothing"):
        yield weight, ", ".join(name for name, _ in verdicts)


def strong() -> Iterator[Row]:
    yield "no.", "counts as", "because", "เพราะ"
    for number, row in enumerate(STRENGTH, start=1):
        yield str(number), str(row.counts), row.because, row.thai


def grouped() -> Iterator[Row]:
    yield "no.", "group", "because", "เพราะ"
    for number, rule in enumerate((*group.RULES, group.OTHERWISE), start=1):
        yield str(number), rule.group, rule.because, rule.thai


TABLES = {"probe": probe, "blame": blame, "verdict": decided, "standing": standing,
          "strength": strong, "group": grouped}


def drawn(rows: Iterable[Row]) -> str:
    heading, *rest = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (heading, ("---",) * len(heading), *rest))


def between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_table_in_life_is_the_table_in_the_code(name: str) -> None:
    written = between(name).findall(LIFE.read_text(encoding="utf-8"))
    assert written == [drawn(TABLES[name]())
                       + "\n"], f"write it anew: .venv/bin/python tests/house/{Path(__file__).name}"


def test_every_row_of_the_verdicts_can_be_shown_by_what_was_seen() -> None:
    assert [row for row in decided() if not row[1]] == []


def test_every_story_is_a_row_of_the_crash_table_and_every_row_names_what_shows_it() -> None:
    table = LIFE.read_text(encoding="utf-8").partition("## Where it may die")[2]
    named = {name.strip() for line in re.findall(r"^\|.*\| ([^|]*) \|$", table, re.MULTILINE)[2:]
             for name in line.split(",")}
    tests = LIFE.parents[1] / "tests"
    stories = {path.stem.removeprefix("test_").replace("_", " ")
               for path in tests.glob("story/test_*.py")}
    assert named == stories | {name for name in named if (tests / name).is_dir()}


def write() -> None:
    text = LIFE.read_text(encoding="utf-8")
    for name, rows in TABLES.items():
        table = drawn(rows()) + "\n"
        text = between(name).sub(lambda _, table=table: table, text)
    LIFE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
