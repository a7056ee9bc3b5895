from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.calendar import MONTHS, SHORT_MONTHS, thai_date
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Status
from sarabanwatch.core.register import (
    HEADINGS,
    REQUIRED,
    FileRow,
    Problem,
    Unreadable,
    columns,
    dates,
    read,
    read_date,
)

FIELDS = list(HEADINGS)
WHERE = columns([HEADINGS[field][0] for field in FIELDS])
GOOD = {"code": "6100101", "name": "อบต.หนึ่ง", "kind": "องค์การบริหารส่วนตำบล",
        "cell": "saraban@one.go.th"}
days = st.dates(date(1900, 1, 1), date(2399, 12, 31))


def row(**cells: str) -> list[str]:
    return [(GOOD | cells).get(field, "") for field in FIELDS]


def as_row(line: int, cells: list[str]) -> FileRow:
    return FileRow(line, tuple(cells), tuple(cells))


def one(**cells: str) -> Agency:
    entries, problems = read([as_row(2, row(**cells))], WHERE)
    assert not problems
    return entries[0].agency


def problem(**cells: str) -> Problem:
    entries, problems = read([as_row(2, row(**cells))], WHERE)
    assert not entries
    return problems[0]


CELLS = st.sampled_from(["", " ", "6100101", "๖", "อบต.", "กรม", "x", "saraban@one.go.th",
                         "1/1/2568"])


@given(st.lists(st.lists(CELLS, max_size=12)))
def test_no_row_is_lost_and_each_keeps_its_line_and_cells(rows: list[list[str]]) -> None:
    entries, problems = read([as_row(line, cells) for line, cells in enumerate(rows, start=2)],
                             WHERE)
    kept = {kept.line: kept.raw for kept in (*entries, *problems)}
    assert len(entries) + len(problems) == len(rows)
    assert kept == {line: tuple(cells) for line, cells in enumerate(rows, start=2)}


@given(st.lists(st.text(max_size=20), max_size=12))
def test_any_cells_are_an_agency_or_a_problem_with_a_remedy(cells: list[str]) -> None:
    entries, problems = read([as_row(2, cells)], WHERE)
    assert len(entries) + len(problems) == 1
    assert all(p.problem and p.remedy for p in problems)


def test_a_row_is_read_whole() -> None:
    agency = one(province="ชลบุรี", superior="กระทรวงมหาดไทย", status="ยกฐานะ", former="๖๑๐๐๑๐๑",
                 link="https://info.test/1",
                 given_on="28 พ.ย. 2568", announced="info@one.go.th", code="๕๑๐๐๑๐๑")
    assert (agency.code, agency.former, agency.kind, agency.status) == ("5100101", "6100101",
                                                                        AgencyKind.SAO,
                                                                        Status.RAISED)
    assert (agency.province, agency.superior) == ("ชลบุรี", "กระทรวงมหาดไทย")
    assert agency.announcement is not None
    assert (agency.announcement.link, agency.announcement.given_on, agency.announcement.cell) == (
        "https://info.test/1", date(2025, 11, 28), "info@one.go.th")


def test_a_name_is_tidied_and_the_e_mail_cell_is_kept_as_it_was() -> None:
    agency = one(name="  อบต. \n หนึ่ง ", cell=" Saraban@One.go.th\n")
    assert (agency.name, agency.cell) == ("อบต. หนึ่ง", " Saraban@One.go.th\n")


@pytest.mark.parametrize(("cells", "announced"), [
    ({}, False), ({"announced": "saraban@one.go.th"}, False), ({"link": "https://x.test"}, True),
    ({"given_on": "1/1/2568"}, True)])
def test_an_announcement_is_one_that_has_a_place_or_a_day(cells: dict[str, str], *,
                                                          announced: bool) -> None:
    assert (one(**cells).announcement is not None) == announced


@pytest.mark.parametrize(("cells", "said", "remedy"), [
    ({"code": " "}, "รหัสหน่วยงาน is empty", "fill it in"),
    ({"name": ""}, "ชื่อหน่วยงาน is empty", "fill it in"),
    ({"kind": "กอง"}, "unknown kind 'กอง'", "กระทรวง"),
    ({"kind": "", "code": "C1"}, "unknown kind ''", "กระทรวง"),
    ({"code": "#REF!"}, "รหัสหน่วยงาน says nothing: it shows the error '#REF!'", "write the value"),
    ({"name": "#N/A"}, "ชื่อหน่วยงาน says nothing: it shows the error '#N/A'", "write the value"),
    ({"kind": "#N/A", "code": "C1"}, "ประเภท says nothing", "write the value")])
def test_what_is_wrong_is_said_with_what_to_do(cells: dict[str, str], said: str,
                                               remedy: str) -> None:
    found = problem(**cells)
    assert said in found.problem
    assert remedy in found.remedy


def test_a_code_stands_once_and_the_later_row_is_the_problem() -> None:
    entries, problems = read(
        [as_row(2, row()), as_row(3, row(name="อบต.สอง")), as_row(4, row(code="๖๑๐๐๑๐๑"))], WHERE)
    assert [entry.line for entry in entries] == [2]
    assert [(p.line, p.problem) for p in problems] == [
        (3, "code 6100101 stands in line 2 already"), (4, "code 6100101 stands in line 2 already")]


