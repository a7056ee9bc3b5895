"""One state of the ledger is told in the same figures by whatever tells it: verbs, page, feed, open
data, metrics, papers and workbook.
"""

import asyncio
import csv
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from documents.conftest import COMMAND
from sarabanwatch.app import life
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.papers import print as press
from sarabanwatch.wiring import Components

DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
FEW = {"covering", "infographic-wide"}     # papers that count only all of them, and those ready


def verb(room: Path, *words: str | Path) -> str:
    return subprocess.run([COMMAND, *words, "-c", room / "sarabanwatch.toml"], capture_output=True,
                          text=True, check=True).stdout


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def groups(agencies: Iterable[Mapping[str, str]], key: str = "group") -> dict[str, int]:
    """Count a list by group; whether it names those that the Act exempts is its own matter."""
    return dict(Counter(agency[key] for agency in agencies if agency[key] != "exempt"))


def counting(census: Mapping[str, Any]) -> dict[str, int]:
    return {group: n for group, n in census["groups"].items() if group != "exempt"}


def published(room: Path) -> dict[str, dict[str, int]]:
    """Return the agencies by group and by bucket, as the daemon's metrics show them."""
    components = Components(room / "sarabanwatch.toml")
    journal = MetricJournal(components.clock)

    async def publish() -> None:
        with closing(components.ledger(existing=True)) as ledger:
            await life.publish(ledger=ledger, clock=components.clock, rules=components.rules,
                               journal=journal)

    asyncio.run(publish())
    return {name: {sample.labels[label]: int(sample.value)
                   for metric in journal.registry.collect() for sample in metric.samples
                   if sample.name == name and sample.value}
            for name, label in (("sarabanwatch_agencies", "group"),
                                ("sarabanwatch_bucket_agencies", "bucket"))}


def figures(text: str) -> set[str]:
    """Return all numbers of a text, in Arabic digits."""
    return set(re.findall(r"\d[\d,]*(?:\.\d+)?", text.translate(DIGITS)))


def told(census: Mapping[str, Any], *, whole: bool) -> set[str]:
    """Return the figures of a census: all of them, or the total and those that are ready."""
    buckets = census["buckets"] if whole else ["ready"]
    return {str(census["total"]), *(str(census[kind][bucket]) for bucket in buckets
                                    for kind in ("buckets", "shares"))}


@pytest.mark.skipif(not press.installed(), reason="the extra `reports` is not installed")
def test_all_that_tells_of_one_state_tells_the_same_figures(room: Path) -> None:
    verb(room, "report", "freeze")
    verb(room, "page", "export", room / "site")
    verb(room, "report", "render", "--all", "--draft", "--out", room / "papers")
    census = json.loads(verb(room, "census", "--json"))
    the_page_and_the_metrics_agree(room, census)
    the_papers_agree(room / "papers", census)


def the_page_and_the_metrics_agree(room: Path, census: dict[str, Any]) -> None:
    data = room / "site/data"
    counted = json.loads((data / "census.json").read_text(encoding="utf-8"))
    for key in ("total", "buckets", "shares"):
        assert counted[key] == census[key]
    now = [row for row in rows(data / "rounds.csv") if row["cut"] == "country"][-1]
    assert now["total"] == str(census["total"])
    assert {bucket: int(now[bucket]) for bucket in census["buckets"]} == census["buckets"]
    assert now["ready_percent"] == str(census["shares"]["ready"])
    listed = [json.loads(line) for line in verb(room, "agencies", "--json").splitlines()]
    for agencies in (listed, rows(data / "agencies.csv"),
                     json.loads((data / "agencies.json").read_text(encoding="utf-8"))):
        assert groups(agencies) == counting(census)
    assert published(room) == {
        "sarabanwatch_agencies": census["groups"],
        "sarabanwatch_bucket_agencies": {b: n for b, n in census["buckets"].items() if n}}
    changes = json.loads((data / "changes.json").read_text(encoding="utf-8"))
    feed = (room / "site/changes.atom").read_text(encoding="utf-8")
    assert feed.count("<entry>") == len(changes) == len(rows(data / "changes.csv"))
    for home in ("", "en/"):
        front = (room / f"site/{home}index.html").read_text(encoding="utf-8")
        assert told(census, whole=True) <= figures(re.sub("<[^>]*>", " ", front))


def the_papers_agree(papers: Path, census: dict[str, Any]) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    for paper in ("cabinet", "covering", "circular", "infographic-a4", "infographic-square",
                  "infographic-wide"):
        text = subprocess.run(["pdftotext", papers / f"{paper}.pdf", "-"], capture_output=True,
                              text=True, check=True).stdout
        assert told(census, whole=paper not in FEW) <= figures(text), paper
    sheet = CalamineWorkbook.from_path(papers / "annex.xlsx").get_sheet_by_index(0).to_python()
    assert [tuple(row[1:3]) for row in sheet[2:7]] == [
        *zip(census["buckets"].values(), census["shares"].values(), strict=True),
        (census["total"], 100)]
    assert groups(rows(papers / "agencies.csv"), "กลุ่ม") == counting(census)
