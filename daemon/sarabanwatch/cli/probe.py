"""`probe AGENCY`: what a letter to one agency would meet.

`--now` asks for one outside the rounds; `--trace` follows it.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from sarabanwatch.app.asking import ask, barred
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.cli import domains, explain, ledger, options, pause, record, which
from sarabanwatch.cli.errors import in_language
from sarabanwatch.cli.terminal import line, moment
from sarabanwatch.cli.words import words
from sarabanwatch.core.address import judge
from sarabanwatch.core.calendar import in_office_hours
from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.facts.evidence import MatchedBy
from sarabanwatch.core.judging.standing import FAILURES
from sarabanwatch.core.judging.verdict import UNDECIDED, Verdict
from sarabanwatch.core.sending import canary, pausing
from sarabanwatch.core.sending.pace import Watermark
from sarabanwatch.store import dossiers, halts, hosts, letters, pacing, pauses, queries
from sarabanwatch.store.canaries import heard
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.status import is_at_work

LOOK = 0.3      # wall seconds between two looks at a ledger that the daemon writes
LAST = 3        # letters shown
DECIDED = {*FAILURES, Verdict.PROVEN}     # verdicts that end a trace, though the window is open


@click.command(epilog=options.examples(
    "probe AGENCY", "probe AGENCY --now --trace  # asks the daemon to send it"))
@click.argument("agency")
@click.option("--now", is_flag=True,
              help="Write a letter down, outside the rounds; the daemon sends it before all that "
                   "waits.")
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
    if trace and not now:
        raise click.UsageError("--trace follows the letter that --now asks for; give both")
    components, w = Components(config), words("probe", lang)
    with queries.asking(components.ledger_place) as db:
        found = collect(components, db, which.one(db, agency).code, lang)
    if not now:
        options.show(found, render_text(found, lang), as_json=as_json)
        return
    serial = _ask(components, found)
    number = components.rules.form.numbered(serial)
    options.show({"code": found["code"], "letter": serial, "number": number},
                 [f"{w['written']} {number} -> {found['to']}; {w['daemon']}"], as_json=as_json)
    if trace:
        sys.exit(_follow(components, found["code"], serial, patience, lang, as_json=as_json))
    if missing := idle(components, lang):
        options.show({"daemon": False}, [missing], as_json=as_json)


def collect(components: Components, db: Tx, code: str, lang: str) -> dict[str, Any]:
    """Return what a letter to an agency would meet now, as plain values."""
    dossier, now, pace = dossiers.dossier(db, code), components.clock.now(), components.pace
    found = record.collect(components, dossier, lang)
    to = judge(dossier.agency, components.addresses).writable
    domain = domains.of(db, to, now)
    host = pace.host_of(to, domain["mail_host"] if domain else None) if to else ""
    dispatcher = Dispatcher(pace, components.policy)
    dispatcher.take(pacing.since(db, Watermark(), now))
    return {
        "code": code, "name": found["name"], "group": found["group"], "label": found["label"],
        "address": found["address"], "to": to,
        "barred": barred(to, components.policy, exempt=dossier.agency.status is Status.EXEMPT,
                         opted_out=dossier.opt_out is not None),
        "domain": domain, "mail_host": host, "route": components.settings.route.by_default,
        "a_minute": pace.of(host).a_minute,
        "closed": pace.office_hours and not in_office_hours(now, components.policy.holidays),
        **_throttle(dispatcher, components, host, now),
        "paused": _paused(db, pausing.subject_of(dossier.agency, host), now),
        "letters": found["letters"][-LAST:],
    }


def _paused(db: Tx, whom: pausing.Subject, now: datetime) -> list[dict[str, Any]]:
    """Return the pauses that are in force for an agency, as plain values."""
    return [msgspec.to_builtins(each.shown(now)) for each in pauses.in_force(db, now)
            if each.covers(whom)]


def _throttle(dispatcher: Dispatcher, components: Components, host: str,
              now: datetime) -> dict[str, bool]:
    """Return whether a mail host's circuit breaker is open, and whether it slows us down."""
    state = dispatcher.of(host).state
    return {"open": dispatcher.breaker_open or bool(state.opened_at),
            "slowed": bool(state.level_at(now, components.pace.throttle))}


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield what a letter would meet as lines for a person."""
    w = words("probe", lang)
    first, *rest = explain.address(found["address"], lang)
    yield f"{line(found['name'])} ({found['code']})  {found['group']}: {found['label']}"
    yield f"  {first}"
    yield from (f"    {each}" for each in rest)
    yield from (f"  {w['paused']}: {pause.summary(each, lang)}" for each in found["paused"])
    if found["barred"]:
        yield f"  {w['nowhere']}: {found['barred']}"
        return
    host = f"{w['host']} {line(found['mail_host'])}  {w['route']} {found['route']}"
    yield f"  {w['to']} {line(found['to'])}  {host}"
    stops = [w[why] for why in ("open", "slowed", "closed") if found[why]]
    stops = [w["paused"], *stops] if found["paused"] else stops
    yield f"  {w['pace']} {found['a_minute']:g} {w['minute']}: {'; '.join(stops) or w['may']}"
    sent = [f"{each['number']} -> {line(each['address'])}: {explain.verdict(each, lang)}"
            for each in found["letters"]]
    yield from (f"  {w['last']}: {each}" for each in sent or [w["none"]])
    yield f"  {w['hint']}"
    if found["domain"]:
        yield from (f"  {each}" for each in domains.render_text(found["domain"], lang))


def _ask(components: Components, found: dict[str, Any]) -> int:
    """Write a letter down for the daemon to send; return its serial."""
    host = found["domain"]["mail_host"] if found["domain"] else None
    return ledger.work(components, lambda opened: ask(
        found["code"], host, ledger=opened, clock=components.clock, rules=components.rules))


def _follow(components: Components, code: str, serial: int, patience: float, lang: str, *,
            as_json: bool) -> int:
    """Print what becomes of a letter as it comes, until it is judged; return the exit code."""
    began, shown, w = time.monotonic(), set[tuple[str, str]](), words("probe", lang)
    while True:
        steps, verdict, over = _course(components, code, serial, lang)
        for name, text in steps:
            if (name, text) not in shown:
                options.show({name: text}, [f"  {w[name]}: {line(text)}"], as_json=as_json)
        shown |= set(steps)
        if over:
            return int(verdict in FAILURES | UNDECIDED)
        if missing := idle(components, lang):
            options.show({"daemon": False}, [missing], as_json=as_json)
            return 1
        if patience and time.monotonic() - began > patience:
            options.show({"waits": True}, [f"  {w['waits']}"], as_json=as_json)
            return 1
        time.sleep(LOOK)


def _course(components: Components, code: str, serial: int,
            lang: str) -> tuple[list[tuple[str, str]], str, bool]:
    """Return a letter's steps so far, each with its name, its verdict, and whether it is judged."""
    with queries.asking(components.ledger_place) as db:
        steps = [*_encryption(components, db, serial), *queries.course(db, serial),
                 *_why_it_waits(components, db, serial, lang)]
        found = record.collect(components, dossiers.dossier(db, code), lang)
    number = components.rules.form.numbered(serial)
    letter = next(each for each in found["letters"] if each["number"] == number)
    over = letter["state"] == "closed" or letter["verdict"] in DECIDED
    if over:
        steps += [("verdict", explain.verdict(letter, lang)),
                  ("group", f"{found['group']}: {found['label']}")]
    return steps, letter["verdict"], over


