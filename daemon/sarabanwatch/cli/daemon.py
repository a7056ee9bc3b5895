"""`run`, `check-config`."""

import asyncio
import faulthandler
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import extras, options
from sarabanwatch.cli.rounds import beside, foresee, render_plan
from sarabanwatch.cli.terminal import both
from sarabanwatch.cli.words import LANGUAGES, words
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.errors import ConfigError, UnavailableError
from sarabanwatch.core.facts import token
from sarabanwatch.core.policy import LedgerSection
from sarabanwatch.papers import print as printing
from sarabanwatch.settings import Misconfigured
from sarabanwatch.store import queries
from sarabanwatch.store.places import in_words
from sarabanwatch.wiring import Components, daemon
from sarabanwatch.wiring.edges import Edges, check_register, unpublished
from sarabanwatch.wiring.reloading import check, check_keys

LIVE = {True: ("ส่งจริง", "LIVE: letters go out for real"),
        False: ("ยังไม่ส่งจริง ส่งถึงกล่องจดหมายของระบบเท่านั้น", "not live: letters go to ourselves alone")}


@click.command(epilog=options.examples("run  # until SIGTERM"))
@options.config
def run(config: Path) -> None:
    """Run the daemon, until it is told to stop.

    It takes in the list of agencies, sends the letters of the round, reads the inbox, judges, and
    publishes metrics and, where a port is set, the public page. One daemon works on a ledger: a
    second one ends at once with exit code 78.

    SIGTERM stops it once the letters in hand are finished; the next start goes on from there. At
    SIGHUP it reads the configuration again: it takes all of it, or refuses all of it and goes on as
    before.
    """
    # until the daemon can heed it: by default it ends a process
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # a hung daemon is ended by the watchdog's SIGABRT: its stack belongs in the journal
    faulthandler.enable()
    asyncio.run(daemon.run(Components(config)))


@click.command(epilog=options.examples("check-config"))
@options.config
@click.option("--dns", is_flag=True, help="Ask the DNS whether our DKIM key is published.")
@click.option("--without-register", is_flag=True,
              help="Leave the list of agencies unread; the daemon starts without, too.")
@options.either
@options.as_json
def check_config(config: Path, *, dns: bool, without_register: bool, as_json: bool) -> None:
    """Say whether a configuration, its files and its secrets can be used.

    Nothing is written and, without --dns, no connection is opened but to a ledger's server. It also
    says which token keys end within a month.
    """
    components = Components(config)
    check(components)
    check_keys(components)
    if not without_register:
        check_register(components)
    if dns and (wrong := asyncio.run(unpublished(Edges(components)))):
        raise Misconfigured(f"{config}: {wrong}")
    options.show(collect(components), render_text(components), as_json=as_json)


def collect(components: Components) -> dict[str, Any]:
    """Return what a configuration that can be used will do, as plain values."""
    chosen = components.settings
    return {"config": str(components.path), "live": chosen.live, "usable": True,
            "pdf": chosen.letter.pdf and printing.installed(),
            "keys_end": {key.kid: str(key.until) for key in _ending(components)},
            "ledger": in_words(components.ledger_place), "timetable": _timetable(components)}


def render_text(components: Components) -> Iterator[str]:
    """Yield the same as lines for a person, with what each key's end means."""
    thai, english = LIVE[components.settings.live]
    yield both(f"ใช้งานได้: {components.path} ({thai})",
               f"{components.path} can be used ({english})")
    yield f"{both('ฐานข้อมูล', 'ledger')}: {in_words(components.ledger_place)}"
    chosen = components.settings.ledger
    if chosen.url and chosen.file != LedgerSection.file:
        yield both(f"ใช้ ledger.url แทน ledger.file: ของ {components.ledger_file} ใช้เฉพาะโฟลเดอร์",
                   f"ledger.url goes before ledger.file: of {components.ledger_file} only the "
                   "folder is used")
    yield from extras.lacking()
    if (refused := _timetable(components))["refused"]:
        thai, english = ("\n".join(render_plan(refused, words("rounds", lang)))
                         for lang in LANGUAGES)
        yield both(thai, english, "{}\n{}")
    for key, then in _ending(components).items():
        thai, english = (f"จากนั้นใช้ {then.kid!r}", f"then {then.kid!r} signs") if then else (
            "จากนั้นลงนามไม่ได้ และจะไม่มีหนังสือออก ให้เพิ่มกุญแจใหม่",
            f"then nothing is signed and no letter leaves; {token.REMEDY}")
        yield both(f"กุญแจ {key.kid} ใช้ลงนามได้ถึง {key.until} {thai}",
                   f"token key {key.kid!r} signs until {key.until}; {english}")


def _timetable(components: Components) -> dict[str, Any]:
    """Return when the next rounds begin, by the ledger and by this configuration."""
    try:
        with queries.asking(components.ledger_place) as db:
            return foresee(db, beside(components))
    except (UnavailableError, ConfigError):     # there need be no ledger, or none of this version
        return {"refused": ""}


def _ending(components: Components) -> dict[token.Key, token.Key | None]:
    """Return the token keys that end within a month, each with the one that signs after it."""
    today = components.clock.now().astimezone(BANGKOK).date()
    return token.keys_ending_soon(components.rules.keys, today)
