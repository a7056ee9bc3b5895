"""`version`: what runs here, for whoever is about to upgrade or reports a fault."""

import platform
from collections.abc import Iterator
from typing import Any

import click

from sarabanwatch import __version__, settings
from sarabanwatch.cli import extras, options
from sarabanwatch.cli.terminal import both
from sarabanwatch.store import schema, sqlite

NAMED = {"schema": ("โครงสร้างฐานข้อมูล", "the ledger's schema"), "groups": ("กลุ่ม", "groups"),
         "address_rules": ("เกณฑ์ที่อยู่", "address rules"),
         "python": ("Python",), "sqlite": ("SQLite",)}


@click.command(epilog=options.examples("version", "version --json"))
@options.either
@options.as_json
def version(*, as_json: bool) -> None:
    """Print the version, and what it is made of.

    That is the schema that it gives a ledger, the ids of the shipped groups and address rules,
    Python, SQLite, and the optional parts. No configuration is read.
    """
    found = collect()
    options.show(found, render_text(found), as_json=as_json)


def collect() -> dict[str, Any]:
    """Return the version, and those of its parts; an optional part that is lacking is ""."""
    (groups,) = settings.editions([settings.shipped("groups.toml")])
    return {
        "version": __version__,
        "schema": schema.newest(),
        "groups": groups.id,
        "address_rules": settings.address_rules(settings.shipped("address-rules.toml")).id,
        "python": platform.python_version(),
        "sqlite": sqlite.engine(),
        "extras": {each.name: each.installed for each in extras.EXTRAS},
    }


def render_text(found: dict[str, Any]) -> Iterator[str]:
    """Yield the same as lines for a person, with the remedy for each part that is lacking."""
    yield f"sarabanwatch {found['version']}"
    yield from (f"  {both(called[0], called[-1]) if called[1:] else called[0]}: {found[name]}"
                for name, called in NAMED.items())
    yield from (f"  {name}: {part}" for name, part in found["extras"].items() if part)
    yield from (f"  {text}" for text in extras.lacking())
