"""`register check`: what it prints of a list before an import, and what goes to its sender."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus.register import books
from sarabanwatch.cli.register import register as verb
from sarabanwatch.core.register import Register, Unreadable
from sarabanwatch.edge.register import load

ROWS = """\
บัญชีรายชื่อ
รหัส,ชื่อ,ประเภท,จังหวัด,E-mail,วันที่ประกาศ
6110101.0,บางหนึ่ง,อบต.,สมุทรปราการ,saraban_06110101@dla.go.th,28 พ.ย. 2568
6110102,บางสอง,อบต.,,,
6110103,=HYPERLINK("http://x.test"),อบต.,สมุทรปราการ,+saraban@x.go.th,
6110104,บางสี่,กอง,สมุทรปราการ,'=x,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "register.csv"
    made.write_text(ROWS, encoding="utf-8")
    return made


def check(file: Path, *more: str | Path) -> Result:
    return CliRunner().invoke(verb, ["check", str(file), *map(str, more)])


def test_a_person_sees_every_row_counted_and_those_not_taken_first(file: Path) -> None:
    said = check(file)
    lines = said.output.splitlines()
    assert said.exit_code == 1
    assert lines[0] == "register.csv: แถวทั้งหมด 4  รับตามที่เขียน 1  รับโดยมีข้อสังเกต 2  ไม่รับ 1"
    assert lines[1] == "  (4 rows, 1 as they stand, 2 with notes, 1 not taken)"
    assert lines[2].endswith("first mend the 1 rows that are not taken, and check again")
    assert lines[3].endswith("heading in line 2; the rows above it are titles")
    assert lines[4].startswith("  register.csv:6: ประเภท: ไม่รู้จักประเภท 'กอง'")
    assert any(line.endswith("ให้เขียนว่า (write) saraban_06110102@dla.go.th") for line in lines)


def test_what_is_asked_of_many_rows_is_one_line_that_names_the_first_of_them(
    tmp_path: Path,
) -> None:
    file = tmp_path / "r.csv"
    rows = [f"{2000 + n},กอง {n},กอง,,saraban@g{n}.go.th" for n in range(300)]
    file.write_text("\n".join(["รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,อีเมล", *rows]), encoding="utf-8")
    lines = check(file).output.splitlines()
    assert len(lines) == 4
    assert lines[3].startswith(
        "  r.csv:2 (+299 แถว · rows: 3, 4, 5, 6, 7 ...): ประเภท: ไม่รู้จักประเภท 'กอง'")


def test_a_script_gets_the_same_as_one_value(file: Path) -> None:
    told = json.loads(check(file, "--json").output)
    assert (told["rows"], told["as_they_stand"], told["with_notes"], told["not_taken"]) == (4, 1, 2,
                                                                                            1)
    assert told["columns"]["cell"] == "E-mail"
    assert {(q["line"], q["heading"], q["taken"]) for q in told["questions"]} >= {
        (3, "รหัสหน่วยงาน", True), (4, "จังหวัด", True), (4, "อีเมล", True), (6, "ประเภท", False)}
    assert [q["write"] for q in told["questions"] if q["line"] == 4
            and q["heading"] == "อีเมล"] == ["saraban_06110102@dla.go.th"]


def test_a_register_without_fault_is_0(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("\n".join(ROWS.splitlines()[:3]), encoding="utf-8")
    assert check(file).exit_code == 0


def understood(register: Register) -> list[object]:
    return [*(entry.agency for entry in register.entries),
            *((p.problem, p.field) for p in register.problems)]


@pytest.mark.parametrize("name", ["report.xlsx", "rows.csv", "REPORT.XLSX"])
def test_what_is_written_back_is_read_as_the_same_register(name: str, file: Path,
                                                           tmp_path: Path) -> None:
    out = tmp_path / name
    assert check(file, "--out", out).exit_code == 1
    assert understood(load(out)) == understood(load(file))
    assert load(out).entries[0].notes == ()   # what was interpreted is now written plainly


def test_nothing_that_is_written_back_is_a_formula_or_a_link(file: Path, tmp_path: Path) -> None:
    book, rows = tmp_path / "report.xlsx", tmp_path / "rows.csv"
    check(file, "--out", book)
    check(file, "--out", rows)
    parts = zipfile.ZipFile(io.BytesIO(book.read_bytes()))
    sheets = b"".join(parts.read(name) for name in parts.namelist()
                      if name.startswith("xl/worksheets/"))
    assert b"<f>" not in sheets
    assert b"hyperlink" not in sheets
    text = rows.read_text(encoding="utf-8-sig")
    assert '"\'=HYPERLINK(""http://x.test"")"' in text
    assert ",'+saraban@x.go.th," in text


def test_the_same_register_gives_the_same_octets(file: Path, tmp_path: Path) -> None:
    check(file, "--out", tmp_path / "a.xlsx")
    check(file, "--out", tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_questions_stand_on_a_sheet_of_their_own(file: Path, tmp_path: Path) -> None:
    check(file, "--out", tmp_path / "a.xlsx")
    text = books.part((tmp_path / "a.xlsx").read_bytes(), "xl/sharedStrings.xml").decode()
    for word in ("ให้เขียนว่า", "saraban_06110102@dla.go.th", "ไม่รู้จักประเภท", "SHA-256"):
        assert word in text


def test_the_register_itself_is_not_written_over_nor_anything_of_another_kind(
    file: Path, tmp_path: Path
) -> None:
    before = file.read_bytes()
    for out, said in ((file, "it is the register itself"),
                      (tmp_path / "a.pdf", "name it .xlsx or .csv")):
        refused = check(file, "--out", out)
        assert refused.exit_code == 2
        assert said in refused.output
    assert file.read_bytes() == before
    assert "No such file" in check(file, "--out", tmp_path / "none" / "a.xlsx").output


def test_headings_of_ones_own_come_from_a_configuration(tmp_path: Path) -> None:
    file, config = tmp_path / "r.csv", tmp_path / "x.toml"
    file.write_text("เลข,ชื่อ,ประเภท,ช่องทาง\n1234,กรมหนึ่ง,กรม,saraban@x.go.th\n", encoding="utf-8")
    sample = (Path(__file__).parents[2] / "config" / "sarabanwatch.toml").read_text(
        encoding="utf-8"
    )
    config.write_text(sample.replace("code = []", 'code = ["เลข"]').replace("cell = []",
                                                                            'cell = ["ช่องทาง"]'),
                      encoding="utf-8")
    assert check(file).exit_code != 0
    assert check(file, "--config", config).exit_code == 0


def test_how_many_rows_a_list_may_have_is_configuration(tmp_path: Path) -> None:
    file, config = tmp_path / "r.csv", tmp_path / "x.toml"
    file.write_text("รหัส,ชื่อ,ประเภท\n1234,กรมหนึ่ง,กรม\n1235,กรมสอง,กรม\n", encoding="utf-8")
    sample = (Path(__file__).parents[2] / "config" / "sarabanwatch.toml").read_text(
        encoding="utf-8"
    )
    config.write_text(sample.replace("rows_at_most = 200000", "rows_at_most = 1"),
                      encoding="utf-8")
    assert check(file).exit_code == 0
    refused = check(file, "--config", config).exception
    assert isinstance(refused, Unreadable)
    assert refused.problem.endswith("more than 1 rows or 5,000,000 cells")
    assert "register.rows_at_most" in refused.remedy
    assert "register.rows_at_most" in refused.thai
