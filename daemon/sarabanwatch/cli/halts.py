"""`halts list`, `halts lift`: times in which nothing leaves us, for a doubt of our own ledger or clock."""

import asyncio
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch import store
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line, moment

if TYPE_CHECKING:
    from sarabanwatch.core.sending.halt import Halt
    from sarabanwatch.wiring import Components

WORDS = {
    "th": {"none": "ไม่มีการหยุดส่ง", "since": "หยุดส่งตั้งแต่", "lifted": "ส่งต่อเมื่อ", "by": "โดย",
           "itself": "ระบบ",
           "restored": "สมุดบันทึกไม่ใช่เล่มที่ใช้งานล่าสุด", "clock": "นาฬิกาของเครื่องเชื่อถือไม่ได้",
           "done": "ส่งต่อได้แล้ว"},
    "en": {"none": "nothing is halted", "since": "halted since", "lifted": "lifted", "by": "by",
           "itself": "itself",
           "restored": "the ledger is not the one that last ran here",
           "clock": "the clock cannot be trusted",
           "done": "letters may leave again"},
}


@click.group()
def halts() -> None:
    """Times in which no letter leaves and no window ends, for our own ledger or clock is in doubt.

    Mail is still taken in.
    """


@halts.command("list", epilog=options.examples("halts list"))
@click.option("--all", "every", is_flag=True, help="Those that were lifted, too.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, every: bool, as_json: bool) -> None:
    """List what is in doubt, and since when.

    With --json: one value a line. Exit code 1 while anything is halted.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import halts as book
    from sarabanwatch.store import queries

    with queries.asking(wiring.Components(config).ledger_file) as db:
        found = [halt for halt in book.told(db) if every or halt.lifted_at is None]
    for halt in found:
        if as_json:
            options.say_json(told(halt))
        else:
            click.echo(sentence(halt, lang))
    if not found and not as_json:
        click.echo(WORDS[lang]["none"])
    if any(halt.lifted_at is None for halt in found):
        sys.exit(1)


def told(halt: "Halt") -> dict[str, Any]:
    """Tell a halt as plain values."""
    return {"halt": halt.number, "why": halt.why, "since": halt.since.isoformat(),
            "said": halt.said,
            "lifted_at": halt.lifted_at.isoformat() if halt.lifted_at else None, "by": halt.by,
            "note": halt.note}


def sentence(halt: "Halt", lang: str) -> str:
    """Return a halt as a line for a person."""
    w = WORDS[lang]
    stands = f"{halt.number}  {w[halt.why]}; {w['since']} {moment(halt.since)}: {line(halt.said)}"
    if halt.lifted_at is None:
        return stands
    whom = f"{w['by']} {line(halt.by) or w['itself']} {line(halt.note)}".rstrip()
    return f"{stands}; {w['lifted']} {moment(halt.lifted_at)} {whom}"


@halts.command(epilog=options.examples("halts lift NUMBER --by สมชาย  # where something is halted"))
@click.argument("number", type=int)
@click.option("--by", required=True, help="Your name: it is kept beside the halt.")
@click.option("--note", default="", help="What you found.")
@options.config
@options.language
@options.as_json
def lift(number: int, by: str, note: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Let letters leave again: say that the doubt NUMBER is settled.

    A restored ledger does not know the letters that left after the copy was made; their agencies
    may be written to again. Wait two working days, until the windows that were open then are over,
    or wait for the next round. A halt for the clock: say that the clock is right now.
    """
    from sarabanwatch import wiring

    if not by.strip():
        raise click.BadParameter("say who you are", param_hint="--by")
    asyncio.run(_lift(wiring.Components(config), number, by.strip(), note.strip()))
    if as_json:
        options.say_json({"halt": number, "lifted": True})
    else:
        click.echo(WORDS[lang]["done"])


async def _lift(components: "Components", number: int, by: str, note: str) -> None:
    with closing(components.ledger(existing=True)) as ledger:
        await ledger.write(store.halts.lift, number, by, note, components.clock.now())
