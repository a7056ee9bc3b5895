"""`pause LEVEL`, `pause list`, `resume`: no test letters for a while, by a person's decision.

For a ministry, a province, a mail host, an agency, for all, or for all while we go on listening.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options, which
from sarabanwatch.cli.likely import MOST, meant, near
from sarabanwatch.cli.terminal import line, moment
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.core.sending.pausing import Pause, Reach
from sarabanwatch.core.sending.weekly import DAY, Weekly
from sarabanwatch.store import pauses as table
from sarabanwatch.store import queries
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components


class EveryParam(click.ParamType[Weekly]):
    """Hours of the week as people write them: sat 22:00-04:00."""

    name = "hours"

    def convert(self, value: str | Weekly, param: click.Parameter | None,
                ctx: click.Context | None) -> Weekly:
        """Parse hours; the error says how to write them."""
        if isinstance(value, Weekly):
            return value
        try:
            return Weekly.read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group()
def pause() -> None:
    """Stop test letters for a while: no silence meanwhile counts; what comes back counts as ever.

    Letters that wait go on waiting in their turn. `resume` ends a pause before its time.
    """


def asked(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of all levels to a verb."""
    for option in reversed((
        click.option("--from", "since", metavar="DAY", type=options.Moment(ends=False),
                     help="From when on, Bangkok's time; else from now on."),
        click.option("--until", metavar="DAY", type=options.Moment(),
                     help="Until when; a day alone means its end. Else until `resume`."),
        click.option("--every", metavar="HOURS", type=EveryParam(),
                     help="Only in these hours of the week, Bangkok's time: "
                          '"sat 22:00-04:00", "mon,thu 12:00-13:00", "daily 01:00-02:00".'),
        options.why("Why: what is moved, mended or asked for."), options.by("pause"),
        options.config, options.language, options.as_json,
    )):
        command = option(command)
    return command


@pause.command("all", epilog=options.examples(
    'pause all --until 2569-12-31T06:00 --by สมชาย --why "our mail servers move"'))
@asked
def all_(**given: Any) -> None:  # noqa: ANN401 - the options of `asked`
    """Let nothing leave us, letters to ourselves included, and leave the inbox alone.

    For work on our own mail system. After more than `canary.every_hours` and `patience_hours`
    together, the silence of all windows that were open is withheld.
    """
    _pause(Reach.ALL, "", **given)


@pause.command(epilog=options.examples(
    'pause letters --until 2569-12-31 --by สมชาย --why "flood in the south"'))
@asked
def letters(**given: Any) -> None:  # noqa: ANN401 - as above
    """Send no letter to anybody, but keep listening: mail is read, canaries go on."""
    _pause(Reach.LETTERS, "", **given)


@pause.command(epilog=options.examples(
    'pause ministry กระทรวงมหาดไทย --every "sat 22:00-04:00" --by สมชาย --why "its data centre"'))
@click.argument("name")
@asked
def ministry(name: str, **given: Any) -> None:  # noqa: ANN401 - as above
    """Pause the agencies whose superior is NAME, and NAME itself.

    Not those that stand under these in turn: a ministry's provinces are paused, and the local
    governments of the provinces are not, which have mail of their own. How many they are is told;
    `pause ministry`, `pause province` and `pause host` pause them as well.
    """
    _pause(Reach.MINISTRY, name, **given)


@pause.command(epilog=options.examples(
    'pause province กรุงเทพมหานคร --until 2569-12-31 --by สมชาย --why "flood"'))
@click.argument("name")
@asked
def province(name: str, **given: Any) -> None:  # noqa: ANN401 - as above
    """Pause all agencies of the province NAME."""
    _pause(Reach.PROVINCE, name, **given)


@pause.command(epilog=options.examples(
    'pause host mail.one.go.th --every "sat 22:00-04:00" --by สมชาย --why "its maintenance"'
    "  # a host that agencies use"))
@click.argument("name")
@asked
def host(name: str, **given: Any) -> None:  # noqa: ANN401 - as above
    """Pause all agencies whose mail goes to the mail host NAME."""
    _pause(Reach.HOST, name, **given)


@pause.command(epilog=options.examples(
    'pause agency AGENCY --until 2569-12-31 --by สมชาย --why "it moves house"'))
@click.argument("name", metavar="AGENCY")
@asked
def agency(name: str, **given: Any) -> None:  # noqa: ANN401 - as above
    """Pause AGENCY (its code, or a part of its name)."""
    _pause(Reach.AGENCY, name, **given)


def _pause(level: Reach, name: str, *, config: Path, lang: str, as_json: bool,
           since: datetime | None, **given: Any) -> None:  # noqa: ANN401 - as above
    components = Components(config)
    now = components.clock.now()
    with queries.asking(components.ledger_place) as db:
        key = _meant(components, db, level, name)
    wanted = table.Wanted(level, key, since or now, **given)
    made = ledger.write(components, table.add, wanted, now)
    with queries.asking(components.ledger_place) as db:
        found = collect(components, db, made, now)
    options.show(found, render_text(found, lang), as_json=as_json)


