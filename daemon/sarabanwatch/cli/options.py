"""Options that verbs share, and how verbs print and write.

Each verb has one form: `collect` asks the ledger and returns a record of plain values;
`render_text` turns the record into lines for a person; `--json` prints the record itself.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from sarabanwatch.cli import acting
from sarabanwatch.cli.likely import OneOf
from sarabanwatch.core.calendar import BANGKOK, short_moment

Record = TypeVar("Record", bound=Mapping[str, Any])
Command = TypeVar("Command", bound=Callable[..., Any])

config = click.option(
    "--config", "-c", type=click.Path(path_type=Path),
    default=Path("/etc/sarabanwatch/sarabanwatch.toml"), show_default=True,
    envvar="SARABANWATCH_CONFIG", show_envvar=True, help="The configuration file.")


def _noted(ctx: click.Context, param: click.Parameter, value: object) -> object:
    """Keep a value where an error is told too, which may come before the verb begins."""
    ctx.meta[str(param.name)] = value
    return value


as_json = click.option("--json", "as_json", is_flag=True, is_eager=True, callback=_noted,
                       help="One JSON value on stdout, for machines.")
# a day, and the time that may follow it, also as we show it: 09.45 น. (ไทย), 09:45 +07
TYPED = re.compile(r"(.*?)(?:(?:T| (?:เวลา ?)?)(\d{1,2})[:.](\d\d)((?::\d\d)?\S*?)"
                   r"(?: ?น\.)?(?: ?\(ไทย\))?(?: (\+07))?)?", re.DOTALL)
either = click.option("--lang", type=OneOf(["th", "en"]), default=None, is_eager=True,
                      expose_value=False, callback=_noted,
                      help="Language; without, both.")
language = click.option("--lang", type=OneOf(["th", "en"]), default="th", show_default=True,
                        is_eager=True, callback=_noted, help="Language.")


def by(kept_beside: str) -> Callable[[Command], Command]:
    """Return the option that names whoever acts, the system's user by default.

    A blank name is refused.
    """
    return click.option("--by", callback=_name, help=(
        f"Your name: it is kept beside the {kept_beside}. Without, your user on this system."))


def _name(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    return acting.user() if value is None else _in_words(ctx, param, value)


def _in_words(ctx: click.Context, param: click.Parameter, value: str) -> str:
    del ctx
    if not value.strip():
        raise click.BadParameter("say it in words", param=param)
    return value.strip()


def why(help_: str) -> Callable[[Command], Command]:
    """Return the option that gives the reason; a blank one is refused."""
    return click.option("--why", required=True, callback=_in_words, help=help_)


def examples(*lines: str) -> str:
    """Return the examples of a verb for the end of its help.

    The manual takes them from there. A test runs them, but for those with a # and what they need.
    """
    return "\n".join(("\b", "Examples:", *(f"  sarabanwatch {line}" for line in lines)))


class DayParam(click.ParamType[date]):
    """A day as people type it, in either era: 2026-12-31, 31/12/2569, 31 ธ.ค. 2569."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None,
                ctx: click.Context | None) -> date:
        """Parse a day; the error says how to write one."""
        from sarabanwatch.core.register import Unreadable, read_date

        if isinstance(value, date):
            return value
        try:
            return read_date(value)
        except Unreadable as error:
            self.fail(str(error), param, ctx)


class Moment(click.ParamType[datetime]):
    """A day (its end) or a day and a time, of Bangkok, in either era."""

    name = "day"

    def __init__(self, *, ends: bool = True) -> None:
        self._ends = ends       # whether a day alone means its last moment, or its first

    def convert(self, value: str | datetime, param: click.Parameter | None,
                ctx: click.Context | None) -> datetime:
        """Parse a moment; the error says how to write one."""
        from sarabanwatch.core.register.cells import ARABIC

        if isinstance(value, datetime):
            return value
        match = TYPED.fullmatch(value.strip().translate(ARABIC))
        assert match is not None  # noqa: S101 - it matches any line
        typed, hour, minute, rest, _ = match.groups("")
        try:
            day = DayParam().convert(typed, param, ctx)
            parsed = datetime.fromisoformat(f"{day}T{hour or '00':0>2}:{minute or '00'}{rest}")
        except (ValueError, click.BadParameter):
            self.fail(f"{value!r} is no day: write 2026-03-30, 30/3/2569 or 2026-03-30T16:30",
                      param, ctx)
        if self._ends and not hour:
            parsed += timedelta(days=1, milliseconds=-1)
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=BANGKOK)


at = click.option("--at", metavar="DAY", type=Moment(),
                  help="As it stood then, Bangkok's time; a day alone means its end.")


def passed(at: datetime, now: datetime) -> datetime:
    """Return a moment, at the latest now; refuse a day that is yet to come."""
    if at.astimezone(BANGKOK).date() > now.astimezone(BANGKOK).date():
        raise click.BadParameter(f"{short_moment(at, 'en')} is yet to come",
                                 param_hint="--at")
    return min(at, now)


# ends of lines that JSON does not escape
LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}


def say_json(value: object) -> None:
    """Print one JSON value on one line."""
    click.echo(json_line(value))


def show(record: object, text: Iterable[str], *, as_json: bool) -> None:
    """Print a record: as one line of JSON, or as its lines for a person."""
    if as_json:
        say_json(record)
    else:
        click.echo("\n".join(text))


def show_all(records: Sequence[Record], text: Callable[[Record], str], none: str, *,
             as_json: bool) -> None:
    """Print a list, one record a line. That it is empty is said on stderr, and not to machines."""
    for record in records:
        show(record, [text(record)], as_json=as_json)
    if not records and not as_json:
        click.echo(none, err=True)


def json_line(value: object) -> str:
    """Return one JSON value on one line, also for readers that end lines as Unicode does."""
    return json.dumps(value, ensure_ascii=False, default=str).translate(LINE_ENDS)


def named(out: Path | None, forms: Sequence[str]) -> None:
    """Refuse an output file whose name does not end in one of these forms."""
    if out and out.suffix.lower() not in forms:
        raise click.BadParameter(f"{out.name}: name it {' or '.join(forms)}", param_hint="--out")


def write(out: Path, octets: bytes) -> None:
    """Write a file; the error names the file and the reason."""
    try:
        out.write_bytes(octets)
    except OSError as error:
        raise click.FileError(str(out), error.strerror) from None
