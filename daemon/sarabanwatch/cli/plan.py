"""`plan`: the rest of the round before it runs, mail host by mail host and day by day, with the proof that it ends in time."""

import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from sarabanwatch.cli import options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sarabanwatch.app.dispatcher import Dispatcher
    from sarabanwatch.core.sending.forecast import Day, Forecast, HostLoad, Remedy
    from sarabanwatch.wiring import Components

HOSTS = 12      # shown by name; the others are summed
BAR = 48        # blocks of the fullest day
WORDS = {
    "th": {"round": "รอบที่", "still": "หนังสือที่ยังต้องส่ง", "waits": "เขียนแล้วรอส่ง",
           "host": "เครื่องรับอีเมล", "letters": "ฉบับ",
           "minute": "ต่อนาที", "day": "ต่อวัน", "days": "วัน", "last": "วันสุดท้าย",
           "more": "อีก {} เครื่อง", "weekend": "วันหยุดสุดสัปดาห์",
           "holiday": "วันหยุดราชการ", "open": "ปฏิเสธเรา: หยุดส่ง ลองใหม่ {:%d %b %H:%M}",
           "slowed": "ขอให้ช้าลง: ช้าลง {} เท่า",
           "all wait": "หลายเครื่องปฏิเสธเรา: หยุดส่งทั้งหมด ยกเว้นหนังสือทดลองส่ง",
           "nothing": "ไม่มีหนังสือที่ต้องส่งแล้วในรอบนี้",
           "unknown": "{:,} โดเมนยังไม่ได้สำรวจ แต่ละโดเมนนับเป็นเครื่องหนึ่งของตนเอง",
           "leaves": "ฉบับสุดท้ายออกไม่เกิน {:%d %b %Y %H:%M} ครบกำหนดรอผล {:%d %b %Y %H:%M}",
           "ends": "รอบนี้สิ้นสุด {:%d %b %Y %H:%M}", "in time": "ทันกำหนด เหลือเวลา {} วัน",
           "late": "ไม่ทันกำหนด ช้าไป {} วัน",
           "never": "ไม่เสร็จภายในหนึ่งปี", "change": "แก้ไขให้ทัน",
           "none": "ปรับขีดจำกัดใดก็ไม่ทัน: วันทำการที่เหลือไม่พอ"},
    "en": {"round": "round", "still": "letters still to write", "waits": "written and waiting",
           "host": "mail host",
           "letters": "letters",
           "minute": "a minute", "day": "a day", "days": "days", "last": "last day",
           "more": "{} more", "weekend": "weekend",
           "holiday": "public holiday",
           "open": "blocks us: nothing is sent, one letter as a probe {:%d %b %H:%M}",
           "slowed": "asked for patience: {} times slower",
           "all wait": "several hosts block us: all letters wait but probes",
           "unknown": "{:,} domains are not surveyed yet: each counts as a mail host of its own",
           "nothing": "no letter is left to send in this round",
           "leaves": "the last letter leaves by {:%d %b %Y %H:%M}, its window is over {:%d %b %Y %H:%M}",
           "ends": "the round ends {:%d %b %Y %H:%M}", "in time": "in time, with {} days to spare",
           "late": "too late, by {} days",
           "never": "not within a year", "change": "in time with",
           "none": "no limit would do: too few working days are left"},
}


class PlanView(NamedTuple):
    """A plan and all that it was made of."""

    now: datetime
    loads: "Mapping[str, HostLoad]"
    foretold: "Forecast"
    changes: "list[Remedy]"
    dispatcher: "Dispatcher"
    unknown: int        # domains whose mail host nobody has looked up yet


@click.command(epilog=options.examples("plan"))
@options.config
@options.language
@options.as_json
def plan(config: Path, lang: str, *, as_json: bool) -> None:
    """Show the rest of the round before it runs, and whether it ends in time.

    Each mail host's letters and each day's load are shown. Where the round would end too late, it
    says what to change, and the exit code is 1. Nothing is sent.
    """
    from sarabanwatch import wiring

    components = wiring.Components(config)
    shown = foresee(components)
    if as_json:
        options.say_json(plain(shown, components))
    else:
        click.echo("\n".join(lines(shown, components, WORDS[lang])))
    if not shown.foretold.in_time:
        sys.exit(1)


def foresee(components: "Components") -> PlanView:
    """Play the rest of the round from register, survey and ledger, as the daemon would send it when live."""
    from sarabanwatch.app import life
    from sarabanwatch.app.dispatcher import Dispatcher
    from sarabanwatch.core.judging import schedule
    from sarabanwatch.core.sending import forecast
    from sarabanwatch.core.sending import plan as planning
    from sarabanwatch.core.sending.pace import Watermark
    from sarabanwatch.store import letters, looks, pacing, queries

    now, policy = components.clock.now(), replace(components.policy, live=True)
    dispatcher = Dispatcher(components.pace, components.policy)
    round_ = policy.campaign.round_at(now)
    with queries.asking(components.ledger_file) as db:
        candidates, failing = letters.candidates(db, round_.number), looks.failing(db)
        load = pacing.load(db, round_.number, life.midnight(now))
        dispatcher.take(pacing.since(db, Watermark(), now))
    due = [c for c in candidates if planning.due(c.address, c.sent, round_, now, policy)]
    left = life.by_host(due, components.pace) + schedule.expected(failing, now, round_, policy,
                                                                  components.pace.host_of)
    unknown = {c.address.rpartition("@")[2] for c in due if c.mail_host is None}
    busy = {host: one for host, one in dispatcher.loads(left, load, {}).items() if one.letters}
    loads = dict(sorted(busy.items(), key=lambda row: -row[1].letters))
    foretold = forecast.forecast(loads, now, round_, components.pace, policy, dispatcher.gone(now))
    changes = [] if foretold.in_time else forecast.remedies(loads, now, round_, components.pace,
                                                            policy, dispatcher.gone(now))
    return PlanView(now, loads, foretold, changes, dispatcher, len(unknown))


