"""`inbox list`, `show`, `teach`, `taught`: mails that no rule understands; `lacking`: those that the server never gave."""

import asyncio
import re
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch import store
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import day, line, moment, safe
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns.arrival import MailKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sarabanwatch.core.returns.kept import StoredMail
    from sarabanwatch.core.returns.review import MailVerdict, Ruling
    from sarabanwatch.store.rulings import Waiting
    from sarabanwatch.wiring import Components

KINDS = click.Choice([kind.value for kind in MailKind])
COMPLAINT = "complaint"      # as people call a mail of kind `feedback`
TAUGHT = click.Choice([*(kind.value for kind in MailKind), COMPLAINT])
REASONS = click.Choice([reason.value for reason in Reason])


@click.group()
def inbox() -> None:
    """Mails that wait for a person: no rule understands them, or they do not speak for themselves."""


@inbox.command("list", epilog=options.examples("inbox list", "inbox list --kind failed"))
@click.option("--kind", type=KINDS, default=None, help="Of one kind only.")
@options.config
@options.as_json
def list_(kind: str | None, config: Path, *, as_json: bool) -> None:
    """List the mails that wait, the oldest first, and why each waits.

    Mails that are alike stand on one line. With --json: one mail a line.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries, rulings

    with queries.asking(wiring.Components(config).ledger_file) as db:
        found = list(rulings.waiting(db, kind or ""))
    if as_json:
        for mail in found:
            options.say_json(asdict(mail))
        return
    for group in alike(found):
        mail, more = group[0], f"  ×{len(group)}: teach --alike" if len(group) > 1 else ""
        click.echo(f"{mail.digest[:12]} {moment(mail.arrived_at)} {mail.kind:<10} {mail.agency or '-':<8} "
                   f"{line(mail.sender)[:60]}  “{line(mail.subject)[:60]}”: {mail.waits}{more}")


def alike(found: "Sequence[Waiting]") -> "list[list[Waiting]]":
    """Put mails together that are alike, each group where its oldest stands."""
    groups: dict[str, list[Waiting]] = {}
    for mail in found:
        groups.setdefault(mail.alike or mail.digest, []).append(mail)
    return list(groups.values())


@inbox.command(epilog=options.examples("inbox show DIGEST", "inbox show DIGEST --raw"))
@click.argument("digest")
@click.option("--raw", is_flag=True,
              help="The whole message as it came, control characters made visible.")
@options.config
@options.as_json
def show(digest: str, config: Path, *, raw: bool, as_json: bool) -> None:
    """Show the mail whose digest begins with DIGEST: what is said of it, and its words."""
    from sarabanwatch import wiring
    from sarabanwatch.store import queries, rulings

    with queries.asking(wiring.Components(config).ledger_file) as db:
        try:
            mail = rulings.find(db, digest.lower())
        except KeyError:
            raise _no_mail(digest) from None
        if raw:
            click.echo(safe(mail.raw.replace(b"\r\n", b"\n").decode("utf-8", "backslashreplace")))
            return
        told = account(mail, rulings.history(db, mail.digest))
    if as_json:
        options.say_json(told)
    else:
        click.echo("\n".join(lines(told)))


def _no_mail(digest: str) -> click.ClickException:
    return click.ClickException(
        f"no mail, or several, with a digest beginning {digest!r}; `inbox list` lists those that wait"
    )


def account(mail: "StoredMail", history: list[Any]) -> dict[str, Any]:
    """Tell all about one mail as plain values."""
    from sarabanwatch.core.returns import mime

    gone = f"(its words were kept until {day(mail.forgotten_at)})" if mail.forgotten_at else ""
    try:
        parts = mime.Mail(mime.Headers(), words=gone) if gone else mime.take_apart(mail.raw)
    except mime.LimitError as limit:
        parts = mime.Mail(mime.Headers(), words=f"({limit}; see it with --raw)")
    return {
        "digest": mail.digest, "arrived_at": mail.arrived_at.isoformat(), "octets": len(mail.raw),
        "signed": mail.signed,
        **{name: parts.headers.get(name) for name in ("from", "to", "date", "subject")},
        "said": [word(said.word, said.at) for said in history], "words": parts.words,
    }


def word(said: "MailVerdict", at: str) -> dict[str, Any]:
    """Tell one word on a mail as plain values."""
    told = {"at": at, "kind": said.kind, "rule": said.rule, "reason": said.reason,
            "letter": said.serial,
            "refused": said.refused, "waits": said.waits, "by": said.by, "note": said.note}
    return {key: value for key, value in told.items() if value not in ("", None)}


def lines(told: dict[str, Any]) -> list[str]:
    """Return an account of a mail as lines for a person."""
    head = [f"{name:<8} {line(told[name])}"
            for name in ("digest", "arrived_at", "from", "to", "date", "subject")]
    said = [" ".join(f"{key}={line(str(value))}" for key, value in each.items())
            for each in told["said"]]
    return [*head, *(f"said     {each}" for each in said), "", safe(told["words"])]


@inbox.command(epilog=options.examples("inbox teach DIGEST --kind automatic --by สมชาย"))
@click.argument("digest")
@click.option("--kind", type=TAUGHT, required=True, help="What the mail is.")
@click.option("--agency", default="",
              help="Whose it is: the last letter to this agency before the mail came.")
@click.option("--letter", default="", help="Which letter it is about, by its number.")
@click.option("--reason", type=REASONS, default=None, help="Why the letter failed (kind `failed`).")
@click.option("--by", required=True, help="Your name: it is kept beside the ruling.")
@click.option("--note", default="", help="Why you rule so.")
@click.option(
    "--alike",
    "all_alike",
    is_flag=True,
    help="Settle all that wait and are alike, each for its own letter, and those still to come.",
)
@click.option(
    "--case",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Also write the mail, without anybody's address, and what it is, into this folder of the corpus.",
)
@options.config
@options.as_json
def teach(  # noqa: PLR0913 - one parameter an option
    digest: str, *, kind: str, agency: str, letter: str, reason: str | None, by: str, note: str,
    all_alike: bool, case: Path | None, config: Path, as_json: bool,
) -> None:
    """Say what the mail whose digest begins with DIGEST is.

    The last ruling on a mail counts; all are kept. --alike settles all the mails that are alike,
    and those still to come; `inbox taught` lists what was taught so.
    """
    from sarabanwatch import wiring
    from sarabanwatch.core.returns.review import Ruling

    if agency and letter:
        raise click.UsageError("give --agency or --letter, not both")
    if all_alike and (agency or letter or case):
        raise click.UsageError(
            "--alike: each mail is about its own letter, and none becomes a case"
        )
    ruling = Ruling(MailKind.FEEDBACK if kind == COMPLAINT else MailKind(kind),
                    Reason(reason) if reason else None, by, note)
    components = wiring.Components(config)
    if all_alike:
        mail, said, settled, left = asyncio.run(_teach_alike(components, digest, ruling))
    else:
        (mail, said), settled, left = asyncio.run(_teach(components, digest, ruling,
                                                         _serial(letter), agency, case)), 1, 0
    if as_json:
        options.say_json({"mail": mail.digest, **word(said, ""),
                          **({"settled": settled, "left": left} if all_alike else {})})
        return
    whose = f", letter {said.serial}" if said.serial else ""
    click.echo(f"บันทึกแล้ว · {mail.digest[:12]} is {said.kind}{whose}, {said.rule}")
    if all_alike:
        click.echo(
            f"จดหมายลักษณะเดียวกัน {settled} ฉบับ · {settled} alike are settled; {left} left, for nothing tells whose they are"
        )
    if said.kind in (MailKind.WISH, MailKind.FEEDBACK):
        click.echo(
            "หากหน่วยงานขอไม่รับหนังสือ · where the agency wants no more letters: wishes add AGENCY --by NAME"
        )


def _serial(letter: str) -> int | None:
    """Read a letter's number as it stands in a subject, in Thai digits or others, with its prefix or without."""
    match = re.search(r"\d{1,13}$", letter.strip())
    if letter and match is None:
        raise click.BadParameter(f"{letter!r} does not end in a number", param_hint="--letter")
    return int(match[0]) if match else None


