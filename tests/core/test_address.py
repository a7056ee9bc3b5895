import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from fakes.samples import agency
from sarabanwatch.core.address import (
    REQUIREMENTS,
    CellFinding,
    JudgedCell,
    addresses_in,
    judge,
    one_slip,
    same_addresses,
    suggestion,
)
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.settings import address_rules, shipped

RULES = address_rules(shipped("address-rules.toml"))
SEEN = Path(__file__).parents[3] / "shared/data/addresses_seen.csv"
F = CellFinding


def cells() -> st.SearchStrategy[str]:
    """Any text, and pieces of what cells are made of in any order."""
    pieces = ("saraban", "Saraban", "sarabun", "info", "_0", "6530199", "๖", "@", "@@", "(at)", ".",
              "..", ",", " ",
              "-", "–", "go.th", "one", "mail", "gp.th", "dla.go.th", "gmail.com",
              "saraban.mail.go.th", "<br>", "/", "Email : ",
              "\u200b", "а", "+", "co", "th")
    return st.text(max_size=60) | st.lists(st.sampled_from(pieces), max_size=12).map("".join)


def agencies() -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({
        "code": st.sampled_from(("", "6530199", "2530199", "C0001")),
        "kind": st.sampled_from(AgencyKind),
        "name": st.sampled_from(("กรมหนึ่ง", "กระทรวงหนึ่ง", "อบต.หนึ่ง น่าน", "จังหวัดน่าน",
                                 "กรมศุลกากร"))})


def found(cell: str, code: str = "1001", **fields: object) -> JudgedCell:
    return judge(agency(cell, code, **fields), RULES)


def broken(cell: str, code: str = "1001", **fields: object) -> set[str]:
    return {requirement.name for requirement in found(cell, code, **fields).broken}


BREAKS = {
    "an-address": ("", "ไม่มี", "saraban at one", "02-123-4567", "@one.go.th"),
    "one-address": ("saraban@one.go.th, two@one.go.th", "saraban@one.go.th<br>saraban@two.go.th",
                    "saraban@a.go.th/saraban@b.go.th"),
    "no-placeholder": ("saraban@example.go.th", "Saraban@EXAMPLE.go.th", "saraban@sample.or.th",
                       "saraban@xxxx.mail.go.th",
                       "saraban_xxxx@one.go.th",
                       "saraban@xx.go.th"),
    "own-code": ("saraban_06100207@dla.go.th", "saraban_02100101@dla.go.th"),
    "whole-code": ("saraban_6100101@dla.go.th", "saraban06100101@dla.go.th",
                   "saraban_061001011@dla.go.th",
                   "saraban_O6100101@dla.go.th"),
    "own-domain": ("saraban@rd.go.th", "saraban.x@customs.mail.go.th"),
    "domain-with-a-name": ("saraban@go.th", "saraban@mail.go.th"),
    "plain-domain": ("saraban@xn--ne-sna.go.th", "saraban@a.xn--ne-sna.go.th"),
    "well-formed": ("saraban.@one.go.th", "saraban..x@one.go.th", "saraban@-one.go.th",
                    f"saraban_{'x1' * 40}@one.go.th"),
    "one-at": ("saraban@@one.go.th", "saraban(at)one.go.th", "saraban [AT] one.go.th",
               "saraban at one.go.th"),
    "no-space": ("saraban @one.go.th", "saraban@one .go.th", "saraban@one.go. th",
                 "saraban _x@one.go.th", '"saraban"@one.go.th',
                 "saraban@\none.go.th", "saraban@one.\r\ngo.th", "saraban@one.go.\nth"),
    "latin-letters": ("s\u0430raban@one.go.th", "saraban\u2013x@one.go.th",
                      "saraban@o\u00f1e.go.th", "sar\u0251ban@one.go.th"),
    "arabic-digits": ("saraban_๐6100101@dla.go.th", "saraban๒@one.go.th"),
    "one-dot": ("saraban@one..go.th", "saraban@one,go.th", "saraban@.one.go.th",
                "saraban@one.go,th"),
    "clear-end": ("saraban@one.go.th02123", "saraban@one.go.thTel.02"),
    "present-host": ("saraban.one@saraban.mail.go.th",),
    "no-slip": ("saraban@one.mail.gp.th", "saraban@one.go.ht", "saraban@one.g.th",
                "saraban@one.goo.th", "saraban@one.goth",
                "saraban@one.g.o.th",
                "saraban@one.go", "saraban@www.one.go.th", "saraban@one.go.th.go.th",
                "saraban@one.mial.go.th",
                "saraban@onemail.go.th",
                "saraban_06100101@dal.go.th", "saraban_06100101@dla.or.th"),
    "tidy-cell": ("อีเมล์ : saraban@one.go.th", "mailto:saraban@one.go.th",
                  "saraban@one.go.th (ใหม่)", "<saraban@one.go.th>",
                  "saraban\u200b@one.go.th", "saraban＠one.go.th", "saraban%40one.go.th"),
    "official-domain": ("saraban.one@gmail.com", "saraban@hotmail.co.th", "saraban@one.com",
                        "saraban@one.net",
                        "saraban@mygo.th", "saraban@one.com.th", "saraban@one.org.th",
                        "saraban@one.co.th",
                        "saraban@gmail.go.th"),
    "latin-name": ("สารบรรณ@กรมหนึ่ง.รัฐบาล.ไทย",),
    "begins-with-saraban": ("sarabun@one.go.th", "aw0200@one.go.th", "info@one.go.th",
                            "thesaraban@one.go.th", "sarabann@one.go.th",
                            "sarabanx-1@one.go.th", "saraban+x@one.go.th"),
}
RIGHT = ("saraban@one.go.th", "saraban@one.mail.go.th", "saraban@one.ac.th", "saraban@one.or.th",
         "saraban2@one.go.th", "sarabanklang@one.go.th", "saraban@b-1.e.go.th",
         "saraban@army.mi.th",
         "saraban-tpso@moc.go.th", "saraban.odpc10@ddc.mail.go.th", "saraban_chonburi@moi.go.th",
         "Saraban@One.GO.TH", "  saraban@one.go.th  ", "saraban_06100101@dla.go.th")


