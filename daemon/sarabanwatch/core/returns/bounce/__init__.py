"""Bounces in all their dialects: an ordered list of readers, the most authoritative first.

Each reader takes a mail apart that was taken apart already, and returns a report for each recipient it understands, or
nothing: none raises on another's mail.
"""

from collections.abc import Callable

from sarabanwatch.core.returns.bounce import dsn, notice, plain, signs
from sarabanwatch.core.returns.bounce.report import Report
from sarabanwatch.core.returns.mime import Mail, take_apart

Reports = tuple[Report, ...]


def read(mail: Mail) -> tuple[str, Reports]:
    """Return the name of the first reader that understood the mail and its reports, or ("", ())."""
    return next(((name, reports) for name, reader in READERS if (reports := reader(mail))),
                ("", ()))


def wrapped(mail: Mail) -> Reports:
    """Return the reports of a bounce that a gateway put whole into another one."""
    if (
        not mail.originals or "delivery-status" not in mail.originals[0][:8_000].lower()
        or not signs.is_returned(mail)
    ):
        return ()
    return dsn.read(take_apart(mail.originals[0].encode("utf-8", "replace")))


READERS: tuple[tuple[str, Callable[[Mail], Reports]], ...] = (
    ("dsn", dsn.read),
    ("notice", notice.read),
    ("fields", dsn.read_text),
    ("wrapped", wrapped),
    ("plain", plain.read),
)
