"""Snapshots for tests: the circular's own figures, and small ones to bend."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from types import MappingProxyType

from msgspec import structs

from sarabanwatch import settings
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.letters.section import ReportSection
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.papers.circular import Issue, Office
from sarabanwatch.core.papers.snapshot import (
    Label,
    OwnHealth,
    Quote,
    Snapshot,
    SnapshotRow,
    buckets_of,
    figures,
)

CUT = datetime(2025, 12, 22, 9, 30, tzinfo=UTC)
# OPDC's circular of 23 December 2568 publishes the buckets; how the groups share them is not known
LETTER = {
    "A1": 5_000, "A2": 1_536, "B1": 200, "B2": 150, "B3": 104, "C": 100, "D1": 150, "D2": 250,
    "D3": 200, "E": 300, "W": 296}
OFFICE = Office(
    ReportSection(to="หัวหน้าส่วนราชการ", number="นร 1200/ว75", signature=("(ผู้ลงนาม)", "เลขาธิการ"),
                  department="กองขับเคลื่อน", telephone="0 2xxx xxxx"),
    PageSection(short="https://eoffice.test/U1"))
DRAFT, FINAL = Issue("d" * 64), Issue("d" * 64, date(2025, 12, 23))
HEALTH = OwnHealth(100, 95, 2, 1, 2, 3, 48, 1, 10, 2, 80, 1, 40, CUT)
QUOTE = Quote(date(2025, 12, 1), "นร ๑๒๐๐/ท๗", "550 5.1.1 no such user", "ไม่มีกล่องจดหมายนี้")


def office(**fields: object) -> Office:
    """Return the office, with other values in [report]."""
    return replace(OFFICE, report=structs.replace(OFFICE.report, **fields))


def labels(**moved: str) -> dict[str, Label]:
    """Return the words of the groups as shipped; those `moved` count in another bucket."""
    words = settings.read(settings.shipped("groups.toml"), settings.Groups).groups
    return {g.value: Label(w.th, w.en, w.mend_th, moved.get(g, w.bucket)) for g in Group
            for w in [words[g]]}


def row(code: str = "1001", group: str = "A1", **fields: object) -> SnapshotRow:
    """Return one agency's row; one to mend since 1 December."""
    mending = date(2025, 12, 1) if group[0] in "BCDE" and group != "exempt" else None
    quotes = (QUOTE,) if group[0] == "D" else ()
    plain = SnapshotRow(code, f"กรม {code}", AgencyKind.DEPARTMENT.value, "กรุงเทพมหานคร",
                        "กระทรวงหนึ่ง", group, date(2025, 12, 1), mending, "b",
                        f"saraban@x{code}.go.th", f"saraban@x{code}.go.th", (), quotes)
    return replace(plain, **fields)   # type: ignore[arg-type]  # fields are named by the test


def snapshot(*rows: SnapshotRow, moved: Mapping[str, str] = MappingProxyType({}),
             **fields: object) -> Snapshot:
    """Return a snapshot of these rows that adds up.

    Groups that are `moved` count in another bucket.
    """
    counts, words = {g: sum(r.group == g.value for r in rows) for g in Group}, labels(**moved)
    plain = Snapshot(CUT, 0, {"groups": "g1", "addresses": "a1", "sarabanwatch": "1"}, words,
                     figures(counts, buckets_of(words)), HEALTH, (), rows)
    return replace(plain, **fields)   # type: ignore[arg-type]  # as above


@cache
def of_the_letter() -> Snapshot:
    """Return a snapshot with the circular's figures."""
    codes = iter(range(1, 10_000))
    return snapshot(*(row(f"{next(codes):05}", group) for group, n in LETTER.items()
                      for _ in range(n)))