@pytest.mark.parametrize("kind", AgencyKind)
def test_every_kind_is_known_by_its_label(kind: AgencyKind) -> None:
    assert one(kind=kind.value).kind is kind


@pytest.mark.parametrize(("short", "kind"), [
    ("อบจ.", AgencyKind.PAO), ("อบจ", AgencyKind.PAO), ("ทน.", AgencyKind.CITY),
    ("ทม.", AgencyKind.TOWN),
    ("ทต.", AgencyKind.SUBDISTRICT), ("อบต.", AgencyKind.SAO),
    ("อบต", AgencyKind.SAO)])
def test_local_governments_are_known_by_their_short_names_too(short: str, kind: AgencyKind) -> None:
    assert one(kind=short).kind is kind
    assert kind.local
    assert not AgencyKind.DEPARTMENT.local


# --- headings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "alias"), [(field, alias) for field, aliases in HEADINGS.items()
                                              for alias in aliases])
def test_a_column_is_found_by_each_of_its_names(field: str, alias: str) -> None:
    heading = [HEADINGS[f][0] for f in REQUIRED if f != field]
    for dress in (alias, alias.upper(), f"  {alias} ", f"\ufeff{alias}", f"{alias}\u200b"):
        assert columns([*heading, dress])[field] == len(heading)


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_column_is_named(field: str) -> None:
    with pytest.raises(Unreadable, match=f"no column {HEADINGS[field][0]} in the heading"):
        columns([HEADINGS[f][0] for f in REQUIRED if f != field])


def test_of_two_columns_of_a_name_the_first_is_meant() -> None:
    assert columns([*(HEADINGS[f][0] for f in REQUIRED), "อีเมล", "email",
                    "อีเมล"])["cell"] == len(REQUIRED)


def test_the_proper_name_of_a_column_outranks_its_other_names() -> None:
    where = columns(["รหัส", "หน่วยงาน", "ประเภท", "email", "รหัสหน่วยงาน", "อีเมล"])
    assert (where["code"], where["cell"]) == (4, 5)


def test_columns_that_mean_nothing_to_us_are_left_alone() -> None:
    assert columns(["ลำดับ", "รหัส", "หน่วยงาน", "หมายเหตุ", "ประเภท", "อีเมล"]) == {"code": 1,
                                                                                     "name": 2,
                                                                                     "kind": 4,
                                                                                     "cell": 5}


# --- dates ----------------------------------------------------------------------------------------


@given(days)
def test_a_date_is_read_in_either_era_and_every_dress(day: date) -> None:
    buddhist = day.year + 543
    if buddhist < 2400:
        return
    for text in (day.isoformat(), f"{buddhist}-{day.month}-{day.day}",
                 f"{day.day}/{day.month}/{buddhist}",
                 f"{day.day:02}.{day.month:02}.{day.year}", f"{day.day}-{day.month}-{buddhist}",
                 thai_date(day), f"{day.day} {MONTHS[day.month - 1]} พ.ศ. {buddhist}",
                 f"{day.day} {SHORT_MONTHS[day.month - 1]} {buddhist}",
                 f"{day.day}{SHORT_MONTHS[day.month - 1]}{buddhist}"):
        assert read_date(text) == day, text


@pytest.mark.parametrize("text", [
    "", "วันนี้", "2568", "31/2/2568", "0/1/2568", "13/13/2568", "1 มกรา 2568", "1/1/95",
    "28 พฤศจิกายน",
    "1/1/2568 x", "พ.ศ. 2568", "พฤศจิกายน 2568", "28 พ.ย. พ.ศ. 2025", "28 พ.ย. ค.ศ. 2568",
    "1/1/3112"])
def test_what_is_no_date_is_said_and_how_to_write_it(text: str) -> None:
    with pytest.raises(Unreadable, match="is no date; write it as 28 พฤศจิกายน 2568 or 2025-11-28"):
        read_date(text)


@pytest.mark.parametrize("text", ["28/11/68", "28.11.68", "28/11/25", "28 พ.ย. 68", "28-Nov-25",
                                  "11/28/2025", "45989.354"])
def test_what_had_to_be_interpreted_is_read_and_said(text: str) -> None:
    assert dates.interpreted(text) == (date(2025, 11, 28), True)


@pytest.mark.parametrize("text", [
    "28-11-2568 10:00", "28/11/2568 10:05:33", "28/11/2568 เวลา 10.00 น.", "2025-11-28 08:30:00",
    "2025-11-28T08:30:00+07:00",
    "25681128", "November 28, 2025", "ประกาศ ณ วันที่ ๒๘ พฤศจิกายน พ.ศ. ๒๕๖๘",
    "ลงวันที่ 28 พ.ย. 2568",
    "วันศุกร์ที่ 28 พฤศจิกายน 2568"])
def test_a_time_of_day_and_words_before_a_date_are_passed_over(text: str) -> None:
    assert dates.interpreted(text) == (date(2025, 11, 28), False)


@given(st.integers(0, 99), st.sampled_from(["28/11/{:02}", "28 พ.ย. {:02}", "28-Nov-{:02}"]))
def test_two_digits_are_a_year_of_the_one_era_in_which_it_is_near_the_act(year: int,
                                                                          form: str) -> None:
    meant = {y for y in (2000 + year, 2500 + year - 543) if 2015 <= y <= 2045}
    try:
        assert {read_date(form.format(year)).year} == meant
    except Unreadable:
        assert meant == set()
