"""Cells as offices and their spreadsheets leave them, and what is understood."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.calendar import SHORT_MONTHS
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Status
from sarabanwatch.core.register import (
    HEADINGS,
    FileRow,
    Problem,
    Unreadable,
    cells,
    columns,
    export,
    read,
)
from sarabanwatch.core.register.dates import interpreted
from sarabanwatch.core.register.rows import LONGEST_CELL
from sarabanwatch.core.register.table import table

FIELDS = list(HEADINGS)
WHERE = columns([HEADINGS[field][0] for field in FIELDS])
GOOD = {"code": "6110101", "name": "บางหนึ่ง", "kind": "อบต.", "province": "สมุทรปราการ",
        "cell": "saraban@one.go.th"}
any_text = st.text(st.characters(exclude_categories=[]), max_size=30)


def row(line: int, **typed: str) -> FileRow:
    raw = tuple((GOOD | typed).get(field, "") for field in FIELDS)
    return FileRow(line, raw, raw)


def one(**typed: str) -> tuple[Agency, list[str]]:
    entries, problems = read([row(2, **typed)], WHERE)
    assert not problems, problems
    return entries[0].agency, [note.english for note in entries[0].notes]


# --- codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "code"), [
    ("6110101.0", "6110101"), ("6,110,101", "6110101"), ("6.110101E+06", "6110101"),
    ("6.110101e6", "6110101"),
    ("๖๑๑๐๑๐๑", "6110101"), ("'6110101", "6110101"), ("06110101", "6110101"),
    ("6-11-01-01", "6110101"), ("6 110101", "6110101"),
    ("6\u200b110101", "6110101"), ("\ufeff6110101", "6110101")])
def test_a_code_is_read_in_every_dress_and_that_is_said(typed: str, code: str) -> None:
    agency, notes = one(code=typed)
    assert agency.code == code
    assert notes == [f"read as '{code}' from {typed!r}"]


@pytest.mark.parametrize("typed", ["6110101", " 6110101 ", "6110101\u00a0"])
def test_a_plain_code_is_nothing_to_speak_of(typed: str) -> None:
    assert one(code=typed) == (one()[0], [])


@pytest.mark.parametrize("typed", ["6.11E+06", "6E6", "6.1101E+06", "1E10"])
def test_a_code_that_a_spreadsheet_shortened_is_not_guessed(typed: str) -> None:
    _, problems = read([row(2, code=typed)], WHERE)
    assert problems[0].problem == f"the code '{typed}' has lost digits"


def department(line: int, code: str) -> FileRow:
    return row(line, code=code, kind="กรม", province="")


def test_leading_zeros_are_restored_where_most_codes_of_the_list_have_seven_digits() -> None:
    whole = [row(2), row(3, code="6110102"), row(4, code="6110103")]
    entries, _ = read([*whole, department(5, "610101"), department(6, "10101")], WHERE)
    assert [entry.agency.code for entry in entries[3:]] == ["0610101", "0010101"]
    assert [note.english for note in entries[3].notes] == [
        "leading zero restored: 0610101 from 610101"
    ]


def test_a_code_that_stands_in_two_rows_counts_once() -> None:
    twice = [department(4, "610101"), department(5, "610101")]
    entries, _ = read([row(2), row(3, code="6110102"), *twice], WHERE)
    assert entries[2].agency.code == "0610101"


@pytest.mark.parametrize(("others", "why"), [
    (["12", "345"], "codes of every width"),
    (["0610101", "6110109", "6110108"], "the other stands already"),
    (["C1", "C2"], "no code has seven digits")])
def test_a_leading_zero_is_not_restored_where_it_is_not_sure(others: list[str], why: str) -> None:
    rows = [department(3 + i, code) for i, code in enumerate(others)]
    entries, _ = read([department(2, "610101"), *rows], WHERE)
    assert entries[0].agency.code == "610101", why


def test_a_local_governments_code_that_lacks_a_digit_is_asked_for() -> None:
    entries, problems = read([row(2), row(3, code="6110102"), row(4, code="611010")], WHERE)
    assert len(entries) == 2
    assert (
        problems[0].problem == "the code 611010 has 6 digits, that of a local government has seven"
    )


# --- what agrees with the code --------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "said"), [
    ({"kind": "ทต."}, ("เทศบาลตำบล, but the code is that of องค์การบริหารส่วนตำบล; raised, and its "
                       "code not yet?")),
    ({"kind": "อบจ.", "code": "5110101"},
     "องค์การบริหารส่วนจังหวัด, but the code is that of เทศบาลตำบล"),
    ({"province": "ชลบุรี"}, "ชลบุรี, but the code is one of สมุทรปราการ"),
    ({"province": ""}, "read from the code: สมุทรปราการ"),
    ({"kind": ""}, "read from the code: องค์การบริหารส่วนตำบล"),
    ({"code": "9999999"}, ("no local government's code (seven digits: kind, province, district, "
                           "number)")),
    ({"code": "5110101", "kind": "ทต.", "former": "6110102"},
     "6110102 is not the code that this body had before it was raised"),
    ({"code": "6110101", "former": "5110101"},
     "5110101 is not the code that this body had before it was raised"),
    ({"code": "5110101", "kind": "ทต.", "status": "ยกฐานะ"},
     "raised, but the former code is not given"),
    ({"province": "จ.สมุทรปราการ"}, "read as 'สมุทรปราการ' from 'จ.สมุทรปราการ'"),
    ({"name": "บาง\u200bหนึ่ง"}, ("characters that cannot be seen, or vowels typed in two strokes, "
                                  "put right"))])
def test_what_differs_from_the_code_or_was_put_right_is_said(typed: dict[str, str],
                                                             said: str) -> None:
    assert one(**typed)[1] == [said]


@pytest.mark.parametrize("typed", [
    {"code": "5110101", "kind": "ทต.", "status": "ยกฐานะ", "former": "6110101"}, {"province": "11"},
    {"province": "จังหวัดสมุทรปราการ"},
    {"code": "3200408", "kind": "รูปแบบพิเศษ", "province": "ชลบุรี"},
    {"code": "C1", "kind": "กรม", "province": ""}])
def test_what_agrees_is_nothing_to_speak_of(typed: dict[str, str]) -> None:
    assert one(**typed)[1] == []


def test_a_district_that_other_rows_of_the_code_call_otherwise_is_said() -> None:
    entries, _ = read([row(i, code=f"611010{i}", district="เมือง" if i < 5 else "อำเภออื่น")
                       for i in range(2, 6)], WHERE)
    assert [[note.english for note in entry.notes] for entry in entries] == [
        [], [], [], ["'อื่น', but other rows of 1101 say เมือง"]]


def test_a_status_is_known_in_english_too() -> None:
    assert one(status="Exempt")[0].status is Status.EXEMPT
    assert one(kind="Department", code="C1")[0].kind is AgencyKind.DEPARTMENT


def test_the_nearest_kind_is_named() -> None:
    _, problems = read([row(2, kind="เทศบาลตำบน")], WHERE)
    assert problems[0].problem == "unknown kind 'เทศบาลตำบน'; did you mean เทศบาลตำบล?"


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "told"), [
    ("28 พ.ย. 2568", False), ("28 พย 2568", False), ("วันที่ 28 พฤศจิกายน พ.ศ. 2568", False),
    ("วันศุกร์ที่ ๒๘ พฤศจิกายน ๒๕๖๘", False),
    ("28 Nov 2025", False), ("28 November, 2025", False), ("28-Nov-2025", False),
    ("2568-11-28", False), ("2025/11/28", False),
    ("2025-11-28 00:00:00", False), ("28/11/2568", False), ("28.11.2025", False),
    ("28 พฤศจิกายน พ.ศ. ๒๕๖๘", False),
    ("28\u00a0พฤศจิกายน\u200b 2568", False),
    ("45989", True), ("11/28/2025", True), ("28 พ.ย. 68", True), ("28พ.ย.68", True)])
def test_a_day_is_read_and_whether_it_was_interpreted_is_told(text: str, told: bool) -> None:  # noqa: FBT001 - a table's column
    assert interpreted(text) == (date(2025, 11, 28), told)


def test_a_day_that_an_american_may_mean_otherwise_is_read_as_a_thai_one_and_told() -> None:
    assert interpreted("5/11/2025") == (date(2025, 11, 5), True)
    assert interpreted("5/11/2568") == (date(2025, 11, 5), False)


def test_a_serial_of_a_buddhist_year_typed_into_a_spreadsheet_is_read() -> None:
    assert interpreted(str((date(2568, 11, 28) - date(1899, 12, 30)).days)) == (date(2025, 11, 28),
                                                                                True)


@pytest.mark.parametrize("text", ["28 Nov 95", "99999", "12", "2568", "28 พ.ย.", "1/1/95",
                                  "ไม่ทราบ"])
def test_a_day_that_cannot_be_told_is_no_date(text: str) -> None:
    with pytest.raises(Unreadable):
        interpreted(text)


@pytest.mark.parametrize("month", range(12))
def test_every_short_month_with_and_without_dots(month: int) -> None:
    for name in (SHORT_MONTHS[month], SHORT_MONTHS[month].replace(".", ""),
                 SHORT_MONTHS[month].rstrip(".")):
        assert interpreted(f"2 {name} 2568")[0] == date(2025, month + 1, 2)


def test_an_unreadable_day_beside_a_link_loses_no_agency() -> None:
    agency, notes = one(link="https://x.test", given_on="31/2/2568")
    assert agency.announcement is not None
    assert agency.announcement.given_on is None
    assert notes == [
        ("not read, so what stood before stays: '31/2/2568' is no date: write it as 28 พฤศจิกายน "
         "2568 or 2025-11-28")
    ]


@pytest.mark.parametrize("nothing", ["-", "ไม่มี", " – ", "N/A"])
def test_a_cell_that_says_nothing_announces_nothing(nothing: str) -> None:
    assert one(link=nothing, given_on=nothing) == (one()[0], [])


# --- any text at all ------------------------------------------------------------------------------


@given(st.lists(st.lists(any_text, max_size=len(FIELDS)), max_size=6))
def test_any_text_in_any_cell_loses_no_row(rows: list[list[str]]) -> None:
    given_ = [FileRow(i, tuple(each), tuple(each)) for i, each in enumerate(rows, start=2)]
    entries, problems = read(given_, WHERE)
    assert sorted([e.line for e in entries] + [p.line for p in problems]) == [r.line
                                                                              for r in given_]
    assert {kept.line: kept.raw for kept in (*entries, *problems)} == {r.line: r.raw
                                                                       for r in given_}
    assert all(p.problem and p.remedy for p in problems)


@given(st.dictionaries(st.sampled_from(FIELDS), any_text))
def test_what_is_written_is_read_again_as_the_same_agency(typed: dict[str, str]) -> None:
    entries, _ = read([row(2, **typed)], WHERE)
    for entry in entries:
        raw = export.written(entry.agency)
        again, problems = read([FileRow(2, raw, raw)], columns(export.HEADING))
        assert not problems
        assert again[0].agency == entry.agency


@given(any_text)
def test_what_is_guarded_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    assert not export.guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert export.unguarded(export.guarded(text)) == text


@given(any_text)
def test_tidying_is_done_once(text: str) -> None:
    for tidied in (cells.tidy, cells.storable, cells.given):
        assert tidied(tidied(text)) == tidied(text)


def test_a_cell_beyond_a_spreadsheets_is_a_problem_of_its_row_alone() -> None:
    entries, problems = read([row(2, name="ก" * (LONGEST_CELL + 1)), row(3, code="6110102")], WHERE)
    assert [entry.line for entry in entries] == [3]
    assert isinstance(problems[0], Problem)


def test_no_sheet_at_all_is_a_refusal() -> None:
    with pytest.raises(Unreadable, match="every sheet is hidden"):
        table([])