def test_each_requirement_can_break() -> None:
    assert set(BREAKS) == {requirement.name for requirement in REQUIREMENTS}


OWN = {"kind": AgencyKind.SAO, "name": "อบต.หนึ่ง"}
TAXES = {"name": "กรมปศุสัตว์"}      # known by a domain of its own
AGENCY = {"own-code": OWN, "whole-code": OWN, "arabic-digits": OWN, "own-domain": TAXES}
EVERY = [(name, cell) for name, cells in BREAKS.items() for cell in cells]


@pytest.mark.parametrize(("name", "cell"), EVERY)
def test_a_cell_breaks_the_requirement_it_should_and_no_other(name: str, cell: str) -> None:
    assert broken(cell, "6100101", **AGENCY.get(name, {})) == {name}


@pytest.mark.parametrize("cell", RIGHT)
def test_a_right_cell_breaks_nothing(cell: str) -> None:
    judged = found(cell, "6100101")
    assert (judged.broken, judged.finding) == ((), F.RIGHT)
    assert judged.writable.lower() == cell.strip().lower()


FOUND = {
    "an-address": ("B3", F.UNREADABLE, False), "one-address": ("B3", F.ODD, False),
    **dict.fromkeys(("one-at", "no-space", "latin-letters", "arabic-digits", "one-dot",
                     "clear-end"), ("B3", F.ODD, False)),
    **dict.fromkeys(("plain-domain", "whole-code", "own-domain", "domain-with-a-name",
                     "well-formed"), ("B3", F.WRONG, False)),
    "present-host": ("B1", F.WRONG, True), "latin-name": ("B1", F.WRONG, False),
    "no-placeholder": ("B3", F.WRONG, False), "own-code": ("B3", F.WRONG, False),
    "no-slip": ("B3", F.WRONG, False),
    "tidy-cell": ("B3", F.ODD, True), "official-domain": ("B2", F.WRONG, True),
    "begins-with-saraban": ("B1", F.WRONG, True),
}


@pytest.mark.parametrize(("name", "cell"), EVERY)
def test_each_requirement_leads_where_the_circular_has_it(name: str, cell: str) -> None:
    judged = found(cell, "6100101", **AGENCY.get(name, {}))
    group, finding, writable = FOUND[name]
    assert (judged.groups, judged.finding, bool(judged.writable)) == ({group}, finding, writable)


def test_each_requirement_says_what_to_mend_in_both_languages() -> None:
    for which in ("advice", "thai"):
        assert len({getattr(requirement, which)
                    for requirement in REQUIREMENTS}) == len(REQUIREMENTS)
    assert all(requirement.source for requirement in REQUIREMENTS)


def test_a_cell_may_break_several_and_the_gravest_names_it() -> None:
    judged = found("ติดต่อ: info@gmail.com")
    assert {r.name for r in judged.broken} == {"tidy-cell", "official-domain",
                                               "begins-with-saraban"}
    assert (judged.groups, judged.finding, judged.writable) == ({"B1", "B2", "B3"}, F.WRONG,
                                                                "info@gmail.com")


@pytest.mark.parametrize(("code", "former", "own"), [
    ("6100101", "", True), ("5100101", "", True),        # raised: only the first digit changes
    ("5100199", "6100101", True), ("2100101", "", False), ("", "", True), ("6100102", "", False),
    ("6110101", "", False)])
