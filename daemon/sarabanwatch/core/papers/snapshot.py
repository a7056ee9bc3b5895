"""A census frozen at a cut-off, sealed by a digest: what reports, letters and notices are made of.

A snapshot names its rules and carries their words, so that a report can be printed again in ten
years and say the same. It knows no ledger and no paper. What does not add up is no snapshot: OPDC's
circular of 23 December 2568 printed 286 on one page and 296 on the next, and nobody's eye caught
it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from sarabanwatch.core.errors import DataError
from sarabanwatch.core.facts.agency import ministry_of
from sarabanwatch.core.facts.thai_order import thai_order
from sarabanwatch.core.judging.census import BUCKETS, Buckets, Census, parted, shares
from sarabanwatch.core.judging.group import Group


@dataclass(frozen=True, slots=True)
class Quote:
    """What came back for one letter: the day, our number, their words, and the meaning in Thai."""

    on: date
    number: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One agency at the cut-off.

    `since` is the day of its last turn of group, `mending` the day on which it came among those to
    mend (None: it is not among them). `basis` is a digest of what it was judged from: where two are
    equal and the groups are not, the rules turned.
    """

    code: str
    name: str
    kind: str
    province: str
    superior: str
    group: str
    since: date | None
    mending: date | None
    basis: str
    cell: str
    address: str                         # what can be written to; "" if nothing
    advice: tuple[str, ...] = ()         # what is wrong with the cell, requirement by requirement
    quotes: tuple[Quote, ...] = ()

    @property
    def ministry(self) -> str:
        """Its line in the table of ministries."""
        return ministry_of(self.kind, self.name, self.superior)


@dataclass(frozen=True, slots=True)
class Label:
    """On the day: what a group is called, what its agencies are told, in which bucket it counts."""

    th: str
    en: str
    mend: str
    bucket: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts as they are published; the exempt stand beside the total."""

    total: int
    exempt: int
    buckets: dict[str, int]
    groups: dict[str, int]
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class OwnHealth:
    """How well we did ourselves.

    Of the round's letters: planned = sent + doubtful + held + pending.

    `withheld` windows say nothing because our own path was broken; `canaries` were sent, `lost` of
    them did not come back in time. `alarms` are turns from ready to mend in the round, `recovered`
    those of them that were ready again at the cut-off; `quiet` letters had nothing against them
    when their window ended, `late` of these were returned after all; `silent` agencies stand in A2
    by silence alone, `anything` of them at domains that take any name. `last_fact` is when the
    ledger last learnt anything.
    """

    planned: int
    sent: int
    doubtful: int
    held: int
    pending: int
    withheld: int
    canaries: int
    lost: int
    alarms: int
    recovered: int
    quiet: int
    late: int
    silent: int
    last_fact: datetime | None
    anything: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident, and what it meant for the figures; `ended` None: it still lasts."""

    began: datetime
    ended: datetime | None
    what: str
    meant: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything, at one moment.

    `follows` is the digest of the snapshot that it is compared with, or "".
    """

    as_of: datetime
    campaign: int
    rules: dict[str, str]
    labels: dict[str, Label]
    figures: Figures
    health: OwnHealth
    troubles: tuple[Trouble, ...]
    rows: tuple[SnapshotRow, ...]
    follows: str = ""

    @property
    def buckets(self) -> Buckets:
        """The buckets of its day's edition."""
        return buckets_of(self.labels)

    @property
    def bucket_of(self) -> dict[str, str]:
        """The bucket in which each group counts; the exempt are not in it."""
        return {group.value: bucket for bucket, groups in self.buckets.items() for group in groups}

    @property
    def counted(self) -> Iterator[SnapshotRow]:
        """The agencies under the Act."""
        counts = self.bucket_of
        return (row for row in self.rows if row.group in counts)

    @property
    def to_mend(self) -> list[SnapshotRow]:
        """The agencies to mend, by province and code."""
        mend = self.buckets["mend"]
        return sorted((row for row in self.rows if row.group in mend),
                      key=lambda r: (thai_order(r.province), r.code))


def buckets_of(labels: Mapping[str, Label]) -> Buckets:
    """Return the buckets that labels tell of.

    Of those from before they told of any, the circular's.
    """
    buckets = {group: label.bucket for group, label in labels.items()}
    return parted(buckets) if any(buckets.values()) else BUCKETS


