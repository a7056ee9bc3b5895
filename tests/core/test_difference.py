"""What a new register changes: each change has a name, and can be undone; limits hold it back."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import agency, raised
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.register.difference import (
    PARTS,
    ChangeKind,
    ImportLimits,
    applied,
    difference,
    reversed_amendments,
)

FEW = st.sampled_from(["", "ก", "ข"])
AGENCIES = st.builds(
    Agency, st.just(""), FEW, st.sampled_from(list(AgencyKind)), FEW, FEW,
    st.sampled_from(list(Status)), FEW, FEW,
    st.none() | st.builds(Announcement, FEW, st.none() | st.just(date(2026, 1, 6)), FEW))
REGISTERS = st.dictionaries(st.sampled_from("12345"), AGENCIES).map(
    lambda all_: {code: replace(a, code=code) for code, a in all_.items()})


def listed(*agencies: Agency) -> dict[str, Agency]:
    return {a.code: a for a in agencies}


@given(REGISTERS, REGISTERS)
def test_the_old_register_and_the_difference_make_the_new_one_and_turned_about_the_old(
    old: dict[str, Agency], new: dict[str, Agency],
) -> None:
    found = difference(old, new)
    assert applied(old, found.amendments) == new
    assert applied(new, reversed_amendments(found.amendments)) == old


@given(REGISTERS, REGISTERS)
def test_every_amendment_says_what_changes_and_the_counts_leave_none_out(
    old: dict[str, Agency], new: dict[str, Agency],
) -> None:
    found = difference(old, new)
    assert all(a.changes and len({change.what for change in a.changes}) == len(a.changes)
               for a in found.amendments)
    assert sum(found.counts.values()) == sum(len(a.changes) for a in found.amendments)


def test_all_parts_of_an_agency_are_looked_at() -> None:
    looked_at = len(PARTS) + 1      # province and superior are one part
    assert looked_at == len(fields(Agency)) - 1     # the code is what tells agencies apart


@pytest.mark.parametrize(("was", "now", "what"), [
    ({}, {"name": "กรมสอง"}, ChangeKind.RENAMED),
    ({}, {"kind": AgencyKind.MINISTRY}, ChangeKind.KIND),
    ({}, {"province": "ชลบุรี"}, ChangeKind.MOVED),
    ({}, {"superior": "กระทรวงหนึ่ง"}, ChangeKind.MOVED),
    ({"province": "ก"}, {"superior": "ก"}, ChangeKind.MOVED),
    ({}, {"status": Status.RAISED}, ChangeKind.RAISED),
    ({}, {"status": Status.EXEMPT}, ChangeKind.EXEMPTED),
    ({"status": Status.RAISED}, {}, ChangeKind.ORDINARY),
    ({}, {"former": "6100101"}, ChangeKind.FORMER),
    ({}, {"cell": "saraban@two.go.th"}, ChangeKind.ADDRESS),
    ({"announcement": None}, {}, ChangeKind.GIVEN),
    ({"announcement": None}, {"announcement": Announcement("", None, "")}, ChangeKind.GIVEN),
    ({}, {"announcement": None}, ChangeKind.WITHDRAWN),
    ({}, {"announcement": Announcement("https://two.test", None, "x")}, ChangeKind.REANNOUNCED),
])
def test_a_change_has_its_name(was: dict[str, object], now: dict[str, object],
                               what: ChangeKind) -> None:
    plain = agency()
    (found,) = difference(listed(replace(plain, **was)),
                          listed(replace(plain, **now))).amendments  # type: ignore[arg-type]
    assert [change.what for change in found.changes] == [what]


def test_a_body_that_leaves_for_its_successor_does_not_vanish() -> None:
    old, new = agency(code="6100101"), replace(raised(), code="5100101", former="6100101")
    found = difference(listed(old), listed(new))
    assert found.counts == {ChangeKind.ADDED: 1, ChangeKind.SUCCEEDED: 1}
    assert "vanish" not in found.excess(ImportLimits(0))
    assert [change.now for a in found.amendments for change in a.changes
            if change.what is ChangeKind.SUCCEEDED] == ["5100101"]


@pytest.mark.parametrize(("agencies", "at_most", "excess"), [
    (20, 0.05, ""),
    (19, 0.05, ("1 of 19 agencies (5.3%) would vanish, more than 5.0%, 1 of 19 agencies (5.3%) "
                "would change, more than 5.0%")),
    (19, 0.06, ""),
])
def test_a_share_too_large_is_not_believed(agencies: int, at_most: float, excess: str) -> None:
    old = [agency(code=str(1000 + n)) for n in range(agencies)]
    # one changes, one vanishes, one is added
    new = [replace(old[0], name="กรมใหม่"), *old[2:], agency(code="9999")]
    assert difference(listed(*old), listed(*new)).excess(ImportLimits(at_most)) == excess


def test_whatever_fills_an_empty_register_is_believed() -> None:
    assert difference({}, listed(agency())).excess(ImportLimits(0)) == ""
