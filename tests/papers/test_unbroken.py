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
PAGE = ('#import "thai.typ": facts, official\n#set page(width: 9cm)\n#show: official\n'
        "#for text in facts.body { par(text) }")


def broken(tmp_path, samples):
    """Which samples stand on two lines, wherever in a line they begin."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    shutil.copy(shipped("print/thai.typ"), tmp_path)
    (tmp_path / "it.typ").write_text(PAGE)
    body = [f"{'กขคง ' * before}{sample} กขคง" for sample in samples for before in range(3, 12)]
    [pdf] = press.pages(tmp_path / "it.typ", {"body": body}, NOW, "pdf")
    (tmp_path / "it.pdf").write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-raw", tmp_path / "it.pdf", "-"], capture_output=True,
                          text=True, check=True).stdout
    return [s for s in samples if any(
        re.search(rf"{re.escape(s[:at].rstrip())}\s*\n\s*{re.escape(s[at:].lstrip())}", told)
        for at in range(1, len(s)))]


def test_no_paper_breaks_a_protected_word_or_date(tmp_path):
    assert broken(tmp_path, SAMPLES) == []


def test_unprotected_they_would_be_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(press, "PATTERN", "[^\\s\\S]")
    assert len(broken(tmp_path, SAMPLES)) > 5
