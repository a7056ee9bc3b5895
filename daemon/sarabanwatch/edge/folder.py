"""A folder into which people put lists of agencies: its newest file, once it is complete.

Only names, sizes and times are looked at, not the contents.
"""

import asyncio
from pathlib import Path

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods"})
# how the names of hidden files begin, and of those that Excel keeps beside an open list
NO_LISTS = (".", "~$")
AT_REST = 2.0   # wall seconds in which a file must not change

Look = dict[Path, tuple[int, int]]


async def newest(folder: Path, at_rest: float = AT_REST) -> Path | None:
    """Return the file that was changed last; None if there is none or it still changes.

    `at_rest` are the seconds in which it must not change. Raise OSError.
    """
    before = _look(folder)
    await asyncio.sleep(at_rest)
    now = _look(folder)
    found = max(now, key=lambda path: (now[path][0], path.name), default=None)
    return found if found and before.get(found) == now[found] else None


def _look(folder: Path) -> Look:
    lists = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES
             and not path.name.startswith(NO_LISTS)]
    stats = ((path, path.stat()) for path in lists if path.is_file())
    return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in stats}
