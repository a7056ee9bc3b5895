"""`inbox list`, `show`, `taught`, `lacking`: mails that wait for a person, and those never fetched.

`inbox teach` stands in `cli.teach`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options
from sarabanwatch.cli.rules import rule_in_both
from sarabanwatch.cli.teach import KINDS, reading, teach
from sarabanwatch.cli.terminal import (
    aligned,
    both,
    column,
    day,
    language,
    line,
    moment,
    safe,
    short,
)
from sarabanwatch.cli.thai import named_in_both, value_in
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns import mime
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.kept import StoredMail
from sarabanwatch.store import lacking as lacking_table
from sarabanwatch.store import queries, rulings
from sarabanwatch.store.rulings import DatedWord, Taught, Waiting
from sarabanwatch.wiring import Components

HEAD = {"digest": "รหัส", "from": "จาก", "to": "ถึง", "date": "วันที่", "subject": "เรื่อง"}


@click.group()
def inbox() -> None:
    """Mails that wait for a person: no rule understands them, or they prove too little."""


inbox.add_command(teach)


@inbox.command("list", epilog=options.examples("inbox list", "inbox list --kind failed"))
@click.option("--kind", type=KINDS, default=None, help="Of one kind only.")
@options.config
@options.either
@options.as_json
def list_(kind: str | None, config: Path, *, as_json: bool) -> None:
    """List the mails that wait, the oldest first, and why each waits.

    Mails that are alike stand on one line. With --json: one mail a line.
    """
    with queries.asking(Components(config).ledger_place) as db:
        found = list(rulings.waiting(db, kind or ""))
    if as_json:
        for mail in found:
            options.say_json(asdict(mail))
        return
    for group in alike(found):
        click.echo(_waiting(group))
    if not found:
        click.echo(both("ไม่มีจดหมายที่รอเจ้าหน้าที่", "no mail waits for a person"), err=True)


def alike(found: Sequence[Waiting]) -> list[list[Waiting]]:
    """Put mails together that are alike, each group where its oldest stands."""
    groups: dict[str, list[Waiting]] = {}
    for mail in found:
        groups.setdefault(mail.alike or mail.digest, []).append(mail)
    return list(groups.values())


def _waiting(group: Sequence[Waiting]) -> str:
    mail, more = group[0], f"  ×{len(group)}: teach --alike" if len(group) > 1 else ""
    kind = f"{mail.kind:<10}" if language() == "en" else value_in("th", mail.kind, MailKind)
    head = f"{short(mail.digest)} {column(mail.arrived_at)} {kind} {mail.agency or '-':<8}"
    about = f"{line(mail.sender)[:60]}  “{line(mail.subject)[:60]}”"
    return f"{head} {about}: {rule_in_both(mail.waits)}{more}"


@inbox.command(epilog=options.examples("inbox show DIGEST", "inbox show DIGEST --raw"))
@click.argument("digest")
@click.option("--raw", is_flag=True,
              help="The whole message as it came, control characters made visible.")
@options.config
@options.either
@options.as_json
def show(digest: str, config: Path, *, raw: bool, as_json: bool) -> None:
    """Show the mail whose digest begins with DIGEST: what is said of it, and its words."""
    with queries.asking(Components(config).ledger_place) as db:
        mail = rulings.find(db, digest)
        history = rulings.history(db, mail.digest)
    if raw:
        click.echo(safe(mail.raw.replace(b"\r\n", b"\n").decode("utf-8", "backslashreplace")))
        return
    found = collect(mail, history)
    options.show(found, render_text(found), as_json=as_json)


def collect(mail: StoredMail, history: Iterable[DatedWord]) -> dict[str, Any]:
    """Return all about one mail as plain values."""
    parts = _parts(mail)
    return {
        "digest": mail.digest, "arrived_at": mail.arrived_at.isoformat(), "octets": len(mail.raw),
        "signed": mail.signed,
        **{name: parts.headers.get(name) for name in ("from", "to", "date", "subject")},
        "readings": [reading(each.word, each.at) for each in history], "words": parts.words,
    }


def _parts(mail: StoredMail) -> mime.Mail:
    """Return a mail's headers and words, or why they cannot be shown in place of the words."""
    if mail.forgotten_at:
        until = day(mail.forgotten_at)
        return mime.Mail(mime.Headers(), words=both(
            f"เก็บข้อความไว้ถึง {until}", f"its words were kept until {until}", "({} · {})"))
    try:
        return mime.take_apart(mail.raw)
    except mime.LimitError as limit:
        return mime.Mail(mime.Headers(), words=f"({limit}; see it with --raw)")


