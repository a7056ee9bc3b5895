"""`drill`: one marked alert along the whole chain, and how long it took to come home."""

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.likely import OneOf
from sarabanwatch.cli.words import words
from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.edge import drill as edge
from sarabanwatch.edge.clock import WallClock


class HostPort(click.ParamType[tuple[str, int]]):
    """HOST:PORT, as two values."""

    name = "HOST:PORT"

    def convert(self, value: object, param: click.Parameter | None,
                ctx: click.Context | None) -> tuple[str, int]:
        """Return host and port."""
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdecimal():
            self.fail(f"{value!r} is no HOST:PORT", param, ctx)
        return host.strip("[]"), int(port)


@click.command(epilog=options.examples(
    "drill  # at the machine of Alertmanager", "drill --severity ticket --within 600  # likewise"))
@click.option("--alertmanager", default="http://127.0.0.1:9093", show_default=True, metavar="URL",
              help="Where Alertmanager is.")
@click.option("--listen", type=HostPort(), default="127.0.0.1:9726", show_default=True,
              help="Where Alertmanager's receiver `drill` sends to.")
@click.option("--within", type=click.FloatRange(1, 3600), default=120, show_default=True,
              help="Seconds to wait for it.")
@click.option("--severity", type=OneOf(["page", "ticket"]), default="page",
              show_default=True, help="Who gets it besides.")
@options.language
@options.as_json
def drill(alertmanager: str, listen: tuple[str, int], within: float, severity: str,
          lang: str, *, as_json: bool) -> None:
    """Try alerting: send one marked alert through Alertmanager, and wait until it comes home.

    It goes to the receiver `drill`, at which this verb listens, and on to whom alerts of that
    severity go: ask them whether they got the code that is printed. Neither the daemon nor its
    ledger is touched. Exit code 69 where it does not come home in time.
    """
    clock, code = WallClock(), token_hex(4)
    with edge.listening(*listen, code) as home:
        began = clock.now()
        edge.send(alertmanager, code, severity, began)
        came = home.wait(within)
        seconds = (clock.now() - began).total_seconds()
    if not came:
        raise UnavailableError(
            f"the alert {code} was taken by Alertmanager and did not come home within {within:g} "
            f"seconds: see its receiver `drill`, its silences, and its log")
    found = {"code": code, "severity": severity, "seconds": round(seconds, 1)}
    options.show(found, render_text(found, lang), as_json=as_json)


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield what came of it as lines for a person."""
    w = words("drill", lang)
    yield w["home"].format(**found)
    yield w["ask"].format(**found)
