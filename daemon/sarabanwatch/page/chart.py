"""The trend as bars and as a line, and the answer to the question at the head of the site."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from sarabanwatch.core.judging.census import Buckets, Census
from sarabanwatch.core.page.public import Listing
from sarabanwatch.core.page.trend import Course, TrendPoint, moved

BAR = 600                   # units of a bar's width
WIDTH, HEIGHT = 360, 150    # units of a chart, of which the line has what the margins leave
LEFT, RIGHT, TOP, BOTTOM = 28, 22, 22, 14
INSET = 24                  # between the scale and the first point, for its label
# since a round's end: until then today is compared with the round before, for nothing has come yet
SETTLES = timedelta(days=7)
GRID = 10                   # per cent between two lines of the grid
Part = tuple[str, float, float]


class Bar(NamedTuple):
    """One point of the trend: its moment, its counts, and the bar's parts (bucket, from, width)."""

    at: datetime
    census: Census
    parts: list[Part]


class Dot(NamedTuple):
    """One point of the line: where it is drawn, and the share that it stands for."""

    x: float
    y: float
    share: float


class Chart(NamedTuple):
    """The line of the shares: its points, and the lines of the grid, each as (y, per cent)."""

    dots: list[Dot]
    grid: list[tuple[float, int]]


class Headline(NamedTuple):
    """How many agencies the public can reach, and what has changed since a round ended.

    `before` is that end; None where nothing can be compared: no round has ended, or the groups
    counted otherwise then.
    """

    census: Census
    before: datetime | None = None
    more: int = 0
    moved: Mapping[Course, int] = {}


def bars(moments: Iterable[TrendPoint], listings: Sequence[Listing],
         buckets: Callable[[datetime], Buckets]) -> list[Bar]:
    """Return the trend of some agencies; `buckets` returns the groups' buckets at a moment."""
    counted = [(each.at, each.census(listings, buckets(each.at))) for each in moments]
    return [Bar(at, census, parts(census)) for at, census in counted if census.total]


def answer(moments: Sequence[TrendPoint], census: Census,
           buckets: Callable[[datetime], Buckets]) -> Headline:
    """Return the answer of today; `buckets` returns the groups' buckets at a moment."""
    now = moments[-1] if moments else None
    before = next((each for each in moments[-2::-1] if now and now.at - each.at >= SETTLES), None)
    if now is None or before is None or buckets(before.at) != census.parts:
        return Headline(census)
    courses = moved(before, now, census.parts)
    was = sum(group in census.parts["ready"] for group in before.groups.values())
    return Headline(census, before.at, census.buckets["ready"] - was, courses)


def line(trend: Sequence[Bar]) -> Chart | None:
    """Return the line of the ready agencies' shares; None where there are too few points of it."""
    if len(trend) < 3:
        return None
    shares = [bar.census.ready or 0.0 for bar in trend]
    low = int(min(shares) // GRID * GRID)
    high = int(max(low + 2 * GRID, -(-max(shares) // GRID) * GRID))
    first, span = trend[0].at, (trend[-1].at - trend[0].at).total_seconds() or 1

    def height(share: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - share) / (high - low), 1)

    def place(at: datetime) -> float:
        room = WIDTH - LEFT - INSET - RIGHT
        return round(LEFT + INSET + room * (at - first).total_seconds() / span, 1)

    dots = [Dot(place(bar.at), height(share), share)
            for bar, share in zip(trend, shares, strict=True)]
    return Chart(dots, [(height(step), step) for step in range(low, high + 1, GRID)])


def parts(census: Census) -> list[Part]:
    """Return the parts of a bar: (bucket, from, width), in units of which the bar has BAR."""
    edges, done = [0.0], 0
    for number in census.buckets.values():
        done += number
        edges.append(round(BAR * done / (census.total or 1), 1))
    return [(bucket, low, round(high - low, 1))
            for bucket, (low, high) in zip(census.buckets, pairwise(edges), strict=True)]
