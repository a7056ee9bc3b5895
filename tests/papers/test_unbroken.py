"""Protected words and dates stay on one line of our papers."""

import re
import shutil
import subprocess

import pytest

from fakes.archive import NOW
from sarabanwatch.core.letters.unbroken import WORDS
from sarabanwatch.papers import print as press
from sarabanwatch.settings import shipped

pytest.importorskip("typst", reason="the extra `reports` is not installed")
SAMPLES = (*WORDS, "๒๗ กุมภาพันธ์ ๒๕๖๙", "27 February 2026", "เวลา ๑๖.๓๐ น.", "พ.ศ. ๒๕๖๕", "มาตรา ๑๐",
           "คิดเป็นร้อยละ ๗๘.๙", "๘,๒๘๖ หน่วยงาน", "ก.พ.ร.")
TABLE = ('#import "thai.typ": facts, kept, official\n#set page(width: 9cm, height: 9cm)\n'
         "#show: official\n#table(columns: (1fr, 0pt), ..kept(facts.body.map(name => (name,))))")
ADDRESS = ('#import "thai.typ": address, facts\n#set page(width: 9cm)\n'
           "#table(columns: (4cm, auto), address(facts.cell), [E])")
PAGE = ('#import "thai.typ": facts, official\n#set page(width: 9cm)\n#show: official\n'
        "#for text in facts.body { par(text) }")


def printed(tmp_path, page, facts):
    """The text of a PDF, its pages ended by form feeds."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    shutil.copy(shipped("print/thai.typ"), tmp_path)
    (tmp_path / "it.typ").write_text(page)
    [pdf] = press.pages(tmp_path / "it.typ", facts, NOW, "pdf")
    (tmp_path / "it.pdf").write_bytes(pdf)
    return subprocess.run(["pdftotext", "-raw", tmp_path / "it.pdf", "-"], capture_output=True,
                          text=True, check=True).stdout


def broken(tmp_path, samples):
    """Which samples stand on two lines, wherever in a line they begin."""
    body = [f"{'กขคง ' * before}{sample} กขคง" for sample in samples for before in range(3, 12)]
    told = printed(tmp_path, PAGE, {"body": body})
    return [s for s in samples if any(
        re.search(rf"{re.escape(s[:at].rstrip())}\s*\n\s*{re.escape(s[at:].lstrip())}", told)
        for at in range(1, len(s)))]


def test_no_paper_breaks_a_protected_word_or_date(tmp_path):
    assert broken(tmp_path, SAMPLES) == []


def test_unprotected_they_would_be_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(press, "PATTERN", "[^\\s\\S]")
    assert len(broken(tmp_path, SAMPLES)) > 5


@pytest.mark.parametrize("rows", [1, 2, *range(20, 30)])
def test_no_page_begins_with_the_last_row_or_two_of_a_long_table(tmp_path, rows):
    names = [f"row{n}" for n in range(rows)]
    pages = [page.split() for page in printed(tmp_path, TABLE, {"body": names}).split("\f")]
    assert [name for page in pages for name in page] == names
    assert len([page for page in pages if page][-1]) >= min(3, rows)


@pytest.mark.parametrize("cell", ["saraban@one.go.th", f"saraban_{'long' * 5}@{'amphoe' * 4}.go.th",
                                  "saraban." + "long" * 40, f"{'x' * 64}@{'y' * 180}.go.th"])
def test_an_address_is_whole_and_stays_in_its_column(tmp_path, cell):
    printed(tmp_path, ADDRESS, {"cell": cell})
    told = subprocess.run(["pdftotext", "-bbox", tmp_path / "it.pdf", "-"], capture_output=True,
                          text=True, check=True).stdout
    words = re.findall(r'xMax="([0-9.]+)".*?>([^<]+)</word>', told)
    assert "".join(word for _, word in words[:-1]) == cell
    left = float(re.findall(r'xMin="([0-9.]+)"', told)[-1])
    assert max(float(right) for right, _ in words[:-1]) < left
