"""Who acts through a verb: the operating system's user, and the name that was given.

A name that is given with --by proves nothing: it is kept beside the user, as told.
"""

import os
import pwd
from contextlib import suppress
from pathlib import Path

import click

from sarabanwatch.core.facts.act import ACTING, Actor, canonical

__all__ = ["ACTING", "actor", "user"]

NOBODY = 2 ** 32 - 1        # the kernel's log-in user where nobody logged in (proc(5))
UNATTENDED = frozenset({"run", "demo"})     # what these write, they write by our rules
# What says how a verb prints or where it looks, not what it does, or stands in a place of its own.
APART = frozenset({"config", "lang", "as_json", "by", "why", "note", "yes", "whole"})


def user() -> str:
    """Return who logged in to this system, and as whom that person acts where that is another."""
    acts = _named(os.getuid())
    with suppress(OSError, ValueError):
        if (number := int(Path("/proc/self/loginuid").read_text(encoding="ascii"))) != NOBODY:
            logged_in = _named(number)
            return acts if logged_in == acts else f"{logged_in} as {acts}"
    return acts


def actor() -> Actor | None:
    """Return who acts by the verb that runs, and by which words; None for the daemon."""
    ctx = click.get_current_context(silent=True)
    what = ctx.command_path.partition(" ")[2] if ctx else ""
    if ctx is None or what in UNATTENDED:
        return None
    words = {name: value for name, value in ctx.params.items()
             if name not in APART and value not in (None, False, (), "")}
    name = ctx.params.get("by") or ""
    why = ctx.params.get("why") or ctx.params.get("note") or ""
    return Actor(user(), "" if name == user() else name, what, canonical(words), why)


def _named(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
