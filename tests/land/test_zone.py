"""What the DNS shows of a body is what its door says."""

import pytest

from sarabanland import country, zone
from sarabanland.body import Body
from sarabanland.zone import LISTED_ADDRESS, NOBODY, Zone

BODIES = country.settle(8286, 11)
ZONE = zone.draw(BODIES)
CLOSED = {"nxdomain", "no-host", "nullmx", "mx-nowhere"}


def hosts(body: Body, names: Zone) -> list[str]:
    """The addresses that a letter to this body is brought to, best first."""
    domain = body.address.partition("@")[2].lower()
    exchangers = [host for _, host in names.exchangers.get(domain, ())] or [domain]
    return [names.addresses[host] for host in exchangers if host in names.addresses]


def test_a_body_is_in_d1_where_its_domain_has_no_host_and_nowhere_else() -> None:
    assert {body.door for body in BODIES if body.group == "D1"} == CLOSED
    assert all(bool(hosts(body, ZONE)) != (body.group == "D1") for body in BODIES)


def test_only_refusing_hosts_are_where_nobody_listens() -> None:
    assert all((hosts(body, ZONE)[-1] == NOBODY) == (body.door == "refusing") for body in BODIES
               if body.group != "D1")
    assert NOBODY not in ZONE.listening


def test_the_believer_in_blocklists_hosts_those_it_keeps_from_us_and_no_other() -> None:
    assert {body.door for body in BODIES if LISTED_ADDRESS in hosts(body, ZONE)} == {"blocked"}


@pytest.mark.parametrize(("group", "doors"), [
    ("D2", {"unknown", "late", "disabled"}),
    ("D3", {"over-quota", "full", "content", "size", "deferring", "refusing"}),
])
def test_groups_that_cannot_be_reached_have_every_door_that_keeps_us_out(group: str,
                                                                         doors: set[str]) -> None:
    assert {body.door for body in BODIES if body.group == group} == doors


def test_every_other_body_has_a_door_that_opens_in_the_end_and_a1_a_person_behind_it() -> None:
    reached = [body for body in BODIES if not body.group.startswith("D")]
    assert {body.door for body in reached} == {"open", "greylist", "tarpit", "busy", "dropping",
                                               "blocked"}
    assert {body.desk for body in reached if body.group == "A1"} == {"receipt", "reply"}
    assert {body.desk for body in reached if body.group == "A2"} == {"silent", "vacation", "ticket",
                                                                     "mdn"}


def test_a_name_above_a_known_one_exists_and_one_beside_it_does_not() -> None:
    assert ZONE.knows("go.test")
    assert not ZONE.knows("nobody.go.test")
    assert all(ZONE.knows(body.address.partition("@")[2].lower()) == (body.door != "nxdomain")
               for body in BODIES)
