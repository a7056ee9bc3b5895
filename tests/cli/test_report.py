import asyncio
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.census import of_the_letter, row, snapshot
from fakes.mailroom import RECEIPT, mailroom
from fakes.samples import MONDAY
from sarabanwatch import store
from sarabanwatch.cli import group
from sarabanwatch.core.errors import DataError, RequestError, UnavailableError
from sarabanwatch.core.papers.snapshot import Snapshot, seal
from sarabanwatch.papers import print as press
from sarabanwatch.store import FileLedger

HOSTILE = ('=HYPERLINK("http://x.test")', "#set page(fill: red)",
           "<script>alert(1)</script> {{7*7}}", "$x^2$ *bold* _it_ @ref",
           "กรม\u202eมรก\u200f", '"#read("/etc/passwd")', "ก" * 2000, "W" * 2000,
           "+1\t-2\r\n@SUM(A1)")
printed = pytest.mark.skipif(not press.installed(), reason="the extra `reports` is not installed")
REPORT = """
[page]
short = "https://watch.test/U1"
[report]
number = "นร 1200/ว75"
signature = ["(นางสาวหนึ่ง ผู้ลงนาม)", "เลขาธิการ"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = mailroom(tmp_path, RECEIPT)
    file.write_text(file.read_text() + REPORT)
    return file


def said(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["report", *words, "--config", str(config)])


def rendered(config: Path, out: Path, *words: str) -> dict[str, bytes]:
    result = said(config, "render", "--out", str(out), *(words or ("--all",)))
    assert result.exit_code == 0, result
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*"))
            if file.is_file()}


def keep(config: Path, told: Snapshot) -> None:
    async def put() -> None:
        with closing(FileLedger(config.parent / "ledger.db")) as ledger:
            await ledger.write(store.snapshots.keep, *seal(told), told.as_of, told.campaign, MONDAY)

    asyncio.run(put())


def words(pdf: bytes, tmp_path: Path, page: int | None = None) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    (tmp_path / "it.pdf").write_bytes(pdf)
    only = ("-f", str(page), "-l", str(page)) if page else ()
    return subprocess.run(["pdftotext", *only, tmp_path / "it.pdf", "-"], capture_output=True,
                          text=True, check=True).stdout


# --- freezing and releasing -----------------------------------------------------------------------


def test_freezing_twice_gives_the_same_snapshot(config: Path) -> None:
    first, second = (json.loads(said(config, "freeze", "--json").stdout) for _ in range(2))
    assert first == second
    assert [json.loads(line)["digest"]
            for line in said(config, "list", "--json").stdout.splitlines()] == [first["digest"]]
    told = json.loads(said(config, "show", "--json").stdout)
    assert told["figures"]["buckets"] == {"ready": 1, "mend": 0, "raised": 0, "unknown": 1}
    assert "๒ หน่วยงาน" in said(config, "show").output


def test_a_cut_off_that_cannot_be_known_is_refused(config: Path) -> None:
    assert said(config, "freeze", "--at", "2020-01-01").exit_code == RequestError.exit_code
    assert said(config, "freeze", "--at", "2099-01-01").exit_code == RequestError.exit_code
    assert said(config, "show").exit_code == RequestError.exit_code


def test_a_release_has_a_name_and_is_made_once(config: Path) -> None:
    said(config, "freeze")
    assert said(config, "release", "1", "--by", " ").exit_code == 2
    assert "released" in said(config, "release", "1", "--by", "สมชาย").output
    assert said(config, "release", "1", "--by", "สมหญิง").exit_code == RequestError.exit_code


def test_papers_that_do_not_agree_are_not_issued(config: Path, tmp_path: Path) -> None:
    said(config, "freeze")
    (tmp_path / "short.txt").write_text("มีหน่วยงานทั้งหมด $total หน่วยงาน พร้อมใช้งาน $ready")
    config.write_text(config.read_text() + "circular = 'short.txt'\n")
    refused = said(config, "render", "--all", "--out", str(tmp_path / "a"))
    assert refused.exit_code == DataError.exit_code
    assert "the circular does not say 50.0" in refused.output
    assert not (tmp_path / "a").exists()
    assert said(config, "release", "1", "--by", "x").exit_code == DataError.exit_code


# --- papers ---------------------------------------------------------------------------------------


@printed
def test_the_same_snapshot_gives_the_same_bytes_and_a_release_takes_the_stamp_away(
    config: Path, tmp_path: Path
) -> None:
    said(config, "freeze")
    once, again = rendered(config, tmp_path / "a"), rendered(config, tmp_path / "b")
    assert once == again
    assert set(once) == {
        "SHA256SUMS", "agencies.csv", "annex.xlsx", "cabinet.pdf", "circular.pdf", "covering.pdf",
        "notices.pdf", "report.json",
        *(f"infographic-{shape}.{form}" for shape in ("a4", "square", "wide")
                         for form in ("pdf", "png", "svg"))}
    sums = dict(reversed(line.split("  ")) for line in once["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(made).hexdigest() for name, made in once.items()
                    if name != "SHA256SUMS"}
    said(config, "release", "1", "--by", "สมชาย")
    final = rendered(config, tmp_path / "a")
    for name in ("cabinet.pdf", "circular.pdf", "infographic-a4.pdf", "infographic-square.pdf",
                 "notices.pdf"):
        assert "ร่าง" in words(once[name], tmp_path), name
        assert "ร่าง" not in words(final[name], tmp_path), name


@printed
def test_an_infographic_is_one_page_with_all_that_it_may_show(config: Path, tmp_path: Path) -> None:
    written = config.read_text().replace("https://watch.test/U1", f"https://{'watch.' * 6}test/U1")
    config.write_text(written)
    keep(config, snapshot(*(row(f"{n:04}", g) for n, g in enumerate(("A1", "D2", "W", "unknown")))))
    made = rendered(config, tmp_path / "a", "--only", "infographic")
    pages = {name: words(paper, tmp_path).count("\f") for name, paper in made.items()
             if name.endswith(".pdf")}
    assert pages == {f"infographic-{shape}.pdf": 1 for shape in ("a4", "square", "wide")}


@printed
def test_every_page_of_a_draft_is_marked(config: Path, tmp_path: Path) -> None:
    keep(config, snapshot(*(row(f"{n:04}", "D2") for n in range(60))))
    for name, made in rendered(config, tmp_path / "a").items():
        if name.endswith(".pdf"):
            whole = words(made, tmp_path)
            assert whole.count("ร่าง") == whole.count("\f"), name


@printed
def test_the_circular_on_paper_says_the_letters_figures_and_keeps_am_whole(config: Path,
                                                                           tmp_path: Path) -> None:
    keep(config, of_the_letter())
    said(config, "release", "1", "--by", "สมชาย")
    made = rendered(config, tmp_path / "a", "--only", "circular")["circular.pdf"]
    paper = "".join(words(made, tmp_path).split())
    for phrase in ("จำนวน๘,๒๘๖หน่วยงาน", "จำนวน๖,๕๓๖หน่วยงานคิดเป็นร้อยละ๗๘.๙(กลุ่มA1และA2)",
                   "จำนวน๑,๔๕๔หน่วยงานคิดเป็นร้อยละ๑๗.๕(กลุ่มB1B2B3CD1D2D3และE)",
                   "จำนวน๒๙๖หน่วยงานคิดเป็นร้อยละ๓.๖(กลุ่มW)",
                   "กำหนดช่องทางอิเล็กทรอนิกส์", "จึงเรียนมาเพื่อโปรดพิจารณาดำเนินการ",
                   "ขอแสดงความนับถือ", "https://watch.test/U1"):
        assert phrase in paper, phrase
    assert "นร๑๒๐๐/ว๗๕" in paper
    assert words(made, tmp_path).count("\f") == 1


@printed
def test_hostile_names_are_text_on_every_paper(config: Path, tmp_path: Path) -> None:
    rows = [row(f"{n:04}", "D2", name=name, cell=name, province=name, superior=name)
            for n, name in enumerate(HOSTILE)]
    rows += [row("../../x", "E", name="ชื่อธรรมดา")]
    keep(config, snapshot(*rows))
    made = rendered(config, tmp_path / "a")
    shown = "".join(words(made["cabinet.pdf"], tmp_path).split())
    for name in HOSTILE[:4]:
        assert "".join(name.split())[:18] in shown, name
    assert "ก" * 8 in shown
    assert "notices/..%2F..%2Fx.eml" in made
    assert not (tmp_path / "x.eml").exists()
    rows_ = list(csv.reader(io.StringIO(made["agencies.csv"].decode("utf-8-sig"))))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row_ in rows_ for cell in row_)
    assert len(rows_) == len(rows) + 1
    sheets = zipfile.ZipFile(io.BytesIO(made["annex.xlsx"]))
    formulas = [f for name in sheets.namelist()
                for f in re.findall(r"<f>(.*?)</f>", sheets.read(name).decode(errors="ignore"))]
    assert formulas
    assert not any("HYPERLINK" in f or "@SUM" in f for f in formulas)
    assert b"=HYPERLINK(" in sheets.read("xl/sharedStrings.xml")


def test_tables_and_drafts_need_no_press(config: Path, tmp_path: Path,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> object:
        raise UnavailableError(f"no {name}: pip install 'sarabanwatch[reports]'")

    monkeypatch.setattr(press, "_part", none)
    monkeypatch.setattr(press, "_fonts", lambda: none("face"))
    keep(config, snapshot(row("1", "E"), row("2", "D2")))
    result = said(config, "render", "--all", "--out", str(tmp_path / "a"))
    assert result.exit_code == UnavailableError.exit_code
    made = {str(file.relative_to(tmp_path / "a")) for file in (tmp_path / "a").rglob("*.*")}
    assert made == {"annex.xlsx", "agencies.csv", "report.json", "notices/1.eml"}


@pytest.mark.parametrize("words_", [(), ("--all", "--only", "cabinet")])
def test_what_to_render_is_asked_for(config: Path, tmp_path: Path, words_: tuple[str, ...]) -> None:
    said(config, "freeze")
    assert said(config, "render", "--out", str(tmp_path / "a"), *words_).exit_code == 2


@printed
def test_a_garuda_that_cannot_be_used_is_named(config: Path, tmp_path: Path) -> None:
    said(config, "freeze")
    before = config.read_text()
    for name, complaint in (("garuda.doc", "is no .svg"), ("none.svg", "cannot read")):
        config.write_text(f"{before}garuda = '{name}'\n")
        assert complaint in said(config, "render", "--only", "circular", "--out",
                                 str(tmp_path / "a")).output
    (tmp_path / "garuda.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    config.write_text(f"{before}garuda = 'garuda.svg'\n")
    assert rendered(config, tmp_path / "a", "--only",
                    "circular")["circular.pdf"].startswith(b"%PDF")


def forgotten(workbook: bytes) -> bytes:
    """Return a workbook whose formulas have no results any more, so that whoever opens it must
    calculate.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as had, zipfile.ZipFile(made, "w") as left:
        for name in had.namelist():
            left.writestr(name, re.sub(rb"</f><v>[^<]*</v>", b"</f>", had.read(name)))
    return made.getvalue()


def calculated(folder: Path, **workbooks: bytes) -> list[list[list[str]]]:
    """Return the first sheet of each workbook as LibreOffice calculates it."""
    for name, workbook in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(workbook)
    office = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless",
              "--convert-to"]
    # in this order, or it goes away
    subprocess.run([*office, "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", folder,
                    *(folder / f"{name}.xlsx" for name in workbooks)], check=True,
                   capture_output=True, timeout=300)
    return [list(csv.reader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8"))))
            for name in workbooks]


def test_live_formulas_give_what_was_published(config: Path, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed (soffice)")
    groups = ["A1"] * 11 + ["D2"] * 2 + ["W"] * 47 + ["exempt"]      # all remainders are equal
    keep(config, snapshot(*(row(str(n), g) for n, g in enumerate(groups))))
    made = rendered(config, tmp_path / "a", "--only", "cabinet")["annex.xlsx"]
    kept, live = calculated(tmp_path, kept=made, live=forgotten(made))
    assert [" ".join(line[1:6]) for line in live[2:6]] == [
        "11 18.4 183 20 1", "2 3.3 33 20 2", "47 78.3 783 20 3", "0 0.0 0 0 4"]
    assert kept == live
