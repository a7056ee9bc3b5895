"""Errors that end a verb, by who must act; each carries the exit code of the command (its name in sysexits.h stands beside it).

The message of one is for a person: what is wrong, and the remedy, in one line. A class of its own stands under these where
somebody catches just that. Any other exception that gets as far as the command line is a fault of ours, and ends in a traceback.
"""

from typing import ClassVar


class SarabanError(Exception):
    """An error that a person can mend. Raise one of the classes below."""

    exit_code: ClassVar[int]


class RequestError(SarabanError):
    """What was asked for cannot be done as things stand: whoever asked must ask for something else."""

    exit_code = 1


class DataError(SarabanError):
    """A list of agencies, or a snapshot, cannot be used: whoever keeps it must mend it."""

    exit_code = 65      # EX_DATAERR


class UnavailableError(SarabanError):
    """A server, the ledger, the land, or a part that is to be installed is not there: whoever runs it must see to it."""

    exit_code = 69      # EX_UNAVAILABLE


class OutputError(SarabanError):
    """The site cannot be written there: whoever asked must name another folder, or make room in it."""

    exit_code = 73      # EX_CANTCREAT


class StorageError(SarabanError):
    """The ledger cannot be written: whoever runs the machine must see to its disk."""

    exit_code = 74      # EX_IOERR


class AccessError(SarabanError):
    """A server refuses our log-in, or us: whoever runs that server must let us in."""

    exit_code = 77      # EX_NOPERM


class ConfigError(SarabanError):
    """The configuration is wrong, or what it names is another program's, lost or damaged: whoever operates us must mend it."""

    exit_code = 78      # EX_CONFIG


class Barred(AccessError):  # noqa: N818 - said of us
    """The other side will not have us: wrong password, no TLS, not welcome. Waiting won't help; a person must act."""


class Unwritable(StorageError):  # noqa: N818 - said of the ledger
    """The ledger cannot be written. What cannot be written down is not done: going on is senseless."""


class NoReader(UnavailableError):  # noqa: N818 - said of our own process
    """A process of ours that reads what strangers wrote cannot be had. Nothing is known of what was to be read: try again later."""


class Unusable(Unwritable):
    """The ledger is lost, damaged or another program's. A person must act; starting again does not help."""

    exit_code = ConfigError.exit_code


class Unanswered(UnavailableError):  # noqa: N818 - said of the page
    """A page of the web could not be had; the message says which, and why."""
