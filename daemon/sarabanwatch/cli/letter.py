"""`letter preview AGENCY`: the test letter as its office would get it."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from sarabanwatch.cli import options, which
from sarabanwatch.cli.terminal import both
from sarabanwatch.core.address import judge
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.letters.compose import compose, text
from sarabanwatch.core.letters.wording import paper
from sarabanwatch.core.sending import catch_all, plan
from sarabanwatch.papers import print as printing
from sarabanwatch.settings import shipped
from sarabanwatch.store import queries, register_table
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

NOWHERE = ("ไม่มีอีเมลที่ส่งได้", "no address that can be written to")


@click.group()
def letter() -> None:
    """The test letter."""


@letter.command(epilog=options.examples(
    "letter preview AGENCY",
    "letter preview AGENCY --pdf --out letter.pdf"))
@click.argument("agency")
@click.option("--eml", "form", flag_value="eml",
              help="The message itself, as it goes out (RFC 5322).")
@click.option("--pdf", "form", flag_value="pdf", help="The letter on paper.")
@click.option("--catch-all", "to_nobody", is_flag=True,
              help="The letter to a name that nobody has, at the agency's domain ([catch_all]).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write it to this file.")
@options.config
@options.either
@options.as_json
def preview(agency: str, form: str | None, out: Path | None, config: Path, *, to_nobody: bool,
            as_json: bool) -> None:
    """Show the test letter to AGENCY as its office gets it.

    That is its last letter, or else the one that it would get now. AGENCY is its code, or a part of
    its name. The words are shown; --eml gives the message itself, --pdf the letter on paper,
    --catch-all the letter to a name that nobody has.
    """
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        facts = _facts(db, components, agency)
    if to_nobody:
        facts = _catch_all_probe(components, facts)
    if form is None:
        page = paper(facts, components.form)
        options.show({"code": facts.code, "address": facts.address, "letter": asdict(page)},
                     [f"{both('ถึง', 'to')}: {facts.address or both(*NOWHERE)}\n",
                      "".join(text(page)).replace("\r\n", "\n").removesuffix("\n")],
                     as_json=as_json)
        return
    made = _pdf(components, facts) if form == "pdf" else _eml(components, facts)
    if out:
        out.write_bytes(made)
        click.echo(f"{both('เขียนแล้ว', 'written')}: {out} ({len(made):,} octets)")
    elif form == "pdf" and sys.stdout.isatty():
        raise click.ClickException("a PDF is not for a terminal; name a file with --out FILE")
    else:
        click.echo(made, nl=False)


def _facts(db: Tx, components: Components, wanted: str) -> Letter:
    """Return the facts of an agency's last letter.

    Where none was written yet, they are those of a letter of number 0, which no reply can match.
    """
    row = which.one(db, wanted)
    last = queries.last_letter(db, row.code)
    if last is not None:
        return last
    agency = register_table.find(db, row.code)
    assert agency is not None  # noqa: S101 - it was just listed
    to = plan.writes_to(agency, judge(agency, components.addresses))
    return Letter(0, components.rules.mint(0, epoch=0, to=to), row.code, row.name, to,
                  components.clock.now(), kind=agency.kind)


def _catch_all_probe(components: Components, facts: Letter) -> Letter:
    """Return the facts of a letter to nobody at an agency's domain, of number 0 likewise."""
    domain, token = facts.address.rpartition("@")[2], components.rules.mint(0, epoch=0, to="")
    return Letter(0, token, "", domain, catch_all.address(domain, token), components.clock.now(),
                  purpose=Purpose.CATCH_ALL)


def _pdf(components: Components, facts: Letter) -> bytes:
    drawn = printing.letter(paper(facts, components.form), components.garuda)
    return printing.pages(shipped("print/letter.typ"), drawn, facts.drafted_at, "pdf")[0]


def _eml(components: Components, facts: Letter) -> bytes:
    with_pdf = components.settings.letter.pdf and printing.installed()
    return compose(facts, components.form, _pdf(components, facts) if with_pdf else b"")