async def _teach(
    components: "Components", digest: str, ruling: "Ruling", letter: int | None, agency: str,
    case: Path | None,
) -> tuple["StoredMail", "MailVerdict"]:
    from sarabanwatch.app.life import judge
    from sarabanwatch.app.ruling import rule

    reader = components.reader()
    with closing(components.ledger(existing=True)) as ledger:
        try:
            mail = await ledger.read(store.rulings.find, digest.lower())
            clean = _clean(mail.raw, components) if case else b""
            said = await rule(mail, ruling, letter, agency, ledger=ledger, reader=reader,
                              clock=components.clock)
            await judge(ledger=ledger, clock=components.clock, rules=components.rules)
        except KeyError:
            raise _no_mail(digest) from None
        finally:
            await reader.close()
    if case:
        _keep(case, mail.digest[:12], clean, said, components)
    return mail, said


def _clean(raw: bytes, components: "Components") -> bytes:
    from sarabanwatch.core.returns.case import redacted

    try:
        return redacted(raw, components.rules.ours)
    except RequestError as unclean:
        raise RequestError(f"nothing was recorded, for --case cannot be done: {unclean}") from None


async def _teach_alike(components: "Components", digest: str, ruling: "Ruling") -> tuple["StoredMail",
                                                                                         "MailVerdict",
                                                                                         int, int]:
    from sarabanwatch.app.life import judge
    from sarabanwatch.app.ruling import rule_alike

    reader = components.reader()
    with closing(components.ledger(existing=True)) as ledger:
        try:
            mail = await ledger.read(store.rulings.find, digest.lower())
            told = await rule_alike(mail, ruling, ledger=ledger, reader=reader,
                                    clock=components.clock)
            await judge(ledger=ledger, clock=components.clock, rules=components.rules)
        except KeyError:
            raise _no_mail(digest) from None
        finally:
            await reader.close()
    return mail, *told