def figures(counts: Mapping[Group, int], buckets: Buckets = BUCKETS) -> Figures:
    """Return the figures to publish from the counts by group."""
    census = Census(counts, buckets)
    groups = {g.value: census.of(g) for groups in buckets.values() for g in groups}
    return Figures(census.total, census.of(Group.EXEMPT), census.buckets, groups, census.shares)


def seal(snapshot: Snapshot) -> tuple[bytes, str]:
    """Return a snapshot as canonical JSON (keys in order, UTF-8) and its SHA-256.

    Raise DataError where it does not add up.
    """
    if wrong := list(faults(snapshot)):
        raise DataError("nothing is issued, for the figures do not agree: " + "; ".join(wrong))
    content = msgspec.json.encode(snapshot, order="deterministic")
    return content, hashlib.sha256(content).hexdigest()


def unseal(content: bytes, digest: str) -> Snapshot:
    """Read a sealed snapshot.

    Raise DataError where a byte of it is another, or it does not add up.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise DataError(
            f"the snapshot was altered: sealed as {digest[:16]}, found {found[:16]}; "
            "take the ledger from a backup"
        )
    snapshot = msgspec.json.decode(content, type=Snapshot)
    if wrong := list(faults(snapshot)):
        raise DataError("nothing is issued, for the figures do not agree: " + "; ".join(wrong))
    return snapshot


def faults(s: Snapshot) -> Iterator[str]:
    """Yield what does not add up, in figures, rows and letters."""
    yield from arithmetic(s.figures, s.buckets)
    listed, found = Counter(row.group for row in s.rows), {**s.figures.groups,
                                                           Group.EXEMPT.value: s.figures.exempt}
    for group in sorted(listed.keys() | found.keys()):
        if listed[group] != found.get(group, 0):
            yield f"group {group} says {found.get(group, 0):,}, the list has {listed[group]:,}"
    yield from (f"{code} stands in the list {n} times"
                for code, n in Counter(r.code for r in s.rows).items() if n > 1)
    h = s.health
    if h.planned != (parts := h.sent + h.doubtful + h.held + h.pending):
        yield f"{h.planned:,} letters were planned, {parts:,} are accounted for"


def arithmetic(f: Figures, buckets: Buckets = BUCKETS) -> Iterator[str]:
    """Yield what does not add up in the published figures alone."""
    whole = sum(f.buckets.values())
    if whole != f.total:
        terms = _terms(f.buckets.values())
        yield f"the buckets ({terms}) sum to {whole:,}, the total says {f.total:,}"
    for bucket, groups in buckets.items():
        parts, stated = sum(f.groups.get(g.value, 0) for g in groups), f.buckets.get(bucket, 0)
        if parts != stated:
            yield f"the groups of {bucket!r} sum to {parts:,}, the bucket says {stated:,}"
    right = dict(zip(buckets, shares([f.buckets.get(bucket, 0) for bucket in buckets]),
                     strict=True))
    if f.shares != right:
        printed = _terms(f.shares.get(bucket, 0.0) for bucket in buckets)
        yield f"the shares are {printed}, by largest remainder they are {_terms(right.values())}"
    if f.total and round(10 * sum(f.shares.values())) != 1000:
        yield f"the shares sum to {sum(f.shares.values()):.1f}, not to 100.0"


def misprints(f: Figures, papers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield every paper that lacks one of the figures: all say the same, or none is issued.

    A paper is its sentences, in Thai or Arabic digits; a number is found whole, not as a part of
    another.
    """
    for name, sentences in papers.items():
        printed = {number for sentence in sentences for number in numbers(sentence)}
        wanted = [f"{f.total:,}", *(text for bucket, n in f.buckets.items() if n
                                    or bucket != "unknown"
                                    for text in (f"{n:,}", f"{f.shares[bucket]:.1f}"))]
        yield from (f"the {name} does not say {text}" for text in wanted if text not in printed)


def numbers(sentence: str) -> list[str]:
    """Return the numbers in a sentence, in Arabic digits: '๖,๕๓๖' is '6,536'."""
    digits = "".join(str(int(c)) if c.isdecimal() else c if c in ",." else " " for c in sentence)
    return [piece.strip(",.") for piece in digits.split()]


def _terms(values: Iterable[float]) -> str:
    return " + ".join(f"{v:,}" for v in values)
