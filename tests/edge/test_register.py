import pickle
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from sarabanwatch.core.register import HEADING_WITHIN, Unreadable
from sarabanwatch.edge.register import child, load
from sarabanwatch.edge.register.bounds import Bounds

HEADING = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล"
ROW = "6100101,อบต.หนึ่ง,อบต.,saraban@one.go.th"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "register.csv"


def unreadable(file: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        load(file)
    assert str(refused.value).startswith(str(file))
    return str(refused.value).removeprefix(str(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_with_and_without_a_byte_order_mark_and_with_any_line_ends(file: Path,
                                                                                  encoding: str,
                                                                                  end: str) -> None:
    file.write_bytes(end.join([HEADING, ROW, ""]).encode(encoding))
    read = load(file)
    assert [(e.line, e.agency.code, e.agency.cell)
            for e in read.entries] == [(2, "6100101", "saraban@one.go.th")]
    assert (read.source, len(read.digest), read.problems) == ("register.csv", 64, [])


def test_the_digest_is_of_the_very_bytes(file: Path) -> None:
    file.write_bytes(f"{HEADING}\n{ROW}\n".encode())
    one = load(file).digest
    file.write_bytes(f"{HEADING}\n{ROW}\n\n".encode())
    assert load(file).digest != one


def test_title_rows_may_stand_above_the_heading_and_empty_rows_anywhere(file: Path) -> None:
    file.write_text(f"บัญชีรายชื่อ,,,\n,,,\n{HEADING}\n,,,\n{ROW}\n\n", encoding="utf-8")
    assert [entry.line for entry in load(file).entries] == [5]


def test_a_cell_of_several_lines_is_one_cell_and_its_row_ends_on_the_last(file: Path) -> None:
    file.write_text(
        f'{HEADING}\n6100101,อบต.หนึ่ง,อบต.,"saraban@one.go.th\nโทร. 1"\n6100102,ก,อบต.,x\n',
        encoding="utf-8",
    )
    assert [(e.line, e.agency.cell) for e in load(file).entries] == [(3,
                                                                      "saraban@one.go.th\nโทร. 1"),
                                                                     (4, "x")]


def test_a_row_that_cannot_be_read_is_kept_with_its_line(file: Path) -> None:
    file.write_text(f"{HEADING}\n{ROW}\n,อบต.สอง,อบต.,x\nC0003,กรมสาม\n", encoding="utf-8")
    read = load(file)
    assert len(read.entries) == 1
    assert [(p.line, p.raw) for p in read.problems] == [(3, ("", "อบต.สอง", "อบต.", "x")),
                                                        (4, ("C0003", "กรมสาม"))]


def test_mixed_encodings_are_named_by_their_line(file: Path) -> None:
    file.write_bytes(f"{HEADING}\n".encode() + "6100101,อบต.หนึ่ง,อบต.,x\n".encode("cp874"))
    assert (
        unreadable(file)
        == ", line 2: not UTF-8; mixed encodings, or no text at all; save it as CSV UTF-8"
    )


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    assert unreadable(file) == ": it is empty; give a register with a heading line"


def test_a_missing_column_is_named(file: Path) -> None:
    file.write_text("รหัส,ชื่อหน่วยงาน,อีเมล\n1,ก,กรม\n", encoding="utf-8")
    assert (
        unreadable(file)
        == ": no column ประเภท in the heading; name the columns as deploy/manual/lists.md has them"
    )


def test_addresses_without_a_heading_are_not_overlooked(file: Path) -> None:
    file.write_text("รหัส,ชื่อหน่วยงาน,ประเภท,ติดต่อ\n1,ก,กรม,saraban@one.go.th\n", encoding="utf-8")
    assert unreadable(file).startswith(
        ": no column อีเมล in the heading, but line 2 has an address under 'ติดต่อ'; call that"
    )


def test_a_list_without_any_address_is_taken_and_that_is_said(file: Path) -> None:
    file.write_text("รหัส,ชื่อหน่วยงาน,ประเภท\n1,ก,กรม\n", encoding="utf-8")
    read = load(file)
    assert [entry.agency.cell for entry in read.entries] == [""]
    assert [note.english for note in read.notes] == [
        "no column อีเมล: no agency gets an address from it"
    ]


def test_a_heading_too_far_down_is_not_looked_for(file: Path) -> None:
    file.write_text("ก,,,\n" * HEADING_WITHIN + f"{HEADING}\n{ROW}\n", encoding="utf-8")
    assert "no column" in unreadable(file)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    assert (
        unreadable(file)
        == ": No such file or directory; name a register file that this user may read"
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert unreadable(tmp_path) == ": Is a directory; name a register file that this user may read"


def test_an_archive_is_no_register(file: Path) -> None:
    with file.open("wb") as huge:
        huge.truncate(2**27)
    assert unreadable(file) == ": larger than 64 MiB; give a register, not an archive"


def test_a_longer_list_may_take_more_octets_memory_and_time_and_a_shorter_one_no_less() -> None:
    usual, longer, shorter = Bounds(), Bounds(1_000_000), Bounds(10)
    for bound in ("cells", "octets", "memory", "seconds", "patience"):
        assert getattr(longer, bound) == 5 * getattr(usual, bound)
        assert getattr(shorter, bound) == getattr(usual, bound)


def test_an_answer_is_handed_over_in_parts_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "\n".join(f"61001{n},อบต.หนึ่ง,อบต.,saraban@one.go.th" for n in range(10, 17))
    read = child.read(f"{HEADING}\n{rows}\n".encode(), "list.csv")
    monkeypatch.setattr(child, "PART", 3)
    parts = list(child.parts(read))
    assert len(parts) == 4
    written = BytesIO(b"".join(map(pickle.dumps, parts)))
    assert child.joined(written) == read
    refused = child.ReadRefusal(": no", "ask", "ไม่")
    assert child.joined(BytesIO(b"".join(map(pickle.dumps, child.parts(refused))))) == refused


def test_a_cell_as_the_one_above_it_is_the_same_text_however_the_rows_differ() -> None:
    rows = "6100101,ก,อบต.,saraban@one.go.th\n6100102,ข,อบต.\n6100103,ข,อบต.,saraban@one.go.th\n"
    one, two, three = child.read(f"{HEADING}\n{rows}".encode(), "list.csv").entries
    assert [entry.raw for entry in (one, two, three)] == [
        tuple(row.split(",")) for row in rows.splitlines()]
    assert one.raw[2] is two.raw[2] is three.raw[2]
    assert two.agency.name is three.raw[1]


def test_a_cell_without_end_is_a_problem_of_its_row(file: Path) -> None:
    file.write_text(f"{HEADING}\n{ROW}\n6100102,ก,อบต.,{'x' * 200_000}\n6100103,ข,อบต.,x\n",
                    encoding="utf-8")
    read = load(file)
    assert [entry.line for entry in read.entries] == [2, 4]
    assert read.problems[0].problem == "the cell อีเมล holds 200,000 characters"


def test_a_cut_before_the_last_cell_of_a_row_never_makes_an_agency_of_it() -> None:
    whole = f"{HEADING}\n{ROW}\n{ROW.replace('6100101', '6100102')}".encode()
    for end in range(len(whole) - len(b"saraban@one.go.th")):
        with suppress(Unreadable):
            told = [entry.agency.cell for entry in child.read(whole[:end], "list.csv").entries]
            assert end < len(f"{HEADING}\n{ROW}".encode()) or told == ["saraban@one.go.th"], end


def test_a_row_that_the_file_ends_in_is_named_and_a_remark_below_the_table_is_none(
    file: Path,
) -> None:
    file.write_text(f"{HEADING}\n{ROW}\n6100102,อบต.สอง", encoding="utf-8")
    assert (
        unreadable(file)
        == ", line 3: the file ends in the midst of this row; it was cut off on its way; send it "
           "again"
    )
    file.write_text(f"{HEADING}\n{ROW}\nหมายเหตุ ข้อมูล ณ 1 ม.ค. 2569", encoding="utf-8")
    assert len(load(file).entries) == 1


def test_what_excel_lays_beside_an_open_list_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "~$list.xlsx").write_bytes(b"\x07Somchai" + b" " * 157)
    assert unreadable(tmp_path / "~$list.xlsx").startswith(
        ": it is what Excel lays beside a list that somebody has open; name"
    )
