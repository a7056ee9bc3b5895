"""`incidents list`, `show`, `release`: many agencies that would fall at once, and a person's word that they may.

So are held those whom a list, other rules or mail read anew would move among those to mend, where they are too many.
"""

import asyncio
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch import store
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line, moment

if TYPE_CHECKING:
    from sarabanwatch.store.incidents import IncidentSummary
    from sarabanwatch.wiring import Components

WORDS = {
    "th": {"incident": "เหตุการณ์ร่วม", "mail host": "เครื่องรับอีเมล", "mail domain": "โดเมนอีเมล",
           "superior": "สังกัด", "province": "จังหวัด", "country": "ทั้งประเทศ",
           "list": "ทะเบียนที่นำเข้าครั้งที่", "rules": "หลักเกณฑ์",
           "replay": "การอ่านจดหมายซ้ำ", "groups": "การแบ่งกลุ่มฉบับ",
           "open": "ยังไม่ยุติ", "cleared": "ยุติเอง: หนังสือที่ส่งหลังจากนั้นไปถึง",
           "released": "ปล่อยโดย", "since": "ตั้งแต่", "until": "ถึง",
           "agencies": "หน่วยงาน", "held": "คงกลุ่มเดิมไว้", "good": "ใช้ได้แล้ว",
           "turned": "เปลี่ยนกลุ่มแล้ว",
           "none": "ไม่มีเหตุการณ์ร่วม", "would": "จะเป็น", "is": "เป็น", "done": "ปล่อยแล้ว เปลี่ยนกลุ่ม",
           "rest": "หน่วยงานรอหนังสือยืนยันผลก่อน"},
    "en": {"incident": "incident", "mail host": "mail host", "mail domain": "mail domain",
           "superior": "superior", "province": "province", "country": "the country",
           "list": "list, import", "rules": "rules",
           "replay": "mail read anew", "groups": "edition of the groups",
           "open": "open", "cleared": "over: letters written since arrive",
           "released": "released by", "since": "since", "until": "until", "agencies": "agencies",
           "held": "held in their last group", "good": "good again", "turned": "turned",
           "none": "no incident",
           "would": "would be", "is": "is", "done": "released, turned",
           "rest": "turn when confirming letters have failed, too"},
}


@click.group()
def incidents() -> None:
    """Many agencies that would fall at once, held until it is over.

    They have a mail host, a superior or a province in common, or one list or rule would move them.
    """


@incidents.command("list", epilog=options.examples("incidents list", "incidents list --all"))
@click.option("--open/--all", "only_open", default=True, show_default=True,
              help="Those that hold agencies, or all there were.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, only_open: bool, as_json: bool) -> None:
    """List the incidents, the oldest first. With --json: one value a line."""
    from sarabanwatch import wiring
    from sarabanwatch.store import incidents as book
    from sarabanwatch.store import queries

    with queries.asking(wiring.Components(config).ledger_file) as db:
        found = [told for told in book.told(db) if not only_open or told.closed_at is None
                 or told.held]
    for told in found:
        if as_json:
            options.say_json(plain(told))
        else:
            click.echo("\n".join(lines(plain(told), lang)))
    if not found and not as_json:
        click.echo(WORDS[lang]["none"])


@incidents.command(epilog=options.examples("incidents show NUMBER  # where there is an incident"))
@click.argument("number", type=int)
@options.config
@options.language
@options.as_json
def show(number: int, config: Path, lang: str, *, as_json: bool) -> None:
    """Show incident NUMBER: whom it held, to which group each would go, what became of each."""
    from sarabanwatch import wiring
    from sarabanwatch.store import incidents as book
    from sarabanwatch.store import queries

    with queries.asking(wiring.Components(config).ledger_file) as db:
        told = plain(_one(db, number)) | {"members": [asdict(member)
                                                      for member in book.members(db, number)]}
    if as_json:
        options.say_json(told)
    else:
        click.echo("\n".join([*lines(told, lang),
                              *(_member(each, WORDS[lang]) for each in told["members"])]))


@incidents.command(epilog=options.examples(
    "incidents release NUMBER --by สมชาย  # where there is an incident"))
@click.argument("number", type=int)
@click.option("--by", required=True, help="Your name: it is kept beside the incident.")
@click.option("--note", default="", help="Why they may turn.")
@options.config
@options.language
@options.as_json
def release(number: int, by: str, note: str, config: Path, lang: str, *, as_json: bool) -> None:
    """End incident NUMBER in your name: every agency that it holds goes to its new group now."""
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    if not by.strip():
        raise click.BadParameter("give a name", param_hint="--by")
    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        told = _one(db, number)
    if told.closed_at:
        raise click.ClickException(f"incident {number} ended {moment(told.closed_at)}; what it still holds turns when a letter "
                                   "written since has failed too")
    turned = asyncio.run(_release(components, number, by.strip(), note))
    with queries.asking(components.ledger_file) as db:
        held = _one(db, number).held
    if as_json:
        options.say_json({"incident": number, "turned": turned, "held": held, "by": by.strip(),
                          "note": note})
    else:
        w = WORDS[lang]
        rest = f"; {held:,} {w['rest']}" if held else ""
        click.echo(f"{w['incident']} {number}: {w['done']} {turned:,} {w['agencies']}{rest}")


async def _release(components: "Components", number: int, by: str, note: str) -> int:
    with closing(components.ledger(existing=True)) as ledger:
        return await ledger.write(store.incidents.release, number, by, note, components.clock.now())


def _one(db: Any, number: int) -> "IncidentSummary":  # noqa: ANN401 - a ledger connection
    from sarabanwatch.store.incidents import told

    found = next(told(db, number), None) if number else None
    if found is None:
        raise click.ClickException(f"no incident {number}; `incidents list --all` lists them")
    return found


def plain(told: "IncidentSummary") -> dict[str, Any]:
    """Tell an incident as plain values."""
    return {**asdict(told), "held": told.held}


def lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return an incident as lines for a person."""
    w = WORDS[lang]
    ended = (
        f"{w['until']} {moment(told['closed_at'])}: {w[told['how']]} {line(told['by'])}"
        if told["closed_at"] else w["open"]
    )
    note = f" ({line(told['note'])})" if told["note"] else ""
    what = f"{w['incident']} {told['id']}: {w[told['scope']]} {line(told['key'])}".rstrip()
    named = {"agencies": "agencies", "held": "held", "cleared": "good", "turned": "turned"}
    whole, *parts = (f"{told[key]:,} {w[name]}" for key, name in named.items())
    return [f"{what}  {w['since']} {moment(told['opened_at'])}, {ended.rstrip()}{note}",
            f"  {whole} = {' + '.join(parts)}"]


def _member(each: dict[str, Any], w: dict[str, str]) -> str:
    became = {"": f"{w['held']}; {w['would']} {each['group']} ({each['because']})",
              "cleared": w["good"], "turned": f"{w['is']} {each['group']} ({each['because']})"}
    return f"    {each['code']:<8} {line(each['name'])}: {became[each['how']]}"
