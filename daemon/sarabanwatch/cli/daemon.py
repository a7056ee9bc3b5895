"""`run`, `check-config`."""

import asyncio
from pathlib import Path

import click

from sarabanwatch.cli import options


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
    import faulthandler
    import signal

    from sarabanwatch import wiring

    # until the daemon can heed it: by default it ends a process
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # a hung daemon is ended by the watchdog's SIGABRT: its stack belongs in the journal
    faulthandler.enable()
    asyncio.run(wiring.run(wiring.Components(config)))


@click.command(epilog=options.examples("check-config"))
@options.config
@click.option("--dns", is_flag=True, help="Ask the DNS whether our DKIM key is published.")
@click.option("--without-register", is_flag=True,
              help="Leave the list of agencies unread; the daemon starts without, too.")
@options.as_json
def check_config(config: Path, *, dns: bool, without_register: bool, as_json: bool) -> None:
    """Say whether a configuration, its files and its secrets can be used.

    Nothing is written and, without --dns, no connection is opened. It also says which token keys
    end within a month.
    """
    from sarabanwatch import wiring
    from sarabanwatch.cli import extras
    from sarabanwatch.core.calendar import BANGKOK
    from sarabanwatch.core.facts import token
    from sarabanwatch.papers import print as printing
    from sarabanwatch.settings import Misconfigured

    components = wiring.Components(config)
    wiring.check(components)
    wiring.check_keys(components)
    if not without_register:
        wiring.check_register(components)
    if dns and (wrong := asyncio.run(wiring.unpublished(components))):
        raise Misconfigured(f"{config}: {wrong}")
    ending = token.keys_ending_soon(components.rules.keys, components.clock.now().astimezone(BANGKOK).date())
    if as_json:
        options.say_json({"config": str(config), "live": components.settings.live, "usable": True,
                          "pdf": components.settings.letter.pdf and printing.installed(),
                          "keys_end": {key.kid: str(key.until) for key in ending}})
    else:
        live = (
            "LIVE: letters go out for real" if components.settings.live
            else "not live: letters stay on loopback"
        )
        click.echo(f"ใช้งานได้ · {config} can be used ({live})")
        for line in extras.lacking():
            click.echo(line)
        for key, then in ending.items():
            follows = (
                f"then {then.kid!r} signs" if then
                else f"then nothing is signed and no letter leaves; {token.REMEDY}"
            )
            click.echo(
                f"กุญแจ {key.kid} ใช้ลงนามได้ถึง {key.until} · token key {key.kid!r} signs until {key.until}; {follows}"
            )
