"""The whole site as a tree of files for any web server, or none: links are relative and nothing needs a script.

The tree is built beside the old one and changes places with it in one step (Linux, renameat2), so that a visitor sees the
old site or the new one. What has not changed is the old file itself (a hard link): time stamps and copies stay, and a file
that a power cut left empty differs and is written anew.
"""

import ctypes
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sarabanwatch.edge.page.site import Site

MARK = ".sarabanwatch-site"
SHEAF = 400                  # files that a process does at a time
HERE, EXCHANGE = -100, 2     # AT_FDCWD, RENAME_EXCHANGE


class NoExport(Exception):  # noqa: N818 - said of the folder
    """The site cannot be written there."""


class Written(NamedTuple):
    """What an export did, in files."""

    written: int
    kept: int
    removed: int


def export(make: Callable[[], Site], target: Path, told: Callable[[int, int], None]) -> Written:
    """Write the site that `make` gives to a folder; `told(done, all)` is called as it goes on.

    `make` is called once here, and once in every process that helps with a large site. Raise NoExport where the folder is
    not ours, or cannot be written.
    """
    target = target.absolute()
    if target.exists() and not (target.is_dir() and ((target / MARK).exists() or not any(target.iterdir()))):
        raise NoExport(f"{target} is not empty and no site of ours; name an empty folder, or one that is not there yet")
    fresh = target.with_name(f".{target.name}.new")
    site = make()
    paths = list(site.paths())
    before = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()} - {MARK}
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in {(fresh / path).parent for path in paths}:
            folder.mkdir(parents=True, exist_ok=True)
        if len(paths) <= SHEAF:
            written = _Hand(site, target, fresh).put(paths)
            told(len(paths), len(paths))
        else:
            written = _write(make, paths, target, fresh, told)
        (fresh / MARK).write_text("sarabanwatch page export\n")
        _swap(fresh, target)
    except OSError as error:
        raise NoExport(f"{error.filename or target}: {error.strerror}; the old site, if any, stands as it was") from error
    return Written(written, len(paths) - written, len(before - set(paths)))


def _write(make: Callable[[], Site], paths: Sequence[str], old: Path, fresh: Path, told: Callable[[int, int], None]) -> int:
    """Put all files into the fresh tree, by as many processes as there are processors; return how many had to be written."""
    sheaves = [paths[start:start + SHEAF] for start in range(0, len(paths), SHEAF)]
    written = done = 0
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(sheaves)), get_context("spawn"), _begin, (make, old, fresh)) as pool:
        for sheaf, new in zip(sheaves, pool.map(_put, sheaves), strict=True):
            written, done = written + new, done + len(sheaf)
            told(done, len(paths))
    return written


class _Hand(NamedTuple):
    """Who renders: a site, the old tree and the fresh one."""

    site: Site
    old: Path
    fresh: Path

    def put(self, paths: Sequence[str]) -> int:
        """Put some files into the fresh tree; return how many had to be written."""
        return sum([self._one(path) for path in paths])

    def _one(self, path: str) -> bool:
        document = self.site.document(path)
        body = document.body if document else b""
        if _holds(self.old / path, body):
            os.link(self.old / path, self.fresh / path)
            return False
        (self.fresh / path).write_bytes(body)
        return True


_own: list[_Hand] = []     # of a process that helps: its own


def _begin(make: Callable[[], Site], old: Path, fresh: Path) -> None:
    _own.append(_Hand(make(), old, fresh))


def _put(paths: Sequence[str]) -> int:
    return _own[0].put(paths)


def _holds(file: Path, body: bytes) -> bool:
    try:
        return file.stat().st_size == len(body) and file.read_bytes() == body
    except (FileNotFoundError, NotADirectoryError):
        return False


def _swap(fresh: Path, target: Path) -> None:
    """Let the fresh tree take the old one's place in one step, then take the old one away."""
    if not target.exists():
        fresh.rename(target)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(HERE, os.fsencode(fresh), HERE, os.fsencode(target), EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(target))
    shutil.rmtree(fresh)
