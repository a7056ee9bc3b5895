"""`register import`, `history`, `undo`: what a list changes is shown before it does; `check` stands in `cli.check`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.check import check
from sarabanwatch.store import register_table as table

if TYPE_CHECKING:
    from sarabanwatch.core.judging.consequence import Consequences
    from sarabanwatch.core.register import Register
    from sarabanwatch.core.register.difference import Difference
    from sarabanwatch.core.register.history import Import
    from sarabanwatch.store import Ledger
    from sarabanwatch.wiring import Components

T = TypeVar("T")
whole = click.option("--all", "whole", is_flag=True, help="List every change, however many.")
by = click.option("--by", default="", help="Who does it: kept in the history.")
yes = click.option("--yes", is_flag=True,
                   help="Do it, however much changes. Without: only show, and on a terminal ask.")


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
@options.as_json
def import_(file: Path, sheet: str, by: str, config: Path, *, yes: bool, whole: bool,
            as_json: bool) -> None:
    """Take FILE as the list of agencies, whole or not at all.

    First it shows what would change, and which agencies would change group. The first list is taken
    at once; a later one with --yes, or when a person at a terminal agrees. Rows that cannot be read
    are listed, and their agencies stay as they were. Exit code 1 where the list was refused because
    too much would vanish or change.
    """
    from sarabanwatch import wiring
    from sarabanwatch.cli import notes
    from sarabanwatch.core.register.difference import ImportLimits
    from sarabanwatch.edge.register import load

    components = wiring.Components(config)
    read = load(file, sheet, components.headings)
    found, ahead = _weighed(components, read)
    listed = components.settings.register
    excess = found.excess(ImportLimits(listed.change_at_most, listed.unread_at_most))
    agreed = yes or (not excess and (not found.stood
                                     or (not as_json and _agreed(found, ahead, components,
                                                                 whole=whole))))
    if agreed:
        _ask(components, lambda ledger: ledger.write(table.replace, read, components.addresses,
                                                     components.clock.now(), by=by))
    bad = [{"line": p.line, "problem": p.problem, "remedy": p.remedy, "raw": p.raw}
           for p in read.problems]
    if as_json:
        options.say_json({
            "rows": len(read.entries) + len(bad), "good": len(read.entries), "bad": bad,
            "notes": notes.told(read.notes),
            **_plain(found, ahead, components), "refused": "" if agreed else excess,
            "applied": agreed})
    else:
        click.echo("".join(f"  {notes.one_line(note)}\n" for note in notes.told(read.notes)),
                   nl=False)
        _show(found, ahead, components, whole=whole)
        for problem in read.problems:
            click.echo(f"  {file.name}:{problem.line}: {problem.problem}; {problem.remedy}")
        click.echo(_outcome(read, excess, agreed=agreed), err=bool(excess and not agreed))
    if excess and not agreed:
        sys.exit(1)


def _outcome(read: "Register", excess: str, *, agreed: bool) -> str:
    if agreed:
        return (f"นำเข้า {len(read.entries):,} หน่วยงาน, อ่านไม่ได้ {len(read.problems):,} แถว"
                " · agencies taken in, rows that cannot be read")
    if excess:
        return (f"ไม่นำเข้า · refused: {excess}. If that is right, say --yes; "
                "the limits are register.change_at_most and unread_at_most")
    return "ยังไม่นำเข้า · nothing was taken in; to do it, say --yes"


@register.command(epilog=options.examples("register history", "register history --notes 1"))
@click.argument("number", type=int, required=False)
@click.option("--notes", "noted", type=int,
              help="What had to be interpreted to read the rows of this import.")
@whole
@options.config
@options.as_json
def history(number: int | None, noted: int | None, config: Path, *, whole: bool,
            as_json: bool) -> None:
    """List every import, the oldest first; with NUMBER, everything that this one changed."""
    from sarabanwatch import wiring
    from sarabanwatch.cli import changes, notes
    from sarabanwatch.store import history as past
    from sarabanwatch.store import queries

    with queries.asking(wiring.Components(config).ledger_file) as db:
        if noted is not None:
            stood = past.stood(db, noted)
            options.say_json(notes.plain(stood)) if as_json else click.echo(
                "\n".join(notes.lines(stood, whole=whole))
            )
            return
        if number is None:
            for each in past.imports(db):
                options.say_json(_row(each)) if as_json else click.echo(_told(each))
            return
        past.known(db, number)
        told = list(past.changes(db, number))
    if as_json:
        options.say_json(changes.plain(told))
    else:
        click.echo("\n".join(changes.lines(told, whole=whole)) or changes.counted({}))


@register.command(epilog=options.examples("register undo --yes --by สมชาย   # after a second list"))
@click.option("--to", "number", type=int,
              help="Back to the register as it stood after this import; else before the last.")
@yes
@by
@whole
@options.config
@options.as_json
def undo(number: int | None, by: str, config: Path, *, yes: bool, whole: bool,
         as_json: bool) -> None:
    """Go back to the register as it stood before the last import, or after the import --to.

    Going back is an import too: it stands in the history, and can itself be undone. Without --yes
    it only shows what would change.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import history as past
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        to = past.before(db) if number is None else number
        earlier = past.stood(db, to)
    found, ahead = _weighed(components, earlier, to)
    agreed = yes or (not as_json and _agreed(found, ahead, components, whole=whole))
    if agreed:
        _ask(components, lambda ledger: ledger.write(table.restore, to, components.addresses,
                                                     components.clock.now(), by=by))
    if as_json:
        options.say_json({"restores": to, **_plain(found, ahead, components), "applied": agreed})
        return
    _show(found, ahead, components, whole=whole)
    click.echo(f"กลับไปใช้ทะเบียนตามการนำเข้าครั้งที่ {to} · the register of import {to} stands again"
               if agreed else
               "ยังไม่ย้อนกลับ · nothing was undone; to do it, say --yes")


