"""The whole site as a tree of files, with relative links, for any web server or none.

The new tree is built beside the old one, and the two change places in one step (renameat2 of
Linux). Visitors therefore see either the whole old site or the whole new one, even if an export is
killed. A file that has not changed is a hard link to the old one, so that its time stamp stays and
tools that copy the site skip it. A file that a power cut left empty differs, and is written anew.
"""

import ctypes
import fcntl
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sarabanwatch.core.errors import OutputError
from sarabanwatch.core.page.public import Country
from sarabanwatch.page.site import Site

MARKER = ".sarabanwatch-site"
SHEAF = 400                  # files that a process writes at a time
ALONE = 3                    # sheaves: of fewer, helpers take longer to start than they save
HERE, EXCHANGE = -100, 2     # AT_FDCWD, RENAME_EXCHANGE
WITH_PARENT = 1              # PR_SET_PDEATHSIG
Make = Callable[[Country | None], Site]     # makes the site of the ledger (None), or of a country


class Written(NamedTuple):
    """What an export did, in files."""

    written: int
    kept: int
    removed: int


def export(make: Make, target: Path, report: Callable[[int, int], None]) -> Written:
    """Write the site that `make` returns into a folder.

    `report` is called with the number of files done and of all, as the export goes on. `make` is
    called once here, and once in every process that helps with a large site. Those get the country
    that was read here, so that all pages agree. Raise OutputError where the folder holds something
    else, cannot be written, or another export is writing there.
    """
    target = target.absolute()
    if target.exists() and not (target.is_dir()
                                and ((target / MARKER).exists() or not any(target.iterdir()))):
        raise OutputError(
            f"{target} is not empty and no site of ours; "
            "name an empty folder, or one that is not there yet"
        )
    fresh = target.with_name(f".{target.name}.new")
    site = make(None)
    paths = list(site.paths())
    before = {str(path.relative_to(target)) for path in target.rglob("*")
              if path.is_file()} - {MARKER}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target):
            shutil.rmtree(fresh, ignore_errors=True)
            for folder in {(fresh / path).parent for path in paths}:
                folder.mkdir(parents=True, exist_ok=True)
            written = _put_all(make, site, paths, target, fresh, report)
            (fresh / MARKER).write_text("sarabanwatch page export\n")
            _swap(fresh, target)
    except OSError as error:
        raise OutputError(
            f"{error.filename or target}: {error.strerror}; the old site, if any, stands as it was"
        ) from error
    except BrokenProcessPool:
        raise OutputError(
            f"{target}: a process that helped was ended; the old site, if any, stands as it was"
        ) from None
    return Written(written, len(paths) - written, len(before - set(paths)))


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold the lock by which only one export at a time writes a folder."""
    beside = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OutputError(f"another export writes beside {target}; wait until it is done") from None
    finally:
        os.close(beside)


def _put_all(make: Make, site: Site, paths: Sequence[str], old: Path, fresh: Path,
             report: Callable[[int, int], None]) -> int:
    """Put all files into the new tree; return how many had to be written."""
    if len(paths) <= ALONE * SHEAF:
        written = _Hand(site, old, fresh).put(paths)
        report(len(paths), len(paths))
        return written
    return _share_out(partial(make, site.country), paths, old, fresh, report)


def _share_out(make: Callable[[], Site], paths: Sequence[str], old: Path, fresh: Path,
               report: Callable[[int, int], None]) -> int:
    """Do the same in as many processes as there are processors."""
    sheaves = [paths[start:start + SHEAF] for start in range(0, len(paths), SHEAF)]
    written = done = 0
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(sheaves)), get_context("spawn"), _begin,
                             (make, old, fresh)) as pool:
        for sheaf, new in zip(sheaves, pool.map(_put, sheaves), strict=True):
            written, done = written + new, done + len(sheaf)
            report(done, len(paths))
    return written


class _Hand(NamedTuple):
    """What a process needs to write files: the site, the old tree and the new one."""

    site: Site
    old: Path
    fresh: Path

    def put(self, paths: Sequence[str]) -> int:
        """Put some files into the new tree; return how many had to be written."""
        return sum([self._one(path) for path in paths])

    def _one(self, path: str) -> bool:
        document = self.site.document(path)
        if document is None:      # its agency left the register meanwhile
            return False
        old, fresh = f"{self.old}/{path}", f"{self.fresh}/{path}"     # a Path takes far longer
        if _holds(old, document.body):
            os.link(old, fresh)
            return False
        with open(fresh, "xb") as file:      # noqa: PTH123 - as above
            file.write(document.body)
        return True


_own: list[_Hand] = []     # set in each process that helps (`_begin`)


def _begin(make: Callable[[], Site], old: Path, fresh: Path) -> None:
    # end with the export: else this process would wait for ever after the export was killed
    ctypes.CDLL(None).prctl(WITH_PARENT, signal.SIGKILL)
    _own.append(_Hand(make(), old, fresh))


def _put(paths: Sequence[str]) -> int:
    return _own[0].put(paths)


def _holds(name: str, body: bytes) -> bool:
    try:
        with open(name, "rb", buffering=0) as file:      # noqa: PTH123 - as above
            return os.fstat(file.fileno()).st_size == len(body) and file.read() == body
    except (FileNotFoundError, NotADirectoryError):
        return False


def _swap(fresh: Path, target: Path) -> None:
    """Exchange the new tree and the old one in one step, then delete the old one."""
    if not target.exists():
        fresh.rename(target)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(HERE, os.fsencode(fresh), HERE, os.fsencode(target), EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(target))
    shutil.rmtree(fresh)
