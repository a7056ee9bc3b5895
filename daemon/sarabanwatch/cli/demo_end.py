"""What a demo prints at the end: one agency explained, the census, the letters, how to go on."""

import asyncio
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import census, explain, record
from sarabanwatch.core.judging.census import Census
from sarabanwatch.edge import web
from sarabanwatch.store import dossiers, judgements, queries
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.site import serve_page

# the group of the agency that is explained: the first that has one
EXAMPLES = ("D2", "D3", "D1", "B3", "C", "A1", "A2")
SHOWN = 20      # agencies at most that are not yet known, or wrong


def render_text(place: Path, result: dict[str, Any]) -> Iterator[str]:
    """Yield what was found in a demo's folder, and how it compares with what is true."""
    components = Components(place / "sarabanwatch.toml")
    with queries.asking(components.ledger_place) as db:
        yield "ตัวอย่างหนึ่งหน่วยงาน · one agency, for example:"
        example = record.collect(components, dossiers.dossier(db, _example(db)), "th")
        yield from explain.render_text(example, "th")
        counted = Census(judgements.counts(db), components.groups.buckets)
        yield from ("", *census.render_text(counted, components.groups), "")
    yield from _compared(result)


def _compared(result: dict[str, Any]) -> Iterator[str]:
    sent, seconds = result["letters"], result["seconds"]
    returns = ", ".join(f"{kind} {n:,}" for kind, n in result["returns"].items())
    yield (f"หนังสือ · letters: {sent['planned']:,} = {sent['sent']:,} sent + "
           f"{sent['doubtful']} doubtful + {sent['held']} held; {sent['confirming']:,} confirming")
    yield f"ที่กลับมา · returns: {returns}"
    yield f"เวลา · time: {seconds['all']:.0f} s · {result['peak_rss_mb']:.0f} MB"
    for miss in result["waiting"][:SHOWN]:
        yield f"  ยังไม่ทราบ · not yet known: {_truth(miss)}"
    for miss in result["wrong"][:SHOWN]:
        yield f"  ผิด · wrong: {_truth(miss)}, found {miss['found']}"
    yield f"ผิดจากความจริง · wrong against the truth: {len(result['wrong'])}"


def _truth(miss: dict[str, Any]) -> str:
    return f"{miss['code']} is {miss['truth']} ({miss['plays']})"


def _example(db: Tx) -> str:
    """Return the code of the agency to explain."""
    found = (next(queries.listed(db, group), None) for group in (*EXAMPLES, ""))
    return next(row.code for row in found if row is not None)


def go_on(place: Path, *, serve: bool, kept: bool, quiet: bool) -> None:
    """Say how to go on; with `serve`, show the public page until Enter or Ctrl-C is pressed."""
    components = Components(place / "sarabanwatch.toml")
    listening = web.listen("127.0.0.1", 0, "page") if serve else None
    if not quiet and (serve or kept):
        with queries.asking(components.ledger_place) as db:
            click.echo("\n" + "\n".join(_next(components, _example(db), listening)))
    if listening:
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            asyncio.run(_until_enter(components, listening))


def _next(components: Components, code: str, listening: socket.socket | None) -> Iterator[str]:
    """Yield where the page is, and two commands to go on with."""
    this = sys.argv[0] if sys.argv[0].endswith("sarabanwatch") else "sarabanwatch"
    verb, config = shlex.quote(this), f"-c {shlex.quote(str(components.path))}"
    page = f"{verb} page serve {config}"
    if listening:
        page = web.address(listening)
    yield f"หน้าเว็บ · the page:  {page}"
    yield f"ลองต่อไป · next:      {verb} explain {code} --lang en {config}"
    yield f"                     {verb} agencies --group D2 {config}"
    if listening:
        yield "กด Enter เพื่อจบ · press Enter to end"


async def _until_enter(components: Components, listening: socket.socket) -> None:
    """Show the page until Enter is pressed at a terminal; without one, until interrupted."""
    pressed = asyncio.Event()
    if sys.stdin.isatty():
        asyncio.get_running_loop().add_reader(sys.stdin, pressed.set)
    page = asyncio.ensure_future(serve_page(components, listening, _report))
    asked = asyncio.ensure_future(pressed.wait())
    await asyncio.wait({page, asked}, return_when=asyncio.FIRST_COMPLETED)
    for each in (page, asked):
        each.cancel()
    await asyncio.gather(page, asked, return_exceptions=True)


def _report(error: BaseException) -> None:
    click.echo(f"page: {error}", err=True)
