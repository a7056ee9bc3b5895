"""Runbooks: one form, Thai and English alike; the first page finds each by its symptom, and knows
every exit code.
"""

import re
from pathlib import Path

import pytest
import yaml

from sarabanwatch.cli.manual.verbs import EXITS

DEPLOY = Path(__file__).parents[2] / "deploy"
INDEX = (DEPLOY / "runbooks/README.md").read_text(encoding="utf-8")
PAGES = {page.stem: page.read_text(encoding="utf-8")
         for page in sorted((DEPLOY / "runbooks").glob("*.md")) if page.stem != "README"}
RULES = yaml.load((DEPLOY / "prometheus/rules.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
RECEIVERS = {rule["alert"]: "agencies" if {"told", "mended"} & set(rule["labels"])
             else rule["labels"]["severity"] for group in RULES["groups"]
             for rule in group["rules"] if "alert" in rule}
FORM = ["# {0}", "## ภาษาไทย", "### ความหมาย", "### แจ้งใคร", "### ตรวจดู", "### ดำเนินการ",
        "### สิ้นสุดเมื่อ", "## English", "### Means", "### For whom", "### Look", "### Do",
        "### Ends"]
WHOM = {"page": ("ผู้อยู่เวร ทุกเวลา", "Whoever is on call, at any hour."),
        "ticket": ("เจ้าหน้าที่ ในเวลาราชการ (เวลาไทย)",
                   "The officers, in office hours (Bangkok time)."),
        "agencies": ("ผู้ประสานงานหน่วยงาน ทุกเวลา",
                     "Whoever looks after the agencies, at any hour.")}


def spans(text: str) -> list[str]:
    """Return what stands between back-quotes, in whatever order the language wants."""
    return sorted(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize("alert", sorted(PAGES))
def test_a_runbook_has_the_form_of_all_in_thai_and_in_english(alert: str) -> None:
    page = PAGES[alert]
    assert re.findall(r"^#+ .*$", page, re.MULTILINE) == [line.format(alert) for line in FORM]
    thai, english = page.split("\n## English\n")
    assert spans(thai) == spans(english)
    assert thai.count("\n- ") == english.count("\n- ")
    assert all(said in half for said, half in
               zip(WHOM.get(RECEIVERS[alert], ()), (thai, english), strict=False))


def test_the_first_page_finds_every_runbook_by_a_symptom() -> None:
    by_symptom = INDEX.partition("## ค้นตามอาการ")[2].partition("\n## ")[0]
    assert set(re.findall(r"\((\w+)\.md\)", by_symptom)) == set(PAGES)


def test_the_first_page_knows_every_exit_code() -> None:
    told = re.findall(r"^\| (\d+) \|", INDEX, re.MULTILINE)
    assert [int(code) for code in told] == [code for code, _ in EXITS]


def test_runbooks_link_to_one_another() -> None:
    """Not a bare name, and no path: a link."""
    for name, page in PAGES.items():
        bare = set(re.findall(r"(?<![\[(/\w])([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b(?!\.md)", page))
        assert bare & set(PAGES) <= {name}, name
