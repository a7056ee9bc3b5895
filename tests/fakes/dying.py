"""A program that is killed in the midst of what it does with files, at each step in turn.

A step is whatever changes what stands on the disk. Of Python's own: each audit event of STEPS, each
block that is copied from file to file, each sync. Of SQLite's: each file that it opens, syncs, cuts
or deletes, and every so many writes. The program is a fork of the test's, so that a death costs
milliseconds; SIGKILL ends it, and nothing of it is tidied up.
"""

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import apsw

from fakes.platter import beneath

STEPS = frozenset({"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.chown",
                   "shutil.copyfile", "shutil.rmtree"})
BLOCK = 1 << 18         # octets of a copy from file to file that are one step
WRITES = 64             # writes of SQLite's that are one step: it writes page by page


def deaths(act: Callable[[], object]) -> Iterator[int]:
    """Do something in a program that is killed before its first step, before its second, and so on.

    Yield the number of the step after each death, for a look at what it left. The last time it
    lives. Raise AssertionError where it fails.
    """
    for step in count(1):
        if not _died(act, step):
            return
        yield step


def _died(act: Callable[[], object], step: int) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)     # of forks beside idle threads
        child = os.fork()
    if not child:
        _live(act, step)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True
    assert status == 0, f"it failed, and was to be killed at step {step}"
    return False


def _live(act: Callable[[], object], step: int) -> None:
    """Do it, and die before a step; never return."""
    try:
        death = _Death(step)
        sys.addaudithook(death.heard)
        os.sendfile, os.fsync = death.copied(os.sendfile), death.synced(os.fsync)
        with beneath(_Disk(death)):
            act()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a fork must not go on as the test
        traceback.print_exc()
    finally:
        os._exit(1)


class _Death:
    """Comes before a step of that number."""

    def __init__(self, step: int) -> None:
        self._left = step

    def step(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)

    def heard(self, event: str, args: tuple[Any, ...]) -> None:
        if event in STEPS or (event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR)):
            self.step()

    def copied(self, sendfile: Callable[..., int]) -> Callable[..., int]:
        def block(out: int, into: int, offset: int, octets: int) -> int:
            self.step()
            return sendfile(out, into, offset, min(octets, BLOCK))
        return block


    def synced(self, fsync: Callable[[int], None]) -> Callable[[int], None]:
        def sync(file: int) -> None:
            self.step()
            fsync(file)
        return sync


class _Disk(apsw.VFS):
    """The machine's own disk."""

    def __init__(self, death: _Death) -> None:
        self.name, self._real, self._death = f"dying-{os.getpid()}", apsw.vfs_names()[0], death
        super().__init__(self.name, self._real)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's
        self._death.step()
        return _File(self._death, self._real, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - SQLite's
        self._death.step()
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, death: _Death, *opened: Any) -> None:
        self._death, self._writes = death, 0
        super().__init__(*opened)

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's
        """Lock it; one that is open to be read only is asked for as it closes, and may refuse."""
        try:
            super().xLock(level)
        except apsw.IOError:
            raise apsw.BusyError from None

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        self._writes += 1
        if self._writes % WRITES == 1:
            self._death.step()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        self._death.step()
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802 - SQLite's
        self._death.step()
        super().xTruncate(size)
