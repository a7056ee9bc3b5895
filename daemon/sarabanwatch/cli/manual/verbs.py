"""The verbs as plain values: what `--help` shows of each, without its layout."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import NamedTuple

import click

from sarabanwatch.cli import SHORT, group, options
from sarabanwatch.core.errors import SarabanError

NAME = "sarabanwatch"
EXITS = tuple(sorted([
    (0, "Done."), (2, "Wrong usage."), (130, "Interrupted at the keyboard."),
    *((kind.exit_code, cleandoc(kind.__doc__ or "")) for kind in SarabanError.__subclasses__()),
]))


class Option(NamedTuple):
    """An option: how it is written, and what it means."""

    words: str
    says: str


class Verb(NamedTuple):
    """A verb, or a group of verbs. In `examples`, what a command line needs stands behind a #."""

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
        yield from _described(name, root, SHORT[name])


def common() -> tuple[Option, ...]:
    """Return the options that most verbs have, by the same words."""
    return tuple(_options(_most, click.Context(_most)))


def _described(name: str, parent: click.Context, short: str = "") -> Iterator[Verb]:
    assert isinstance(parent.command, click.Group)  # noqa: S101 - only those have verbs
    command = parent.command.get_command(parent, name)
    assert command is not None  # noqa: S101 - it was listed
    ctx = click.Context(command, info_name=name, parent=parent)
    known, own = set(common()), tuple(_options(command, ctx))
    yield Verb(
        ctx.command_path.removeprefix(f"{NAME} "), short,
        " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]),
        tuple(" ".join(paragraph.split()) for paragraph in (command.help or "").split("\n\n")),
        tuple(each for each in own if each not in known),
        tuple(each for each in own if each in known),
        tuple(line.strip() for line in (command.epilog or "").splitlines()
              if line.startswith("  ")))
    if isinstance(command, click.Group):
        for inner in command.list_commands(ctx):
            yield from _described(inner, ctx)


def _options(command: click.Command, ctx: click.Context) -> Iterator[Option]:
    for param in command.params:
        if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
            yield Option(*record)
