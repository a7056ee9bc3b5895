from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import RULES as ADDRESS_RULES
from fakes.samples import agency, raised, unannounced
from sarabanwatch.core import address
from sarabanwatch.core.facts.agency import Agency, Announcement, Status
from sarabanwatch.core.judging.group import OTHERWISE, RULES, Group, GroupRule, decide
from sarabanwatch.core.judging.standing import Health, Standing
from sarabanwatch.core.judging.verdict import Verdict

G, V = Group, Verdict
PROVEN, ACCEPTS = Standing(Health.GOOD, V.PROVEN), Standing(Health.GOOD, V.ACCEPTS)
NO_DOMAIN, NO_BOX, FULL = (Standing(Health.BAD, v) for v in (V.UNROUTABLE, V.REFUSES, V.IMPAIRED))
UNTRIED = Standing()
STANDINGS = (PROVEN, ACCEPTS, NO_DOMAIN, NO_BOX, FULL, UNTRIED)

EXEMPT = agency(status=Status.EXEMPT, announcement=None)
B3, B2, B1 = (
    agency("saraban@one.go.th, two@one.go.th"),
    agency("saraban.one@gmail.com"),
    agency("info@one.go.th"),
)
UNREAD_STATUS, UNREAD_CELL = (
    agency(unread=frozenset({"status"})),
    agency("", unread=frozenset({"cell"})),
)
OTHERWISE_ANNOUNCED = agency(announcement=Announcement("https://one.test/a", None,
                                                       "saraban@other.go.th"))

agencies = st.builds(
    lambda cell, announced, status: agency(cell, status=status, announcement=announced
                                           and Announcement("x", None, announced)),
    st.sampled_from(["saraban@one.go.th", "saraban@one.gmail.com", "info@one.go.th", "a@gmail.com",
                     "", "x", "a@b.th b@c.th"]),
    st.sampled_from([None, "saraban@one.go.th", "info@one.go.th", " ", "a@gmail.com"]),
    st.sampled_from(Status))
standings = st.builds(Standing, st.sampled_from(Health), st.none() | st.sampled_from(V))


def group(a: Agency, standing: Standing) -> GroupRule:
    return decide(a, address.judge(a, ADDRESS_RULES), standing)


@given(agencies, standings)
def test_every_agency_gets_exactly_one_group(a: Agency, standing: Standing) -> None:
    assert group(a, standing).group in Group


@pytest.mark.parametrize(("a", "standing", "expected"), [
    (EXEMPT, UNTRIED, G.EXEMPT), (raised(), UNTRIED, G.W), (unannounced(), PROVEN, G.E),
    (OTHERWISE_ANNOUNCED, PROVEN, G.C),
    (B3, UNTRIED, G.B3), (B2, ACCEPTS, G.B2), (B1, ACCEPTS, G.B1), (B2, NO_DOMAIN, G.D1),
    (B1, NO_BOX, G.D2),
    (agency(), NO_DOMAIN, G.D1), (agency(), NO_BOX, G.D2), (agency(), FULL, G.D3),
    (agency(), PROVEN, G.A1),
    (agency(), ACCEPTS, G.A2), (agency(), UNTRIED, G.UNKNOWN), (B2, UNTRIED, G.UNKNOWN),
    (B1, UNTRIED, G.UNKNOWN)])
def test_known_cases(a: Agency, standing: Standing, expected: Group) -> None:
    assert group(a, standing).group is expected


def test_every_row_can_decide_and_says_why_in_both_languages() -> None:
    found = {id(group(a, s)): group(a, s) for s in STANDINGS
             for a in (EXEMPT, raised(), UNREAD_STATUS, unannounced(), UNREAD_CELL,
                       OTHERWISE_ANNOUNCED, B3, B2, B1, agency())}
    assert set(found) == set(map(id, (*RULES, OTHERWISE)))
    assert (
        len({rule.because for rule in found.values()})
        == len({rule.thai for rule in found.values()})
        == len(found)
    )


def test_the_rows_stand_in_the_order_of_the_trade() -> None:
    assert [rule.group for rule in RULES] == [
        G.EXEMPT, G.W, G.UNKNOWN, G.E, G.UNKNOWN, G.C, G.B3, G.B2, G.B1, G.D1, G.D2, G.D3, G.A1,
        G.A2]


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_the_register_says_outweighs_what_a_letter_shows(standing: Standing) -> None:
    assert group(replace(raised(), announcement=None), standing).group is G.W
    assert group(replace(unannounced(), cell=""), standing).group is G.E
    assert group(agency("", announcement=Announcement("x", None, "saraban@one.go.th")),
                 standing).group is G.C
    assert group(B3, standing).group is G.B3


def test_an_exempt_agency_stays_outside_even_when_raised_marks_are_missing() -> None:
    assert group(agency(status=Status.EXEMPT), PROVEN).group is G.EXEMPT


def test_a_foreign_domain_outweighs_a_wrong_beginning() -> None:
    assert group(agency("info@gmail.com"), PROVEN).group is G.B2


@pytest.mark.parametrize("announced", ["", "  ", "saraban@other.go.th", "no address",
                                       "saraban@one.go.th info@one.go.th"])
def test_an_announcement_that_gives_no_address_or_another_is_c(announced: str) -> None:
    assert group(agency(announcement=Announcement("x", None, announced)), PROVEN).group is G.C


@pytest.mark.parametrize("announced", ["SARABAN@ONE.GO.TH", " อีเมล : saraban@one.go.th ",
                                       "mailto:saraban@one.go.th"])
def test_an_announcement_that_gives_the_same_address_in_other_dress_is_no_c(announced: str) -> None:
    assert group(agency(announcement=Announcement("x", None, announced)), PROVEN).group is G.A1


@given(agencies, standings)
def test_nobody_is_ready_whose_address_is_not_known_to_work(a: Agency, standing: Standing) -> None:
    if group(a, standing).group in {G.A1, G.A2}:
        assert standing.health is Health.GOOD
