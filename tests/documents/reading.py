"""What stands in the documents: fences with their marks, commands in prose, links."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from sarabanwatch.cli import group

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(?P<in>[ ]*)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=in)```[ ]*$",
                   re.MULTILINE | re.DOTALL)
SHELLS = {"sh", "console"}
# of a shell's fence: why its commands are not run, but held against the verbs that there are
MARKS = {
    "root": "it changes the machine",
    "server": "it speaks to servers",
    "live": "it has mail sent",
    "apart": "it needs what the kept demo does not have, or does not end by itself",
    "demo": "it is what the kept demo was made by",
}
INLINE = re.compile(r"`(?:[/\w.]*/)?(sarabanwatch [^`\n]+)`")
COMMAND = re.compile(r"(?:^|[\s(])(?:[/\w.]*bin/)?(sarabanwatch(?: [^|<>;&#)\n]+)?)")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
ENDS = {"|", "<", ">", "&&", ";"}


class Fence(NamedTuple):
    """A fence: its language, its marks, its lines."""

    language: str
    marks: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def commands(self) -> tuple[str, ...]:
        """The command lines of a shell's fence: all but the comments, or of a console those behind
        the $.
        """
        if self.language == "console":
            return tuple(line[2:] for line in self.lines if line.startswith("$ "))
        return tuple(line for line in self.lines if line.strip() and not line.startswith("#"))


def documents() -> list[Path]:
    """Return every Markdown file of the project."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout
    return [ROOT / name for name in listed.split() if not name.startswith("tests/corpus/")]


def fences(text: str) -> Iterator[Fence]:
    """Yield the fences of a document."""
    for found in FENCE.finditer(text):
        language, *marks = found["info"].split() or [""]
        indent = len(found["in"])
        yield Fence(language, tuple(marks),
                    tuple(line[indent:] for line in found["text"].splitlines()))


def told(text: str) -> Iterator[str]:
    """Yield the commands that a document names in its prose: `sarabanwatch VERB ...`."""
    yield from INLINE.findall(FENCE.sub("", text))


def named(line: str) -> Iterator[str]:
    """Yield the invocations of sarabanwatch in a command line."""
    yield from (each.strip() for each in COMMAND.findall(line)
                if not each.startswith("sarabanwatch-"))


def unknown(invocation: str) -> str:
    """Return what of an invocation there is not: a verb, or an option of it; "" where all is there.
    """
    words = [word for word in shlex.split(invocation.split("#", maxsplit=1)[0])[1:]
             if word not in ENDS]
    command: click.Command = group
    ctx = click.Context(group)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0].isupper() or words[0] == "..." or "/" in words[0]:
            return ""       # VERB: any of them; or it is a file's name in another program's command
        found = command.get_command(ctx, words[0])
        if found is None:
            return words[0]
        command, words = found, words[1:]
    known = {name for param in command.params
             for name in (*param.opts, *param.secondary_opts)} | {"--help", "-h"}
    return next((word for word in words if word.startswith("-")
                 and word.partition("=")[0] not in known), "")
