"""What a demo says when its campaign is over: one agency explained, the census, what went and came, and how to go on."""

import asyncio
import shlex
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import socket

    from sarabanwatch.wiring import Components

# the group of the agency that is explained: the first that has one
EXAMPLES = ("D2", "D3", "D1", "B3", "C", "A1", "A2")
TOLD = 20       # agencies at most that are not yet known, or wrong, one a line


def lines(place: Path, result: dict[str, Any]) -> Iterator[str]:
    """Yield what was found in a demo's folder: an agency explained, the census in the circular's shape, the comparison."""
    from sarabanwatch.cli.census import table
    from sarabanwatch.cli.explain import account
    from sarabanwatch.cli.explain import lines as explained
    from sarabanwatch.core.judging.census import Census
    from sarabanwatch.store import judgements, queries
    from sarabanwatch.wiring import Components

    components = Components(place / "sarabanwatch.toml")
    with queries.asking(components.ledger_file) as db:
        yield "ตัวอย่างหนึ่งหน่วยงาน · one agency, for example:"
        yield from explained(account(components, queries.dossier(db, _example(db)), "th"), "th")
        yield "\n" + table(Census(judgements.counts(db), components.groups.buckets),
                           components.groups) + "\n"
    yield from _compared(result)


def _compared(result: dict[str, Any]) -> Iterator[str]:
    sent, seconds = result["letters"], result["seconds"]
    yield (f"หนังสือ · letters: {sent['planned']:,} = {sent['sent']:,} sent + {sent['doubtful']} doubtful + {sent['held']} held; "
           f"{sent['confirming']:,} confirming")
    yield "ที่กลับมา · returns: " + ", ".join(f"{kind} {n:,}"
                                              for kind, n in result["returns"].items())
    yield f"เวลา · time: {seconds['all']:.0f} s · {result['peak_rss_mb']:.0f} MB"
    for miss in result["waiting"][:TOLD]:
        yield f"  ยังไม่ทราบ · not yet known: {miss['code']} is {miss['truth']} ({miss['plays']})"
    for miss in result["wrong"][:TOLD]:
        yield f"  ผิด · wrong: {miss['code']} is {miss['truth']} ({miss['plays']}), found {miss['found']}"
    yield f"ผิดจากความจริง · wrong against the truth: {len(result['wrong'])}"


def _example(db: Any) -> str:  # noqa: ANN401 - a ledger connection
    """Return the code of the agency to explain."""
    from sarabanwatch.store import queries

    found = (next(queries.listed(db, group), None) for group in (*EXAMPLES, ""))
    return next(row.code for row in found if row is not None)


def go_on(place: Path, *, serve: bool, kept: bool, quiet: bool) -> None:
    """Say how to go on; with `serve`, show the public page meanwhile, until Enter or Ctrl-C is pressed."""
    from sarabanwatch.edge import web
    from sarabanwatch.store import queries
    from sarabanwatch.wiring import Components

    components = Components(place / "sarabanwatch.toml")
    listening = web.listen("127.0.0.1", 0, "page") if serve else None
    if not quiet and (serve or kept):
        with queries.asking(components.ledger_file) as db:
            click.echo("\n" + "\n".join(_next(components, _example(db), listening)))
    if listening:
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            asyncio.run(_until_enter(components, listening))


def _next(components: "Components", code: str, listening: "socket.socket | None") -> Iterator[str]:
    """Yield where the page is, and two commands to go on with."""
    this = sys.argv[0] if sys.argv[0].endswith("sarabanwatch") else "sarabanwatch"
    verb, config = shlex.quote(this), f"-c {shlex.quote(str(components.path))}"
    yield ("หน้าเว็บ · the page:  " + ("http://{}:{}/".format(*listening.getsockname()[:2])
                                       if listening else
                                       f"{verb} page serve {config}"))
    yield f"ลองต่อไป · next:      {verb} explain {code} --lang en {config}"
    yield f"                     {verb} agencies --group D2 {config}"
    if listening:
        yield "กด Enter เพื่อจบ · press Enter to end"


async def _until_enter(components: "Components", listening: "socket.socket") -> None:
    """Show the page until Enter is pressed, where there is a terminal to press it at; else until it is interrupted."""
    from sarabanwatch import wiring

    pressed = asyncio.Event()
    if sys.stdin.isatty():
        asyncio.get_running_loop().add_reader(sys.stdin, pressed.set)
    page = asyncio.ensure_future(wiring.serve_page(components, listening,
                                                   lambda error: click.echo(f"page: {error}",
                                                                            err=True)))
    asked = asyncio.ensure_future(pressed.wait())
    await asyncio.wait({page, asked}, return_when=asyncio.FIRST_COMPLETED)
    for each in (page, asked):
        each.cancel()
    await asyncio.gather(page, asked, return_exceptions=True)
