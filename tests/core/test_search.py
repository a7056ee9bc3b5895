import pytest

from fakes.archive import listing
from sarabanwatch.core.page.search import Index, fold

INDEX = Index([
    listing("5200202", "เทศบาลตำบลสระหว้า", province="ลำปาง", former="6200202",
            address="saraban_05200202@dla.go.test"),
    listing("6110101", "องค์การบริหารส่วนตำบลหนองไผ่", province="สมุทรปราการ",
            address="saraban_06110101@dla.go.test"),
    listing("6500303", "องค์การบริหารส่วนตำบลหนองไผ่ล้อม", province="เชียงใหม่"),
    listing("D001", "กรมส่งเสริมการเกษตร", province="", address="saraban@doae.go.test"),
])


@pytest.mark.parametrize(("wanted", "code"), [
    ("5200202", "5200202"), ("๕๒๐๐๒๐๒", "5200202"), ("05200202", "5200202"), ("6200202", "5200202"),
    ("สระหว้า", "5200202"), ("สระหวา", "5200202"), ("สระ หว้า", "5200202"), ("ทต.สระหว้า", "5200202"),
    ("สระหว้า ลำปาง", "5200202"),
    ("ลำปาง", "5200202"), ("อบต. หนองไผ่", "6110101"), ("อบต.หนองไผ่ล้อม", "6500303"),
    ("doae.go.test", "D001"),
    ("SARABAN@DOAE", "D001"), ("d001", "D001"), ("saraban_06110101@dla.go.test", "6110101"),
    ("\u200bสระหว้า\u200b", "5200202"),
])
def test_an_agency_is_found_as_people_write_it(wanted: str, code: str) -> None:
    found, _, alike = INDEX.find(wanted)
    assert found[0].code == code
    assert not alike


def test_a_slip_of_the_finger_finds_what_looks_alike_and_says_so() -> None:
    found, _, alike = INDEX.find("กรมสงเสรมการเกสตร")
    assert [each.code for each in found] == ["D001"]
    assert alike


@pytest.mark.parametrize("wanted", ["", "   ", "???", "\u200b", "zzzzzz", "ฬฬฬฬฬฬ"])
def test_nothing_is_found_by_nothing(wanted: str) -> None:
    assert INDEX.find(wanted)[0] == []


def test_the_whole_name_comes_before_those_that_hold_it() -> None:
    assert [each.code for each in INDEX.find("องค์การบริหารส่วนตำบลหนองไผ่")[0]] == ["6110101",
                                                                                     "6500303"]


def test_no_more_are_found_than_were_asked_for() -> None:
    found = INDEX.find("หนองไผ่", most=1)
    assert (len(found.listings), found.all) == (1, 2)


def test_am_is_am_however_it_is_written() -> None:
    assert fold("ลำปาง") == fold("ล\u0e4d\u0e32ปาง")
