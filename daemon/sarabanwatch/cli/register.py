"""`register import FILE`."""

import asyncio
from pathlib import Path

import click

from sarabanwatch.cli import options


@click.group()
def register() -> None:
    """The list of agencies."""


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
    click.echo(f"นำเข้า {len(read.entries):,} หน่วยงาน, อ่านไม่ได้ {len(bad):,} แถว · {len(read.entries):,} agencies, {len(bad):,} unreadable rows")
    for problem in read.problems:
        click.echo(f"  {file.name}:{problem.line}: {problem.problem}; {problem.remedy}")


async def _take(plant, file: Path):  # noqa: ANN001, ANN202 - wiring's, imported when asked for
    from sarabanwatch import wiring

    ledger = plant.ledger()
    try:
        return await wiring.import_register(plant, file, ledger)
    finally:
        ledger.close()
