"""The verbs as plain values: what `--help` shows of each, without its layout."""

from collections.abc import Iterator
from typing import NamedTuple

import click

from sarabanwatch.cli import SHORT, group, options

NAME = "sarabanwatch"
EXITS = (
    (0, "done"),
    (1, "the verb's own no: it says why"),
    (2, "wrong usage"),
    (65, "a list of agencies, or a snapshot, that cannot be used"),
    (69, "a server, the ledger or the press is not there"),
    (73, "the site cannot be written there"),
    (74, "the ledger cannot be written: a full disk, or one that is not ours"),
    (77, "a server refuses our log-in, or us (of verbs run by hand; the daemon waits and says so)"),
    (78, "the configuration is wrong, a port or the ledger is another daemon's, or the ledger is lost or damaged"),
    (130, "interrupted at the keyboard"),
)


class Option(NamedTuple):
    """An option: how it is written, and what it means."""

    words: str
    says: str


class Verb(NamedTuple):
    """A verb, or a group of them: `examples` are command lines, with what one of them needs behind a #."""

    name: str
    short: str
    usage: str
    about: tuple[str, ...]
    options: tuple[Option, ...]
    common: tuple[Option, ...]
    examples: tuple[str, ...]


@click.command()
@options.config
@options.language
@options.as_json
def _most() -> None:
    """Carry the options that most verbs have."""


def verbs() -> Iterator[Verb]:
    """Yield every verb in the order of `--help`, those of a group behind it."""
    root = click.Context(group, info_name=NAME)
    for name in group.list_commands(root):
        yield from _told(name, root, SHORT[name])


def common() -> tuple[Option, ...]:
    """Return the options that most verbs have, by the same words."""
    return tuple(_options(_most, click.Context(_most)))


def _told(name: str, parent: click.Context, short: str = "") -> Iterator[Verb]:
    assert isinstance(parent.command, click.Group)  # noqa: S101 - only those have verbs
    command = parent.command.get_command(parent, name)
    assert command is not None  # noqa: S101 - it was listed
    ctx = click.Context(command, info_name=name, parent=parent)
    known, own = set(common()), tuple(_options(command, ctx))
    yield Verb(
        ctx.command_path.removeprefix(f"{NAME} "), short, " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]),
        tuple(" ".join(paragraph.split()) for paragraph in (command.help or "").split("\n\n")),
        tuple(each for each in own if each not in known), tuple(each for each in own if each in known),
        tuple(line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  ")))
    if isinstance(command, click.Group):
        for inner in command.list_commands(ctx):
            yield from _told(inner, ctx)


def _options(command: click.Command, ctx: click.Context) -> Iterator[Option]:
    for param in command.params:
        if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
            yield Option(*record)
