"""`holidays list`, `add`, `remove`: the days on which offices are closed.

The public and government holidays are known by year. What the Cabinet declares besides is written
down here, by name, and takes effect at once, also for windows that run.
"""

from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options, terminal
from sarabanwatch.cli.terminal import day_column, line
from sarabanwatch.cli.words import words
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.rounds import Act
from sarabanwatch.core.sending import plan
from sarabanwatch.edge import offdays
from sarabanwatch.store import off_days as table
from sarabanwatch.store import queries
from sarabanwatch.store.off_days import MovedWindows, OffDay
from sarabanwatch.wiring import Components


@click.group()
def holidays() -> None:
    """Days on which offices are closed: windows wait for them, and no letter leaves."""


@holidays.command("list", epilog=options.examples("holidays list", "holidays list --year 2569"))
@click.option("--year", type=int, help="A year, in either era; else this one.")
@options.config
@options.language
@options.as_json
def list_(year: int | None, config: Path, lang: str, *, as_json: bool) -> None:
    """List the holidays of a year, each with where it is known from. With --json: one a line."""
    components = Components(config)
    wanted = _year(year, components.clock.now().astimezone(BANGKOK).year)
    with queries.asking(components.ledger_place) as db:
        spoken = {each.day: each for each in table.listed(db)}
    for found in collect(components, spoken, wanted, lang):
        options.show(found, [render_text(found, lang)], as_json=as_json)


@holidays.command(epilog=options.examples(
    'holidays add 10/4/2642 --by สมชาย --why "มติคณะรัฐมนตรี ๒๔ มีนาคม"'))
@click.argument("day", type=options.DayParam())
@options.by("holiday")
@options.why("By which resolution.")
@options.config
@options.language
@options.as_json
def add(day: date, by: str, why: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Say that offices are closed on DAY.

    Windows that run wait for it, at once. Windows that have ended stay ended; it tells how many of
    them had counted silence too soon.
    """
    _declare(Components(config), day, Act(Components(config).clock.now(), by, why), lang,
             closed=True, as_json=as_json)


@holidays.command(epilog=options.examples(
    'holidays remove 10/4/2642 --by สมชาย --why "ยกเลิกมติ"  # where it is a holiday'))
@click.argument("day", type=options.DayParam())
@options.by("holiday")
@options.why("By which resolution.")
@options.config
@options.language
@options.as_json
def remove(day: date, by: str, why: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Say that offices are open on DAY after all, whether it was declared here or is a holiday."""
    _declare(Components(config), day, Act(Components(config).clock.now(), by, why), lang,
             closed=False, as_json=as_json)


def collect(components: Components, spoken: dict[date, OffDay], year: int,
            lang: str) -> Iterable[dict[str, Any]]:
    """Yield a year's holidays, and days that were declared to be none, as plain values."""
    off, named = components.off_days, offdays.named(year, lang)
    days = {*named, *off.filed, *spoken}
    for day in sorted(each for each in days if each.year == year):
        word = spoken.get(day)
        source = "declared" if word else "file" if day in off.filed else "package"
        if day in off or word:
            yield {"day": day.isoformat(), "closed": day in off, "source": source,
                   "name": named.get(day, ""), "by": word.by if word else "",
                   "why": word.why if word else ""}


def render_text(found: dict[str, Any], lang: str) -> str:
    """Return a holiday as a line for a person."""
    w = words("holidays", lang)
    closed = date.fromisoformat(found["day"])
    name = line(found["why"]) or found["name"] or w["file"]
    opened = "" if found["closed"] else f"{w['open']}: "
    by = f" ({w['by']} {line(found['by'])})" if found["by"] else ""
    return f"{day_column(closed)}  {w[f'{closed:%a}']:<4}  {opened}{name}{by}"


def _declare(components: Components, day: date, act: Act, lang: str, *, closed: bool,
             as_json: bool) -> None:
    w, off = words("holidays", lang), components.off_days
    if (day in off) is closed:
        raise RequestError(f"{day} is a holiday already; `holidays list` shows it" if closed
                           else f"{day} is no holiday; `holidays list --year {day.year}`")
    off.declared = {**off.declared, day: closed}
    moved: MovedWindows = ledger.write(
        components, table.declare, day, act, partial(plan.window_end, policy=components.policy),
        closed=closed)
    text = [w["closed" if closed else "opened"].format(terminal.day(day)),
            w["moved"].format(moved.moved)]
    if moved.too_soon:
        text.append(w["too soon"].format(moved.too_soon))
    options.show({"day": day.isoformat(), "closed": closed, "windows_moved": moved.moved,
                  "ended_too_soon": moved.too_soon}, text, as_json=as_json)


def _year(given: int | None, now: int) -> int:
    """Return a year A.D.; a Buddhist one is 543 more."""
    if given is None:
        return now
    return given - 543 if given > now + 300 else given
