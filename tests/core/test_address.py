import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import agency
from sarabanwatch.core.address import REQUIREMENTS, Finding, Judged, addresses_in, judge, one_slip, same
from sarabanwatch.core.agency import Kind
from sarabanwatch.settings import address_rules, shipped

RULES = address_rules(shipped("address-rules.toml"))
SEEN = Path(__file__).parents[3] / "shared/data/addresses_seen.csv"
F = Finding


def found(cell: str, code: str = "1001", **fields: object) -> Judged:
    return judge(agency(cell, code, **fields), RULES)


def broken(cell: str, code: str = "1001", **fields: object) -> set[str]:
    return {requirement.name for requirement in found(cell, code, **fields).broken}


BREAKS = {
    "an-address": ("", "ไม่มี", "saraban at one.go.th", "02-123-4567", "@one.go.th"),
    "one-address": ("saraban@one.go.th, two@one.go.th", "saraban@one.go.th<br>saraban@two.go.th",
                    "saraban@a.go.th/saraban@b.go.th"),
    "no-placeholder": ("saraban@example.go.th", "Saraban@EXAMPLE.go.th"),
    "own-code": ("saraban_06100207@dla.go.th",),
    "no-slip": ("saraban@one.mail.gp.th", "saraban@one.go.ht", "saraban@one.g.th", "saraban@one.goo.th"),
    "tidy-cell": ("อีเมล์ : saraban@one.go.th", "mailto:saraban@one.go.th", "saraban@one.go.th (ใหม่)", "<saraban@one.go.th>",
                  "saraban\u200b@one.go.th", "saraban＠one.go.th"),
    "official-domain": ("saraban.one@gmail.com", "saraban@hotmail.co.th", "saraban@one.com", "saraban@one.net",
                        "saraban@mygo.th", "saraban@one.com.th", "saraban@one.org.th"),
    "begins-with-saraban": ("sarabun@one.go.th", "aw0200@one.go.th", "info@one.go.th", "thesaraban@one.go.th"),
}
RIGHT = ("saraban@one.go.th", "saraban@one.mail.go.th", "saraban@one.ac.th", "saraban@one.or.th", "saraban@one.co.th",
         "saraban@army.mi.th", "saraban-tpso@moc.go.th", "saraban.odpc10@ddc.mail.go.th", "saraban_chonburi@moi.go.th",
         "Saraban@One.GO.TH", "  saraban@one.go.th  ", "saraban_06100101@dla.go.th")


def test_each_requirement_can_break() -> None:
    assert set(BREAKS) == {requirement.name for requirement in REQUIREMENTS}


@pytest.mark.parametrize(("name", "cell"), [(name, cell) for name, cells in BREAKS.items() for cell in cells])
def test_a_cell_breaks_the_requirement_it_should_and_no_other(name: str, cell: str) -> None:
    assert broken(cell, "6100101" if name == "own-code" else "1001") == {name}


@pytest.mark.parametrize("cell", RIGHT)
def test_a_right_cell_breaks_nothing(cell: str) -> None:
    judged = found(cell, "6100101")
    assert (judged.broken, judged.finding) == ((), F.RIGHT)
    assert judged.writable.lower() == cell.strip().lower()


FOUND = {
    "an-address": ("B3", F.UNREADABLE, False), "one-address": ("B3", F.UNREADABLE, False),
    "no-placeholder": ("B3", F.WRONG, False), "own-code": ("B3", F.WRONG, False), "no-slip": ("B3", F.WRONG, False),
    "tidy-cell": ("B3", F.ODD, True), "official-domain": ("B2", F.WRONG, True), "begins-with-saraban": ("B1", F.WRONG, True),
}


@pytest.mark.parametrize(("name", "cell"), [(name, cell) for name, cells in BREAKS.items() for cell in cells])
def test_each_requirement_leads_where_the_circular_has_it(name: str, cell: str) -> None:
    judged = found(cell, "6100101" if name == "own-code" else "1001")
    group, finding, writable = FOUND[name]
    assert (judged.groups, judged.finding, bool(judged.writable)) == ({group}, finding, writable)


def test_each_requirement_says_what_to_mend_in_both_languages() -> None:
    for which in ("advice", "thai"):
        assert len({getattr(requirement, which) for requirement in REQUIREMENTS}) == len(REQUIREMENTS)


