"""`rounds list`, `show`, `open`, `close`, `skip`, `extra`, `plan`: the rounds of letters.

A round is a record in the ledger (core.rounds); the configuration tells only when the next begins.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click

from sarabanwatch.cli import ledger, options
from sarabanwatch.cli.likely import OneOf
from sarabanwatch.cli.terminal import aligned, day, language, line, moment
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.core import rounds as core
from sarabanwatch.core.calendar import short_day
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.rounds import Act, RoundKind, RoundRecord, Selection, Timetable
from sarabanwatch.store import queries
from sarabanwatch.store import rounds as table
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

AHEAD = 4           # beginnings that `plan` shows
NAMED = 20          # agencies that `show` names; the others are counted
Words = dict[str, str]


class Beside(NamedTuple):
    """What a verb on rounds works with: the configuration, its timetable, the present."""

    components: Components
    timetable: Timetable
    now: datetime

    @property
    def rules(self) -> str:
        """The ids of the rules in force."""
        c = self.components
        return f"{c.addresses.id} {c.groups.id}"

    def act(self, by: str = "", why: str = "") -> Act:
        """Return what a person does now."""
        return Act(self.now, by, why)


def beside(components: Components) -> Beside:
    """Return what a verb on rounds works with."""
    return Beside(components, components.settings.campaign.timetable, components.clock.now())


@click.group()
def rounds() -> None:
    """The rounds of letters: which there were, which runs, when the next begins."""


@rounds.command("list", epilog=options.examples("rounds list"))
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, as_json: bool) -> None:
    """List the rounds, the oldest first, and when the next begins. With --json: one value a line.

    The last line of --json tells of the next one.
    """
    b = beside(Components(config))
    with queries.asking(b.components.ledger_place) as db:
        known = table.records(db, b.timetable)
        found = [collect(db, each, b.now) for each in known]
        coming = core.at(core.campaigns(known, b.timetable, b.now), b.now).next
    w = words("rounds", lang)
    for each in found:
        options.show(each, [render_line(each, w)], as_json=as_json)
    options.show({"next": coming.isoformat()}, [f"{w['next']} {moment(coming)}"], as_json=as_json)


@rounds.command(epilog=options.examples("rounds show", "rounds show 1"))
@click.argument("which", default="")
@options.config
@options.language
@options.as_json
def show(which: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Show round WHICH (7, extra-2), by default the last: its span, its letters, who is left."""
    b = beside(Components(config))
    with queries.asking(b.components.ledger_place) as db:
        record = table.find(db, b.timetable, which) if which else _last(db, b)
        found = collect(db, record, b.now) | {"unreached": table.unreached(db, record)}
    options.show(found, render_text(found, words("rounds", lang)), as_json=as_json)


@rounds.command("open", epilog=options.examples(
    'rounds open --by สมชาย --why "the list is complete"  # to end the one that runs'))
@options.by("round")
@options.why("Why it does not wait for its day.")
@options.config
@options.language
@options.as_json
def open_(by: str, why: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Open the next regular round now, and end the one that runs.

    No agency gets a second letter while the window of the first runs. The round after it keeps to
    the timetable.
    """
    b = beside(Components(config))
    record = ledger.write(b.components, table.open_now, b.timetable, b.act(by, why), b.rules)
    _tell(b, record, lang, as_json=as_json)


@rounds.command(epilog=options.examples(
    'rounds close 7 --by สมชาย --why "the province is flooded"  # where round 7 runs'))
@click.argument("which")
@options.by("round")
@options.why("Why it ends.")
@options.config
@options.language
@options.as_json
def close(which: str, by: str, why: str, config: Path, lang: str, *, as_json: bool) -> None:
    """End round WHICH (7, extra-2) before its time.

    Its letters that have not left do not leave any more; what comes back for the others still
    counts. The next round begins at its own time, with those that this one did not reach.
    """
    b = beside(Components(config))
    record = ledger.write(b.components, table.close_now, b.timetable, b.act(by, why), which)
    _tell(b, record, lang, as_json=as_json)


@rounds.command(epilog=options.examples(
    'rounds skip --by สมชาย --why "election weeks"  # where a round runs'))
@options.by("round")
@options.why("Why it does not take place.")
@options.config
@options.language
@options.as_json
def skip(by: str, why: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Have the next regular round not take place. `rounds open` withdraws that."""
    b = beside(Components(config))
    record = ledger.write(b.components, table.skip, b.timetable, b.act(by, why))
    _tell(b, record, lang, as_json=as_json)


@rounds.command(epilog=options.examples(
    'rounds extra --group D2 --by สมชาย --why "the ministry asked" --dry-run'))
@click.option("--ministry", default="", help="Under this ministry, or a part of its name.")
@click.option("--province", default="", help="In this province.")
@click.option("--group", type=OneOf([g.value for g in Group]), help="In this group now.")
@click.option("--host", default="", help="Whose mail goes to this mail host first.")
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True,
              help="How many days it lasts.")
