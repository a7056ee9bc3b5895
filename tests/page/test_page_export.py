"""The exported site: whole or not at all, by one at a time, without pages of what is gone."""

import fcntl
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from fakes.archive import MemoryArchive, listing
from fakes.site import a_country, a_face, renamed_meanwhile
from sarabanwatch.core.errors import OutputError
from sarabanwatch.core.page.public import Country
from sarabanwatch.page import Site, export

DYING = """
import os, signal, sys
from pathlib import Path
from fakes.site import a_country, a_face, renamed_meanwhile
from sarabanwatch.page import Site, export

class Dying(Site):
    left = int(sys.argv[2])

    def document(self, path):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().document(path)

make = lambda country: Dying(a_country(), a_face(notice="new"), country)
export(make, Path(sys.argv[1]), lambda *_: None)
"""


def site(archive: MemoryArchive, country: Country | None = None, *, notice: str = "") -> Site:
    return Site(archive, a_face(live=False, notice=notice), country)


def write(archive: MemoryArchive, target: Path, notice: str = "") -> tuple[int, int, int]:
    return export(partial(site, archive, notice=notice), target, lambda *_: None)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file()}


@pytest.mark.parametrize("after", [1, 60])
def test_an_export_that_is_killed_leaves_the_old_site_whole_and_the_next_one_finishes(
    tmp_path: Path, after: int
) -> None:
    target = tmp_path / "site"
    write(a_country(), target)
    before = tree(target)
    path = os.pathsep.join(sys.path)
    ended = subprocess.run([sys.executable, "-c", DYING, target, str(after)],
                           env={"PYTHONPATH": path}, check=False)
    assert ended.returncode == -9
    assert tree(target) == before
    write(a_country(), target, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["site"]
    assert b"new" in (target / "index.html").read_bytes()
    assert set(tree(target)) == set(before)


def test_an_agency_that_left_the_register_leaves_the_site(tmp_path: Path) -> None:
    target, archive = tmp_path / "site", MemoryArchive([listing("1", "กรมหนึ่ง"),
                                                        listing("2", "กรมสอง")])
    write(archive, target)
    archive.listings.pop()
    archive.news = True
    _, kept, removed = write(archive, target)
    gone = {"agency/2.html", "en/agency/2.html", "qr/2.svg"}
    assert (kept > 0, removed) == (True, len(gone))
    assert not gone & set(tree(target))
    assert not [path for path, body in tree(target).items() if "กรมสอง".encode() in body]


def test_two_exports_to_one_place_do_not_mix(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(OutputError, match="another export writes beside"):
        write(a_country(), tmp_path / "site")
    os.close(held)
    assert write(a_country(), tmp_path / "site")


def test_the_helpers_of_a_large_site_tell_of_the_same_country(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = MemoryArchive([listing(str(n), f"กรมที่ {n}") for n in range(30)])
    write(archive, tmp_path / "alone")
    archive.news = True
    monkeypatch.setattr(sys.modules["sarabanwatch.page.export"], "SHEAF", 20)
    told: list[tuple[int, int]] = []
    export(partial(renamed_meanwhile, archive), tmp_path / "helped", lambda done,
           all_: told.append((done, all_)))
    assert tree(tmp_path / "helped") == tree(tmp_path / "alone")
    assert len(told) > 1
    assert told[-1] == (len(tree(tmp_path / "alone")) - 1,) * 2