def test_a_cell_may_break_several_and_the_gravest_names_it() -> None:
    judged = found("ติดต่อ: info@gmail.com")
    assert {r.name for r in judged.broken} == {"tidy-cell", "official-domain", "begins-with-saraban"}
    assert (judged.groups, judged.finding, judged.writable) == ({"B1", "B2", "B3"}, F.WRONG, "info@gmail.com")


@pytest.mark.parametrize(("code", "former", "own"), [
    ("6100101", "", True), ("5100101", "", True),        # raised: only the first digit changes
    ("5100199", "6100101", True), ("6100102", "", False), ("6110101", "", False)])
def test_a_local_governments_address_carries_its_own_code_or_its_former_one(code: str, former: str, *, own: bool) -> None:
    cell = "saraban_06100101@dla.go.th"
    assert ("own-code" not in broken(cell, code, former=former, kind=Kind.SAO)) == own


def test_a_code_means_something_on_the_local_governments_host_only() -> None:
    assert broken("saraban_06100101@one.go.th", "6999999") == set()


def test_an_address_is_read_as_a_person_would() -> None:
    assert addresses_in("Email: Saraban@ONE.go.th; โทร. 0 2123 4567") == ("Saraban@one.go.th",)
    assert addresses_in("saraban@one.go.th saraban@ONE.go.th") == ("saraban@one.go.th",)
    assert addresses_in("อีเมลsaraban@one.go.thโทร") == ("saraban@one.go.th",)     # Thai runs on without a space
    assert addresses_in("'saraban@one.go.th'.") == ("saraban@one.go.th",)


@pytest.mark.parametrize("cell", [
    "s\u0430raban@one.go.th", "saraban_๐6100101@dla.go.th", "saraban@one.go.th2", "saraban@one.go.th\u0430", "x@y@one.go.th",
    "sar\u0430ban.x@one.go.th", "saraban@one_two.go.th", "saraban@one.g\u043e.th"])
def test_no_part_of_a_word_is_taken_for_an_address(cell: str) -> None:
    assert found(cell).writable == ""
    assert addresses_in(cell) == ()


def test_a_free_mail_host_is_no_slip_however_near_it_comes() -> None:
    near = replace(RULES, free_mail=frozenset({"gp.th"}))
    assert judge(agency("saraban@gp.th"), near).groups == {"B2"}
    assert judge(agency("saraban@gp.th"), RULES).groups == {"B3"}


def test_two_cells_are_the_same_when_they_declare_the_same_address() -> None:
    assert same("Saraban@one.go.th", "อีเมล saraban@ONE.go.th")
    assert same("ไม่มี  อีเมล", "ไม่มี อีเมล")
    assert not same("saraban@one.go.th", "saraban@two.go.th")
    assert not same("saraban@one.go.th", "saraban@one.go.th info@one.go.th")
    assert not same("", "saraban@one.go.th")


@pytest.mark.parametrize(("one", "other", "slip"), [
    ("go.th", "gp.th", True), ("go.th", "g.th", True), ("go.th", "goo.th", True), ("go.th", "og.th", True),
    ("go.th", "go.ht", True), ("go.th", "go.t", True), ("go.th", "go.th", False), ("go.th", "ac.th", False),
    ("go.th", "com", False), ("go.th", "", False), ("go.th", "o.ht", False), ("a", "", True), ("", "", False)])
def test_one_slip_is_one_letter_more_less_other_or_swapped(one: str, other: str, *, slip: bool) -> None:
    assert one_slip(one, other) is one_slip(other, one) is slip


@given(st.text("ab.", max_size=6), st.text("ab.", max_size=6))
def test_a_slip_is_the_same_seen_from_either_side(one: str, other: str) -> None:
    assert one_slip(one, other) == one_slip(other, one)


@given(st.text(max_size=60))
def test_any_cell_is_judged_and_what_may_be_written_to_stands_in_it(cell: str) -> None:
    judged = found(cell)
    assert (judged.finding is F.RIGHT) == (not judged.broken)
    assert judged.writable in {"", *judged.addresses}


@pytest.mark.skipif(not SEEN.exists(), reason="the list of addresses seen in public is not part of the project")
def test_addresses_seen_in_public_are_all_judged_and_most_can_be_written_to() -> None:
    with SEEN.open(encoding="utf-8", newline="") as file:
        judged = [found(row["cell"]) for row in csv.DictReader(file)]
    counted = Counter(one.finding for one in judged)
    assert set(counted) == set(F)
    assert sum(bool(one.writable) for one in judged) > len(judged) / 2