def _weighed(components: "Components", register: "Register",
             restores: int | None = None) -> tuple["Difference", "Consequences"]:
    """Return what a register would change, and what that would make of agencies; of a first one, nobody changes group."""
    from sarabanwatch.app.foreseeing import foreseen
    from sarabanwatch.core.judging import consequence

    found = _ask(components, lambda ledger: ledger.read(table.weigh, register))
    if not found.stood:
        return found, consequence.of((), 0)
    way, now = "hand" if restores is None else "undo", components.clock.now()
    judge = foreseen(components.addresses, components.policy)
    return found, _ask(components, lambda ledger: ledger.rehearse(
        table.foresee, register, components.addresses, now, judge, way=way, restores=restores))


def _agreed(found: "Difference", ahead: "Consequences", components: "Components", *,
            whole: bool) -> bool:
    """Show what would change and ask, where there is a person to ask and something to ask about."""
    if not (found.amendments and sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    _show(found, ahead, components, whole=whole)
    return click.confirm("ดำเนินการหรือไม่ · go on?")


def _show(found: "Difference", ahead: "Consequences", components: "Components", *,
          whole: bool) -> None:
    from sarabanwatch.cli import changes, moves

    click.echo("\n".join(changes.lines(changes.of(found), whole=whole)) or changes.counted({}))
    if found.stood:
        click.echo("\n".join(moves.lines(ahead, components.policy, whole=whole)))


def _plain(found: "Difference", ahead: "Consequences", components: "Components") -> dict[str,
                                                                                         object]:
    from sarabanwatch.cli import changes, moves

    return {"counts": found.counts, "changes": changes.plain(changes.of(found)),
            **moves.plain(ahead, components.policy)}


def _row(each: "Import") -> dict[str, object]:
    return {"import": each.number, "at": each.at, "way": each.way, "by": each.by,
            "source": each.source, "good": each.good,
            "bad": each.bad, "restores": each.restores, "counts": each.counts}


def _told(each: "Import") -> str:
    from sarabanwatch.cli import changes
    from sarabanwatch.cli.terminal import line, moment

    back = f" -> {each.restores}" if each.restores else ""
    at = moment(each.at) if each.at else ""
    words: Iterable[str] = (f"{each.number:>4}", at, f"{each.way}{back}", line(each.by),
                            line(each.source),
                            f"{each.good:,} + {each.bad:,}:", changes.counted(each.counts))
    return " ".join(filter(None, words))


def _ask(components: "Components", step: Callable[["Ledger"], Awaitable[T]]) -> T:
    """Let the ledger do something, and close it."""
    async def asked() -> T:
        with closing(components.ledger()) as ledger:
            return await step(ledger)

    return asyncio.run(asked())
