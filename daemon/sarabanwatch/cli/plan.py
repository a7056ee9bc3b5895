"""`plan`: the rest of the round, mail host by mail host and day by day, before it runs.

It also says whether the round ends in time and, where it does not, what to change.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click

from sarabanwatch.app import drafting, pausing
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import day_column, moment, right, width
from sarabanwatch.cli.words import words
from sarabanwatch.core.judging import schedule
from sarabanwatch.core.rounds import foreseen
from sarabanwatch.core.sending import forecast
from sarabanwatch.core.sending import plan as planning
from sarabanwatch.core.sending.forecast import Day, Forecast, HostLoad, Remedy
from sarabanwatch.core.sending.pace import Watermark, round_days
from sarabanwatch.store import candidates, confirming, pacing, pauses, queries, rounds
from sarabanwatch.wiring import Components

HOSTS = 12      # shown by name; the others are summed
BAR = 48        # blocks of the fullest day
SATURDAY = 5

Words = dict[str, str]


class PlanView(NamedTuple):
    """A plan and all that it was made of."""

    now: datetime
    loads: Mapping[str, HostLoad]
    foretold: Forecast
    changes: list[Remedy]
    dispatcher: Dispatcher
    unknown: int        # domains whose mail host nobody has looked up yet
    paused: int         # addresses that would be due, and are left out: they are paused
    expected: int       # of those still to write, at most, letters that confirm a failure

    @property
    def in_time(self) -> bool:
        """Whether the round ends in time; so does one that does not run."""
        return self.foretold.in_time or not self.foretold.round.runs(self.now)


@click.command(epilog=options.examples("plan"))
@options.config
@options.language
@options.as_json
def plan(config: Path, lang: str, *, as_json: bool) -> None:
    """Show the rest of the round before it runs, and whether it ends in time.

    Each mail host's letters and each day's load are shown. Where the round would end too late, it
    says what to change, and the exit code is 1. Nothing is sent.
    """
    components = Components(config)
    shown = foresee(components)
    options.show(collect(shown, components), render_text(shown, components, words("plan", lang)),
                 as_json=as_json)
    if not shown.in_time:
        sys.exit(1)


def foresee(components: Components) -> PlanView:
    """Play the rest of the round as the daemon would send it when live.

    From the register, the survey of domains and the ledger.
    """
    now, policy = components.clock.now(), replace(components.policy, live=True)
    dispatcher, pace = Dispatcher(components.pace, components.policy), components.pace
    timetable = policy.campaign.timetable
    with queries.asking(components.ledger_place) as db:
        round_ = foreseen(rounds.records(db, timetable), timetable, now)
        listed, failing = candidates.listed(db, round_.id), confirming.failing(db)
        load = pacing.load(db, round_.id, drafting.midnight(now))
        paused, dispatcher.paused = pauses.paused(db, now), pauses.waits(db, now)
        dispatcher.take(pacing.since(db, Watermark(), now))
    due = [c for c in listed if planning.due(c.address, c.sent, round_, now, policy)]
    tested = pausing.unpaused(due, paused, pace)
    failing = pausing.unpaused(failing, paused, pace)
    again = schedule.expected(failing, now, round_, policy, pace.host_of)
    left = drafting.by_host(tested, pace) + again
    unknown = {c.address.rpartition("@")[2] for c in tested if c.mail_host is None}
    busy = {host: one for host, one in dispatcher.loads(left, load, {}).items() if one.letters}
    loads = dict(sorted(busy.items(), key=lambda row: -row[1].letters))
    play = (loads, now, round_, pace, policy, dispatcher.gone(now))
    foretold = forecast.forecast(*play)
    late = round_.runs(now) and not foretold.in_time
    changes = forecast.remedies(*play) if late else []
    left_out = len(due) - len(tested) + len(dispatcher.paused.letters)
    return PlanView(now, loads, foretold, changes, dispatcher, len(unknown), left_out,
                    again.total())


def collect(shown: PlanView, components: Components) -> dict[str, Any]:
    """Return a plan as plain values."""
    foretold = shown.foretold
    return {
        "round": foretold.round.number, "ends": foretold.round.ends, "in_time": shown.in_time,
        "next_round": foretold.round.next, "runs": foretold.round.runs(shown.now),
        "last_letter": foretold.last, "last_window": foretold.over,
        "spare_hours": round(foretold.spare / timedelta(hours=1), 1),
        "changes": {change.key: change.value for change in shown.changes},
        "open": shown.dispatcher.open_hosts, "slowed": shown.dispatcher.slowed(shown.now),
        "all_wait": shown.dispatcher.breaker_open,
        "domains_not_surveyed": shown.unknown,
        "paused": shown.paused, "expected": shown.expected,
        "hosts": {host: {"left": load.left, "waiting": load.waiting,
                         "connections": components.pace.of(host).connections,
                         "a_minute": components.pace.of(host).a_minute,
                         "days": len(foretold.of(host)),
                         "last_day": max((day.day for day in foretold.of(host)), default=None)}
                  for host, load in shown.loads.items()},
        "days": [{"day": day.day, "opens": day.opens, "letters": day.total}
                 for day in foretold.days],
    }


def render_text(shown: PlanView, components: Components, w: Words) -> Iterator[str]:
    """Yield a plan as lines for a person: the load, the hosts, a bar for each day, the proof."""
    if not shown.foretold.round.runs(shown.now):
        yield w["no round"].format(moment(shown.foretold.round.next))
    left = sum(load.left for load in shown.loads.values())
    waiting = sum(load.waiting for load in shown.loads.values())
    yield (f"{w['round']} {shown.foretold.round.number} · {w['still']} {left:,}"
           f" · {w['waits']} {waiting:,}")
    if shown.expected:
        yield w["expected"].format(shown.expected)
    if shown.paused:
        yield w["paused"].format(shown.paused)
    if not shown.loads:
        yield w["nothing"]
        yield from _throttled(shown, components, w)
        return
    if shown.unknown:
        yield w["unknown"].format(shown.unknown)
    yield from ("", *_hosts(shown, components, w))
    yield from ("", *_days(shown.foretold, components, w))
    yield from ("", *_throttled(shown, components, w))
    if shown.foretold.round.runs(shown.now):
        yield from _proof(shown, w)


def _hosts(shown: PlanView, components: Components, w: Words) -> Iterator[str]:
    """Yield a table of the mail hosts with the most letters, the others in one row."""
    heads = (("letters", 8), ("minute", 8), ("days", 5), ("last", width(day_column(None))))
    yield "  ".join((*(right(w[name], wide) for name, wide in heads), w["host"]))
    named = list(shown.loads.items())
    for host, load in named[:HOSTS]:
        a_minute = f"{components.pace.of(host).a_minute:,}"
        yield _host(host, load.letters, a_minute, shown.foretold.of(host))
    if others := dict(named[HOSTS:]):
        days = [day for day in shown.foretold.days if others.keys() & day.letters.keys()]
        rest = sum(load.letters for load in others.values())
        yield _host(w["more"].format(len(others)), rest, "", days)


def _host(name: str, letters: int, a_minute: str, days: list[Day]) -> str:
    last = day_column(max((each.day for each in days), default=None))
    return f"{letters:>8,}  {a_minute:>8}  {len(days):>5}  {last}  {name}"


def _days(foretold: Forecast, components: Components, w: Words) -> Iterator[str]:
    """Yield a bar for each day from the first letter to the round's end, or to the last letter."""
    letters = {day.day: day.total for day in foretold.days}
    fullest = max(letters.values(), default=0) or 1
    for each in sorted({*letters, *(d for d in round_days(foretold.round) if d > min(letters))}):
        named = f"{w[f'{each:%a}']:<4}{day_column(each)}"
        if number := letters.get(each):
            yield f"{named}  {'█' * max(1, number * BAR // fullest)} {number:,}"
        else:
            yield f"{named}  {_why_none(each, components, w)}"


