"""`corrections list`, `show`, `accept`, `reject`: mails in which agencies tell a new address or announcement, before a person.

What a mail tells changes nothing by itself, and no answer is sent from here: it is drafted, for a person to look at and send.
"""

import asyncio
from contextlib import closing
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch import store
from sarabanwatch.cli import domains, explain, options, probe
from sarabanwatch.cli.claim import Claim
from sarabanwatch.cli.terminal import line, moment, safe
from sarabanwatch.core.errors import RequestError

if TYPE_CHECKING:
    from sarabanwatch.core.facts.agency import Announcement
    from sarabanwatch.core.judging.consequence import Consequences
    from sarabanwatch.wiring import Components

WORDS = {
    "th": {"proven": "พิสูจน์ผู้ส่งได้", "unproven": "พิสูจน์ผู้ส่งไม่ได้: โทรศัพท์ถามหน่วยงานก่อน",
           "from": "จาก", "about": "อาจเป็นของ",
           "nobody": "ไม่รู้ว่าเป็นของหน่วยงานใด ระบุด้วย --agency", "now": "ในทะเบียน",
           "names": "ที่อยู่ที่แจ้ง", "none": "ไม่พบที่อยู่ในข้อความ",
           "instead": "ให้เขียนว่า", "announced": "ประกาศ", "unseen": "ยังไม่เคยตรวจโดเมน",
           "decided": "ตัดสินแล้ว",
           "True": "รับ", "False": "ไม่รับ",
           "waits": "ไม่มีเรื่องรอตัดสิน", "taken": "รับแล้ว", "import": "ทะเบียนครั้งที่",
           "letter": "เขียนหนังสือทดสอบแล้ว ที่", "later": "หนังสือทดสอบ",
           "stale": "ประกาศในทะเบียนยังระบุที่อยู่อื่น จึงเป็นกลุ่ม C จนกว่าจะแก้ไขในทะเบียน:",
           "rejected": "ไม่รับ บันทึกแล้ว", "answer": "ร่างคำตอบ: --answer FILE.eml"},
    "en": {"proven": "the sender is proven", "from": "from",
           "unproven": "the sender is not proven: ask the agency by telephone first",
           "about": "may be of", "nobody": "nothing tells whose it is; name it with --agency",
           "now": "in the register",
           "names": "names", "none": "no address stands in its words", "instead": "write instead",
           "announced": "announced",
           "unseen": "its domain was not looked at yet", "decided": "decided", "True": "accepted",
           "False": "rejected",
           "waits": "nothing waits", "taken": "accepted", "import": "import",
           "letter": "written down: letter", "later": "letter",
           "stale": "the announcement in the register still gives another address, hence group C; mend it with the list:",
           "rejected": "rejected, written down",
           "answer": "the answer as a draft: --answer FILE.eml"},
}
named = click.option("--by", required=True, help="Your name: it is kept beside the decision.")


@click.group()
def corrections() -> None:
    """Mails in which agencies tell a new address or a new announcement; a person decides on each."""


