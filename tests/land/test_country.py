"""The country: its shape at every size, its addresses and announcements, and its true state."""

from collections import Counter

import pytest

from sarabanland import country, shape
from sarabanland.body import EXEMPT, RAISED, Body

SIZES = (1, 2, 50, 300, 8286)


@pytest.fixture(scope="module", params=SIZES)
def settled(request: pytest.FixtureRequest) -> tuple[int, list[Body]]:
    size: int = request.param
    return size, country.settle(size, 7)


@pytest.fixture(scope="module")
def whole() -> list[Body]:
    return country.settle(shape.WHOLE, 7)


def counted(bodies: list[Body]) -> Counter[str]:
    return Counter(body.group for body in bodies)


def test_every_size_has_its_agencies_and_no_code_twice(settled: tuple[int, list[Body]]) -> None:
    size, bodies = settled
    assert sum(body.group != "exempt" for body in bodies) == size
    assert len({body.code for body in bodies}) == len(bodies)
    assert len({body.address.lower() for body in bodies}) == len(bodies)


def test_every_size_keeps_the_shares_to_within_one(settled: tuple[int, list[Body]]) -> None:
    size, bodies = settled
    kinds, groups = Counter(body.kind for body in bodies if body.group != "exempt"), counted(bodies)
    assert all(abs(kinds[kind] - size * whole / shape.WHOLE) < 1
               for kind, whole in shape.KINDS.items())
    assert all(abs(groups[group] - size * whole / shape.WHOLE) < 1
               for group, whole in shape.GROUPS.items())


def test_exempt_bodies_stand_beside_the_total_from_fifty_agencies_on(
    settled: tuple[int, list[Body]],
) -> None:
    size, bodies = settled
    exempt = counted(bodies)["exempt"]
    assert (exempt >= 1) == (size >= shape.SMALL)
    assert exempt == sum(body.status == EXEMPT for body in bodies)


def test_the_whole_country_is_the_letter_s_own(whole: list[Body]) -> None:
    groups = counted(whole)
    assert groups["A1"] + groups["A2"] == 6536
    mend = [groups[group] for group in ("B1", "B2", "B3", "C", "D1", "D2", "D3", "E")]
    assert sum(mend) == 1454
    assert min(mend) > 0
    assert groups["W"] == 296
    assert sum(body.code.isdecimal() for body in whole) == 7849


def test_most_local_governments_share_one_mail_host_under_their_own_code(whole: list[Body]) -> None:
    local = [body for body in whole if body.code.isdecimal()]
    shared = [body for body in local if body.address.endswith("@dla.go.test")]
    assert len(shared) > 0.8 * len(local)
    assert all(body.address.removeprefix("saraban_0")[:7] in {body.code, body.former}
               for body in shared)


def test_raised_bodies_keep_all_of_their_old_code_but_the_type(whole: list[Body]) -> None:
    raised = [body for body in whole if body.group == "W"]
    assert all(body.status == RAISED and body.former == "6" + body.code[1:] for body in raised)
    assert not {body.former for body in raised} & {body.code for body in whole}


@pytest.mark.parametrize("group", ["A1", "A2", "B1", "B2", "D1", "D2", "D3"])
def test_an_announcement_agrees_with_the_register_save_for_case(whole: list[Body],
                                                                group: str) -> None:
    bodies = [body for body in whole if body.group == group]
    assert all(body.announced and body.announced.cell.lower() == body.cell.lower()
               for body in bodies)
    assert all(body.announced and (body.announced.link or body.announced.given) for body in bodies)


def test_groups_c_and_e_are_what_the_announcement_makes_them(whole: list[Body]) -> None:
    differs = [body.announced for body in whole if body.group == "C"]
    own = {body.cell.lower() for body in whole if body.group == "C"}
    assert all(notice and notice.cell.lower() not in own for notice in differs)
    assert not any(body.announced for body in whole if body.group == "E")


def test_an_odd_cell_is_never_its_body_s_clean_address_and_stands_in_both_columns(
    whole: list[Body],
) -> None:
    odd = [body for body in whole if body.group == "B3"]
    assert all(body.cell.strip().lower() != body.address.lower() for body in odd)
    assert all(body.announced and body.announced.cell == body.cell for body in odd)


def test_only_b1_strays_from_saraban_and_only_b2_from_the_official_suffixes(
    whole: list[Body],
) -> None:
    official = ("go.test", "ac.test", "or.test", "co.test", "mi.test")
    clean = [body for body in whole if body.group != "B3"]
    assert all(body.address.lower().startswith("saraban") != (body.group == "B1") for body in clean)
    assert all(body.address.lower().endswith(tuple("." + suffix
                                                   for suffix in official)) != (body.group == "B2")
               for body in clean)


def test_the_blocklist_keeps_three_in_a_thousand_from_us_and_a_few_in_all_but_small_lands(
    whole: list[Body],
) -> None:
    assert sum(body.door == "blocked" for body in whole) == 25
    assert [sum(body.door == "blocked" for body in country.settle(size, 7))
            for size in (49, 50, 300)] == [0, 3, 3]
    assert {body.group for body in whole if body.door == "blocked"} <= {"A1", "A2"}


def test_another_seed_is_another_country() -> None:
    assert country.settle(50, 1) == country.settle(50, 1)
    assert country.settle(50, 1) != country.settle(50, 2)


def test_apportioning_loses_nothing_and_favours_the_largest_remainder() -> None:
    assert shape.apportion(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert shape.apportion(5, {"a": 50, "b": 29, "c": 21}) == {"a": 3, "b": 1, "c": 1}
    assert all(sum(shape.apportion(n, shape.GROUPS).values()) == n for n in range(400))
