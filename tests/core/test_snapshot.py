import re
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.census import HEALTH, LETTER, of_the_letter, row, snapshot
from sarabanwatch.core.errors import DataError
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers.snapshot import (
    arithmetic,
    faults,
    figures,
    misprints,
    numbers,
    seal,
    unseal,
)

SMALL = snapshot(row("1", "A1"), row("2", "D2"), row("3", "W"), row("4", "unknown"),
                 row("5", "exempt"))


def test_the_same_facts_give_the_same_seal_and_it_opens_again() -> None:
    content, digest = seal(SMALL)
    assert (content, digest) == seal(replace(SMALL, labels=dict(reversed(SMALL.labels.items()))))
    assert unseal(content, digest) == SMALL


@given(st.data())
def test_a_snapshot_with_one_other_byte_is_refused(data: st.DataObject) -> None:
    content, digest = seal(SMALL)
    at, flip = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
    with pytest.raises(DataError, match="altered"):
        unseal(content[:at] + bytes([content[at] ^ flip]) + content[at + 1:], digest)


def test_the_circulars_misprint_is_refused_with_the_reason() -> None:
    right = of_the_letter()
    misprint = replace(right.figures, buckets={**right.figures.buckets, "raised": 286})
    with pytest.raises(DataError) as refused:
        seal(replace(right, figures=misprint))
    said = str(refused.value)
    assert "the buckets (6,536 + 1,454 + 286 + 0) sum to 8,276, the total says 8,286" in said
    assert "the groups of 'raised' sum to 296, the bucket says 286" in said


def test_the_circulars_right_figures_are_sealed() -> None:
    content, digest = seal(of_the_letter())
    told = unseal(content, digest).figures
    assert (told.total, told.buckets["raised"], told.shares) == (
        8_286, 296, {"ready": 78.9, "mend": 17.5, "raised": 3.6, "unknown": 0.0})


@pytest.mark.parametrize(("wrong", "said"), [
    ({"figures": replace(SMALL.figures, total=9)}, "the total says 9"),
    ({"figures": replace(SMALL.figures, groups={**SMALL.figures.groups, "A1": 2})},
     "the groups of 'ready' sum to 2"),
    ({"figures": replace(SMALL.figures, shares={**SMALL.figures.shares, "ready": 26.0})},
     "by largest remainder"),
    ({"figures": replace(SMALL.figures, shares={**SMALL.figures.shares, "ready": 26.0})},
     "sum to 101.0, not to 100.0"),
    ({"figures": replace(SMALL.figures, exempt=7)}, "group exempt says 7, the list has 1"),
    ({"rows": SMALL.rows[:-2]}, "group unknown says 1, the list has 0"),
    ({"rows": (*SMALL.rows[:-1], replace(SMALL.rows[-1], code="1"))},
     "1 stands in the list 2 times"),
    ({"health": replace(HEALTH, sent=90)}, "100 letters were planned, 95 are accounted for"),
])
def test_whatever_does_not_add_up_is_named(wrong: dict[str, object], said: str) -> None:
    assert said in "; ".join(faults(replace(SMALL,
                                            **wrong)))   # type: ignore[arg-type]  # fields as named


def test_of_equal_remainders_the_earlier_bucket_is_rounded_up_when_it_is_opened_again_too() -> None:
    thirds = snapshot(*(row(str(n), group)
                        for n, group in enumerate(["A1"] * 11 + ["D2"] * 2 + ["W"] * 47)))
    assert thirds.figures.shares == {"ready": 18.4, "mend": 3.3, "raised": 78.3, "unknown": 0.0}
    assert unseal(*seal(thirds)) == thirds


@given(st.dictionaries(st.sampled_from(Group), st.integers(0, 10**6)))
def test_figures_made_of_any_counts_add_up(counts: dict[Group, int]) -> None:
    assert not [fault for fault in arithmetic(figures(counts)) if "not to 100.0" not in fault]
    assert not list(arithmetic(figures({**counts, Group.A1: 1})))


def test_equal_remainders_are_rounded_alike_in_whatever_order_the_buckets_are_kept() -> None:
    made = figures({Group.A1: 47, Group.D2: 11, Group.W: 2})
    assert made.shares == {"ready": 78.4, "mend": 18.3, "raised": 3.3, "unknown": 0.0}
    kept = replace(made, buckets=dict(sorted(made.buckets.items())),
                   shares=dict(sorted(made.shares.items())))
    assert list(arithmetic(kept)) == []


def test_numbers_are_read_in_both_kinds_of_digits() -> None:
    assert numbers("จำนวน ๖,๕๓๖ หน่วยงาน ร้อยละ ๗๘.๙ (กลุ่ม A1) 3.6%") == ["6,536", "78.9", "1", "3.6"]


def test_a_paper_that_lacks_a_figure_is_named() -> None:
    told = of_the_letter().figures
    right = ["๘,๒๘๖ ๖,๕๓๖ ๗๘.๙", "1,454 17.5 296 3.6"]
    assert list(misprints(told, {"circular": right})) == []
    assert list(misprints(told, {"infographic": [right[0], "1,454 17.5 286 3.6"]})) == [
        "the infographic does not say 296"
    ]
    assert list(misprints(told, {"circular": [right[0], "1,454 17.5 1,296 3.6"]})) == [
        "the circular does not say 296"
    ]


def test_what_is_not_known_must_be_said_too() -> None:
    assert "the circular does not say 25.0" in list(misprints(SMALL.figures, {"circular": ["4 1"]}))


def test_a_snapshot_counts_by_the_edition_of_its_day() -> None:
    moved = snapshot(*SMALL.rows, moved={"W": "mend", "B1": "ready"})
    assert moved.figures.buckets["raised"] == 0
    assert unseal(*seal(moved)) == moved
    assert {r.group for r in moved.to_mend} == {"D2", "W"}
    # figures of one edition under another's
    assert list(faults(replace(moved, labels=SMALL.labels)))


def test_a_snapshot_from_before_editions_had_buckets_counts_by_the_circulars() -> None:
    old = replace(SMALL, labels={group: replace(label, bucket="")
                                 for group, label in SMALL.labels.items()})
    content = re.sub(rb',"bucket":""|"bucket":"",', b"", seal(old)[0])
    assert b'"bucket"' not in content
    assert unseal(content, sha256(content).hexdigest()).buckets == BUCKETS


def test_rows_know_their_ministry() -> None:
    assert [SMALL.bucket_of.get(r.group, "") for r in SMALL.rows] == ["ready", "mend", "raised",
                                                                      "unknown", ""]
    assert row(kind="เทศบาลตำบล", superior="จังหวัดหนึ่ง").ministry == "องค์กรปกครองส่วนท้องถิ่น"
    assert row(kind="กระทรวง", name="กระทรวงสอง").ministry == "กระทรวงสอง"
    assert row(superior="").ministry == "หน่วยงานอื่นของรัฐ"
    assert sum(LETTER.values()) == 8_286
