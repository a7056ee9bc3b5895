"""Printed papers: facts stay text, and the same facts give the same bytes."""

import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.core.letters.unbroken import WORDS
from sarabanwatch.core.letters.wording import Paper
from sarabanwatch.papers import print as press
from sarabanwatch.settings import shipped

pytest.importorskip("typst", reason="the extra `reports` is not installed")
AT = datetime(2026, 2, 23, tzinfo=UTC)
PAPER = Paper("นร ๑๒๐๐/ท๑๕๗", ("สำนักงานหนึ่ง",), "๒๓ กุมภาพันธ์ ๒๕๖๙", "ทดสอบการรับหนังสือ", "หัวหน้าหน่วยงาน",
              ("มีขึ้นเพื่อกำหนดสระอำ", "ย่อหน้าสอง"), ("(นายหนึ่ง)",), ("โทร. ๐",), ("In English",),
              "https://page.test/n/157")
FACTS = press.letter(PAPER, {})
HOSTILE = ("#set page(fill: red)", "$x^2$ *bold* _it_ `raw` = heading", '"#read("/etc/passwd")',
           "<label> @ref \\ // comment", "ก" * 2000)
TEMPLATE = shipped("print/letter.typ")
# every consonant that bears marks, with each mark that may stand above or below it, in a word
MARKED = [f"เ{consonant}{marks}{end}" for consonant in "กขคงจชซญฎฏฐณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"
          for marks in (*"ุู็่้๊๋์ำ", *(vowel + tone for vowel in "ัิีึืุู" for tone in ("", *"่้๊๋์")),
                        *(f"{tone}ำ" for tone in "่้๊๋"))
          for end in "นา"]


def copied(pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    (tmp_path / "it.pdf").write_bytes(pdf)
    return subprocess.run(["pdftotext", tmp_path / "it.pdf", "-"], capture_output=True, text=True,
                          check=True).stdout


def words(pdf, tmp_path):
    return "".join(copied(pdf, tmp_path).split())


def test_the_same_facts_give_the_same_bytes_and_other_facts_others():
    once, again = (press.pages(TEMPLATE, FACTS, AT, "pdf") for _ in range(2))
    assert once == again
    assert once != press.pages(TEMPLATE, {**FACTS, "to": "อื่น"}, AT, "pdf")


def test_a_picture_a_page_and_one_pdf_of_all():
    long = {**FACTS, "body": ["ย่อหน้า " * 900]}
    assert len(press.pages(TEMPLATE, long, AT, "png", ppi=20)) > 1
    assert len(press.pages(TEMPLATE, long, AT, "pdf")) == 1
    assert press.pages(TEMPLATE, FACTS, AT, "png", ppi=20)[0].startswith(b"\x89PNG")


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_thai_is_copied_out_as_it_was_put_in(weight, tmp_path):
    shutil.copy(shipped("print/thai.typ"), tmp_path)
    (tmp_path / "it.typ").write_text(
        '#import "thai.typ": facts, official\n#show: official\n'
        '#set page(width: 60cm, height: auto)\n'
        f'#set text(weight: "{weight}")\n#for word in facts.words [#word #linebreak()]')
    put_in = [*MARKED, *WORDS, "มีขึ้นเพื่อกำหนดสระอำ", "เป็นไปตามสิทธิ์"]
    pdf = press.pages(tmp_path / "it.typ", {"words": put_in}, AT, "pdf")[0]
    assert [line for line in copied(pdf, tmp_path).splitlines() if line] == put_in


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_markup_in_a_fact_is_text(text, tmp_path):
    [pdf] = press.pages(TEMPLATE, {**FACTS, "to": text}, AT, "pdf")
    assert "".join(text.split())[:40] in words(pdf, tmp_path)


def test_without_the_extra_the_remedy_is_said(monkeypatch):
    monkeypatch.setattr(press, "_part", lambda name: (_ for _ in ()).throw(UnavailableError(name)))
    assert not press.installed()
    with pytest.raises(UnavailableError):
        press.pages(TEMPLATE, FACTS, AT, "pdf")


class Panic(BaseException):
    """What comes out of typst when it panics."""


@pytest.mark.parametrize("error", [Panic("unwrap"), RuntimeError("unwrap"), OSError("unwrap")])
async def test_whatever_typst_does_the_letter_goes_out_without_and_that_is_told(error, monkeypatch):
    def fails(*_):
        raise error

    told = []
    monkeypatch.setattr(press, "pages", fails)
    assert await press.TypstPress(TEMPLATE, told.append).pdf(PAPER, AT) == b""
    assert [str(each) for each in told] == [
        f"a letter goes out without its PDF: {type(error).__name__}: unwrap"
    ]


@pytest.mark.parametrize(("paragraphs", "below"), [(2, True), (24, False)])
def test_the_foot_stands_below_the_signature_or_beside_it_on_a_full_page(paragraphs, below,
                                                                       tmp_path):
    full = {**FACTS, "body": ["ย่อหน้าหนึ่ง"] * paragraphs, "below": []}
    copied(press.pages(TEMPLATE, full, AT, "pdf")[0], tmp_path)
    boxes = subprocess.run(["pdftotext", "-bbox", tmp_path / "it.pdf", "-"], capture_output=True,
                           text=True, check=True).stdout
    top = {word: float(y) for y, word in re.findall(r'yMin="([0-9.]+)".*?>([^<]+)</word>', boxes)}
    assert boxes.count("<page ") == 1
    assert (top["โทร."] > top["(นายหนึ่ง)"] + 40) is below
