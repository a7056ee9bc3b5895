"""`report freeze`, `list`, `show`, `release`, `render`: from the census of a cut-off to papers on a minister's desk."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch import store
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line, moment

if TYPE_CHECKING:
    from sarabanwatch.store.snapshots import Kept
    from sarabanwatch.wiring.papers import File

SUMS = "SHA256SUMS"


@click.group()
def report() -> None:
    """Snapshots of the census, and all the papers that are made from them."""


@report.command(epilog=options.examples("report freeze", "report freeze --at 2026-02-24T16:30"))
@click.option("--at", type=options.Moment(ends=False),
              help="The cut-off, Bangkok's time; by default the last fact in the ledger.")
@options.config
@options.as_json
def freeze(at: datetime | None, config: Path, *, as_json: bool) -> None:
    """Freeze the census as it was at a cut-off, under a digest.

    The same cut-off and facts give the same snapshot. Figures that do not add up give none.
    """
    from sarabanwatch import wiring
    from sarabanwatch.wiring import papers

    components = wiring.Components(config)
    kept = asyncio.run(papers.freeze(components, at))
    if as_json:
        options.say_json(asdict(kept))
    else:
        click.echo(f"ตัดข้อมูลแล้ว · frozen: {_line(kept)}")


@report.command("list", epilog=options.examples("report list"))
@options.config
@options.as_json
def list_(config: Path, *, as_json: bool) -> None:
    """List the snapshots, by cut-off. With --json: one value a line."""
    from sarabanwatch import wiring
    from sarabanwatch.store import queries, snapshots

    with queries.asking(wiring.Components(config).ledger_file) as db:
        for kept in snapshots.listed(db):
            if as_json:
                options.say_json(asdict(kept))
            else:
                click.echo(_line(kept))


def _line(kept: "Kept") -> str:
    state = (
        f"ออกแล้ว · released {moment(kept.released_at)} by {line(kept.released_by)}"
        if kept.released_at else "ร่าง · draft"
    )
    return f"{kept.id:>3}  as of {moment(kept.as_of)}  {kept.digest[:16]}  {state}"


@report.command(epilog=options.examples("report show"))
@click.argument("snapshot", default="")
@options.config
@options.as_json
def show(snapshot: str, config: Path, *, as_json: bool) -> None:
    """Show what SNAPSHOT says.

    SNAPSHOT is its number, or the beginning of its digest; without it, the last. The digest is
    checked first.
    """
    from sarabanwatch import wiring
    from sarabanwatch.wiring import papers

    told = papers.papers(wiring.Components(config), snapshot)
    facts: Any = told.cabinet
    if as_json:
        options.say_json({**asdict(told.kept), "figures": asdict(told.snapshot.figures),
                          "report": facts})
        return
    click.echo(_line(told.kept))
    click.echo("\n".join(line(sentence) for sentence in facts["summary"]))
    for row in facts["moves"]:
        click.echo(f"{row['count']:>7,}  {row['label']}")
    for row in facts["care"]:
        click.echo(f"{row['label']}: {row['seen']}")


@report.command(epilog=options.examples("report release SNAPSHOT --by สมชาย"))
@click.argument("snapshot")
@click.option("--by", required=True, help="Your name: it is kept beside the release.")
@click.option("--note", default="", help="On whose order, or why.")
@options.config
@options.as_json
def release(snapshot: str, by: str, note: str, config: Path, *, as_json: bool) -> None:
    """Say by name that what is made from SNAPSHOT is final.

    Its papers lose the word ร่าง (draft): once, and for good.
    """
    from sarabanwatch import wiring
    from sarabanwatch.wiring import papers

    if not by.strip():
        raise click.BadParameter("a release has a name", param_hint="--by")
    components = wiring.Components(config)
    told = papers.papers(components, snapshot)
    for _ in told.files():   # whoever releases wants papers: they must agree
        break

    async def put() -> None:
        with closing(components.ledger(existing=True)) as ledger:
            await ledger.write(store.snapshots.release, told.kept.id, by.strip(), note,
                               components.clock.now())

    asyncio.run(put())
    kept = papers.papers(components, str(told.kept.id)).kept
    if as_json:
        options.say_json(asdict(kept))
    else:
        click.echo(_line(kept))


@report.command(epilog=options.examples(
    "report render --all --out papers",
    "report render --only notices --out papers"))
@click.option("--snapshot", default="",
              help="Its number, or the beginning of its digest; the last by default.")
@click.option("--only", type=click.Choice(["cabinet", "circular", "infographic", "notices"]),
              default=None, help="One kind only.")
@click.option("--all", "everything", is_flag=True, help="Every kind.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="The folder to write into.")
@options.config
@options.as_json
def render(snapshot: str, only: str | None, out: Path, config: Path, *, everything: bool,
           as_json: bool) -> None:
    """Write the papers of a snapshot into a folder; what is there already is written over.

    They are the report to the Cabinet (PDF, XLSX with live formulas, CSV, JSON), the circular, the
    infographic and the notices. PDF, PNG and SVG need the extra `reports`; tables and drafts for
    mail do not.
    """
    from sarabanwatch import wiring
    from sarabanwatch.wiring import papers

    if bool(only) == everything:
        raise click.UsageError("give --all, or --only with a kind")
    told = papers.papers(wiring.Components(config), snapshot)
    written = list(_written(told.files(only or ""), out, quiet=as_json))
    (out / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(written)),
                            encoding="utf-8")
    if as_json:
        options.say_json({"snapshot": told.kept.digest, "draft": bool(told.issue.mark),
                          "files": dict(written)})
    else:
        click.echo(f"{_line(told.kept)}\n{len(written)} files in {out}, their digests in {SUMS}")


def _written(files: "Iterator[File]", out: Path, *, quiet: bool) -> Iterator[tuple[str, str]]:
    """Write files, each whole or not at all; yield their names and digests."""
    for name, make in files:
        made, file = make(), out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_name(f".{file.name}.part")
        half.write_bytes(made)
        half.replace(file)
        if not quiet and file.suffix != ".eml":
            click.echo(f"{len(made):>12,}  {name}")
        yield name, hashlib.sha256(made).hexdigest()
