"""The register: what its files mean. Every row becomes an entry or a problem; none is lost."""

from sarabanwatch.core.register.dates import read_date
from sarabanwatch.core.register.headings import HEADINGS, REQUIRED, Aliases, columns
from sarabanwatch.core.register.kinds import kind_named
from sarabanwatch.core.register.records import (
    ROWS_AT_MOST,
    Entry,
    FileRow,
    Note,
    Problem,
    Register,
    Sheet,
    Unreadable,
)
from sarabanwatch.core.register.rows import LONGEST_CELL, read
from sarabanwatch.core.register.table import HEADING_WITHIN, Table, table

__all__ = [
    "HEADINGS",
    "HEADING_WITHIN",
    "LONGEST_CELL",
    "REQUIRED",
    "ROWS_AT_MOST",
    "Aliases",
    "Entry",
    "FileRow",
    "Note",
    "Problem",
    "Register",
    "Sheet",
    "Table",
    "Unreadable",
    "columns",
    "kind_named",
    "read",
    "read_date",
    "table",
]
