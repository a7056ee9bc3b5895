"""`corrections list`, `show`, `accept`, `reject`: mails that give a new address or announcement.

What a mail says changes nothing by itself: a person decides. No answer is sent from here: it is
drafted, for a person to look at and send.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import domains, ledger, moves, options, probe, taking
from sarabanwatch.cli.claim import Claim
from sarabanwatch.cli.errors import in_thai
from sarabanwatch.cli.terminal import aligned, column, day, line, moment, safe, short
from sarabanwatch.cli.thai import SIGNS, value_in
from sarabanwatch.cli.words import words
from sarabanwatch.core.address import CellFinding
from sarabanwatch.core.facts.agency import Announcement
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.store import corrections as table
from sarabanwatch.store import queries, rulings
from sarabanwatch.wiring import Components

WHOSE = click.option("--agency", default="", help="Whose it is, where the mail does not tell.")


@click.group()
def corrections() -> None:
    """Mails in which agencies give a new address or announcement; a person decides on each."""


@corrections.command("list", epilog=options.examples("corrections list"))
@click.option("--decided", "over", is_flag=True, help="Those that were decided on.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, over: bool, as_json: bool) -> None:
    """List the mails that wait for a decision, the oldest first. With --json: one value a line."""
    with queries.asking(Components(config).ledger_place) as db:
        mails = table.decided(db) if over else rulings.waiting(db, MailKind.CORRECTION)
        found = [asdict(each) for each in mails]
    w = words("corrections", lang)
    for each in found:
        text = _decided(each, w) if over else _waiting(each)
        options.show(each, [text], as_json=as_json)
    if not found and not as_json:
        click.echo(w["waits"])


def _decided(each: dict[str, Any], w: dict[str, str]) -> str:
    decision = f"{w[str(each['accepted'])]} {each['code']} {line(each['cell'])}"
    by = f"({line(each['by'])}: {line(each['note'])})"
    return f"{short(each['mail'])} {column(each['at'])} {decision} {by}"


def _waiting(each: dict[str, Any]) -> str:
    mail = f"{line(each['sender'])[:60]}  “{line(each['subject'])[:60]}”"
    return f"{short(each['digest'])} {column(each['arrived_at'])} {each['agency'] or '-':<8} {mail}"


@corrections.command(epilog=options.examples("corrections show MAIL  # where a correction waits"))
@click.argument("mail")
@WHOSE
@click.option("--answer", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the answer to its sender as a draft, .eml.")
@options.config
@options.language
@options.as_json
def show(mail: str, agency: str, answer: Path | None, config: Path, lang: str, *,
         as_json: bool) -> None:
    """Show the mail whose digest begins with MAIL: who wrote it, whose it may be, what it tells.

    The agency's own present domain proves the sender; a new domain proves nothing. --answer writes
    a draft of the answer, which nothing sends.
    """
    claim = _claim(Components(config), mail, agency)
    if answer:
        options.write(answer, claim.draft())
        click.echo(f"เขียนแล้ว · written: {answer}")
        return
    found = claim.collect(lang)
    options.show(found, render_text(found, lang), as_json=as_json)


@corrections.command(epilog=options.examples(
    "corrections accept MAIL --by สมชาย  # where a correction waits"))
@click.argument("mail")
@WHOSE
@click.option("--address", default="",
              help="The address, where the mail names several, or names it wrong.")
@click.option("--announced-on", type=options.DayParam(), help="The day of the new announcement.")
@click.option("--link", default="", help="Where the new announcement stands.")
@click.option("--note", default="", help="Why; needed where the sender is not proven.")
@click.option("--yes", is_flag=True, help="Do not ask, where a terminal would be asked.")
@click.option("--anyway", is_flag=True, help="Take an address that the Regulation does not accept.")
@options.by("decision")
@options.config
@options.language
@options.as_json
def accept(  # noqa: PLR0913 - one parameter an option
    mail: str, *, agency: str, address: str, announced_on: date | None, link: str, note: str,
    anyway: bool, yes: bool, by: str, config: Path, lang: str, as_json: bool,
) -> None:
    """Take what MAIL tells into the register, and ask for a letter to the new address.

    First it tells what that makes of the agency; at a terminal it asks. `register undo` takes it
    back.
    """
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        claim = Claim(components, db, mail, agency)
        claim.undecided()
        cell = address or claim.address()
        taking.refuse_doubtful(claim, db, cell, note, anyway=anyway)
    day, place = announced_on or claim.correction.given_on, link or claim.correction.link
    given = Announcement(place, day, cell) if day or place else None
    change = taking.AcceptedCorrection(claim.mail.digest, claim.one(), cell, given)
    ahead = taking.foresee(components, change)
    if not as_json and not moves.agreed(ahead, components.policy, yes=yes):
        return
    taken = taking.take(components, change, by, note)
    record = {"mail": change.mail, "code": change.agency.code, "cell": cell,
              "announced_still": change.stale or None, **taken,
              "moves": moves.collect(ahead, components.policy)["moves"]}
    idle = probe.idle(components, lang) if taken["number"] and not as_json else ""
    options.show(record, _accepted(record, change, idle, lang), as_json=as_json)


def _accepted(record: dict[str, Any], change: taking.AcceptedCorrection, idle: str,
              lang: str) -> Iterator[str]:
    w, agency = words("corrections", lang), change.agency
    letter = (f"{w['letter']} {record['number']}" if record["number"]
              else f"{w['later']}: {in_thai(record['why']) if lang == 'th' else record['why']}")
    yield (f"{w['taken']}: {agency.name} ({agency.code}) {line(change.cell)}, "
           f"{w['import']} {record['import']}; {letter}")
    if idle:
        yield idle
    if change.stale:
        yield f"{w['stale']} {line(change.stale)}"


@corrections.command(epilog=options.examples(
    'corrections reject MAIL --by สมชาย --note "not our agency"  # where a correction waits'))
@click.argument("mail")
@WHOSE
@click.option("--note", required=True, help="Why: it stands in the drafted answer.")
@options.by("decision")
@options.config
@options.language
def reject(mail: str, agency: str, note: str, by: str, config: Path, lang: str) -> None:
    """Write down that MAIL changes nothing, and why."""
    components, w = Components(config), words("corrections", lang)
    claim = _claim(components, mail, agency)
    claim.undecided()
    code = claim.whose[0][0].code if len(claim.whose) == 1 else ""
    what = table.Correction(claim.mail.digest, code, ", ".join(claim.new))
    ledger.write(components, table.reject, what, by, note, components.clock.now())
    click.echo(f"{w['rejected']}: {short(claim.mail.digest)}; {w['answer']}")


def _claim(components: Components, mail: str, agency: str) -> Claim:
    with queries.asking(components.ledger_place) as db:
        return Claim(components, db, mail, agency)


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield a mail as lines for a person; whether its sender is proven comes first."""
    w = words("corrections", lang)
    yield f"{w['proven']}: {found['proof']}" if found["proof"] else f"!! {w['unproven']}"
    if d := found["decided"]:
        decision = f"{w['decided']}: {w[str(d['accepted'])]} {moment(d['at'])}"
        yield f"{decision} {line(d['by'])} {line(d['note'])}"
    yield (f"{short(found['mail'])} {moment(found['arrived_at'])} {w['from']} {line(found['from'])}"
           f"  “{line(found['subject'])}”")
    for a in found["agencies"]:
        sign = SIGNS[a["why"]] if lang == "th" else a["why"]
        yield f"{w['about']} {line(a['name'])} ({a['code']}; {sign})"
        yield from aligned([(w["now"], line(a["cell"])), (w["tells"], _tells(found, w))])
    if not found["agencies"]:
        yield w["nobody"]
    for each in found["addresses"]:
        if each["address"] in found["new"]:
            yield from _address(each, w, lang)
    if not found["addresses"]:
        yield w["none"]
    if given := found["announcement"]:
        yield f"{w['announced']} {day(given['given_on'])} {line(given['link'])}"
    if not found["decided"]:
        yield w["decide"].format(mail=short(found["mail"]))
    yield from ("", safe(found["words"]).strip())


def _tells(found: dict[str, Any], w: dict[str, str]) -> str:
    """Return what a mail tells in one line, as the register's cell stands: `จากเดิม X เป็น Y`."""
    former, new = (", ".join(map(line, found[name])) for name in ("former", "new"))
    return w["becomes"].format(old=former, new=new or "-") if former else new or w["same"]


def _address(each: dict[str, Any], w: dict[str, str], lang: str) -> Iterator[str]:
    finding = each["finding"] and value_in(lang, each["finding"], CellFinding)
    yield f"{w['names']} {line(each['address'])} ({finding or w['unjudged']})"
    yield from (f"  {advice}" for advice in each["broken"])
    if each["write_instead"]:
        yield f"  {w['instead']} {each['write_instead']}"
    domain = domains.render_text(each["domain"], lang) if each["domain"] else [w["unseen"]]
    yield from (f"  {text}" for text in domain)