def test_a_local_governments_address_carries_its_own_code_or_its_former_one(code: str, former: str,
                                                                            *, own: bool) -> None:
    cell = "saraban_06100101@dla.go.th"
    assert ("own-code" not in broken(cell, code, former=former, kind=AgencyKind.SAO)) == own


def test_a_code_of_no_known_province_is_right_for_the_agency_that_has_it() -> None:
    assert broken("saraban_06990101@dla.go.th", "6990101", **OWN) == set()
    assert broken("saraban_06990101@dla.go.th", "6990102", **OWN) == {"whole-code"}


def test_a_sample_may_be_named_by_its_whole_domain() -> None:
    named = structs.replace(RULES, placeholders=frozenset({"fill-in.go.th"}))
    assert {r.name for r in judge(agency("saraban@fill-in.go.th"),
                                  named).broken} == {"no-placeholder"}


def test_a_code_means_something_on_the_local_governments_host_only() -> None:
    assert broken("saraban_06100101@one.go.th", "6999999") == set()


def test_an_address_is_read_as_a_person_would() -> None:
    assert addresses_in("Email: Saraban@ONE.go.th; โทร. 0 2123 4567") == ("Saraban@one.go.th",)
    assert addresses_in("saraban@one.go.th saraban@ONE.go.th") == ("saraban@one.go.th",)
    # Thai runs on without a space
    assert addresses_in("อีเมลsaraban@one.go.thโทร") == ("saraban@one.go.th",)
    assert addresses_in("'saraban@one.go.th'.") == ("saraban@one.go.th",)


@pytest.mark.parametrize("cell", [
    "s\u0430raban@one.go.th", "saraban_๐6100101@dla.go.th", "saraban@one.go.th2",
    "saraban@one.go.th\u0430", "x@y@one.go.th",
    "sar\u0430ban.x@one.go.th", "saraban@one_two.go.th", "saraban@one.g\u043e.th"])
def test_no_part_of_a_word_is_taken_for_an_address(cell: str) -> None:
    assert found(cell).writable == ""
    assert addresses_in(cell) == ()


def test_a_free_mail_host_is_no_slip_however_near_it_comes() -> None:
    near = structs.replace(RULES, free_mail=frozenset({"gp.th"}))
    assert judge(agency("saraban@gp.th"), near).groups == {"B2"}
    assert judge(agency("saraban@gp.th"), RULES).groups == {"B3"}


def test_two_cells_are_the_same_when_they_declare_the_same_address() -> None:
    assert same_addresses("Saraban@one.go.th", "อีเมล saraban@ONE.go.th")
    assert same_addresses("ไม่มี  อีเมล", "ไม่มี อีเมล")
    assert not same_addresses("saraban@one.go.th", "saraban@two.go.th")
    assert not same_addresses("saraban@one.go.th", "saraban@one.go.th info@one.go.th")
    assert not same_addresses("", "saraban@one.go.th")


@pytest.mark.parametrize(("one", "other", "slip"), [
    ("go.th", "gp.th", True), ("go.th", "g.th", True), ("go.th", "goo.th", True),
    ("go.th", "og.th", True),
    ("go.th", "go.ht", True), ("go.th", "go.t", True), ("go.th", "go.th", False),
    ("go.th", "ac.th", False),
    ("go.th", "com", False), ("go.th", "", False), ("go.th", "o.ht", False), ("a", "", True),
    ("", "", False)])
def test_one_slip_is_one_letter_more_less_other_or_swapped(one: str, other: str, *,
                                                           slip: bool) -> None:
    assert one_slip(one, other) is one_slip(other, one) is slip


@given(st.text("ab.", max_size=6), st.text("ab.", max_size=6))
def test_a_slip_is_the_same_seen_from_either_side(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)


@given(st.text(max_size=60))
def test_any_cell_is_judged_and_what_may_be_written_to_stands_in_it(cell: str) -> None:
    judged = found(cell)
    assert (judged.finding is F.RIGHT) == (not judged.broken)
    assert judged.writable in {"", *judged.addresses}


