"""The values that templates are given: facts in the order in which a page tells them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sarabanwatch.core import domain
from sarabanwatch.core.domain import Severity
from sarabanwatch.core.facts.provinces import PROVINCES, TILES
from sarabanwatch.core.judging import advice
from sarabanwatch.core.judging.census import Census
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.page.public import Account, Country, Listing, Posted, at_cut_offs, decisive
from sarabanwatch.core.page.search import DIGITS, LONGEST
from sarabanwatch.core.page.site_index import IndexSheet, of_kind, of_province, tallied
from sarabanwatch.core.sending import catch_all
from sarabanwatch.page import words
from sarabanwatch.page.face import Face, GroupLabel, PageEdition

ROUNDS = 9        # shown in the trend
HARDEST = 10
BAR = 600         # units of a bar's width
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)     # of a feed in which nothing has happened yet
STEPS = (50, 65, 75, 85)      # per cent at which a tile takes the next shade


class Bar(NamedTuple):
    """One round in the trend: its end, its counts, and the bar's parts (bucket, from, width)."""

    at: datetime
    census: Census
    parts: list[tuple[str, float, float]]


class HistoryEvent(NamedTuple):
    """One event of an agency's history: a letter, or a change of its group."""

    at: datetime
    letter: Posted | None
    transition: Transition | None


def tools(edition: PageEdition) -> dict[str, Any]:
    """Return the names that every template may use, with an edition of the groups."""
    return {
        "day": words.day, "hour": words.hour, "why": words.why, "sentence": words.sentence,
        "safe_link": words.safe_link, "mailto": words.mailto, "shared": words.shared,
        "BUCKET_WORDS": words.BUCKET_WORDS, "HEADS": words.HEADS, "PROVINCES": PROVINCES,
        "bucket": edition.bucket, "BUCKETS": edition.buckets, "Group": Group,
        "label": {group: _label(label) for group, label in edition.labels.items()},
        "shade": shade, "share": share, "bar_of": parts, "part_of": part,
        "BAR": BAR, "EPOCH": EPOCH, "LONGEST": LONGEST,
        "catch_all": catch_all.RULE, "decisive": decisive, "advice": advice.of,
        "of_kind": of_kind, "of_province": of_province,
    }


def _label(label: GroupLabel) -> GroupLabel:
    """Return a group in words, with Arabic digits as everywhere on the page."""
    return replace(label, thai=label.thai.translate(DIGITS),
                   steps_thai=tuple(s.translate(DIGITS) for s in label.steps_thai))


def overview(country: Country, face: Face) -> dict[str, Any]:
    """Return the trend: the counts at the end of each of the last rounds, and now."""
    return {"at": country.at, "trend": _trend(country, face)}


def _trend(country: Country, face: Face) -> list[Bar]:
    if country.at is None:
        return []
    first = min((transition.at for transition in country.transitions), default=country.at)
    begun = [each.starts for each in country.rounds if first < each.starts <= country.at]
    cut_offs = [country.at, *begun[:-ROUNDS:-1]]
    counted: list[Mapping[Group, int]] = list(at_cut_offs(country, cut_offs[1:]))
    now = tallied(country.listings, face.edition(face.now()).buckets)
    censuses = [now, *(Census(counts, face.edition(at).buckets)
                       for at, counts in zip(cut_offs[1:], counted, strict=True))]
    return [Bar(at, census, parts(census))
            for at, census in zip(reversed(cut_offs), reversed(censuses), strict=True)]


def parts(census: Census) -> list[tuple[str, float, float]]:
    """Return the parts of a bar: (bucket, from, width), in units of which the bar has BAR."""
    edges, done = [0.0], 0
    for number in census.buckets.values():
        done += number
        edges.append(round(BAR * done / (census.total or 1), 1))
    return [(bucket, low, round(high - low, 1))
            for bucket, (low, high) in zip(census.buckets, pairwise(edges), strict=True)]


def part(census: Census, group: Group) -> float:
    """Return the width of one group's part of a bar."""
    return round(BAR * census.of(group) / (census.total or 1), 1)


def share(census: Census) -> float | None:
    """Return what share of the agencies is ready, in per cent; None where there are none."""
    return census.ready


def shade(census: Census) -> int:
    """Return the shade of a province's tile, 0 (few are ready) to 4."""
    ready = share(census) or 0
    return sum(ready >= step for step in STEPS)


def timeline(account: Account) -> list[HistoryEvent]:
    """Return an agency's history, newest first."""
    events = [HistoryEvent(letter.at, letter, None) for letter in account.letters]
    events += [HistoryEvent(transition.at, None, transition) for transition in account.transitions]
    return sorted(events, key=lambda event: (event.at, event.letter is None), reverse=True)


def faults(account: Account) -> list[domain.DomainRule]:
    """Return what the DNS shows of an agency's domain that hinders mail."""
    return [rule for rule in account.findings if rule.severity in {Severity.FAULT, Severity.RISK}]


def hardest(provinces: Iterable[IndexSheet]) -> list[IndexSheet]:
    """Return the HARDEST provinces, those with the most agencies to mend first."""
    found = [sheet for sheet in provinces if sheet.census.buckets["mend"] and sheet.slug in TILES]
    return sorted(found, key=lambda sheet: (-sheet.census.buckets["mend"], sheet.slug))[:HARDEST]


def announced(country: Country) -> list[Listing]:
    """Return the agencies that have announced, newest first; those without a day stand last."""
    found = [a for a in country.listings if a.link or a.given_on]
    return sorted(found, key=lambda a: (a.given_on is None,
                                        -a.given_on.toordinal() if a.given_on else 0, a.code))


def pages(rows: int, each: int) -> int:
    """Return how many pages a list takes; an empty one takes one."""
    return max(1, -(-rows // each))
