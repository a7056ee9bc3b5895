"""The values that templates are given: facts in the order in which a page tells them."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from sarabanwatch.core import domain
from sarabanwatch.core.domain import Severity
from sarabanwatch.core.facts.provinces import PROVINCES
from sarabanwatch.core.judging import advice
from sarabanwatch.core.judging.census import Buckets, Census
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.page.checklist import checklist
from sarabanwatch.core.page.public import Account, Country, Listing, Posted, decisive
from sarabanwatch.core.page.search import DIGITS, LONGEST
from sarabanwatch.core.page.site_index import of_kind, of_ministry, of_province
from sarabanwatch.core.page.trend import FLOOR, Course, course
from sarabanwatch.core.sending import catch_all
from sarabanwatch.page import chart, words
from sarabanwatch.page.face import GroupLabel, PageEdition

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)     # of a feed in which nothing has happened yet
STEPS = (50, 65, 75, 85)      # per cent at which a tile takes the next shade


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
        "bucket": {group: edition.bucket(group) for group in Group}.__getitem__,
        "BUCKETS": edition.buckets, "Group": Group,
        "label": {group: _label(label) for group, label in edition.labels.items()},
        "shade": shade, "share": share, "bar_of": chart.parts, "part_of": part, "chart": chart,
        "Course": Course, "COURSES": words.COURSES, "course": partial(_course, edition.buckets),
        "FLOOR": FLOOR, "EPOCH": EPOCH, "LONGEST": LONGEST,
        "catch_all": catch_all.RULE, "decisive": decisive, "advice": advice.of,
        "checklist": checklist, "RESULTS": words.RESULTS,
        "of_kind": of_kind, "of_province": of_province,
        "of_ministry": of_ministry,
    }


def _course(buckets: Buckets, transition: Transition) -> Course:
    return course(transition.was, transition.now, buckets)


def _label(label: GroupLabel) -> GroupLabel:
    """Return a group in words, with Arabic digits as everywhere on the page."""
    return replace(label, thai=label.thai.translate(DIGITS),
                   steps_thai=tuple(s.translate(DIGITS) for s in label.steps_thai))


def part(census: Census, group: Group) -> float:
    """Return the width of one group's part of a bar."""
    return round(chart.BAR * census.of(group) / (census.total or 1), 1)


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


def courses(country: Country, edition: PageEdition) -> dict[Course, list[Transition]]:
    """Return the changes of group by what they mean, newest first."""
    found: dict[Course, list[Transition]] = {each: [] for each in Course}
    for each in reversed(country.transitions):
        found[_course(edition.buckets, each)].append(each)
    return found


def announced(country: Country) -> list[Listing]:
    """Return the agencies that have announced, newest first; those without a day stand last."""
    found = [a for a in country.listings if a.link or a.given_on]
    return sorted(found, key=lambda a: (a.given_on is None,
                                        -a.given_on.toordinal() if a.given_on else 0, a.code))


def pages(rows: int, each: int) -> int:
    """Return how many pages a list takes; an empty one takes one."""
    return max(1, -(-rows // each))
