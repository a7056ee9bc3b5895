"""The counts that metrics, page and reports share: groups, buckets, shares that sum to 100.0.

Which groups a bucket holds is said by an edition (`config/groups.toml`). BUCKETS are those of the
circular of the Office of the Public Sector Development Commission (OPDC).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sarabanwatch.core.judging.group import Group

Buckets = Mapping[str, tuple[Group, ...]]
BUCKETS: Buckets = {
    "ready":   (Group.A1, Group.A2),
    "mend":    (Group.B1, Group.B2, Group.B3, Group.C, Group.D1, Group.D2, Group.D3, Group.E),
    "raised":  (Group.W,),
    "unknown": (Group.UNKNOWN,),
}


def parted(bucket_of: Mapping[str, str]) -> Buckets:
    """Return the buckets, in the circular's order, from the bucket of each group ("": in none)."""
    return {bucket: tuple(group for group in Group if bucket_of.get(group) == bucket)
            for bucket in BUCKETS}


def bucket_of(group: str, buckets: Buckets) -> str:
    """Return the bucket that a group counts in; "" for a group outside the total."""
    return next((bucket for bucket, groups in buckets.items() if group in groups), "")


@dataclass(frozen=True, slots=True)
class Census:
    """Counts by group, in the buckets of an edition; exempt agencies are outside the total."""

    counts: Mapping[Group, int]
    parts: Buckets = field(default_factory=lambda: BUCKETS)

    def of(self, group: Group) -> int:
        """Return how many agencies are in a group."""
        return self.counts.get(group, 0)

    @property
    def total(self) -> int:
        """All agencies under the Act."""
        return sum(self.buckets.values())

    @property
    def buckets(self) -> dict[str, int]:
        """Agencies in each bucket; they sum to the total."""
        return {bucket: sum(map(self.of, groups)) for bucket, groups in self.parts.items()}

    @property
    def shares(self) -> dict[str, float]:
        """Per cent of the total in each bucket, to 0.1; they sum to 100.0, or 0.0 for no agency."""
        return dict(zip(self.buckets, shares(list(self.buckets.values())), strict=True))

    @property
    def ready(self) -> float | None:
        """Per cent of the total that is ready, to 0.1, as in `shares`; None for no agency."""
        return self.shares["ready"] if self.total else None


def shares(counts: list[int]) -> list[float]:
    """Return shares in per cent, rounded to 0.1 so that they sum to exactly 100.0.

    By the largest remainder (Hamilton's method); of equal remainders the earlier is rounded up.
    """
    total = sum(counts)
    if total == 0:
        return [0.0] * len(counts)
    tenths = [1000 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: (-(1000 * counts[i] % total), i))
    for i in by_remainder[: 1000 - sum(tenths)]:
        tenths[i] += 1
    return [tenth / 10 for tenth in tenths]