def _why_none(day: date, components: Components, w: Words) -> str:
    if day in components.policy.holidays:
        return f"· {w['holiday']}"
    return f"· {w['weekend']}" if day.weekday() >= SATURDAY else "·"


def _throttled(shown: PlanView, components: Components, w: Words) -> Iterator[str]:
    """Yield the mail hosts that block us or asked us to slow down, each with its words."""
    throttle, known = components.pace.throttle, shown.dispatcher.known
    if shown.dispatcher.breaker_open:
        yield w["all wait"]
    for host in shown.dispatcher.open_hosts:
        state = known[host].state
        until = state.waits_until(throttle, known[host].last) or shown.now
        yield f"{host}: {w['open'].format(moment(until))} ({state.text[:80]})"
    for host in shown.dispatcher.slowed(shown.now):
        state = known[host].state
        times = 2 ** state.level_at(shown.now, throttle)
        yield f"{host}: {w['slowed'].format(times)} ({state.text[:80]})"


def _proof(shown: PlanView, w: Words) -> Iterator[str]:
    """Yield when the last letter leaves and the round ends, and whether that is in time."""
    foretold = shown.foretold
    ends = w["ends"].format(moment(foretold.round.ends))
    if foretold.last and foretold.over:
        spare = abs(foretold.spare / timedelta(days=1))
        yield f"{w['leaves'].format(moment(foretold.last), moment(foretold.over))}; {ends}"
        yield w["in time" if foretold.in_time else "late"].format(f"{spare:.1f}")
    else:
        yield from (w["never"], ends)
    if not foretold.in_time:
        changed = [f"{w['change']} {change.key} = {change.value}" for change in shown.changes]
        yield from changed or [w["none"]]

