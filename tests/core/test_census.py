import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.judging.census import BUCKETS, Census, bucket_of, parted, shares
from sarabanwatch.core.judging.group import Group
from sarabanwatch.settings import shipped

# 23 December 2568
CIRCULAR = {Group.A1: 5_000, Group.A2: 1_536, Group.B1: 1_000, Group.E: 454, Group.W: 296}


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12).filter(any))
def test_shares_sum_to_a_hundred_for_any_counts(counts: list[int]) -> None:
    tenths = [round(share * 10) for share in shares(counts)]
    assert sum(tenths) == 1000
    assert all(abs(tenth - 1000 * count / sum(counts)) < 1
               for tenth, count in zip(tenths, counts, strict=True))


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=12).filter(any))
def test_more_is_never_shown_as_less(counts: list[int]) -> None:
    shown = sorted(zip(counts, shares(counts), strict=True))
    assert [share for _, share in shown] == sorted(share for _, share in shown)


def test_the_circulars_figures() -> None:
    census = Census(CIRCULAR)
    assert census.total == 8_286
    assert census.buckets == {"ready": 6_536, "mend": 1_454, "raised": 296, "unknown": 0}
    assert census.shares == {"ready": 78.9, "mend": 17.5, "raised": 3.6, "unknown": 0.0}


def test_of_equal_remainders_the_earlier_is_rounded_up() -> None:
    assert shares([1, 1, 1]) == [33.4, 33.3, 33.3]
    assert shares([2, 2, 2, 1]) == [28.6, 28.6, 28.5, 14.3]


def test_an_empty_register_has_no_shares() -> None:
    assert Census({}).total == 0
    assert set(Census({}).shares.values()) == {0.0}


@pytest.mark.parametrize("group", Group)
def test_each_group_counts_in_one_bucket_and_the_exempt_in_none(group: Group) -> None:
    census = Census({group: 3})
    assert sum(census.buckets.values()) == census.total == (0 if group is Group.EXEMPT else 3)
    assert census.of(group) == 3


def test_the_buckets_are_the_circulars() -> None:
    words = tomllib.loads(shipped("groups.toml").read_text(encoding="utf-8"))["groups"]
    assert {group: bucket for bucket, groups in BUCKETS.items()
            for group in groups} | {Group.EXEMPT: ""} == {
        Group(name): entry["bucket"] for name, entry in words.items()}
    assert parted({name: entry["bucket"] for name, entry in words.items()}) == BUCKETS
    assert set(map(str, BUCKETS["ready"])) == {"A1", "A2"}
    assert set(map(str, BUCKETS["mend"])) == {"B1", "B2", "B3", "C", "D1", "D2", "D3", "E"}


@given(st.fixed_dictionaries({group: st.sampled_from([*BUCKETS]) for group in Group
                              if group is not Group.EXEMPT}),
       st.dictionaries(st.sampled_from(Group), st.integers(0, 10**5)))
def test_however_an_edition_parts_the_groups_everybody_is_counted_once(places: dict[Group, str],
                                                                       counts: dict[Group,
                                                                                    int]) -> None:
    census = Census(counts, parted({**places, Group.EXEMPT: ""}))
    assert list(census.buckets) == list(BUCKETS)
    assert sum(census.buckets.values()) == census.total == sum(n for group, n in counts.items()
                                                               if group is not Group.EXEMPT)
    assert {group: bucket_of(group, census.parts) for group in Group} == {**places,
                                                                          Group.EXEMPT: ""}
