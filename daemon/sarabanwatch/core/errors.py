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
