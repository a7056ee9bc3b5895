"""An agency -> cells that the importer reads back as the same agency.

No spreadsheet takes them for a formula: in a text file a cell that would begin a formula gets an
apostrophe, which the importer removes again; in a workbook it is written as text. See OWASP, CSV
injection.
"""

import re

from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.register.headings import HEADINGS

FIELDS = tuple(field for field in HEADINGS if field != "district")   # what an agency holds
HEADING = tuple(HEADINGS[field][0] for field in FIELDS)
BESIDE = ("กลุ่ม", "เหตุผล", "ตั้งแต่")   # columns that the importer ignores
UNREAD = "#N/A"   # how spreadsheets write "not available"; the importer reads it so
COLUMN = {"announcement": "link"}
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def written(agency: Agency) -> tuple[str, ...]:
    """Return an agency as cells under HEADING."""
    announcement = agency.announcement
    unread = {COLUMN.get(part, part): UNREAD for part in agency.unread}
    cells = {
        "code": agency.code, "name": agency.name, "kind": agency.kind, "province": agency.province,
        "superior": agency.superior, "cell": agency.cell, "status": agency.status,
        "former": agency.former,
        "link": announcement.link if announcement else "",
        "announced": announcement.cell if announcement else "",
        "given_on": announcement.given_on.isoformat() if announcement and announcement.given_on
        else "",
    }
    return tuple(str((cells | unread)[field]) for field in FIELDS)


def guarded(cell: str) -> str:
    """Return a cell for a text file, with an apostrophe where it would begin a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Remove the apostrophe that `guarded` added."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell
