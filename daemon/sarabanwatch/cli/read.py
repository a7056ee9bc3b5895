"""`read`: how a mail, or a mail host's reply, would be read.

Needs neither configuration nor ledger.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from sarabanwatch import settings
from sarabanwatch.cli import options
from sarabanwatch.cli.rules import rule_in_both
from sarabanwatch.cli.terminal import both, line
from sarabanwatch.core import weight
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.sending.reply import Answer, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.weight import Weighed
from sarabanwatch.edge.smtp.wire import parsed

# as people name the stages of a dialogue -> as `core.sending.reply` does; EHLO counts as connect
STAGES = {
    "connect": "connect", "ehlo": "connect", "helo": "connect",
    "mail": "MAIL", "mail from": "MAIL",
    "rcpt": "RCPT", "rcpt to": "RCPT",
    "data": "DATA",
    "final dot": "final dot", "dot": "final dot",
}
REPLY = re.compile(r"(\d{3})(?:[ -]|$)(.*)")
TOKEN = re.compile(r"([\w.-]{1,64})\+sw[a-z2-7]{20,60}@([\w.-]{1,253}\w)", re.IGNORECASE)
HEAD = 256 << 10           # octets of a mail in which our own address is looked for
UNKNOWN = "probes@nowhere.invalid"
NUMBER = "นร 1200/ท"
WORDS = {
    "proven": "เจ้าหน้าที่ได้รับแล้ว",
    "machine": "ระบบของหน่วยงานตอบ",
    "good": "ใช้ไม่ได้ถาวร เหตุอยู่ที่หน่วยงาน",
    "now": "ใช้ไม่ได้ชั่วคราว เหตุอยู่ที่หน่วยงาน",
    "ours": "เครื่องแม่ข่ายปฏิเสธผู้ส่ง มิใช่ความผิดของหน่วยงาน",
    "unknown": "ส่งไม่สำเร็จ ไม่ทราบเหตุ",
    "none": "ไม่มีผล",
    "wait": "รอเจ้าหน้าที่อ่าน",
}


@click.command(epilog=options.examples(
    "read mail.eml --to saraban@one.go.th", 'read --answer RCPT "550 5.1.1 User unknown"'))
@click.argument("mails", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "address", metavar="ADDRESS", default="",
              help="The address that our letter went to.")
@click.option("--answer", nargs=2, metavar="STAGE TEXT", default=None,
              help="A host's answer instead of mails: at connect, EHLO, MAIL, RCPT, DATA or "
                   "'final dot', with its code and words.")
@click.option("--ours", "own", metavar="ADDRESS", default="",
              help="Our own address, where the mail does not show it with a token of ours.")
@click.option("--number", metavar="PREFIX", default=NUMBER, show_default=True,
              help="How our letters' numbers begin.")
@options.either
@options.as_json
def read(
    mails: tuple[Path, ...], *, address: str, answer: tuple[str, str] | None, own: str,
    number: str, as_json: bool,
) -> None:
    """Tell how MAILS would be read as answers to a letter to ADDRESS.

    With --answer, how a mail host's answer would be read. One line each: the kind, the weight
    (proven, machine, good, now, ours, unknown, none, wait), the reason, the rule, the receipt
    number. Whatever in a mail looks like the token of a letter of ours is taken as good. Needs
    neither configuration nor ledger.
    """
    if bool(mails) == bool(answer):
        raise click.UsageError("give mails with --to ADDRESS, or --answer STAGE TEXT")
    if mails and "@" not in address:
        raise click.UsageError("--to: say which address our letter went to")
    moment = datetime(2026, 1, 1, tzinfo=UTC)   # the result does not depend on it
    refusals = settings.refusals()
    if answer:
        found = weight.answer(_answer(*answer), moment, refusals)
        options.show(collect(found), [render_text(found)], as_json=as_json)
    rules = settings.address_rules(settings.shipped("address-rules.toml"))
    table = weight.ReadingTables(refusals, rules.free_mail | rules.local_government_hosts)
    for path in mails:
        raw = path.read_bytes()
        found = weight.mail(raw, address, _ours(raw, own, number), moment, table)
        options.show(collect(found), [f"{line(str(path))}: {render_text(found)}"], as_json=as_json)


def collect(found: Weighed) -> dict[str, Any]:
    """Return how a mail or reply is read, as plain values."""
    keys = ("kind", "weight", "reason", "rule", "receipt", "text")
    return {key: getattr(found, key) for key in keys}


def render_text(found: Weighed) -> str:
    """Return the same as a line for a person."""
    parts = (found.kind, found.reason, line(found.receipt),
             line(rule_in_both(found.rule)))
    weight = both(WORDS[found.weight], found.weight, "{1} · {0}")
    about = f"{weight} ({', '.join(filter(None, parts))})"
    return f"{about} “{line(found.text)[:200]}”"


def _answer(stage: str, text: str) -> Answer:
    """Return a host's reply as our own connection to it would have recorded it."""
    named = STAGES.get(" ".join(stage.lower().split()))
    lines = [REPLY.match(each.strip()) for each in text.splitlines() if each.strip()]
    codes = {match[1] for match in lines if match}
    if named is None:
        raise _no(f"{stage!r} is no stage: say connect, EHLO, MAIL, RCPT, DATA or 'final dot'")
    if len(codes) != 1 or None in lines:
        raise _no(f"{text!r} is no answer: each line begins with the same three digits")
    words = "\n".join(match[2].strip() for match in lines if match)
    return Answer(Stage(named), *parsed(int(codes.pop()), words), Route.DIRECT, "the host")


def _no(why: str) -> click.BadParameter:
    return click.BadParameter(why, param_hint="--answer")


def _ours(raw: bytes, own: str, number: str) -> Ours:
    """Return our address as it was given, else as it stands with the first token in the mail."""
    match = TOKEN.search(raw[:HEAD].decode("latin-1"))
    return Ours(own or (f"{match[1]}@{match[2]}" if match else UNKNOWN), number)
