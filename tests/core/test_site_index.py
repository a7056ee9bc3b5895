from dataclasses import replace

from fakes.archive import listing
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.facts.provinces import PROVINCES, TILES
from sarabanwatch.core.facts.thai_order import thai_order
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.site_index import CUTS, KINDS, site_index

AGENCIES = [
    listing("1", "เทศบาลตำบลเกาะแก้ว", Group.A1),
    listing("2", "เทศบาลตำบลแม่ขาว", Group.D2, province="ลำพูน"),
    listing("3", "กรมหนึ่ง", Group.UNKNOWN, kind=AgencyKind.DEPARTMENT, province="",
            superior="กระทรวงการคลัง"),
    listing("4", "OPDC", Group.EXEMPT, kind=AgencyKind.OTHER, province="ดินแดนอื่น", superior=""),
]


def test_every_cut_holds_every_agency_once() -> None:
    for sheets in site_index(AGENCIES).values():
        assert sorted(a.code for sheet in sheets.values() for a in sheet.listings) == ["1", "2",
                                                                                       "3", "4"]


def test_the_counts_of_a_cut_sum_to_the_country() -> None:
    for sheets in site_index(AGENCIES).values():
        assert sum(sheet.census.total for sheet in sheets.values()) == 3


def test_sheets_are_named_so_that_any_file_system_takes_them() -> None:
    names = [slug for sheets in site_index(AGENCIES).values() for slug in sheets]
    assert all(name.isascii() and "/" not in name and "." not in name for name in names)


def test_the_first_letter_is_that_of_the_name_proper_and_not_a_leading_vowel() -> None:
    assert [sheet.thai for sheet in site_index(AGENCIES)["letter"].values()] == ["O", "ก", "ม", "ห"]


def test_a_province_goes_by_its_official_code_and_what_is_none_stands_apart() -> None:
    sheets = site_index(AGENCIES)["province"]
    assert sheets["50"].english == "Chiang Mai"
    assert sheets["none"].thai == "-"
    assert list(sheets)[-1] == "none"


def test_every_kind_has_an_english_name_and_a_sheet_of_its_own() -> None:
    assert set(KINDS) == set(AgencyKind)
    place = CUTS["kind"][0]
    assert len({place(replace(AGENCIES[0], kind=kind)) for kind in AgencyKind}) == len(AgencyKind)


def test_each_of_the_77_provinces_has_one_tile() -> None:
    assert len(PROVINCES) == len({p.code for p in PROVINCES}) == len({p.thai
                                                                      for p in PROVINCES}) == 77
    assert len({p.short for p in PROVINCES}) == len({(p.column, p.row) for p in PROVINCES}) == 77
    assert set(TILES) - {".."} == {p.code for p in PROVINCES}


def test_provinces_stand_as_in_a_thai_dictionary() -> None:
    names = ["แพร่", "เชียงใหม่", "อ่างทอง", "กระบี่", "ชุมพร", "เชียงราย", "ภูเก็ต", "พะเยา",
             "อำนาจเจริญ", "เลย", "ลำพูน"]
    assert sorted(names, key=thai_order) == [
        "กระบี่", "ชุมพร", "เชียงราย", "เชียงใหม่", "พะเยา", "แพร่", "ภูเก็ต", "ลำพูน", "เลย", "อ่างทอง",
        "อำนาจเจริญ"]
    assert [sheet.thai for sheet in site_index(AGENCIES)["province"].values()] == ["เชียงใหม่",
                                                                                   "ลำพูน",
                                                                                   "ดินแดนอื่น", "-"]
