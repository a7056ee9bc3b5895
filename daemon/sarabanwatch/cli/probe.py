"""`probe AGENCY`: what a letter to one agency would meet; `--now` asks for one outside the rounds, `--trace` follows it."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import domains, explain, options, which
from sarabanwatch.cli.terminal import line, moment

if TYPE_CHECKING:
    from sarabanwatch.app.dispatcher import Dispatcher
    from sarabanwatch.wiring import Components

LOOK = 0.3      # wall seconds between two looks at a ledger that the daemon writes
LAST = 3        # letters told of
WORDS = {
    "th": {"to": "จะส่งถึง", "nowhere": "ส่งไม่ได้", "host": "เครื่องรับอีเมล", "route": "ส่งโดย",
           "pace": "จังหวะ", "minute": "ฉบับต่อนาที",
           "closed": "รอเวลาราชการ", "open": "เครื่องปลายทางปฏิเสธเรา พักการส่ง",
           "slowed": "เครื่องปลายทางขอให้ส่งช้าลง", "may": "ส่งได้ทันที",
           "last": "หนังสือล่าสุด", "none": "ยังไม่เคยส่ง", "written": "เขียนหนังสือแล้ว ที่",
           "daemon": "โปรแกรม `run` จะส่งให้เป็นลำดับแรก",
           "state": "สถานะ", "tls": "การเข้ารหัส", "try": "ส่ง", "fact": "พบ", "verdict": "ผล",
           "group": "กลุ่ม",
           "idle": "!! ไม่มี `run` ทำงานกับสมุดบันทึกนี้: หนังสือจดไว้แล้ว จะส่งเมื่อเริ่ม `run`",
           "waits": "ยังรอส่ง: `plan` ว่าอย่างไร",
           "hint": "ขอหนังสือเดี๋ยวนี้: --now"},
    "en": {"to": "would go to", "nowhere": "goes nowhere", "host": "mail host", "route": "sent by",
           "pace": "pace",
           "minute": "a minute",
           "closed": "waits for office hours",
           "open": "the host blocks us: nothing is sent to it now",
           "slowed": "the host asked for patience", "may": "may leave at once",
           "last": "last letters", "none": "none was sent yet", "written": "written down: letter",
           "daemon": "`run` sends it before all others",
           "state": "state", "tls": "encryption", "try": "tried", "fact": "seen",
           "verdict": "verdict", "group": "group",
           "idle": "!! no `run` works over this ledger: the letter stands there, and is sent when `run` starts",
           "waits": "still waits: what does `plan` say?", "hint": "to ask for a letter now: --now"},
}


@click.command(epilog=options.examples(
    "probe AGENCY", "probe AGENCY --now --trace  # asks the daemon to send it"))
@click.argument("agency")
@click.option(
    "--now",
    is_flag=True,
    help="Write a letter down, outside the rounds; the daemon sends it before all that waits.",
)
@click.option("--trace", is_flag=True,
              help="With --now: follow it until it is judged; exit code 1 where it failed.")
@click.option("--patience", default=0.0, metavar="SECONDS",
              help="With --trace: give up after so long; 0: never.  [default: 0]")
@options.config
@options.language
@options.as_json
def probe(agency: str, config: Path, lang: str, *, now: bool, trace: bool, patience: float,
          as_json: bool) -> None:
    """Tell what a letter to AGENCY would meet; on request, have one sent and follow it.

    AGENCY is its code, or a part of its name. Its address, DNS, mail host, the pace there and its
    last letters are shown. With --now the daemon sends one letter, outside the rounds and before
    all others; --trace follows it, answer by answer, until it is judged. Exit code 1 where it
    failed, or where no daemon runs that would send it. With --json: one value a line.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    if trace and not now:
        raise click.UsageError("--trace follows the letter that --now asks for; give both")
    components, w = wiring.Components(config), WORDS[lang]
    with queries.asking(components.ledger_file) as db:
        code = which.one(db, agency).code
        told = account(components, db, code, lang)
    if not now:
        _say(told, [*lines(told, w, lang), *([] if told["barred"] else [f"  {w['hint']}"])],
             as_json=as_json)
        return
    serial = asyncio.run(_ask(components, code, told))
    number = components.rules.form.numbered(serial)
    _say({"code": code, "letter": serial, "number": number},
         [f"{w['written']} {number} -> {told['to']}; {w['daemon']}"], as_json=as_json)
    if trace:
        sys.exit(_follow(components, code, serial, patience, lang, as_json=as_json))
    if said := idle(components, lang):
        _say({"daemon": False}, [said], as_json=as_json)


def account(components: "Components", db: Any, code: str, lang: str) -> dict[str, Any]:  # noqa: ANN401 - a ledger connection
    """Tell what a letter to an agency would meet now, as plain values."""
    from sarabanwatch.app.asking import barred
    from sarabanwatch.app.dispatcher import Dispatcher
    from sarabanwatch.core import address
    from sarabanwatch.core.calendar import in_office_hours
    from sarabanwatch.core.facts.agency import Status
    from sarabanwatch.core.sending.pace import Watermark
    from sarabanwatch.store import pacing, queries

    dossier, moment = queries.dossier(db, code), components.clock.now()
    to = address.judge(dossier.agency, components.addresses).writable
    told = explain.account(components, dossier, lang)
    domain = domains.of(db, to, moment)
    host = components.pace.host_of(to, domain["mail_host"] if domain else None) if to else ""
    dispatcher = Dispatcher(components.pace, components.policy)
    dispatcher.take(pacing.since(db, Watermark(), moment))
    return {
        "code": code, "name": told["name"], "group": told["group"], "label": told["label"],
        "address": told["address"], "to": to,
        "barred": barred(to, components.policy, exempt=dossier.agency.status is Status.EXEMPT,
                         wished=dossier.wish is not None),
        "domain": domain, "mail_host": host, "route": components.settings.route.by_default,
        "a_minute": components.pace.of(host).a_minute,
        "closed": components.pace.office_hours
        and not in_office_hours(moment, components.policy.holidays),
        **_welcome(dispatcher, components, host, moment),
        "letters": told["letters"][-LAST:],
    }


