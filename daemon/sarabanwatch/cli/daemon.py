"""`run`, `check-config`, `version`."""

import asyncio
from pathlib import Path

import click

from sarabanwatch import __version__
from sarabanwatch.cli import options


@click.command()
@options.config
def run(config: Path) -> None:
    """Import the register, send letters, watch the inbox, judge, publish: until SIGTERM. SIGHUP: read the configuration anew."""
    import faulthandler
    import signal

    from sarabanwatch import wiring

    signal.signal(signal.SIGHUP, signal.SIG_IGN)    # until the daemon can heed it: by default it ends a process
    faulthandler.enable()   # a hung daemon is ended by the watchdog's SIGABRT: its stack belongs in the journal
    asyncio.run(wiring.run(wiring.Plant(config)))


@click.command()
@options.config
@click.option("--dns", is_flag=True, help="Ask the DNS whether our DKIM key is published.")
@click.option("--without-register", is_flag=True, help="Leave the list of agencies unread; the daemon starts without, too.")
@options.as_json
def check_config(config: Path, *, dns: bool, without_register: bool, as_json: bool) -> None:
    """Say whether a configuration, its files and its secrets can be used. Writes nothing; opens no connection but with --dns."""
    from sarabanwatch import wiring
    from sarabanwatch.core.calendar import BANGKOK
    from sarabanwatch.core.facts import token
    from sarabanwatch.papers import print as printing
    from sarabanwatch.settings import Misconfigured

    plant = wiring.Plant(config)
    wiring.check(plant)
    wiring.check_keys(plant)
    if not without_register:
        wiring.check_register(plant)
    if dns and (wrong := asyncio.run(wiring.unpublished(plant))):
        raise Misconfigured(f"{config}: {wrong}")
    ending = token.ending(plant.rules.keys, plant.clock.now().astimezone(BANGKOK).date())
    if as_json:
        options.say_json({"config": str(config), "live": plant.settings.live, "usable": True,
                          "pdf": plant.settings.letter.pdf and printing.installed(),
                          "keys_end": {key.kid: str(key.until) for key in ending}})
    else:
        live = "LIVE: letters go out for real" if plant.settings.live else "not live: letters stay on loopback"
        click.echo(f"ใช้งานได้ · {config} can be used ({live})")
        if plant.settings.letter.pdf and not printing.installed():
            click.echo("หนังสือจะไม่มี PDF แนบ · letters go without a PDF: the extra `reports` is not installed")
        for key, then in ending.items():
            follows = f"then {then.kid!r} signs" if then else f"then nothing is signed and no letter leaves; {token.REMEDY}"
            click.echo(f"กุญแจ {key.kid} ใช้ลงนามได้ถึง {key.until} · token key {key.kid!r} signs until {key.until}; {follows}")


@click.command()
@options.as_json
def version(*, as_json: bool) -> None:
    """Print the version."""
    if as_json:
        options.say_json({"version": __version__})
    else:
        click.echo(f"sarabanwatch {__version__}")
