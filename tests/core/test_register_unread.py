"""What cannot be read is not absent: it changes no group, removes no agency, and is told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import RULES, agency
from sarabanwatch.core.address import judge
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.judging.group import Group, decide
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.register import FileRow, Problem, Register, columns, export, read
from sarabanwatch.core.register.difference import ImportLimits, difference
from sarabanwatch.core.register.records import RowMarks
from sarabanwatch.core.register.unread import (
    FORMULA,
    STRUCK,
    count_unread_rows,
    of_text,
    with_unread_kept,
)

WHERE = columns(export.HEADING)
# without which no row is read
OPTIONAL = tuple(field for field in export.FIELDS if field not in {"code", "name", "kind"})
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "######", "Err:508",
          " #n/a ")
UNREADABLE = st.sampled_from([*ERRORS, "0", "0.0"])
CELLS = st.sampled_from(["", "saraban@one.go.th", "info@one.go.th", "E-mail : saraban@one.go.th",
                         "a@gmail.com", "-"])
AGENCIES = st.builds(
    Agency, st.just("1001"), st.just("กรมหนึ่ง"), st.just(AgencyKind.DEPARTMENT),
    st.sampled_from(["", "ชลบุรี"]), st.sampled_from(["", "ก"]),
    st.sampled_from(Status), st.just(""), CELLS,
    st.none() | st.builds(Announcement, st.sampled_from(["https://x.test", "y"]),
                          st.none() | st.just(date(2026, 1, 6)), CELLS))
STANDINGS = st.sampled_from([
    Standing(), Standing(Health.GOOD, Verdict.PROVEN), Standing(Health.GOOD, Verdict.ACCEPTS),
    Standing(Health.BAD, Verdict.REFUSES)])


def listed(*rows: FileRow) -> Register:
    entries, problems = read(rows, WHERE)
    return Register("list.csv", "d1", entries, problems)


def row(a: Agency, line: int = 2, **cells: str) -> FileRow:
    written = dict(zip(export.FIELDS, export.written(a), strict=True)) | cells
    return FileRow(line, tuple(written.values()), tuple(written.values()))


def group(a: Agency, standing: Standing = Standing()) -> Group:  # noqa: B008 - a frozen value
    return decide(a, judge(a, RULES), standing).group


@given(AGENCIES, STANDINGS, st.dictionaries(st.sampled_from(OPTIONAL), UNREADABLE))
def test_no_cell_that_could_not_be_read_changes_a_group(before: Agency, standing: Standing,
                                                        cells: dict[str, str]) -> None:
    register = with_unread_kept(listed(row(before, **cells)), {before.code: before})
    (after,) = (entry.agency for entry in register.entries)
    assert not register.problems
    assert group(after, standing) == group(before, standing)
    assert after.cell == before.cell


@given(AGENCIES, STANDINGS, st.dictionaries(st.sampled_from(OPTIONAL), UNREADABLE, min_size=1))
def test_a_new_agency_is_in_no_group_that_an_unread_cell_could_change(
    meant: Agency, standing: Standing, cells: dict[str, str],
) -> None:
    (entry,) = with_unread_kept(listed(row(meant, **cells)), {}).entries
    assert group(entry.agency, standing) in {Group.UNKNOWN, group(meant, standing)}
    assert len([note for note in entry.notes if note.english.startswith("not read")]) == len(cells)


@given(AGENCIES, st.dictionaries(st.sampled_from(OPTIONAL), UNREADABLE))
def test_what_was_not_read_is_read_from_the_next_list(meant: Agency, cells: dict[str, str]) -> None:
    (unread,) = with_unread_kept(listed(row(meant, **cells)), {}).entries
    (again,) = with_unread_kept(listed(row(meant)), {meant.code: unread.agency}).entries
    assert again.agency == listed(row(meant)).entries[0].agency


@pytest.mark.parametrize("required", ["code", "name", "kind"])
@pytest.mark.parametrize("text", ["#N/A", "0", ""])
def test_a_row_that_cannot_be_read_leaves_its_agency_as_it_stood_and_is_told(required: str,
                                                                             text: str) -> None:
    one, two = agency(code="1001", name="กรมหนึ่ง"), agency(code="1002", name="กรมสอง")
    register = with_unread_kept(listed(row(one, **{required: text}, cell="x"), row(two, 3)),
                                {"1001": one, "1002": two})
    assert {entry.agency.code: entry.agency for entry in register.entries} == {"1001": one,
                                                                               "1002": two}
    assert [problem.line for problem in register.problems] == [2]
    assert [entry.notes[0].english.partition(" (")[0] for entry in register.entries
            if entry.kept] == ["the row could not be read"]


def test_an_agency_that_no_row_is_about_leaves_and_one_of_a_name_that_two_bear_stays() -> None:
    gone, one, two = (agency(code=code, name=name)
                      for code, name in (("1", "กรมหนึ่ง"), ("2", "กรมสอง"), ("3", "กรมสอง")))
    register = with_unread_kept(listed(row(one, code="#REF!")), {"1": gone, "2": one, "3": two})
    assert sorted(entry.agency.code for entry in register.entries) == ["2", "3"]


def test_what_the_file_says_of_a_cell_counts_as_its_text_does() -> None:
    place = {field: WHERE[field] for field in ("cell", "link", "name")}
    before = agency()
    for why in (FORMULA, STRUCK):
        beside = RowMarks(unread={place["cell"]: why, place["link"]: why})
        (entry,) = with_unread_kept(listed(row(before, cell="", link="")._replace(marks=beside)),
                                    {before.code: before}).entries
        assert entry.agency == before
        assert entry.unread == {"cell", "link"}
    struck = listed(row(before)._replace(marks=RowMarks(unread={place["name"]: STRUCK})))
    assert [problem.problem for problem in struck.problems] == [
        "the cell ชื่อหน่วยงาน says nothing: it is struck out"
    ]


@pytest.mark.parametrize(("given_on", "known"), [
    ("31/2/2568", False), ("พ.ศ. 2568", False), ("ประกาศแล้ว", False), ("ยังไม่ประกาศ", True),
    ("อยู่ระหว่างดำเนินการ", True), ("-", True)])
def test_a_day_that_is_none_leaves_open_whether_there_is_an_announcement(given_on: str, *,
                                                                         known: bool) -> None:
    (entry,) = listed(row(replace(agency(), announcement=None), given_on=given_on)).entries
    assert ("announcement" not in entry.agency.unread) == known
    assert group(entry.agency) == (Group.E if known else Group.UNKNOWN)


@pytest.mark.parametrize("text", ERRORS)
def test_every_error_of_spreadsheets_is_known(text: str) -> None:
    assert of_text("code", text) is not None


@pytest.mark.parametrize(("field", "text"), [
    ("code", "01"), ("district", "0"), ("cell", "0812345678"), ("cell", "#1 saraban@one.go.th"),
    ("name", "")])
def test_what_says_something_is_read(field: str, text: str) -> None:
    assert of_text(field, text) is None


def test_a_list_of_which_too_much_is_unread_is_not_believed_even_as_the_first() -> None:
    all_ = [agency(code=str(1000 + n)) for n in range(40)]
    for unread, excess in (
        (1, ""), (2, ""), (3, "3 of 40 rows (7.5%) have cells that cannot be read, more than 5.0%"),
    ):
        register = listed(*(row(a, n, **({"cell": "#N/A"} if n < unread else {}))
                            for n, a in enumerate(all_)))
        found = difference({}, {e.agency.code: e.agency for e in register.entries}, 40,
                           count_unread_rows(register))
        assert found.excess(ImportLimits(0.05, 0.05)) == excess


def test_a_row_that_stays_as_it_was_is_counted_as_unread() -> None:
    one = agency()
    register = with_unread_kept(Register("x", "d", [], [Problem(2, (), "x", "y", code=one.code)]),
                                {one.code: one})
    assert count_unread_rows(register) == 1