@pytest.mark.parametrize(("cell", "name", "kind", "own"), [
    ("saraban_06530199@dla.go.th", "อบต.หนึ่ง อุตรดิตถ์", AgencyKind.SAO, True),
    ("saraban_06530199@dla.go.th", "อบต.หนึ่ง น่าน", AgencyKind.SAO, False),
    ("saraban_06530199@dla.go.th", "อบต.หนึ่ง จ.น่าน", AgencyKind.SAO, False),
    ("saraban_06530199@dla.go.th", "น่าน", AgencyKind.SAO, True),
    # its own name, no province
    ("saraban_06530199@dla.go.th", "อบต.น่าน", AgencyKind.SAO, True),
    ("saraban_06530199@dla.go.th", "อบต.หนึ่ง จ.อุตรดิตถ์", AgencyKind.SAO, True),
    ("saraban_06530199@dla.go.th", "อบจ.หนึ่ง", AgencyKind.PAO, False),
    ("saraban_02530199@dla.go.th", "อบต.หนึ่ง", AgencyKind.SAO, False),
    ("saraban_02530199@dla.go.th", "อบจ.หนึ่ง", AgencyKind.PAO, True),
    ("saraban_06530199@dla.go.th", "กรมหนึ่ง", AgencyKind.DEPARTMENT, False),
    ("saraban_06530199@dla.go.th", "หนึ่ง", AgencyKind.OTHER, True),
    ("saraban@dla.go.th", "อบต.หนึ่ง", AgencyKind.SAO, False),
    ("saraban@dla.go.th", "สำนักงานส่งเสริมการปกครองท้องถิ่น", AgencyKind.OTHER, True)])
def test_where_its_code_is_not_known_an_agencys_kind_and_province_are_held_against_the_code(
        cell: str, name: str, kind: AgencyKind, *, own: bool) -> None:
    assert ("own-code" not in broken(cell, "", name=name, kind=kind)) == own


@pytest.mark.parametrize(("cell", "name", "kind", "own"), [
    ("saraban@customs.go.th", "กรมศุลกากร", AgencyKind.DEPARTMENT, True),
    ("saraban@customs.go.th", "ด่านศุลกากรหนึ่ง", AgencyKind.OTHER, True),
    ("saraban@customs.go.th", "การหนึ่งแห่งประเทศไทย", AgencyKind.STATE_ENTERPRISE, False),
    ("saraban@customs.go.th", "เทศบาลเมืองหนึ่ง", AgencyKind.TOWN, False),
    ("saraban@customs.mail.go.th", "กรมปศุสัตว์", AgencyKind.DEPARTMENT, False),
    # nobody knows where it is at home
    ("saraban@customs.go.th", "สำนักงานหนึ่ง", AgencyKind.OTHER, True),
    # a unit's mailbox on a host of many
    ("saraban-one@moc.go.th", "กรมปศุสัตว์", AgencyKind.DEPARTMENT, True),
    ("saraban_one@moi.go.th", "จังหวัดหนึ่ง", AgencyKind.PROVINCE, True),
    ("saraban@moi.go.th", "จังหวัดหนึ่ง", AgencyKind.PROVINCE, False)])
def test_a_domain_that_is_known_to_be_anothers_is_no_good(cell: str, name: str, kind: AgencyKind, *,
                                                          own: bool) -> None:
    assert ("own-domain" not in broken(cell, "", name=name, kind=kind)) == own


def test_an_ending_of_trade_is_for_those_who_trade() -> None:
    for kind in AgencyKind:
        own = kind in {AgencyKind.STATE_ENTERPRISE, AgencyKind.PUBLIC_ORGANISATION,
                       AgencyKind.OTHER}
        assert (broken("saraban@one.co.th", "", kind=kind) == set()) == own


def test_of_several_addresses_the_least_wrong_is_judged() -> None:
    judged = found("info@gmail.com / saraban@one.go.th")
    assert ({r.name for r in judged.broken}, judged.finding, judged.writable) == ({"one-address"},
                                                                                  F.ODD, "")
    assert found("info@gmail.com, info@one.go.th").finding is F.WRONG


@given(cells(), agencies())
def test_a_suggestion_is_right_for_its_agency_and_wants_no_other(cell: str,
                                                                 known: dict[str, object]) -> None:
    suggested = suggestion(agency(cell, **known), RULES)
    if suggested:
        judged = found(suggested, **known)
        assert (judged.finding, judged.writable.lower()) == (F.RIGHT, suggested.lower())
        assert suggestion(agency(suggested, **known), RULES) == ""


@given(cells(), agencies())
def test_a_letter_is_only_written_to_what_stands_in_the_cell_letter_by_letter(
    cell: str, known: dict[str, object]
) -> None:
    to = found(cell, **known).writable
    assert to == "" or addresses_in(cell) == (to,)


@pytest.mark.skipif(not SEEN.exists(),
                    reason="the list of addresses seen in public is not part of the project")
def test_addresses_seen_in_public_are_all_judged_and_most_can_be_written_to() -> None:
    with SEEN.open(encoding="utf-8", newline="") as file:
        judged = [found(row["cell"]) for row in csv.DictReader(file)]
    counted = Counter(one.finding for one in judged)
    # each holds an address, whatever else it holds
    assert set(counted) == {F.RIGHT, F.ODD, F.WRONG}
    assert sum(bool(one.writable) for one in judged) > len(judged) / 2