@inbox.command(epilog=options.examples("inbox taught"))
@click.option("--end", type=int, default=None, metavar="NUMBER",
              help="End this row: mails of its like wait again from now on.")
@click.option("--by", default="", help="Your name, where you end one.")
@options.config
@options.as_json
def taught(end: int | None, by: str, config: Path, *, as_json: bool) -> None:
    """List what people taught of mails that are alike; with --end, end one row of it.

    What a row has settled stays as it is; mails of its like wait again from now on.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries, rulings

    components = wiring.Components(config)
    if end is not None:
        if not by.strip():
            raise click.UsageError("--by: give the name of the person who ends it")
        with closing(components.ledger(existing=True)) as ledger:
            if not asyncio.run(ledger.write(store.rulings.unlearn, end, by.strip(),
                                            components.clock.now())):
                raise click.ClickException(f"no row {end} stands; `inbox taught` lists them")
        click.echo(f"ยกเลิกแล้ว · row {end} is ended")
        return
    with queries.asking(components.ledger_file) as db:
        rows = list(rulings.lessons(db))
    for row in rows:
        if as_json:
            options.say_json(asdict(row))
        else:
            over = f"  (ended {day(row.ended_at)}, {line(row.ended_by)})" if row.ended_at else ""
            what = f"{row.lesson.kind}{f' ({row.lesson.reason})' if row.lesson.reason else ''}"
            click.echo(
                f"{row.number} {moment(row.at)} {what}: {line(row.lesson.rule)} {line(row.lesson.note)}{over}"
            )


@inbox.command(epilog=options.examples("inbox lacking"))
@click.option("--all", "ended", is_flag=True,
              help="Also those that were given later, are gone, or were numbered anew.")
@options.config
@options.as_json
def lacking(config: Path, *, ended: bool, as_json: bool) -> None:
    """List the mails that the server named and never gave, oldest first: where, since when, and in what words.

    Each is asked for again every hour. Until it comes, what it would testify is not known.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import lacking, queries

    with queries.asking(wiring.Components(config).ledger_file) as db:
        found = list(lacking.listed(db, ended=ended))
    for mail in found:
        if as_json:
            options.say_json(asdict(mail))
        else:
            over = f"  ({mail.ended}, {moment(mail.ended_at)})" if mail.ended else ""
            click.echo(
                f"{moment(mail.since)} {line(mail.mailbox)} UID {mail.uid}: {mail.why}: {line(mail.said)}{over}"
            )


def _keep(folder: Path, name: str, clean: bytes, said: "MailVerdict", components: "Components") -> None:
    """Write a case: the mail, and what is expected of it."""
    from sarabanwatch.core.returns.case import expectation

    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.eml").write_bytes(clean)
    (folder / f"{name}.expect").write_text(expectation(said, clean, components.rules.ours,
                                                       components.refusals), encoding="utf-8")