def render_text(found: dict[str, Any]) -> Iterator[str]:
    """Yield a mail as lines for a person: headers, how it was read and ruled on, its words."""
    yield from aligned((both(thai, name), line(found[name])) for name, thai in HEAD.items())
    yield from aligned([(both("มาถึง", "arrived"), moment(found["arrived_at"])),
                        *(row for each in found["readings"] for row in _reading(each))])
    if found["readings"] and "waits" in found["readings"][-1]:
        yield (f"{both('ขั้นต่อไป', 'next')}: sarabanwatch inbox teach {short(found['digest'])} "
               "--kind KIND --note WHY")
    yield from ("", safe(found["words"]))


def _reading(each: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield one reading of a mail as rows: what it is held to be, by whom, and why it waits."""
    kind = named_in_both(each["kind"], MailKind)
    reason = f" ({named_in_both(each['reason'], Reason)})" if "reason" in each else ""
    letter = f", {both('หนังสือฉบับที่', 'letter')} {each['letter']}" if "letter" in each else ""
    yield (both("อ่านว่า", "read as"),
           f"{kind}{reason}{letter}, {moment(each['at'])} [{line(rule_in_both(each['rule']))}]")
    if "by" in each:
        yield both("วินิจฉัยโดย", "ruled by"), line(f"{each['by']}: {each.get('note', '')}")
    if "refused" in each:
        yield both("ไม่เชื่อ", "not believed"), line(rule_in_both(each["refused"]))
    if "waits" in each:
        yield both("รอเพราะ", "waits, for"), line(rule_in_both(each["waits"]))


@inbox.command(epilog=options.examples("inbox taught"))
@click.option("--end", type=int, default=None, metavar="NUMBER",
              help="End this row: mails of its like wait again from now on.")
@options.by("row that you end")
@options.config
@options.either
@options.as_json
def taught(end: int | None, by: str, config: Path, *, as_json: bool) -> None:
    """List what people taught of mails that are alike; with --end, end one row of it.

    What a row has settled stays as it is; mails of its like wait again from now on.
    """
    components = Components(config)
    if end is not None:
        _end(components, end, by)
        return
    with queries.asking(components.ledger_place) as db:
        rows = list(rulings.lessons(db))
    if as_json or not rows:
        options.show_all([asdict(row) for row in rows], str,
                         both("ยังไม่มีหลักที่สอนไว้", "nothing was taught"), as_json=as_json)
        return
    for row in rows:
        click.echo(_lesson(row))


def _end(components: Components, row: int, by: str) -> None:
    if not ledger.write(components, rulings.unlearn, row, by, components.clock.now()):
        raise click.ClickException(f"no row {row} stands; `inbox taught` lists them")
    click.echo(both(f"ยกเลิกข้อ {row} แล้ว", f"row {row} is ended"))


def _lesson(row: Taught) -> str:
    lesson = row.lesson
    reason = f" ({named_in_both(lesson.reason, Reason)})" if lesson.reason else ""
    ended = f"{both('ยกเลิก', 'ended')} {day(row.ended_at)}, {line(row.ended_by)}"
    rule = line(f"{rule_in_both(lesson.rule)} {lesson.note}")
    return (f"{row.number} {moment(row.at)} {named_in_both(lesson.kind, MailKind)}{reason}: "
            f"{rule}{f'  ({ended})' if row.ended_at else ''}")


@inbox.command(epilog=options.examples("inbox lacking"))
@click.option("--all", "ended", is_flag=True,
              help="Also those that were given later, are gone, or were numbered anew.")
@options.config
@options.either
@options.as_json
def lacking(config: Path, *, ended: bool, as_json: bool) -> None:
    """List the mails that the server named and never gave, oldest first: where, since when, why.

    Each is asked for again every hour. Until it comes, what it would testify is not known.
    """
    with queries.asking(Components(config).ledger_place) as db:
        found = [asdict(mail) for mail in lacking_table.listed(db, ended=ended)]
    options.show_all(found, _lacking, both("ไม่มีจดหมายที่ขาด", "no mail is lacking"), as_json=as_json)


def _lacking(mail: dict[str, Any]) -> str:
    over = f"  ({mail['ended']}, {moment(mail['ended_at'])})" if mail["ended"] else ""
    where = f"{moment(mail['since'])} {line(mail['mailbox'])} UID {mail['uid']}"
    return f"{where}: {mail['why']}: {line(mail['reply'])}{over}"
