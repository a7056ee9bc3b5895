"""`version`: what runs here, for whoever is about to upgrade or reports a fault."""

import platform
from typing import Any

import click

from sarabanwatch import __version__
from sarabanwatch.cli import extras, options


@click.command(epilog=options.examples("version", "version --json"))
@options.as_json
def version(*, as_json: bool) -> None:
    """Print the version, and what it is made of.

    That is the schema that it gives a ledger, the ids of the shipped groups and address rules,
    Python, SQLite, and the optional parts. No configuration is read.
    """
    told = parts()
    if as_json:
        options.say_json(told)
        return
    click.echo(f"sarabanwatch {told['version']}")
    for name, called in NAMED.items():
        click.echo(f"  {called}: {told[name]}")
    for each in extras.EXTRAS:
        if each.installed:
            click.echo(f"  {each.name}: {each.installed}")
    for line in extras.lacking():
        click.echo(f"  {line}")


NAMED = {"schema": "โครงสร้างสมุดบันทึก · the ledger's schema", "groups": "กลุ่ม · groups",
         "address_rules": "เกณฑ์ที่อยู่ · address rules", "python": "Python", "sqlite": "SQLite"}


def parts() -> dict[str, Any]:
    """Return the version, and those of what it is made of; an optional part that is lacking is ""."""
    from sarabanwatch import settings
    from sarabanwatch.store import schema, tx

    (groups,) = settings.editions([settings.shipped("groups.toml")])
    return {
        "version": __version__,
        "schema": schema.newest(),
        "groups": groups.id,
        "address_rules": settings.address_rules(settings.shipped("address-rules.toml")).id,
        "python": platform.python_version(),
        "sqlite": tx.engine(),
        "extras": {each.name: each.installed for each in extras.EXTRAS},
    }