def _welcome(dispatcher: "Dispatcher", components: "Components", host: str,
             now: datetime) -> dict[str, bool]:
    state = dispatcher.of(host).state
    return {"open": dispatcher.breaker_open or bool(state.opened_at),
            "slowed": bool(state.level_at(now, components.pace.throttle))}


def lines(told: dict[str, Any], w: dict[str, str], lang: str) -> list[str]:
    """Return it as lines for a person."""
    first, *rest = explain.address(told["address"], lang)
    head = f"{line(told['name'])} ({told['code']})  {told['group']}: {told['label']}"
    out = [head, f"  {first}", *(f"    {each}" for each in rest)]
    if told["barred"]:
        return [*out, f"  {w['nowhere']}: {told['barred']}"]
    stops = [w[why] for why in ("open", "slowed", "closed") if told[why]]
    out.append(
        f"  {w['to']} {line(told['to'])}  {w['host']} {line(told['mail_host'])}  {w['route']} {told['route']}"
    )
    out.append(f"  {w['pace']} {told['a_minute']:g} {w['minute']}: {'; '.join(stops) or w['may']}")
    if told["domain"]:
        out += [f"  {each}" for each in domains.lines(told["domain"], lang)]
    sent = [f"{each['number']} -> {line(each['address'])}: {explain.verdict(each, lang)}"
            for each in told["letters"]]
    return [*out, *(f"  {w['last']}: {each}" for each in sent or [w["none"]])]


async def _ask(components: "Components", code: str, told: dict[str, Any]) -> int:
    from sarabanwatch.app.asking import ask

    host = told["domain"]["mail_host"] if told["domain"] else None
    with closing(components.ledger(existing=True)) as ledger:
        return await ask(code, host, ledger=ledger, clock=components.clock, rules=components.rules)


def _follow(components: "Components", code: str, serial: int, patience: float, lang: str, *,
            as_json: bool) -> int:
    """Say what becomes of a letter as it comes, until it is judged for good; return the exit code."""
    from sarabanwatch.core.judging.standing import FAILURES
    from sarabanwatch.core.judging.verdict import UNDECIDED
    from sarabanwatch.store import queries

    began, said, w = time.monotonic(), list[tuple[str, str]](), WORDS[lang]
    while True:
        with queries.asking(components.ledger_file) as db:
            steps = [*_covered(components, db, serial), *queries.course(db, serial)]
            found = explain.account(components, queries.dossier(db, code), lang)
        letter = next(each for each in found["letters"]
                      if each["number"] == components.rules.form.numbered(serial))
        over = (
            letter["state"] == "closed" or letter["verdict"] in FAILURES
            or letter["verdict"] == "proven"
        )
        end = [("verdict", explain.verdict(letter, lang)),
               ("group", f"{found['group']}: {found['label']}")]
        for step in [each for each in (*steps, *(end if over else ())) if each not in said]:
            said.append(step)
            _say(dict([step]), [f"  {w[step[0]]}: {line(step[1])}"], as_json=as_json)
        if over:
            return int(letter["verdict"] in FAILURES | UNDECIDED)
        if said_so := idle(components, lang):
            _say({"daemon": False}, [said_so], as_json=as_json)
            return 1
        if patience and time.monotonic() - began > patience:
            _say({"waits": True}, [f"  {w['waits']}"], as_json=as_json)
            return 1
        time.sleep(LOOK)


def _covered(components: "Components", db: Any,  # noqa: ANN401 - a ledger connection
             serial: int) -> Iterator[tuple[str, str]]:
    """Yield how the last connection to each server that spoke of a letter was encrypted, where that is known."""
    from sarabanwatch.core.facts.evidence import MatchedBy
    from sarabanwatch.store import hosts, letters

    bare = {relay.place for relay in components.relays if relay.tls == "none"}
    for place in dict.fromkeys(fact.reporter for fact in letters.seen(db, serial)
                               if fact.how is MatchedBy.WIRE and fact.reporter):
        if place in bare:
            yield "tls", f"{place}: no encryption (relay.tls)"
        # a relay is known by its name alone
        for shown in hosts.shown(db, [place.rpartition(":")[0] or place]):
            yield "tls", f"{moment(shown.seen_at, seconds=True)} {place}: {shown.seen}"


def idle(components: "Components", lang: str) -> str:
    """Return in words that no daemon is there to send what was written down; "" where one is."""
    from sarabanwatch.store.lock import is_kept

    return "" if is_kept(components.ledger_file) else WORDS[lang]["idle"]


def _say(value: dict[str, Any], told: list[str], *, as_json: bool) -> None:
    if as_json:
        options.say_json(value)
    else:
        click.echo("\n".join(told))