def plain(shown: PlanView, components: "Components") -> dict[str, object]:
    """Return a plan for machines."""
    foretold = shown.foretold
    return {
        "round": foretold.round.number, "ends": foretold.round.ends, "in_time": foretold.in_time,
        "last_letter": foretold.last, "last_window": foretold.over,
        "spare_hours": round(foretold.spare / timedelta(hours=1), 1),
        "changes": {change.key: change.value for change in shown.changes},
        "open": shown.dispatcher.open_hosts, "slowed": shown.dispatcher.slowed(shown.now),
        "all_wait": shown.dispatcher.breaker_open,
        "domains_not_surveyed": shown.unknown,
        "hosts": {host: {"left": load.left, "waiting": load.waiting,
                         "connections": components.pace.of(host).connections,
                         "a_minute": components.pace.of(host).a_minute,
                         "days": len(foretold.of(host)),
                         "last_day": max((day.day for day in foretold.of(host)), default=None)}
                  for host, load in shown.loads.items()},
        "days": [{"day": day.day, "opens": day.opens, "letters": day.total}
                 for day in foretold.days],
    }


def lines(shown: PlanView, components: "Components", words: dict[str, str]) -> list[str]:
    """Return a plan for people: the load, the hosts, a bar a day, the proof."""
    foretold = shown.foretold
    left, waiting = (sum(getattr(load, name) for load in shown.loads.values())
                     for name in ("left", "waiting"))
    head = f"{words['round']} {foretold.round.number} · {words['still']} {left:,} · {words['waits']} {waiting:,}"
    if not shown.loads:
        return [head, words["nothing"], *_troubles(shown, components, words)]
    doubt = [words["unknown"].format(shown.unknown)] if shown.unknown else []
    return [head, *doubt, "", *_hosts(shown, components, words), "",
            *_days(foretold, components, words), "", *_troubles(shown, components, words),
            *_proof(shown, words)]


def _hosts(shown: PlanView, components: "Components", words: dict[str, str]) -> list[str]:
    def row(name: str, letters: int, minute: str, days: "list[Day]") -> str:
        last = f"{max(day.day for day in days):%d %b}" if days else "-"
        return f"{letters:>8,}  {minute:>8}  {len(days):>5}  {last:>10}  {name}"

    rows = [
        f"{words['letters']:>8}  {words['minute']:>8}  {words['days']:>5}  {words['last']:>10}  {words['host']}"
    ]
    named = list(shown.loads.items())
    rows += [row(host, load.letters, f"{components.pace.of(host).a_minute:,}",
                 shown.foretold.of(host))
             for host, load in named[:HOSTS]]
    if others := dict(named[HOSTS:]):
        days = [day for day in shown.foretold.days if others.keys() & day.letters.keys()]
        rows.append(row(words["more"].format(len(others)),
                        sum(load.letters for load in others.values()), "", days))
    return rows


def _days(foretold: "Forecast", components: "Components", words: dict[str, str]) -> list[str]:
    """Return a bar for each day from today to the round's end, and beyond where letters still leave then."""
    from sarabanwatch.core.sending.pace import round_days

    letters = {day.day: day.total for day in foretold.days}
    fullest = max(letters.values(), default=0) or 1
    days = sorted({*letters, *(day for day in round_days(foretold.round) if day > min(letters))})
    return [f"{day:%a %d %b}  " + (f"{'█' * max(1, letters[day] * BAR // fullest)} {letters[day]:,}"
                                   if letters.get(day)
                                   else _why_none(day, components, words)) for day in days]


def _why_none(day: date, components: "Components", words: dict[str, str]) -> str:
    if day in components.policy.holidays:
        return f"· {words['holiday']}"
    return f"· {words['weekend']}" if day.weekday() >= 5 else "·"


def _troubles(shown: PlanView, components: "Components", words: dict[str, str]) -> list[str]:
    throttle, known = components.pace.throttle, shown.dispatcher.known
    rows = [words["all wait"]] if shown.dispatcher.breaker_open else []
    for host in shown.dispatcher.open_hosts:
        state = known[host].state
        until = state.waits_until(throttle, known[host].last) or shown.now
        rows.append(f"{host}: {words['open'].format(_here(until))} ({state.text[:80]})")
    for host in shown.dispatcher.slowed(shown.now):
        state = known[host].state
        times = 2 ** state.level_at(shown.now, throttle)
        rows.append(f"{host}: {words['slowed'].format(times)} ({state.text[:80]})")
    return rows


def _proof(shown: PlanView, words: dict[str, str]) -> list[str]:
    foretold = shown.foretold
    ends = words["ends"].format(_here(foretold.round.ends))
    if not foretold.last or not foretold.over:
        rows = [words["never"], ends]
    else:
        spare = abs(foretold.spare / timedelta(days=1))
        verdict = words["in time" if foretold.in_time else "late"].format(f"{spare:.1f}")
        rows = [f"{words['leaves'].format(_here(foretold.last), _here(foretold.over))}; {ends}",
                verdict]
    if foretold.in_time:
        return rows
    changed = [f"{words['change']} {change.key} = {change.value}" for change in shown.changes]
    return [*rows, *(changed or [words["none"]])]


def _here(at: datetime) -> datetime:
    from sarabanwatch.core.calendar import BANGKOK

    return at.astimezone(BANGKOK)
