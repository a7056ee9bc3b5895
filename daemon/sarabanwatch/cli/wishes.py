"""`wishes add`, `list`, `end`: agencies that asked to be left alone, written down by a person, by name."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import options, which
from sarabanwatch.cli.terminal import day, line
from sarabanwatch.store import opt_outs

if TYPE_CHECKING:
    from sarabanwatch.wiring import Components

WORDS = {
    "th": {"none": "ไม่มีหน่วยงานใดขอไม่รับหนังสือทดสอบ", "since": "ตั้งแต่", "until": "ถึง",
           "open": "ไม่มีกำหนด", "by": "บันทึกโดย",
           "ended": "สิ้นสุด", "added": "จะไม่ส่งหนังสือทดสอบถึง", "again": "จะส่งหนังสือทดสอบถึงอีก"},
    "en": {"none": "no agency asked to be left alone", "since": "since", "until": "until",
           "open": "without end",
           "by": "written down by", "ended": "ended", "added": "no test letter goes any more to",
           "again": "test letters go again to"},
}
named = click.option("--by", required=True, help="Your name: it is kept beside the wish.")


@click.group()
def wishes() -> None:
    """Agencies that asked to be left alone: no test letter goes to them."""


@wishes.command(epilog=options.examples(
    'wishes add AGENCY --by สมชาย --why "telephone, 3 March" --until 2569-12-31'))
@click.argument("agency")
@click.option("--until", type=options.DayParam(),
              help="The last day on which it is left alone; else until it is ended.")
@click.option("--why", required=True, help="Who asked, when, in which mail.")
@named
@options.config
@options.language
@options.as_json
def add(agency: str, until: date | None, why: str, by: str, config: Path, lang: str, *,
        as_json: bool) -> None:
    """Leave AGENCY alone (its code, or a part of its name). A letter that waits for it is not sent."""
    components, code, name = _meant(config, agency)
    today = components.clock.now().date()
    if until and until < today:
        raise click.BadParameter(f"{until} is over; today is {today}", param_hint="--until")
    _needed(by, why)
    asyncio.run(_write(components, opt_outs.add, code, until, by.strip(), why.strip()))
    _done(code, name, "added", lang, as_json=as_json)


@wishes.command(epilog=options.examples('wishes end AGENCY --by สมชาย --why "telephone, 9 March"'))
@click.argument("agency")
@click.option("--why", required=True, help="Who asked for letters again.")
@named
@options.config
@options.language
@options.as_json
def end(agency: str, why: str, by: str, config: Path, lang: str, *, as_json: bool) -> None:
    """End the wish of AGENCY: letters go to it again."""
    components, code, name = _meant(config, agency)
    _needed(by, why)
    asyncio.run(_write(components, opt_outs.end, code, by.strip(), why.strip()))
    _done(code, name, "again", lang, as_json=as_json)


@wishes.command("list", epilog=options.examples("wishes list"))
@click.option("--all", "ended", is_flag=True, help="Those that have ended, too.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, ended: bool, as_json: bool) -> None:
    """List the wishes that stand. With --json: one value a line."""
    from sarabanwatch import wiring
    from sarabanwatch.store import opt_outs as book
    from sarabanwatch.store import queries

    with queries.asking(wiring.Components(config).ledger_file) as db:
        found = [asdict(wish) for wish in book.told(db, ended=ended)]
    for wish in found:
        if as_json:
            options.say_json(wish)
        else:
            click.echo(told(wish, lang))
    if not found and not as_json:
        click.echo(WORDS[lang]["none"])


def told(wish: dict[str, Any], lang: str) -> str:
    """Return a wish as a line for a person."""
    w = WORDS[lang]
    ended = (
        "" if not wish["ended_at"] else (
            f"; {w['ended']} {day(wish['ended_at'])} {line(wish['ended_by'])} ({line(wish['ended_why'])})"
        )
    )
    return (f"{line(wish['code'])}  {line(wish['name'])}  {w['since']} {day(wish['at'])} "
            f"{w['until']} {wish['until'] or w['open']}, {w['by']} {line(wish['by'])}: {line(wish['why'])}"
            f"{ended}")


def _meant(config: Path, agency: str) -> tuple["Components", str, str]:
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        found = which.one(db, agency)
    return components, found.code, found.name


def _needed(by: str, why: str) -> None:
    for said, hint in ((by, "--by"), (why, "--why")):
        if not said.strip():
            raise click.BadParameter("say it in words", param_hint=hint)


async def _write(components: "Components", step: Callable[..., None],
                 *args: Any) -> None:  # noqa: ANN401 - what the step takes
    with closing(components.ledger(existing=True)) as ledger:
        await ledger.write(step, *args, components.clock.now())


def _done(code: str, name: str, became: str, lang: str, *, as_json: bool) -> None:
    if as_json:
        options.say_json({"code": code, "left_alone": became == "added"})
    else:
        click.echo(f"{WORDS[lang][became]} {line(name)} ({line(code)})")
