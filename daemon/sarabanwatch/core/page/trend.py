"""How the country stood at the end of each round, and what has moved since.

A moment has the groups in which today's agencies were then: changes of group since are undone. Who
has left the register is not in it, and who came later was not known then.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.judging.census import Buckets, Census, bucket_of
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import Country, Listing
from sarabanwatch.core.page.site_index import NOBODY, IndexSheet

ROUNDS = 8        # ends of rounds that are shown, before now
FLOOR = 10        # agencies under a heading that is ranked: a share of fewer says little
RANKED = 5


class Course(StrEnum):
    """What a change of group means to whoever writes to an agency."""

    WORSENED = "worsened"     # it was ready, and is to mend
    MENDED = "mended"         # it is ready, and was not
    SHIFTED = "shifted"       # another group of the same kind, or no longer known
    LEARNT = "learnt"         # the first time that anything is known


class TrendPoint(NamedTuple):
    """One point of the trend, and the group of each agency then, by code."""

    at: datetime
    groups: Mapping[str, Group]

    def census(self, listings: Iterable[Listing], buckets: Buckets) -> Census:
        """Count some agencies as they stood then."""
        return Census(Counter(self.groups[each.code] for each in listings), buckets)


def course(was: Group | None, now: Group, buckets: Buckets) -> Course:
    """Say what a change of group means."""
    if was in {None, Group.UNKNOWN}:
        return Course.LEARNT
    left, reached = bucket_of(was or Group.UNKNOWN, buckets), bucket_of(now, buckets)
    if (left, reached) == ("ready", "mend"):
        return Course.WORSENED
    return Course.MENDED if reached == "ready" != left else Course.SHIFTED


def moments(country: Country, most: int = ROUNDS) -> list[TrendPoint]:
    """Return the ends of the last rounds in which something was known, and now; oldest first.

    `most` is how many ends at most.
    """
    if country.at is None:
        return []
    first = min((transition.at for transition in country.transitions), default=country.at)
    ends = [each.starts for each in country.rounds if first < each.starts <= country.at]
    held = {listing.code: listing.group for listing in country.listings}
    found, undone = [TrendPoint(country.at, held)], len(country.transitions)
    for end in ends[:-most - 1:-1]:
        held = dict(held)
        while undone and country.transitions[undone - 1].at >= end:
            undone -= 1
            back = country.transitions[undone]
            if back.code in held:
                held[back.code] = back.was or Group.UNKNOWN
        found.append(TrendPoint(end, held))
    return found[::-1]


def moved(before: TrendPoint, now: TrendPoint, buckets: Buckets) -> Mapping[Course, int]:
    """Count the agencies whose group is another one than it was, by what that means."""
    courses = Counter(course(was, now.groups[code], buckets)
                      for code, was in before.groups.items() if was != now.groups[code])
    return {each: courses[each] for each in Course}


def ranked(sheets: Iterable[IndexSheet],
           of: Callable[[IndexSheet], bool] = lambda _: True) -> tuple[Sequence[IndexSheet], ...]:
    """Return the headings with the lowest share of ready agencies, and those with the highest.

    Only those of FLOOR agencies or more, RANKED of each at most, and none in both.
    """
    found = sorted((sheet for sheet in sheets if sheet.thai != NOBODY and of(sheet)
                    and sheet.census.total >= FLOOR),
                   key=lambda sheet: (sheet.census.ready or 0.0, -sheet.census.total))
    most = min(RANKED, len(found) // 2)
    best = sorted(found, key=lambda sheet: (-(sheet.census.ready or 0.0), -sheet.census.total))
    return found[:most], best[:most]