@click.option("--dry-run", is_flag=True, help="Only say how many agencies it would be for.")
@options.by("round")
@options.why("What it is for.")
@options.config
@options.language
@options.as_json
def extra(config: Path, lang: str, *, days: int, dry_run: bool, as_json: bool,
          **given: str | None) -> None:
    """Open an extra round now, for some agencies: those that all of these options apply to.

    It is for those that they apply to now, and goes beside the regular round. No agency gets a
    second letter while the window of the first runs: its letter waits until that is over.
    """
    by, why = given.pop("by") or "", given.pop("why") or ""
    chosen = {name: value or "" for name, value in given.items()}
    if not any(chosen.values()):
        raise click.UsageError("say whom it is for: --ministry, --province, --group or --host")
    b = beside(Components(config))
    with queries.asking(b.components.ledger_place) as db:
        codes = [each.code for each in queries.listed(db, **chosen)]
    if not codes:
        raise RequestError("there is no such agency; `agencies` with the same options lists them")
    wanted = RoundRecord(0, RoundKind.EXTRA, 0, b.now, b.now + timedelta(days=days), b.timetable,
                         by=by, why=why, selection=Selection(**chosen), chosen=len(codes))
    if dry_run:
        w = words("rounds", lang)
        options.show({"dry_run": True, "chosen": len(codes)},
                     [w["would be for"].format(len(codes))], as_json=as_json)
        return
    record = ledger.write(b.components, table.extra, b.timetable, wanted, codes, b.rules)
    _tell(b, record, lang, as_json=as_json)


@rounds.command(epilog=options.examples(
    "rounds plan", 'rounds plan --accept --by สมชาย --why "a new fiscal year"'
    "  # where the timetable was changed"))
@click.option("--accept", is_flag=True, help="Take the configured timetable.")
@options.by("timetable, with --accept")
@click.option("--why", default="", help="Why, with --accept.")
@options.config
@options.language
@options.as_json
def plan(config: Path, lang: str, *, accept: bool, by: str, why: str, as_json: bool) -> None:
    """Show when the next rounds begin: as it stands, and as the configuration would have it.

    Exit code 1 where the two differ and nobody has accepted that: then it goes on as it stands.
    """
    b = beside(Components(config))
    if accept:
        if not why.strip():
            raise click.UsageError("--accept wants the reason: --why WORDS")
        ledger.write(b.components, table.accept, b.timetable, b.act(by, why.strip()))
    with queries.asking(b.components.ledger_place) as db:
        found = foresee(db, b)
    options.show(found, render_plan(found, words("rounds", lang)), as_json=as_json)
    if found["refused"]:
        sys.exit(1)


def collect(db: Tx, record: RoundRecord, now: datetime) -> dict[str, Any]:
    """Return a round as plain values."""
    fields = {name: value.isoformat() if isinstance(value, datetime) else value
              for name, value in asdict(record).items() if name != "timetable"}
    return {"round": record.label, **fields, "anchor": record.timetable.anchor.isoformat(),
            "weeks": record.timetable.weeks, "state": _state(record, now),
            "reached": table.reached(db, record.id)}


def foresee(db: Tx, b: Beside) -> dict[str, Any]:
    """Return the next beginnings as they stand and as configured, and whom a change would hit."""
    known = table.records(db, b.timetable)
    links = core.chain([*known, *core.openings(known, b.now, b.timetable)])
    if not links:
        begins = core.ahead(b.timetable.first, b.timetable, AHEAD)
        return _plan(begins, begins, None, 0)
    last = links[-1]
    change = core.changed(last, b.now, b.timetable)
    kept = core.taken(last, b.now, b.timetable)
    wanted = change.wanted if change else last.due_at
    again = table.reached(db, last.id) if change and change.sooner else 0
    return _plan(core.ahead(last.due_at, kept, AHEAD), core.ahead(wanted, b.timetable, AHEAD),
                 change, again)


