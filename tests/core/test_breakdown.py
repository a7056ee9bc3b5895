"""The census by what agencies share, and which falls stand by name."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from fakes.samples import MONDAY
from sarabanwatch.core.judging.breakdown import Fall, Share, named, parts
from sarabanwatch.core.judging.group import Group

DAY = timedelta(days=1)


def share(host: str, agencies: int, group: Group = Group.A1, province: str = "แพร่") -> Share:
    return Share("อบต.", "สถ.", province, host, group, agencies)


def fall(code: str, days: int, mended: int | None = None) -> Fall:
    """Return a fall so many days ago, mended so many days ago."""
    return Fall(code, "อบต.ก", "สถ.", "แพร่", "mx.test", Group.D2, "because", MONDAY - days * DAY,
                None if mended is None else MONDAY - mended * DAY)


def test_each_dimension_counts_every_agency_once() -> None:
    counted = parts([share("mx.test", 3), share("", 2, Group.D1), share("mx.test", 4,
                                                                        province="น่าน")])
    assert {(*part, group): agencies for (part, group), agencies in counted.items()} == {
        ("kind", "อบต.", Group.A1): 7, ("kind", "อบต.", Group.D1): 2,
        ("ministry", "สถ.", Group.A1): 7, ("ministry", "สถ.", Group.D1): 2,
        ("province", "แพร่", Group.A1): 3, ("province", "แพร่", Group.D1): 2,
        ("province", "น่าน", Group.A1): 4,
        ("mail host", "mx.test", Group.A1): 7, ("mail host", "", Group.D1): 2}


@pytest.mark.parametrize("without_host", [0, 5, 1000])
def test_the_twenty_largest_mail_hosts_stand_by_name_and_the_others_together(
    without_host: int,
) -> None:
    counted = parts([share(f"mx{n}.test", n) for n in range(1, 26)] + [share("", without_host)])
    hosts = {part.name: n for (part, _), n in counted.items() if part.dimension == "mail host"}
    assert hosts == {f"mx{n}.test": n for n in range(6, 26)} | {"other": 15, "": without_host}


@pytest.mark.parametrize(("falls", "shown"), [
    ([fall("1", 400)], ["1"]),                          # out of reach for however long
    ([fall("1", 3), fall("2", 1)], ["2", "1"]),         # the latest first
    ([fall("1", 30, 6)], ["1"]),
    ([fall("1", 30, 7)], []),                           # mended a week ago
    ([fall(str(n), n) for n in range(300)], [str(n) for n in range(200)]),
])
def test_falls_stand_by_name_until_a_week_after_their_mending_and_200_of_them_at_most(
    falls: Sequence[Fall], shown: Sequence[str],
) -> None:
    assert [each.code for each in named(falls, MONDAY)] == shown
