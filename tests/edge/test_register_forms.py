"""The same register in every form in which offices send it: always the same agencies."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.register import books
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.register import Register, Unreadable
from sarabanwatch.edge.register import load
from sarabanwatch.edge.register.child import read

HEADING = ["รหัสหน่วยงาน", "ชื่อหน่วยงาน", "ประเภท", "จังหวัด", "อีเมล"]
ROWS = [HEADING, ["6110101", "บางหนึ่ง", "อบต.", "สมุทรปราการ", "saraban_06110101@dla.go.th"],
        ["6110102", "บางสอง", "อบต.", "สมุทรปราการ", ""],
        ["C0003", "กรมทดสอบ, ที่สาม", "กรม", "กรุงเทพมหานคร", "saraban@three.go.th"]]
NUMBERS = [[float(cell) if cell.isdigit() else cell for cell in row] for row in ROWS]


def agencies(register: Register) -> list[Agency]:
    assert not register.problems
    return [entry.agency for entry in register.entries]


def text(separator: str = ",") -> str:
    return "".join(separator.join(f'"{cell}"' if "," in cell else cell for cell in row) + "\r\n"
                   for row in ROWS)


PLAIN = agencies(read(text().encode(), "register.csv"))


def test_the_plain_form_is_read() -> None:
    assert [(a.code, a.name, a.cell) for a in PLAIN] == [(r[0], r[1], r[4]) for r in ROWS[1:]]


@pytest.mark.parametrize(("encoding", "said"), [
    ("utf-8", None), ("utf-8-sig", None), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
    ("utf-16-be", "utf-16-be"),
    ("tis-620", "TIS-620/windows-874"), ("cp874", "TIS-620/windows-874")])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_in_every_encoding_and_with_every_separator(encoding: str, said: str | None,
                                                         separator: str) -> None:
    register = read(text(separator).encode(encoding), "register.csv")
    assert agencies(register) == PLAIN
    notes = [note.english for note in register.notes]
    assert (f"encoding {said} read" in notes) == (said is not None)
    assert any("separated" in note for note in notes) == (separator != ",")


@pytest.mark.parametrize("book", [books.xlsx, books.ods, books.xls])
@pytest.mark.parametrize("rows", [ROWS, NUMBERS])
@pytest.mark.parametrize("titles",
                         [[], [["บัญชีรายชื่อหน่วยงาน"], [], ["ข้อมูล ณ วันที่ ๑ ธันวาคม ๒๕๖๘"]]])
def test_a_workbook_of_every_kind_with_codes_as_texts_and_as_numbers(
        book: Callable[[books.Rows], bytes], rows: list[list[books.Cell]],
        titles: list[list[books.Cell]]) -> None:
    register = read(book([*titles, *rows]), "register.csv")
    assert agencies(register) == PLAIN
    assert [entry.line for entry in register.entries] == [len(titles) + i for i in (2, 3, 4)]
    assert register.entries[0].raw == tuple(ROWS[1])


@pytest.mark.parametrize("book", [books.xlsx, books.xls])
def test_merged_cells_are_filled_down_and_that_is_said_and_the_raw_cells_stay(
    book: Callable[..., bytes],
) -> None:
    rows = [ROWS[0], ROWS[1], [*ROWS[2][:3], "", ""], ROWS[3]]
    register = read(book(rows, merged=[(1, 3, 2, 3)]), "register.xlsx")
    second = register.entries[1]
    assert (second.agency.province, second.raw) == ("สมุทรปราการ", ("6110102", "บางสอง", "อบต."))
    assert [note.english for note in second.notes] == ["filled down from line 2 (merged cells)"]
    assert agencies(register) == PLAIN


def test_a_heading_of_two_merged_lines_is_read_as_one() -> None:
    above = [*HEADING[:4], "ช่องทางติดต่อ", "ประกาศ", ""]
    below = ["", "", "", "", "อีเมล", "ลิงก์", "ลงวันที่"]
    merged = [*((0, i, 1, i) for i in range(4)), (0, 5, 0, 6)]
    register = read(books.xlsx([above, below, [*ROWS[1], "https://info.test/1", 45989.0]],
                               merged=merged), "r.xlsx")
    announcement = register.entries[0].agency.announcement
    assert announcement is not None
    assert (announcement.link, str(announcement.given_on)) == ("https://info.test/1", "2025-11-28")


def test_the_first_sheet_with_the_headings_is_read_and_another_by_its_name() -> None:
    book = books.xlsx([["สารบัญ"]], more={"รายชื่อ": ROWS, "เก่า": ROWS[:2]})
    assert agencies(read(book, "r.xlsx")) == PLAIN
    assert agencies(read(book, "r.xlsx", "เก่า")) == PLAIN[:1]
    with pytest.raises(Unreadable, match="no sheet 'x'; it has 'ทะเบียน', 'รายชื่อ', 'เก่า'"):
        read(book, "r.xlsx", "x")


def test_a_hidden_sheet_is_read_only_when_it_is_asked_for() -> None:
    book = books.xlsx(ROWS, hidden=True, more={"ก": [["ว่าง"]]})
    with pytest.raises(Unreadable, match="no column"):
        read(book, "r.xlsx")
    assert agencies(read(book, "r.xlsx", "ทะเบียน")) == PLAIN


def test_columns_are_found_by_names_of_ones_own() -> None:
    raw = text().replace("อีเมล", "ช่องทาง").encode()
    assert agencies(read(raw, "r.csv", headings={"cell": ("ช่องทาง",)})) == PLAIN


def test_what_the_child_reads_comes_back_whole(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(books.xlsx(NUMBERS))
    assert load(file) == read(file.read_bytes(), "register.csv")
