"""`inbox teach`: a person says what a mail is, or what all the mails like it are."""

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from sarabanwatch.app.life import judge
from sarabanwatch.app.ruling import rule, rule_alike, whose
from sarabanwatch.cli import ledger, options
from sarabanwatch.cli.likely import OneOf
from sarabanwatch.cli.rules import rule_in_both
from sarabanwatch.cli.terminal import both, short
from sarabanwatch.cli.thai import named_in_both
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.case import expectation, redacted
from sarabanwatch.core.returns.kept import StoredMail
from sarabanwatch.core.returns.review import MailVerdict, Ruling
from sarabanwatch.ports import Reader
from sarabanwatch.store import Ledger, rulings
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.edges import Edges

T = TypeVar("T")
KINDS = OneOf([kind.value for kind in MailKind])
COMPLAINT = "complaint"      # as people call a mail of kind `feedback`
TAUGHT = OneOf([*(kind.value for kind in MailKind), COMPLAINT])
REASONS = OneOf([reason.value for reason in Reason])
ABOUT_LETTERS = (MailKind.OPT_OUT, MailKind.FEEDBACK)


class RulingOutcome(NamedTuple):
    """What became of a ruling: the mail, how it is read now, how many mails it settled."""

    mail: StoredMail
    reading: MailVerdict
    settled: int = 1
    left: int = 0       # alike, but nothing tells for which letter each came


@click.command(epilog=options.examples("inbox teach DIGEST --kind automatic --by สมชาย"))
@click.argument("digest")
@click.option("--kind", type=TAUGHT, required=True, help="What the mail is.")
@click.option("--agency", default="",
              help="Whose it is: the last letter to this agency before the mail came.")
@click.option("--letter", default="", help="Which letter it is about, by its number.")
@click.option("--reason", type=REASONS, default=None, help="Why the letter failed (kind `failed`).")
@options.by("ruling")
@click.option("--note", default="", help="Why you rule so.")
@click.option("--alike", is_flag=True,
              help="Settle all that wait and are alike, each for its own letter, and those still "
                   "to come.")
@click.option("--case", type=click.Path(path_type=Path, file_okay=False), default=None,
              help="Also write the mail, without anybody's address, and what it is, into this "
                   "folder of the corpus.")
@options.config
@options.either
@options.as_json
def teach(  # noqa: PLR0913 - one parameter an option
    digest: str, *, kind: str, agency: str, letter: str, reason: str | None, by: str, note: str,
    alike: bool, case: Path | None, config: Path, as_json: bool,
) -> None:
    """Say what the mail whose digest begins with DIGEST is.

    The last ruling on a mail counts; all are kept. --alike settles all the mails that are alike,
    and those still to come; `inbox taught` lists what was taught so.
    """
    if agency and letter:
        raise click.UsageError("give --agency or --letter, not both")
    if alike and (agency or letter or case):
        raise click.UsageError(
            "--alike: each mail is about its own letter, and none becomes a case"
        )
    ruling = Ruling(MailKind.FEEDBACK if kind == COMPLAINT else MailKind(kind),
                    Reason(reason) if reason else None, by, note)
    components = Components(config)
    done = (_teach_alike(components, digest, ruling) if alike
            else _teach(components, digest, ruling, _serial(letter), agency, case))
    numbers = {"settled": done.settled, "left": done.left} if alike else {}
    options.show({"mail": done.mail.digest, **reading(done.reading, ""), **numbers},
                 _render_text(done, alike=alike), as_json=as_json)


def _render_text(done: RulingOutcome, *, alike: bool) -> Iterator[str]:
    verdict = done.reading
    whose = f", {both('หนังสือฉบับที่', 'letter')} {verdict.serial}" if verdict.serial else ""
    yield (f"{both('บันทึกแล้ว', 'written down')}: {short(done.mail.digest)} = "
           f"{named_in_both(verdict.kind, MailKind)}{whose}, {rule_in_both(verdict.rule)}")
    if alike:
        yield both(f"วินิจฉัยจดหมายลักษณะเดียวกัน {done.settled} ฉบับ "
                   f"เหลือ {done.left} ฉบับที่ไม่ทราบว่าเป็นของหน่วยงานใด",
                   f"{done.settled} alike are settled; {done.left} left, for nothing tells "
                   "whose they are")
    if verdict.kind in ABOUT_LETTERS:
        yield both("หากหน่วยงานขอไม่รับหนังสือ", "where the agency wants no more letters") + (
            ": opt-outs add AGENCY --by NAME")


def reading(word: MailVerdict, at: str) -> dict[str, Any]:
    """Return how a mail was read, by a rule or a person, as plain values; without what is empty."""
    found = {"at": at, "kind": word.kind, "rule": word.rule, "reason": word.reason,
             "letter": word.serial, "refused": word.refused, "waits": word.waits,
             "by": word.by, "note": word.note}
    return {key: value for key, value in found.items() if value not in ("", None)}


def _serial(letter: str) -> int | None:
    """Return the number of a letter, in Thai digits or others, with its prefix or without."""
    match = re.search(r"\d{1,13}$", letter.strip())
    if letter and match is None:
        raise click.BadParameter(f"{letter!r} does not end in a number", param_hint="--letter")
    return int(match[0]) if match else None


def _teach(
    components: Components, digest: str, ruling: Ruling, letter: int | None, agency: str,
    case: Path | None,
) -> RulingOutcome:
    """Record a ruling on one mail; write it as a case, where that is wanted."""
    async def ruled(opened: Ledger, reader: Reader, mail: StoredMail) -> tuple[MailVerdict, bytes]:
        clean = _clean(mail.raw, components) if case else b""
        serial = await whose(mail, letter, agency, opened)
        return await rule(mail, ruling, serial, ledger=opened, reader=reader,
                          clock=components.clock), clean

    mail, (verdict, clean) = _ruled(components, digest, ruled)
    if case:
        _keep(case, mail.digest[:12], clean, verdict, components)
    return RulingOutcome(mail, verdict)


def _teach_alike(components: Components, digest: str, ruling: Ruling) -> RulingOutcome:
    """Record a ruling on all the mails that are alike."""
    async def ruled(opened: Ledger, reader: Reader,
                    mail: StoredMail) -> tuple[MailVerdict, int, int]:
        return await rule_alike(mail, ruling, ledger=opened, reader=reader, clock=components.clock)

    mail, done = _ruled(components, digest, ruled)
    return RulingOutcome(mail, *done)


def _ruled(components: Components, digest: str,
           step: Callable[[Ledger, Reader, StoredMail], Awaitable[T]]) -> tuple[StoredMail, T]:
    """Find a mail, let a step rule on it, and judge anew."""
    async def run(opened: Ledger) -> tuple[StoredMail, T]:
        reader = Edges(components).reader()
        try:
            mail = await opened.read(rulings.find, digest)
            done = await step(opened, reader, mail)
            await judge(ledger=opened, clock=components.clock, rules=components.rules)
        finally:
            await reader.close()
        return mail, done

    return ledger.work(components, run)


def _clean(raw: bytes, components: Components) -> bytes:
    try:
        return redacted(raw, components.rules.ours)
    except RequestError as unclean:
        raise RequestError(f"nothing was recorded, for --case cannot be done: {unclean}") from None


def _keep(folder: Path, name: str, clean: bytes, verdict: MailVerdict,
          components: Components) -> None:
    """Write a case: the mail, and what is expected of it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.eml").write_bytes(clean)
    (folder / f"{name}.expect").write_text(expectation(verdict, clean, components.rules.ours,
                                                       components.refusals), encoding="utf-8")
