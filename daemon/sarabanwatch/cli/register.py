"""`register import FILE`; `register check` stands in `cli.check`."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.check import check

if TYPE_CHECKING:
    from sarabanwatch.core.register import Register
    from sarabanwatch.wiring import Plant


@click.group()
def register() -> None:
    """The list of agencies."""


register.add_command(check)


@register.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@options.config
@options.as_json
def import_(file: Path, config: Path, *, as_json: bool) -> None:
    """Take FILE (CSV) for the register, whole or not at all. Rows that cannot be read are kept and listed."""
    from sarabanwatch import wiring

    read = asyncio.run(_take(wiring.Plant(config), file))
    bad = [{"line": p.line, "problem": p.problem, "remedy": p.remedy, "raw": p.raw} for p in read.problems]
    if as_json:
        options.say_json({"rows": len(read.entries) + len(bad), "good": len(read.entries), "bad": bad})
        return
    click.echo(f"นำเข้า {len(read.entries):,} หน่วยงาน, อ่านไม่ได้ {len(bad):,} แถว · agencies taken in, rows that cannot be read")
    for problem in read.problems:
        click.echo(f"  {file.name}:{problem.line}: {problem.problem}; {problem.remedy}")


async def _take(plant: "Plant", file: Path) -> "Register":
    from sarabanwatch import wiring

    ledger = plant.ledger()
    try:
        return await wiring.import_register(plant, file, ledger)
    finally:
        ledger.close()
