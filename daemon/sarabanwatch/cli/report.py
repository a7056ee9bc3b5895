"""`report freeze`, `list`, `show`, `release`, `render`: snapshots of the census, as papers."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options
from sarabanwatch.cli.likely import OneOf
from sarabanwatch.cli.terminal import both, line, moment, short
from sarabanwatch.store import queries, snapshots
from sarabanwatch.store.snapshots import Kept
from sarabanwatch.wiring import Components, papers
from sarabanwatch.wiring.papers import File, Papers

SUMS = "SHA256SUMS"
NONE = ("ยังไม่ได้ตัดข้อมูล ใช้ `report freeze`", "no snapshot yet; `report freeze` makes one")


@click.group()
def report() -> None:
    """Snapshots of the census, and all the papers that are made from them."""


@report.command(epilog=options.examples("report freeze", "report freeze --at 2026-02-24T16:30"))
@click.option("--at", type=options.Moment(ends=False),
              help="The cut-off, Bangkok's time; by default the last fact in the ledger.")
@options.config
@options.either
@options.as_json
def freeze(at: datetime | None, config: Path, *, as_json: bool) -> None:
    """Freeze the census as it was at a cut-off, under a digest.

    The same cut-off and facts give the same snapshot. Figures that do not add up give none.
    """
    kept = asyncio.run(papers.freeze(Components(config), at))
    options.show(asdict(kept), [f"{both('ตัดข้อมูลแล้ว', 'frozen')}: {_line(kept)}"], as_json=as_json)


@report.command("list", epilog=options.examples("report list"))
@options.config
@options.either
@options.as_json
def list_(config: Path, *, as_json: bool) -> None:
    """List the snapshots, by cut-off. With --json: one value a line."""
    with queries.asking(Components(config).ledger_place) as db:
        found = list(snapshots.listed(db))
    options.show_all([asdict(kept) for kept in found], lambda kept: _line(Kept(**kept)),
                     both(*NONE), as_json=as_json)


def _line(kept: Kept) -> str:
    state = both("ร่าง", "draft")
    if kept.released_at:
        state = (f"{both('ออกแล้ว', 'released')} {moment(kept.released_at)} "
                 f"{both('โดย', 'by')} {line(kept.released_by)}")
    as_of = both("ณ", "as of")
    return f"{kept.id:>3}  {as_of} {moment(kept.as_of)}  {short(kept.digest)}  {state}"


@report.command(epilog=options.examples("report show"))
@click.argument("snapshot", default="")
@options.config
@options.either
@options.as_json
def show(snapshot: str, config: Path, *, as_json: bool) -> None:
    """Show what SNAPSHOT says.

    SNAPSHOT is its number, or the beginning of its digest; without it, the last. The digest is
    checked first.
    """
    source = papers.papers(Components(config), snapshot)
    found = {**asdict(source.kept), "figures": asdict(source.snapshot.figures),
             "report": source.cabinet}
    options.show(found, render_text(source), as_json=as_json)


def render_text(source: Papers) -> Iterator[str]:
    """Yield what a snapshot says as lines for a person."""
    facts: Any = source.cabinet
    yield _line(source.kept)
    yield from (line(sentence) for sentence in facts["summary"])
    yield from (f"{row['count']:>7,}  {row['label']}" for row in facts["moves"])
    yield from (f"{row['label']}: {row['seen']}" for row in facts["care"])


@report.command(epilog=options.examples("report release SNAPSHOT --by สมชาย"))
@click.argument("snapshot")
@options.by("release")
@click.option("--note", default="", help="On whose order, or why.")
@options.config
@options.either
@options.as_json
def release(snapshot: str, by: str, note: str, config: Path, *, as_json: bool) -> None:
    """Declare in your name that the papers made from SNAPSHOT are final.

    They no longer bear the word ร่าง (draft). This cannot be undone. Nothing is released whose
    figures do not agree, or while the office's number or signer is not filled in ([report]).
    """
    components = Components(config)
    source = papers.papers(components, snapshot)
    source.in_form()
    for _ in source.files():   # figures that contradict each other raise here, before the release
        break
    ledger.write(components, snapshots.release, source.kept.id, by, note, components.clock.now())
    kept = papers.papers(components, str(source.kept.id)).kept
    options.show(asdict(kept), [_line(kept)], as_json=as_json)


@report.command(epilog=options.examples(
    "report render --all --out papers",
    "report render --only notices --out papers"))
@click.option("--snapshot", default="",
              help="Its number, or the beginning of its digest; the last by default.")
@click.option("--only", type=OneOf(["cabinet", "circular", "infographic", "notices"]),
              default=None, help="One kind only.")
@click.option("--all", "everything", is_flag=True, help="Every kind.")
@click.option("--draft", is_flag=True, help="For looks: ร่าง on each page.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="The folder to write into.")
@options.config
@options.either
@options.as_json
def render(snapshot: str, only: str | None, out: Path, config: Path, *, everything: bool,
           draft: bool, as_json: bool) -> None:
    """Write the papers of a snapshot into a folder; what is there already is written over.

    They are the report to the Cabinet (PDF, XLSX with live formulas, CSV, JSON) with its covering
    letter, the circular, the infographic and the notices. PDF, PNG and SVG need the extra
    `reports`; tables and drafts for mail do not.
    """
    if bool(only) == everything:
        raise click.UsageError("give --all, or --only with a kind")
    source = papers.papers(Components(config), snapshot, draft=draft)
    written = list(_written(source.files(only or ""), out, quiet=as_json))
    (out / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(written)),
                            encoding="utf-8")
    options.show({"snapshot": source.kept.digest, "draft": bool(source.issue.stamp),
                  "files": dict(written)},
                 [_line(source.kept),
                  both(f"เขียน {len(written)} ไฟล์ใน {out} รหัสของแต่ละไฟล์อยู่ใน {SUMS}",
                       f"{len(written)} files in {out}, their digests in {SUMS}")],
                 as_json=as_json)


def _written(files: Iterator[File], out: Path, *, quiet: bool) -> Iterator[tuple[str, str]]:
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
