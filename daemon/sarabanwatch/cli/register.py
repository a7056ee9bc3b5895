"""`register import`, `history`, `undo`: what a list changes is shown before it is taken in.

`register check` stands in `cli.check`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from sarabanwatch.app.foreseeing import foreseen
from sarabanwatch.cli import changes, ledger, moves, notes, options
from sarabanwatch.cli.check import check
from sarabanwatch.cli.errors import in_thai
from sarabanwatch.cli.terminal import both, column, line
from sarabanwatch.core.judging import consequence
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.register import Register
from sarabanwatch.core.register.difference import Difference
from sarabanwatch.core.register.history import Import
from sarabanwatch.store import history as past
from sarabanwatch.store import queries
from sarabanwatch.store import register_table as table
from sarabanwatch.wiring import Components

whole = click.option("--all", "whole", is_flag=True, help="List every change, however many.")
by = options.by("import")
yes = click.option("--yes", is_flag=True,
                   help="Do it, however much changes. Without: only show, and on a terminal ask.")


class Ahead(NamedTuple):
    """What a register would change, and what that would make of agencies."""

    difference: Difference
    moves: Consequences
    components: Components

    def collect(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"counts": self.difference.counts,
                "changes": changes.collect(changes.of(self.difference)),
                **moves.collect(self.moves, self.components.policy)}

    def render_text(self, *, whole: bool) -> Iterator[str]:
        """Yield it as lines for a person; of long lists the beginning, unless `whole`."""
        listed = changes.collect(changes.of(self.difference))
        yield from changes.render_text(listed, whole=whole)
        if self.difference.stood:
            yield from moves.render_text(self.moves, self.components.policy, whole=whole)

    def agreed(self, *, whole: bool) -> bool:
        """Show what would change and ask; False where there is nobody, or nothing, to ask about."""
        at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        if not (self.difference.amendments and at_terminal):
            return False
        click.echo("\n".join(self.render_text(whole=whole)))
        return click.confirm(both("ดำเนินการหรือไม่", "go on?"))


@click.group()
def register() -> None:
    """The list of agencies: how it is read, what it would change, and how to go back."""


register.add_command(check)


@register.command("import", epilog=options.examples(
    "register import register.csv", "register import register.csv --yes --by สมชาย"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", default="",
              help="The sheet of a workbook; else the first that is a list of agencies.")
@yes
@by
@whole
@options.config
@options.either
@options.as_json
def import_(file: Path, sheet: str, by: str, config: Path, *, yes: bool, whole: bool,
            as_json: bool) -> None:
    """Take FILE as the list of agencies, whole or not at all.

    First it shows what would change, and which agencies would change group. The first list is taken
    at once; a later one with --yes, or when a person at a terminal agrees. Rows that cannot be read
    are listed, and their agencies stay as they were. Exit code 1 where the list was refused because
    too much would vanish or change.
    """
    components = Components(config)
    listed, limits = components.read_register(file, sheet), components.settings.register
    ahead = _ahead(components, listed)
    excess = ahead.difference.excess(limits)
    asked = not ahead.difference.stood or (not as_json and ahead.agreed(whole=whole))
    agreed = yes or (not excess and asked)
    if agreed:
        ledger.work(components, lambda opened: opened.write(
            table.replace, listed, components.addresses, components.clock.now(),
            how=Import(by=by)),
            existing=False)
    if as_json:
        options.say_json(collect(listed, ahead, "" if agreed else excess, applied=agreed))
    else:
        click.echo("\n".join(render_text(file, listed, ahead, whole=whole)))
        click.echo(_outcome(listed, excess, agreed=agreed), err=bool(excess and not agreed))
    if excess and not agreed:
        sys.exit(1)


def collect(listed: Register, ahead: Ahead, refused: str, *, applied: bool) -> dict[str, Any]:
    """Return what became of a list as plain values: rows = good + bad."""
    bad = [{"line": p.line, "problem": p.problem, "remedy": p.remedy, "raw": p.raw}
           for p in listed.problems]
    return {"rows": len(listed.entries) + len(bad), "good": len(listed.entries), "bad": bad,
            "notes": notes.of(listed.notes), **ahead.collect(),
            "refused": refused, "applied": applied}


def render_text(file: Path, listed: Register, ahead: Ahead, *, whole: bool) -> Iterator[str]:
    """Yield what a list changes, and its rows that cannot be read, as lines for a person."""
    yield from (f"  {notes.one_line(note)}" for note in notes.of(listed.notes))
    yield from ahead.render_text(whole=whole)
    for problem in listed.problems:
        english = f"{problem.problem}; {problem.remedy}"
        yield f"  {file.name}:{problem.line}: {both(problem.thai or english, english)}"


def _outcome(listed: Register, excess: str, *, agreed: bool) -> str:
    if agreed:
        good, bad = len(listed.entries), len(listed.problems)
        return both(f"นำเข้า {good:,} หน่วยงาน อ่านไม่ได้ {bad:,} แถว",
                    f"{good:,} agencies taken in, {bad:,} rows cannot be read")
    if excess:
        return both(f"ไม่นำเข้า: {in_thai(excess)} หากถูกต้องแล้ว ให้ระบุ --yes "
                    "(ขีดจำกัด: register.change_at_most, unread_at_most)",
                    f"refused: {excess}. If that is right, say --yes; "
                    "the limits are register.change_at_most and unread_at_most")
    return both("ยังไม่นำเข้า หากต้องการ ให้ระบุ --yes",
                "nothing was taken in; to do it, say --yes")


@register.command(epilog=options.examples("register history", "register history --notes 1"))
@click.argument("number", type=int, required=False)
@click.option("--notes", "noted", type=int,
              help="What had to be interpreted to read the rows of this import.")
@whole
@options.config
@options.either
@options.as_json
def history(number: int | None, noted: int | None, config: Path, *, whole: bool,
            as_json: bool) -> None:
    """List every import, the oldest first; with NUMBER, everything that this one changed."""
    with queries.asking(Components(config).ledger_place) as db:
        if noted is not None:
            found = notes.collect(past.stood(db, noted))
            options.show(found, notes.render_text(found, whole=whole), as_json=as_json)
        elif number is None:
            every = {each.number: each for each in past.imports(db)}
            options.show_all([_row(each) for each in every.values()],
                             lambda row: _line(every[row["import"]]),
                             both("ยังไม่เคยนำเข้าทะเบียน", "no list was taken in yet"),
                             as_json=as_json)
        else:
            past.known(db, number)
            listed = changes.collect(past.changes(db, number))
            options.show(listed, changes.render_text(listed, whole=whole), as_json=as_json)


@register.command(epilog=options.examples("register undo --yes --by สมชาย   # after a second list"))
@click.option("--to", "number", type=int,
              help="Back to the register as it stood after this import; else before the last.")
@yes
@by
@whole
@options.config
@options.either
@options.as_json
def undo(number: int | None, by: str, config: Path, *, yes: bool, whole: bool,
         as_json: bool) -> None:
    """Go back to the register as it stood before the last import, or after the import --to.

    Going back is an import too: it stands in the history, and can itself be undone. Without --yes
    it only shows what would change.
    """
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        to = past.before(db) if number is None else number
        earlier = past.stood(db, to)
    ahead = _ahead(components, earlier, to)
    agreed = yes or (not as_json and ahead.agreed(whole=whole))
    if agreed:
        ledger.write(components, table.restore, to, components.addresses, components.clock.now(),
                     by=by)
    outcome = (both(f"กลับไปใช้ทะเบียนตามการนำเข้าครั้งที่ {to}",
                    f"the register of import {to} stands again") if agreed
               else both("ยังไม่ย้อนกลับ หากต้องการ ให้ระบุ --yes",
                         "nothing was undone; to do it, say --yes"))
    options.show({"restores": to, **ahead.collect(), "applied": agreed},
                 [*ahead.render_text(whole=whole), outcome], as_json=as_json)


def _ahead(components: Components, listed: Register, restores: int | None = None) -> Ahead:
    """Return what a register would change; where it is the first, no agency changes group."""
    channel = "hand" if restores is None else "undo"
    found = ledger.work(components, lambda opened: opened.read(table.weigh, listed, channel),
                        existing=False)
    if not found.stood:
        return Ahead(found, consequence.of((), 0), components)
    judge = foreseen(components.addresses, components.policy)
    moved = ledger.rehearse(components, table.foresee, listed, components.addresses,
                            components.clock.now(), judge,
                            Import(channel=channel, restores=restores))
    return Ahead(found, moved, components)


def _row(each: Import) -> dict[str, Any]:
    return {"import": each.number, "at": each.at, "channel": each.channel, "by": each.by,
            "source": each.source, "good": each.good, "bad": each.bad,
            "restores": each.restores, "counts": each.counts}


def _line(each: Import) -> str:
    channel = f"{each.channel} -> {each.restores}" if each.restores else each.channel
    parts = (f"{each.number:>4}", column(each.at) if each.at else "", channel, line(each.by),
             line(each.source), f"{each.good:,} + {each.bad:,}:", changes.counted(each.counts))
    return " ".join(filter(None, parts))