def _why_it_waits(components: Components, db: Tx, serial: int,
                  lang: str) -> Iterable[tuple[str, str]]:
    """Yield why a letter that was asked for has not left us yet, where there is a reason."""
    found, now, w = queries.waits_at(db, serial), components.clock.now(), words("probe", lang)
    if found is None:
        return
    host, due_at, send_by = found
    whom, policy = pauses.subject(db, serial), components.policy
    yield from (("why", f"{w['halted']}: {in_language(lang, halt.detail)}")
                for halt in halts.standing(db))
    yield from (("why", f"{w['paused']} ({pause.summary(each, lang)})")
                for each in _paused(db, whom, now))
    canaries = heard(db, now - 4 * (policy.canary.every + policy.canary.patience), now)
    if policy.canary.every and not canary.whole(canaries, now, policy.canary.patience):
        yield "why", w["broken"]
    if due_at > now:
        yield "why", f"{w['later']} {moment(due_at)} ({w['until']} {moment(send_by)})"
    dispatcher = Dispatcher(components.pace, policy)
    dispatcher.take(pacing.since(db, Watermark(), now))
    slow = _throttle(dispatcher, components, host, now)
    yield from (("why", f"{w[each]} ({line(host)})") for each in ("open", "slowed") if slow[each])


def _encryption(components: Components, db: Tx, serial: int) -> Iterable[tuple[str, str]]:
    """Yield how the last connection to each server that a letter was given to was encrypted."""
    named = components.settings.relay
    bare = {f"{relay.host}:{relay.port}" for relay in (named, *named.fallback)
            if relay.tls == "none"}
    for place in dict.fromkeys(fact.reporter for fact in letters.seen(db, serial)
                               if fact.matched_by is MatchedBy.WIRE and fact.reporter):
        if place in bare:
            yield "tls", f"{place}: no encryption (relay.tls)"
        # a relay is known by its name alone
        for known in hosts.shown(db, [place.rpartition(":")[0] or place]):
            yield "tls", f"{moment(known.seen_at, seconds=True)} {place}: {known.seen}"


def idle(components: Components, lang: str) -> str:
    """Return the warning that no daemon runs that would send the letter; "" where one runs."""
    return "" if is_at_work(components) else words("probe", lang)["idle"]
