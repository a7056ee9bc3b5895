"""Bounces of all forms: a list of readers, the most authoritative first.

Each reader takes a parsed mail and returns a report for each recipient that it understands, or
none. No reader raises on a mail of another form.
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
    inner = mail.originals[0][:8_000].lower() if mail.originals else ""
    if "delivery-status" not in inner or not signs.is_returned(mail):
        return ()
    return dsn.read(take_apart(mail.originals[0].encode("utf-8", "replace")))


READERS: tuple[tuple[str, Callable[[Mail], Reports]], ...] = (
    ("dsn", dsn.read),
    ("notice", notice.read),
    ("fields", dsn.read_text),
    ("wrapped", wrapped),
    ("plain", plain.read),
)
