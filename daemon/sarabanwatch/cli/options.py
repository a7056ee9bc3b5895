"""Options that verbs share, and how they print and write."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import click

config = click.option(
    "--config", "-c", type=click.Path(path_type=Path),
    default=Path("/etc/sarabanwatch/sarabanwatch.toml"), show_default=True,
    envvar="SARABANWATCH_CONFIG", show_envvar=True, help="The configuration file.")
as_json = click.option("--json", "as_json", is_flag=True,
                       help="One JSON value on stdout, for machines.")
# a day, and a time where one stands behind it
TYPED = re.compile(r"(.*?)(?:[T ](\d\d:\d\d\S*))?", re.DOTALL)
language = click.option("--lang", type=click.Choice(["th", "en"]), default="th", show_default=True,
                        help="Language.")


def examples(*lines: str) -> str:
    """Return the examples of a verb for the end of its help.

    The manual takes them from there, and a test runs all but those that say behind a # what they need.
    """
    return "\n".join(("\b", "Examples:", *(f"  sarabanwatch {line}" for line in lines)))


class DayParam(click.ParamType[date]):
    """A day as people type it, in either era: 2026-12-31, 31/12/2569, 31 ธ.ค. 2569."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None,
                ctx: click.Context | None) -> date:
        """Read a day; say how to write one."""
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
        """Read a moment; say how to write one."""
        from sarabanwatch.core.calendar import BANGKOK

        if isinstance(value, datetime):
            return value
        typed, clock = TYPED.fullmatch(value.strip()).groups("")  # type: ignore[union-attr]  # it matches any line
        try:
            read = datetime.fromisoformat(
                f"{DayParam().convert(typed, param, ctx)}T{clock or '00:00'}"
            )
        except (ValueError, click.BadParameter):
            self.fail(f"{value!r} is no day: write 2026-03-30, 30/3/2569 or 2026-03-30T16:30",
                      param, ctx)
        whole = read if clock or not self._ends else read + timedelta(days=1, milliseconds=-1)
        return whole if whole.tzinfo else whole.replace(tzinfo=BANGKOK)


at = click.option("--at", metavar="DAY", type=Moment(),
                  help="As it stood then, Bangkok's time; a day alone means its end.")


def minute(at: datetime) -> str:
    """Return a moment in Bangkok as people are told it: '๒๓ ธันวาคม ๒๕๖๘ เวลา ๑๖.๓๐ น.'."""
    from sarabanwatch.core.calendar import BANGKOK, THAI_DIGITS, thai_date

    here = at.astimezone(BANGKOK)
    return f"{thai_date(here.date())} เวลา {f'{here:%H.%M}'.translate(THAI_DIGITS)} น."


def passed(at: datetime, now: datetime) -> datetime:
    """Return a moment, of today at the latest now; refuse what is yet to come."""
    from sarabanwatch.core.calendar import BANGKOK

    if at.astimezone(BANGKOK).date() > now.astimezone(BANGKOK).date():
        raise click.BadParameter(f"{at.astimezone(BANGKOK):%Y-%m-%d %H:%M} is yet to come",
                                 param_hint="--at")
    return min(at, now)


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