def _meant(components: Components, db: Tx, level: Reach, name: str) -> str:
    """Return the name as the ledger has it; where it has none, offer those that are like it."""
    if level is Reach.AGENCY:
        return which.one(db, name).code
    if not level.named:
        return ""
    known = (sorted(table.hosts(db, components.pace.host_of)) if level is Reach.HOST
             else table.known(db, level))
    wanted = components.pace.operator(name) if level is Reach.HOST else " ".join(name.split())
    parts = [each for each in known if wanted in each]
    if wanted in known or len(parts) == 1:
        return wanted if wanted in known else parts[0]
    likely = parts[:MOST] or near(wanted, known)
    hint = meant(likely) or OTHERWISE[level]
    raise click.ClickException(f"no {level} {name!r}; {hint}" if not parts
                               else f"{len(parts)} of that name; {hint}")


OTHERWISE = {
    Reach.MINISTRY: "`agencies` shows the superiors",
    Reach.PROVINCE: "`agencies` shows the provinces",
    Reach.HOST: "`plan` shows the mail hosts",
}


@pause.command("list", epilog=options.examples("pause list", "pause list --all"))
@click.option("--all", "ended", is_flag=True, help="Those that have ended, too.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, ended: bool, as_json: bool) -> None:
    """List the pauses that stand, now in force or to come. With --json: one value a line."""
    components = Components(config)
    now = components.clock.now()
    with queries.asking(components.ledger_place) as db:
        found = [collect(components, db, each, now) for each in table.listed(db, ended=ended)]
    for each in found:
        options.show(each, render_text(each, lang), as_json=as_json)
    if not found and not as_json:
        click.echo(words("pause", lang)["none"])


@click.command(epilog=options.examples("resume NUMBER --by สมชาย  # where something is paused"))
@click.argument("number", type=int)
@click.option("--why", default="", help="What has changed.")
@options.by("pause")
@options.config
@options.language
@options.as_json
def resume(number: int, why: str, by: str, config: Path, lang: str, *, as_json: bool) -> None:
    """End the pause NUMBER (`pause list`): test letters go again, those that waited first."""
    components = Components(config)
    now = components.clock.now()
    ended = ledger.write(components, table.end, number, by, why.strip(), now)
    with queries.asking(components.ledger_place) as db:
        found = collect(components, db, ended, now)
    options.show(found, [f"{words('pause', lang)['again']}: {whom(found, lang)}"],
                 as_json=as_json)


def collect(components: Components, db: Tx, each: Pause, now: datetime) -> dict[str, Any]:
    """Return a pause as plain values."""
    active = each.in_force(now)
    return {
        "pause": each.number, "level": each.level, "name": each.key,
        "agencies": table.agencies(db, each, components.pace.host_of),
        "below": table.below(db, each), "in_force": active,
        "since": each.since.isoformat(), "until": _stamp(each.until),
        "every": str(each.every) if each.every else None,
        "rests_until": _stamp(each.rests_until(now)) if active else None,
        "next": _stamp(each.next(now)) if not active else None,
        "days_without_end": (now - each.since) // DAY if active and each.forgettable else None,
        "by": each.by, "why": each.why, "ended_at": _stamp(each.ended_at),
        "ended_by": each.ended_by, "ended_why": each.ended_why,
    }


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def whom(found: dict[str, Any], lang: str) -> str:
    """Return whom a pause is for, in words."""
    w = words("pause", lang)
    of = f"{w[found['level']]} {line(found['name'])}".rstrip()
    named = Reach(found["level"]).named and found["level"] != Reach.AGENCY
    unit = agencies(found["agencies"], lang)
    return f"{of} ({found['agencies']:,} {unit})" if named else of


def summary(shown: Mapping[str, Any], lang: str) -> str:
    """Return in a line whom a pause is for, until when it lasts now, and why (`PausedNow`)."""
    w = words("pause", lang)
    until = shown["until"]
    last = f"{w['until']} {moment(until)}" if until else w["resume"]
    return f"{w[shown['level']]} {line(shown['name'])}".rstrip() + f" {last}: {line(shown['why'])}"


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield a pause as lines for a person."""
    w = words("pause", lang)
    yield f"{found['pause']}  {whom(found, lang)}: {'; '.join(_when(found, w))}"
    if found["below"] and not found["ended_at"]:
        yield f"   {w['below'].format(found['below'])}"
    yield f"   {w['by']} {line(found['by'])}: {line(found['why'])}"


def _when(found: dict[str, Any], w: dict[str, str]) -> Sequence[str]:
    every = [w["every"].format(found["every"])] if found["every"] else []
    last = [f"{w['last']} {moment(found['until'])}"] if every and found["until"] else []
    if found["ended_at"]:
        by = line(f"{found['ended_by'] or w['itself']} {found['ended_why']}")
        return [f"{w['was']} {moment(found['since'])} {w['until']} {moment(found['ended_at'])}",
                *every, f"{w['ended']} {by}"]
    if not found["in_force"]:
        nothing = w["over"] if found["next"] is None else f"{w['next']} {moment(found['next'])}"
        return [nothing, *every, *last]
    if found["rests_until"]:
        return [f"{w['now']} {w['until']} {moment(found['rests_until'])}", *every, *last]
    return [f"{w['now']} {w['endless']} {moment(found['since'])}",
            w["age"].format(found["days_without_end"])]
