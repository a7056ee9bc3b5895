from collections import Counter
from csv import DictReader
from pathlib import Path

import pytest

from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.facts.local import PROVINCES, expected_address, parse, raised
from sarabanwatch.edge.register.child import read

LIST = Path(__file__).parents[3] / "shared" / "data" / "local_governments.csv"


def test_there_are_seventy_seven_provinces_and_each_has_one_name() -> None:
    assert len(PROVINCES) == len(set(PROVINCES.values())) == 77


@pytest.mark.parametrize(("code", "kind"), [
    ("2110101", AgencyKind.PAO), ("3110101", AgencyKind.CITY), ("4110101", AgencyKind.TOWN),
    ("5110101", AgencyKind.SUBDISTRICT),
    ("6110101", AgencyKind.SAO),
    ("3200408", AgencyKind.PATTAYA)])
def test_a_code_says_kind_province_and_district(code: str, kind: AgencyKind) -> None:
    found = parse(code)
    assert found is not None
    assert (found.kind, found.province, found.district) == (kind, PROVINCES[code[1:3]], code[1:5])


@pytest.mark.parametrize("code", ["", "611010", "61101011", "1110101", "7110101", "6990101",
                                  "๖110101", "6110101\n", "C0001"])
def test_other_codes_say_nothing(code: str) -> None:
    assert parse(code) is None
    assert expected_address(code, "dla.go.th") == ""


def test_the_address_that_goes_with_a_code() -> None:
    assert expected_address("6110101", "dla.go.th") == "saraban_06110101@dla.go.th"


@pytest.mark.parametrize(("former", "code", "is_raised"), [
    ("6110101", "5110101", True), ("6110101", "4110101", True), ("5110101", "4110101", True),
    ("5110101", "6110101", False),
    ("6110101", "5110102", False), ("6110101", "6110101", False), ("x", "5110101", False)])
def test_raising_changes_the_kind_and_leaves_the_place(
    former: str, code: str, is_raised: bool  # noqa: FBT001 - a column
) -> None:
    assert raised(former, code) == is_raised


@pytest.mark.skipif(not LIST.exists(),
                    reason="the list of local governments is not beside this checkout")
def test_the_whole_list_of_local_governments_is_read_and_its_codes_are_understood() -> None:
    raw = LIST.read_bytes()
    register = read(raw, LIST.name)
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        rows = list(DictReader(file))
    assert (len(register.entries), len(register.problems)) == (len(rows), 0) == (7849, 0)
    for entry, row in zip(register.entries, rows, strict=True):
        agency, code = entry.agency, parse(row["code7"])
        assert code is not None
        assert expected_address(agency.code, "dla.go.th") == f"saraban_0{row['code7']}@dla.go.th"
        assert agency.province == code.province
        assert agency.kind == code.kind or any(note.field == "kind" for note in entry.notes)
    odd = Counter(note.field for entry in register.entries for note in entry.notes)
    # two raised that keep their old code, one in the wrong district
    assert odd == {"kind": 2, "district": 1}
