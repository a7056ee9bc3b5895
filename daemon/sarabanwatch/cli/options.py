"""Options that verbs share, and how they print and write."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

config = click.option(
    "--config", "-c", type=click.Path(path_type=Path), default=Path("/etc/sarabanwatch/sarabanwatch.toml"), show_default=True,
    envvar="SARABANWATCH_CONFIG", help="The configuration file.")
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON value on stdout, for machines.")
language = click.option("--lang", type=click.Choice(["th", "en"]), default="th", show_default=True, help="Language.")


LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}   # those that JSON lets stand


def say_json(value: object) -> None:
    """Print one JSON value on one line."""
    click.echo(json_line(value))


def json_line(value: object) -> str:
    """Return one JSON value as one line, whatever its reader takes for the end of a line."""
    return json.dumps(value, ensure_ascii=False, default=str).translate(LINE_ENDS)


def named(out: Path | None, forms: Sequence[str]) -> None:
    """Refuse a file to write whose name does not say one of these forms."""
    if out and out.suffix.lower() not in forms:
        raise click.BadParameter(f"{out.name}: name it {' or '.join(forms)}", param_hint="--out")


def write(out: Path, octets: bytes) -> None:
    """Write a file; say which cannot be written, and why."""
    try:
        out.write_bytes(octets)
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from None
