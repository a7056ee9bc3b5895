"""Errors that end a command, by who must act; each carries its exit code (named as in sysexits.h).

The message is for a person: what is wrong, and the remedy, in one line. An error that some code
catches by itself has a class of its own, derived from one of these. Any other exception that
reaches the command line is a fault of ours, and ends in a traceback.
"""

from typing import ClassVar


class SarabanError(Exception):
    """An error that a person can mend. Raise one of the classes below.

    `thai` is the message in Thai where it is made of parts that have both languages; all others
    have their Thai in the tables of `cli.errors`.
    """

    exit_code: ClassVar[int]

    def __init__(self, message: str = "", thai: str = "") -> None:
        super().__init__(message)
        self.thai = thai


class RequestError(SarabanError):
    """The request cannot be fulfilled as things are: the user must ask for something else."""

    exit_code = 1


class DataError(SarabanError):
    """A list of agencies, or a snapshot, cannot be used: its keeper must correct it."""

    exit_code = 65      # EX_DATAERR


class UnavailableError(SarabanError):
    """A server, the ledger or an optional package is not there: whoever runs it must see to it."""

    exit_code = 69      # EX_UNAVAILABLE


class OutputError(SarabanError):
    """The output cannot be written there: the user must name another folder, or make room."""

    exit_code = 73      # EX_CANTCREAT


class StorageError(SarabanError):
    """The ledger cannot be written: the administrator of the machine must see to its disk."""

    exit_code = 74      # EX_IOERR


class AccessError(SarabanError):
    """A server refuses our log-in, or us: its administrator must let us in."""

    exit_code = 77      # EX_NOPERM


class ConfigError(SarabanError):
    """The configuration is wrong, or a file that it names is unusable: the operator must act."""

    exit_code = 78      # EX_CONFIG


class Barred(AccessError):  # noqa: N818 - said of us
    """A server refuses us for good: wrong password, no TLS, not allowed. Waiting does not help."""


class Unwritable(StorageError):  # noqa: N818 - said of the ledger
    """The ledger cannot be written. Nothing may be done that cannot be recorded, so we stop."""


class NoReader(UnavailableError):  # noqa: N818 - said of our own process
    """The process that reads untrusted input could not be started or died: try again later."""


class Unusable(Unwritable):
    """The ledger is lost, damaged or another program's. Starting again does not help."""

    exit_code = ConfigError.exit_code


class LedgerAway(UnavailableError):  # noqa: N818 - said of the ledger's server
    """The ledger's server does not answer, does not let us in, or refuses what it is asked."""


class Unanswered(UnavailableError):  # noqa: N818 - said of the page
    """A page of the web could not be fetched; the message says which, and why."""
