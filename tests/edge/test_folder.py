"""A watched folder: the newest list, once nobody writes to it any more."""

import asyncio
import os
from pathlib import Path

from sarabanwatch.edge.folder import newest


def written(folder: Path, name: str, at: int) -> Path:
    path = folder / name
    path.write_text(name)
    os.utime(path, (at, at))
    return path


async def test_the_newest_list_is_found_and_what_is_no_list_is_not(tmp_path: Path) -> None:
    assert await newest(tmp_path, 0) is None
    written(tmp_path, "b.csv", 100)
    newer = written(tmp_path, "a.XLSX", 200)
    for n, name in enumerate(("note.pdf", ".hidden.csv", "upload.csv.part", "~$a.xlsx",
                              ".~lock.a.xlsx#")):
        written(tmp_path, name, 300 + n)
    (tmp_path / "folder.csv").mkdir()
    assert await newest(tmp_path, 0) == newer


async def test_of_two_lists_with_the_same_time_the_later_name_is_the_newer(tmp_path: Path) -> None:
    written(tmp_path, "2026-01.csv", 100)
    later = written(tmp_path, "2026-02.csv", 100)
    assert await newest(tmp_path, 0) == later


async def test_a_file_that_grows_is_left_alone(tmp_path: Path) -> None:
    written(tmp_path, "old.csv", 100)
    growing = written(tmp_path, "new.csv", 200)
    looking = asyncio.create_task(newest(tmp_path, 0.05))
    await asyncio.sleep(0)      # it has looked once
    growing.write_text("more and more")
    assert await looking is None
    assert await newest(tmp_path, 0) == growing