@corrections.command("list", epilog=options.examples("corrections list"))
@click.option("--decided", "over", is_flag=True, help="Those that were decided on.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, over: bool, as_json: bool) -> None:
    """List the mails that wait for a decision, the oldest first. With --json: one value a line."""
    from sarabanwatch import wiring
    from sarabanwatch.core.returns.arrival import MailKind
    from sarabanwatch.store import corrections as book
    from sarabanwatch.store import queries, rulings

    w = WORDS[lang]
    with queries.asking(wiring.Components(config).ledger_file) as db:
        found: list[Any] = list(book.decided(db) if over
                                else rulings.waiting(db, MailKind.CORRECTION))
    for each in found:
        if as_json:
            options.say_json(asdict(each))
        elif over:
            said = f"{line(each.cell)} ({line(each.by)}: {line(each.note)})"
            click.echo(
                f"{each.mail[:12]} {moment(each.at)} {w[str(each.accepted)]} {each.code} {said}"
            )
        else:
            said = f"{line(each.sender)[:60]}  “{line(each.subject)[:60]}”"
            click.echo(
                f"{each.digest[:12]} {moment(each.arrived_at)} {each.agency or '-':<8} {said}"
            )
    if not found and not as_json:
        click.echo(w["waits"])


@corrections.command(epilog=options.examples("corrections show MAIL  # where a correction waits"))
@click.argument("mail")
@click.option("--agency", default="", help="Whose it is, where the mail does not tell.")
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
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        claim = Claim(components, db, mail, agency)
        if answer:
            options.write(answer, claim.draft())
            click.echo(f"เขียนแล้ว · written: {answer}")
            return
        told = claim.account(lang)
    if as_json:
        options.say_json(told)
    else:
        click.echo("\n".join(lines(told, WORDS[lang], lang)))


@corrections.command(epilog=options.examples(
    "corrections accept MAIL --by สมชาย  # where a correction waits"))
@click.argument("mail")
@click.option("--agency", default="", help="Whose it is, where the mail does not tell.")
@click.option("--address", default="",
              help="The address, where the mail names several, or names it wrong.")
@click.option("--announced-on", type=options.DayParam(), help="The day of the new announcement.")
@click.option("--link", default="", help="Where the new announcement stands.")
@click.option("--note", default="", help="Why; needed where the sender is not proven.")
@click.option("--yes", is_flag=True, help="Do not ask, where a terminal would be asked.")
@click.option("--anyway", is_flag=True, help="Take an address that the Regulation does not accept.")
@named
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
    from sarabanwatch import wiring
    from sarabanwatch.cli import moves
    from sarabanwatch.core.facts.agency import Announcement
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        claim = Claim(components, db, mail, agency)
        claim.undecided()
        whose, cell = claim.one(), address or claim.address()
        _acceptable(claim, db, cell, note, anyway=anyway)
        day, place = announced_on or claim.told.given_on, link or claim.told.link
        given = Announcement(place, day, cell) if day or place else None
    ahead = asyncio.run(_foreseen(components, claim.mail.digest, whose.code, cell, given))
    if not as_json and not moves.agreed(ahead, components.policy, yes=yes):
        return
    stale = (
        whose.announcement.cell
        if whose.announcement and not given and whose.announcement.cell != cell else ""
    )
    told = asyncio.run(_take(components, claim.mail.digest, whose.code, cell, given, by, note))
    w = WORDS[lang]
    if as_json:
        options.say_json({"mail": claim.mail.digest, "code": whose.code, "cell": cell,
                          "announced_still": stale or None, **told,
                          "moves": moves.plain(ahead, components.policy)["moves"]})
    else:
        click.echo(
            f"{w['taken']}: {whose.name} ({whose.code}) {line(cell)}, {w['import']} {told['import']}; "
            + (
                f"{w['letter']} {told['number']}" if told["number"]
                else f"{w['later']}: {told['why']}"
            )
        )
        if told["number"] and (idle := probe.idle(components, lang)):
            click.echo(idle)
        if stale:
            click.echo(f"{w['stale']} {line(stale)}")


@corrections.command(epilog=options.examples(
    'corrections reject MAIL --by สมชาย --note "not our agency"  # where a correction waits'))
@click.argument("mail")
@click.option("--agency", default="", help="Whose it is, where the mail does not tell.")
@click.option("--note", required=True, help="Why: it stands in the drafted answer.")
@named
@options.config
@options.language
def reject(mail: str, agency: str, note: str, by: str, config: Path, lang: str) -> None:
    """Write down that MAIL changes nothing, and why."""
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        claim = Claim(components, db, mail, agency)
    claim.undecided()
    code = claim.whose[0][0].code if len(claim.whose) == 1 else ""

    async def write() -> None:
        with closing(components.ledger(existing=True)) as ledger:
            await ledger.write(store.corrections.reject, claim.mail.digest, code,
                               ", ".join(claim.new), by, note, components.clock.now())

    asyncio.run(write())
    click.echo(f"{WORDS[lang]['rejected']}: {claim.mail.digest[:12]}; {WORDS[lang]['answer']}")


def _acceptable(claim: Claim, db: Any, cell: str, note: str, *,  # noqa: ANN401 - a ledger connection
                anyway: bool) -> None:
    """Refuse what a person should think of again."""
    from sarabanwatch.core import address

    if not claim.proof and not note.strip():
        raise click.UsageError("the sender is not proven; say with --note how you made sure")
    agency, rules = replace(claim.one(), cell=cell), claim.components.addresses
    judged, against = address.judge(agency, rules), list[str]()
    if judged.finding not in ("right", "odd"):
        against += [requirement.advice for requirement in judged.broken]
    named = next(iter(judged.addresses), cell)
    shown = claim.domains.get(named) or domains.looked_up(claim.components, db,
                                                          named) or {"findings": ()}
    against += [each["advice_en"] for each in shown["findings"] if each["severity"] == "fault"]
    if against and not anyway:
        instead = address.suggestion(agency, rules, judged)
        better = f" Write instead: {instead}." if instead else ""
        raise click.ClickException(
            f"{cell}: {' '.join(against)}{better} Reject it, or say --anyway."
        )


async def _foreseen(components: "Components", digest: str, code: str, cell: str,
                    given: "Announcement | None") -> "Consequences":
    """Return what taking it would make of its agency."""
    from sarabanwatch.app.foreseeing import foreseen

    with closing(components.ledger(existing=True)) as ledger:
        judge, rules = foreseen(components.addresses, components.policy), components.addresses
        return await ledger.rehearse(store.corrections.foresee, digest, code, cell, given, rules,
                                     components.clock.now(), judge)


async def _take(
    components: "Components", digest: str, code: str, cell: str, given: "Announcement | None",
    by: str, note: str,
) -> dict[str, Any]:
    """Take it into the register, then ask for a letter; where none may go now, the round's own goes when its turn comes."""
    from sarabanwatch.app.asking import ask

    with closing(components.ledger(existing=True)) as ledger:
        number = await ledger.write(
            store.corrections.accept, digest, code, cell, given, components.addresses, by, note,
            components.clock.now())
        try:
            serial = await ask(code, None, ledger=ledger, clock=components.clock,
                               rules=components.rules)
        except RequestError as why:
            return {"import": number, "letter": None, "number": None, "why": str(why)}
    return {"import": number, "letter": serial, "number": components.rules.form.numbered(serial),
            "why": ""}


def lines(told: dict[str, Any], w: dict[str, str], lang: str) -> list[str]:
    """Return a claim as lines for a person; whether its sender is proven stands on top."""
    out = [f"!! {w['unproven']}" if told["proof"] is None else f"{w['proven']}: {told['proof']}"]
    if told["decided"]:
        d = told["decided"]
        out.append(
            f"{w['decided']}: {w[str(d['accepted'])]} {moment(d['at'])} {line(d['by'])} {line(d['note'])}"
        )
    out += [
        f"{told['mail'][:12]} {moment(told['arrived_at'])} {w['from']} {line(told['from'])}  “{line(told['subject'])}”"
    ]
    about = [f"{w['about']} {line(a['name'])} ({a['code']}; {a['why']})  {w['now']} {a['cell']!r}"
             for a in told["agencies"]]
    out += about or [w["nobody"]]
    for each in told["addresses"]:
        found = each["finding"] or "?"
        thai = f": {explain.FINDINGS[found]}" if lang == "th" and found in explain.FINDINGS else ""
        out.append(f"{w['names']} {line(each['address'])} ({found}{thai})")
        out += [f"  {advice}" for advice in each["broken"]]
        out += [f"  {w['instead']} {each['write_instead']}"] if each["write_instead"] else []
        out += (
            [f"  {text}" for text in domains.lines(each["domain"], lang)] if each["domain"]
            else [f"  {w['unseen']}"]
        )
    if not told["addresses"]:
        out.append(w["none"])
    if told["announcement"]:
        out.append(
            f"{w['announced']} {told['announcement']['given_on'] or ''} {line(told['announcement']['link'])}"
        )
    return [*out, "", safe(told["words"]).strip()]
