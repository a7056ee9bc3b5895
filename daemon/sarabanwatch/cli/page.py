"""`page serve`, `page export DIR`, `page qr`: the public page, without the daemon."""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

import click

from sarabanwatch.cli import options, which
from sarabanwatch.cli.terminal import both
from sarabanwatch.core.page.public import slug
from sarabanwatch.edge import web
from sarabanwatch.page import export as write_site
from sarabanwatch.page import png, svg
from sarabanwatch.store import queries
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.site import face, serve_page, static_site

EVERY = 0.2     # seconds between two updates of an export's progress, on a terminal


@click.group()
def page() -> None:
    """The public page."""


@page.command(epilog=options.examples("page serve  # until Ctrl-C"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=0, show_default=True, help="0: any free one.")
@options.config
def serve(host: str, port: int, config: Path) -> None:
    """Show the page from the ledger as it is, for a look, until Ctrl-C.

    The daemon serves it by itself where `[page] port` is set.
    """
    components = Components(config)
    components.archive().close()     # fails here, before listening, where there is no ledger
    listening = web.listen(host, port, "page")
    click.echo(web.address(listening))
    sys.stdout.flush()
    asyncio.run(serve_page(components, listening, _report))


def _report(error: BaseException) -> None:
    click.echo(f"page: {type(error).__name__}: {error}", err=True)


@page.command(epilog=options.examples("page export site"))
@click.argument("folder", type=click.Path(path_type=Path))
@options.config
@options.either
@options.as_json
def export(folder: Path, config: Path, *, as_json: bool) -> None:
    """Write the whole site into FOLDER, as files for any web server.

    It works without a script. Only what differs is written, and the folder changes in one step.
    """
    components, began = Components(config), time.monotonic()
    done = write_site(partial(static_site, config), folder,
                      ExportProgress(quiet=as_json).show)
    seconds = round(time.monotonic() - began, 1)
    counts = both(f"เขียนใหม่ {done.written:,} คงเดิม {done.kept:,} นำออก {done.removed:,} ไฟล์",
                  f"{done.written:,} written, {done.kept:,} kept, {done.removed:,} removed")
    text = [f"{counts}: {folder}"]
    if not components.settings.page.base:
        text.append(both("page.base ยังว่างอยู่ คิวอาร์โค้ดและฟีดจึงไม่มีที่อยู่ของเว็บ",
                         "page.base is empty: QR codes and the feed cannot say where the site "
                         "stands"))
    options.show(done._asdict() | {"folder": str(folder), "seconds": seconds}, text,
                 as_json=as_json)


@page.command(epilog=options.examples(
    "page qr --out page.svg  # needs page.base",
    "page qr AGENCY --out agency.png  # needs page.base"))
@click.argument("agency", default="")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="A .svg or .png file.")
@options.config
@options.either
@options.as_json
def qr(agency: str, out: Path, config: Path, *, as_json: bool) -> None:
    """Write the QR code of AGENCY's page, or of the first page.

    AGENCY is its code, or a part of its name.
    """
    components = Components(config)
    if not components.settings.page.base:
        raise click.ClickException("page.base is empty: set it to where the public finds the page")
    if out.suffix not in {".svg", ".png"}:
        raise click.BadParameter(f"{out.name}: name a .svg or a .png file", param_hint="--out")
    link = face(components, "").link
    if agency:
        with queries.asking(components.ledger_place) as db:
            link = face(components, "").of(slug(which.one(db, agency).code))
    out.write_bytes(svg(link) if out.suffix == ".svg" else png(link))
    options.show({"link": link, "file": str(out)}, [f"{out}: {link}"], as_json=as_json)


class ExportProgress:
    """A line that is written over on a terminal, a line for each tenth elsewhere; on stderr."""

    def __init__(self, *, quiet: bool) -> None:
        self._moves = sys.stderr.isatty()
        self._quiet, self._last = quiet and not self._moves, 0.0

    def show(self, done: int, all_: int) -> None:
        """Show how many files are done."""
        line, now = f"{done:,} / {all_:,} {both('ไฟล์', 'files')}", time.monotonic()
        if self._moves and (now - self._last > EVERY or done == all_):
            click.echo(f"\r{line}", err=True, nl=done == all_)
            self._last = now
        elif not self._moves and not self._quiet and done * 10 // all_ != (done - 1) * 10 // all_:
            click.echo(line, err=True)
