"""Bounces in all their dialects: an ordered list of readers, the most authoritative first.

Each reader takes a mail apart that was taken apart already, and returns a report for each recipient it understands, or
nothing: none raises on another's mail.
"""

from collections.abc import Callable

from sarabanwatch.core.bounce import dsn, plain
from sarabanwatch.core.bounce.report import Report
from sarabanwatch.core.mime import Mail

READERS: tuple[tuple[str, Callable[[Mail], tuple[Report, ...]]], ...] = (
    ("dsn", dsn.read),
    ("plain", plain.read),
)


def read(mail: Mail) -> tuple[str, tuple[Report, ...]]:
    """Return the name of the first reader that understood the mail and its reports, or ("", ())."""
    return next(((name, reports) for name, reader in READERS if (reports := reader(mail))), ("", ()))