def _plan(stands: list[datetime], configured: list[datetime], change: core.TimetableChange | None,
          again: int) -> dict[str, Any]:
    return {"stands": [at.isoformat() for at in stands],
            "configured": [at.isoformat() for at in configured],
            "refused": ("sooner" if change.sooner else "later") if change else "",
            "days": abs((change.wanted - change.due).days) if change else 0,
            "second_letter_sooner": again}


def render_plan(found: dict[str, Any], w: Words) -> Iterator[str]:
    """Yield the beginnings as lines for a person, and what a change would do."""
    stands, configured = (", ".join(day(at) for at in found[name])
                          for name in ("stands", "configured"))
    if not found["refused"]:
        yield f"{w['begin']}: {stands}"
        return
    yield from aligned([(w["as it stands"], stands), (w["as configured"], configured)])
    yield w[found["refused"]].format(days=found["days"], again=found["second_letter_sooner"])
    yield w["accept"]


def render_line(found: dict[str, Any], w: Words) -> str:
    """Return a round as one line for a person."""
    whom = f" · {_whom(found)}" if found["kind"] == RoundKind.EXTRA else ""
    done = "" if found["kind"] == RoundKind.SKIPPED else (
        f" · {w['reached']} {found['reached']:,}"
        + (f" · {w['left over']} {found['left_over']:,}" if found["left_over"] else ""))
    why = f" ({line(found['why'])})" if found["kind"] == RoundKind.SKIPPED else ""
    span = f"{day(found['opened_at'])} – {day(found['due_at'])}"
    return f"{found['round']:<8} {span}  {w[found['state']]}{done}{whom}{why}"


def render_text(found: dict[str, Any], w: Words) -> Iterator[str]:
    """Yield a round as lines for a person."""
    yield render_line(found, w)
    rows = [(w["opened"], _by(found["opened_at"], found["by"], found["why"], w)),
            (w["cut-off"], moment(found["due_at"]))]
    if found["closed_at"]:
        rows.append((w["closed"], _by(found["closed_at"], found["closed_by"], found["closed_why"],
                                      w)))
    if found["kind"] != RoundKind.EXTRA:
        rows.append((w["timetable"], w["every"].format(found["weeks"], day(found["anchor"]))))
    if found["rules"]:
        rows.append((w["rules"], line(found["rules"])))
    if found["register"]:
        rows.append((w["register"], str(found["register"])))
    if rest := found["unreached"]:
        more = f" … ({len(rest):,})" if len(rest) > NAMED else ""
        rows.append((w["left over" if found["closed_at"] else "to reach"],
                     ", ".join(rest[:NAMED]) + more))
    yield from aligned(rows)


def _by(at: str, by: str, why: str, w: Words) -> str:
    because = f": {line(why)}" if why else ""
    return f"{moment(at)} {w['by']} {line(by) or w['daemon']}{because}"


def _whom(found: dict[str, Any]) -> str:
    chosen = " ".join(line(value) for value in found["selection"].values() if value)
    return f"{chosen} ({found['chosen']:,} {agencies(found['chosen'], language())})"


def _state(record: RoundRecord, now: datetime) -> str:
    if record.kind is RoundKind.SKIPPED:
        return "withdrawn" if record.closed_at else "skipped"
    if record.span(record.due_at).runs(now):
        return "runs"
    return "ended early" if record.ends < record.due_at else "ended"


def _last(db: Tx, b: Beside) -> RoundRecord:
    begun = [r for r in table.records(db, b.timetable) if r.opened_at <= b.now]
    if not begun:
        first = short_day(b.timetable.anchor, "en")
        raise RequestError(f"no round was opened yet; the first begins {first}"
                           " (campaign.anchor), when `run` stands")
    return begun[-1]


def _tell(b: Beside, record: RoundRecord, lang: str, *, as_json: bool) -> None:
    """Print a round after it was changed."""
    with queries.asking(b.components.ledger_place) as db:
        known = table.records(db, b.timetable)
        now = next(r for r in known if r.id == record.id)
        found = collect(db, now, b.now) | {"unreached": table.unreached(db, now)}
        coming = core.at(core.campaigns(known, b.timetable, b.now), b.now).next
    w = words("rounds", lang)
    text: Iterable[str] = [*render_text(found, w), f"{w['next']} {moment(coming)}"]
    options.show(found | {"next": coming.isoformat()}, text, as_json=as_json)
