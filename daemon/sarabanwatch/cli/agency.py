"""`agency show AGENCY`: everything that is known of one agency, on one screen. Why it is so, `explain` tells."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import domains, explain, looks, notes, options, which
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.wiring import Components

LAST = 3      # letters
KEPT = ("code", "name", "kind", "province", "superior", "group", "label", "since", "mend",
        "register", "address", "announcement", "lines", "falls", "weakened")
WORDS = {
    "th": {"kind": "ประเภท", "former": "รหัสเดิม", "province": "จังหวัด", "superior": "สังกัด",
           "status": "สถานะ", "group": "กลุ่ม",
           "mend": "สิ่งที่ต้องแก้ไข", "weak": "ข้อสังเกต", "falls": "ผลล่าสุด", "cell": "อีเมลที่แจ้ง",
           "announced": "ประกาศ", "not": "ยังไม่มีประกาศ", "gives": "ระบุ",
           "domain": "โดเมน", "unseen": "ยังไม่เคยตรวจโดเมน", "host": "เครื่องรับอีเมล",
           "share": "หน่วยงานใช้ร่วมกัน",
           "letters": "หนังสือล่าสุด", "none": "ยังไม่เคยส่ง", "history": "ประวัติ", "since": "ตั้งแต่",
           "until": "ถึง",
           "notes": "ข้อสังเกตของแถว", "why": "เหตุผลและหลักฐาน",
           "agency": "ชื่อ", "address": "อีเมล", "announcement": "ประกาศ"},
    "en": {"kind": "kind", "former": "former code", "province": "province", "superior": "superior",
           "status": "status",
           "group": "group", "mend": "to mend", "weak": "but", "falls": "lately found",
           "cell": "declared",
           "announced": "announced", "not": "no announcement", "gives": "gives",
           "domain": "domain", "unseen": "its domain was not looked at yet",
           "host": "mail host", "share": "agencies share it", "letters": "last letters",
           "none": "none was sent yet",
           "history": "history", "since": "since", "until": "until",
           "notes": "row notes", "why": "why, and the evidence",
           "agency": "name", "address": "address", "announcement": "announcement"},
}


@click.group()
def agency() -> None:
    """One agency."""


@agency.command(epilog=options.examples("agency show AGENCY"))
@click.argument("agency")
@options.config
@options.language
@options.as_json
def show(agency: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Show all that is known of one agency on one screen.

    AGENCY is its code, a former code, or a part of its name. The screen tells its group, its
    address and how that was judged, its domain, its mail host and how many agencies share it, its
    last letters, when it is looked at next, and its history. Exit code 1 where no agency is meant,
    or several.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        told = account(components, db, which.one(db, agency).code, lang)
    if as_json:
        options.say_json(told)
    else:
        click.echo("\n".join(lines(told, lang)))


def account(components: "Components", db: Any, code: str, lang: str) -> dict[str, Any]:  # noqa: ANN401 - a ledger connection
    """Tell one agency as plain values: what `explain` has of it, without the evidence, and what else is known."""
    from sarabanwatch.store import queries

    dossier, now = queries.dossier(db, code), components.clock.now()
    told = explain.account(components, dossier, lang)
    domain = domains.of(db, next(iter(told["address"]["read"]), ""), now)
    host = domain["mail_host"] if domain else ""
    former = dossier.agency.former
    return {key: told[key] for key in KEPT} | {
        "status": dossier.agency.status,
        "former": {"code": former, "name": queries.once_called(db, former)} if former else None,
        "domain": domain,
        "mail_host": {"host": host, "agencies": queries.sharing(db, host)} if host else None,
        "letters": [{key: each[key] for key in ("number", "address", "drafted_at", "verdict",
                                                "because")}
                    for each in told["letters"][-LAST:]],
        **looks.told(components, db, dossier, now),
        "notes": notes.told(dossier.notes),
    }


def lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return an agency as one screen."""
    w = WORDS[lang]
    rows = [row for rows in (_stands, _register, _post, _past) for row in rows(told, w, lang)]
    wide = max(len(_seen(name)) for name, _ in rows)
    return [f"{line(told['name'])} ({line(told['code'])})",
            *(f"  {name}{' ' * (wide - len(_seen(name)))}  {text}" for name, text in rows),
            f"  {w['why']}: sarabanwatch explain {line(told['code'])}"]


Rows = Iterator[tuple[str, str]]     # a name (or ""), and what is said under it


def _stands(told: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    since = f" {w['since']} {explain.day(told['since'], lang)}" if told["since"] else ""
    yield w["group"], f"{told['group']} {told['label']}{since}"
    if told["falls"]:
        yield w["falls"], explain.fall(told["falls"], lang)
    if told["weakened"]:
        yield w["weak"], told["weakened"]
    if told["mend"]:
        yield w["mend"], told["mend"]


def _register(told: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    place = [f"{w[key]} {line(told[key])}" for key in ("province", "superior") if told[key]]
    yield w["kind"], "  ".join((told["kind"], *place))
    if told["former"]:
        yield w["former"], line(f"{told['former']['code']} {told['former']['name']}")
    if told["status"]:
        yield w["status"], told["status"]
    given = told["announcement"]
    day = explain.day(str(given["given_on"] or ""), lang) if given else ""
    yield (
        w["announced"],
        line(f"{given['link']} {day} {w['gives']} {given['cell']!r}") if given else w["not"],
    )
    first, *rest = explain.address(told["address"], lang)
    yield w["cell"], first
    yield from (("", each) for each in rest)


def _post(told: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    found = domains.lines(told["domain"], lang) if told["domain"] else [w["unseen"]]
    yield w["domain"], found[0].removeprefix(f"{w['domain']} ")
    yield from (("", each) for each in found[1:])
    if told["mail_host"]:
        yield (
            w["host"],
            f"{line(told['mail_host']['host'])}  {told['mail_host']['agencies']:,} {w['share']}",
        )
    sent = [f"{each['number']} {explain.day(each['drafted_at'], lang)} -> {line(each['address'])}: "
            f"{explain.verdict(each, lang)}" for each in reversed(told["letters"])]
    yield w["letters"], sent[0] if sent else w["none"]
    yield from (("", each) for each in sent[1:])
    yield from looks.lines(told, lang)


def _past(told: dict[str, Any], w: dict[str, str], lang: str) -> Rows:
    for number, each in enumerate(told["lines"]):
        until = f" {w['until']} {explain.day(str(each['until']), lang)}" if each["until"] else ""
        yield (
            w["history"] if not number else "", (
                f"{w[each['thing']]} {line(each['said']) or '-'} {w['since']} {explain.day(str(each['since']), lang)}{until}"
            ),
        )
    for number, each in enumerate(told["notes"]):
        yield w["notes"] if not number else "", notes.one_line(each)


def _seen(text: str) -> str:
    """Return the characters of a word that take a place of their own: not those above and below Thai letters."""
    import unicodedata

    return "".join(c for c in text if unicodedata.category(c) != "Mn")
