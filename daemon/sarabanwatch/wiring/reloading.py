"""Reads the configuration again while the daemon runs.

A reload is a restart without the end of the process: the new configuration is built as a whole
beside the old one and checked; then letters in hand are finished, and the daemon goes on by the new
one, over the same ledger and the same ports. So every key is taken but those that only a new
process can take. A configuration that is wrong anywhere is refused as a whole, and the old one
stays in force.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from sarabanwatch.core.facts.token import REMEDY
from sarabanwatch.edge.web_access import WebAccess
from sarabanwatch.settings import Misconfigured, Settings
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.edges import Edges
from sarabanwatch.wiring.site import face


class Reloaded(NamedTuple):
    """A configuration to go on by.

    `changed` are the keys that changed, `restart` those of them that wait for a restart.
    """

    components: Components
    changed: tuple[str, ...]
    restart: tuple[str, ...]
    metrics_access: WebAccess


def renewed(old: Components) -> Reloaded:
    """Read the configuration file of a Components again.

    Raise Misconfigured, or what else keeps the parts from being built.
    """
    asked = Components(old.path).settings
    settings = kept(asked, old.settings)
    components = Components(old.path, settings)
    check(components)
    check_keys(components)
    return Reloaded(components, tuple(differing(settings, old.settings)),
                    tuple(differing(asked, settings)), Edges(components).metrics_access)


def check(components: Components) -> None:
    """Build all that can be built without a server.

    Raise what is wrong with the configuration, its files and secrets.
    """
    edges = Edges(components)
    _ = (components.ledger_place, len(components.rules.keys), edges.source, edges.relays,
         edges.mailbox, edges.verifier, edges.signer, edges.metrics_access,
         face(components, "http://localhost/"))


def check_keys(components: Components) -> None:
    """Raise Misconfigured where no token key is left that signs.

    At its start the daemon goes on without one, and reads the inbox.
    """
    if not components.rules.signs(components.clock.now()):
        raise Misconfigured(
            f"token.key_file: every key has ended, and no letter can be signed; {REMEDY}"
        )


def kept(asked: Settings, old: Settings) -> Settings:
    """Return the settings asked for, with the old values of keys that wait for a restart."""
    return replace(
        asked, clock=old.clock,
        metrics=replace(asked.metrics, host=old.metrics.host, port=old.metrics.port),
        ledger=replace(asked.ledger, file=old.ledger.file, url=old.ledger.url),
        page=replace(asked.page, host=old.page.host, port=old.page.port))


def differing(one: msgspec.Struct, other: msgspec.Struct, section: str = "") -> Iterator[str]:
    """Yield the keys, as `section.key`, whose values differ."""
    for name in one.__struct_fields__:
        here, there = getattr(one, name), getattr(other, name)
        if isinstance(here, msgspec.Struct) and type(here) is type(there):
            yield from differing(here, there, f"{section}{name}.")
        elif here != there:
            yield f"{section}{name}"
