"""A disk in memory that can lose its power: what was synced stays, and some of the rest may.

SQLite runs on it unchanged, as a VFS. Without shared memory it has to own its file
(`locking_mode = exclusive`).
"""

from random import Random

import apsw


class Disk(apsw.VFS):
    """Files by name. The machine dies during operation `kill_at`; `full` refuses writes."""

    def __init__(self, rng: Random, on_death):
        self.name = f"simulated-{id(self):x}"
        self._rng, self._on_death = rng, on_death
        self.files: dict[str, File] = {}
        self.alive, self.full, self.power_lost = True, False, False
        self.operations, self.kill_at = 0, 0
        super().__init__(self.name, "")

    def xAccess(self, pathname, flags):
        """Say whether a file is there."""
        del flags
        return pathname in self.files

    def xFullPathname(self, name):
        """Names are whole."""
        return name

    def xDelete(self, filename, syncdir):
        """Take a file away, at once and for good."""
        del syncdir
        self.work()
        self.files.pop(filename, None)

    def xOpen(self, name, flags):
        """Open a file, made if need be."""
        flags[1] = flags[0]
        where = name.filename() if isinstance(name, apsw.URIFilename) else name
        return Handle(self, self.files.setdefault(where or f"temporary {len(self.files)}", File()))

    def work(self) -> None:
        """Do one operation, or die of it."""
        self.operations += 1
        if self.operations == self.kill_at:
            self.die()
        if not self.alive:
            raise apsw.IOError("the disk is gone")

    def die(self) -> None:
        """The program is dead from here on: nothing that it still does reaches the disk."""
        self.alive = False
        self._on_death()

    def restart(self, *, power_lost: bool) -> None:
        """Come back: whole if only the program died, else with what was synced and some more."""
        for file in self.files.values():
            file.settle(self._rng if power_lost else None)
        self.alive, self.kill_at, self.power_lost = True, 0, False


class File:
    """What is in a file: as programs see it, and as the platter has it."""

    def __init__(self):
        self.seen, self.platter = bytearray(), bytearray()
        # (offset, what was written), or (size, None) for a cut
        self.pending: list[tuple[int, bytes | None]] = []

    def do(self, offset: int, content: bytes | None) -> None:
        """Write, or cut, for programs to see."""
        _put(self.seen, offset, content)
        self.pending.append((offset, content))

    def settle(self, rng: Random | None) -> None:
        """Bring what is pending to the platter: all of it, or, by chance, each write or not."""
        for offset, content in self.pending:
            if rng is None or rng.random() < 0.5:
                _put(self.platter, offset, content)
        self.pending.clear()
        self.seen = bytearray(self.platter)


def _put(where: bytearray, offset: int, content: bytes | None) -> None:
    if content is None:
        del where[offset:]
        return
    if len(where) < offset:
        where.extend(bytes(offset - len(where)))
    where[offset:offset + len(content)] = content


class Handle:
    """An open file, as SQLite asks for it."""

    def __init__(self, disk: Disk, file: File):
        self._disk, self._file = disk, file

    def xRead(self, amount, offset):
        """Return what is there; SQLite fills up what is missing with zeros."""
        return bytes(self._file.seen[offset:offset + amount])

    def xWrite(self, content, offset):
        """Write, which may be lost."""
        self._disk.work()
        if self._disk.full:
            raise apsw.FullError("the disk is full")
        self._file.do(offset, bytes(content))

    def xTruncate(self, size):
        """Cut, which may be lost."""
        self._disk.work()
        self._file.do(size, None)

    def xSync(self, flags):
        """Bring all to the platter."""
        del flags
        self._disk.work()
        for offset, content in self._file.pending:
            _put(self._file.platter, offset, content)
        self._file.pending.clear()

    def xFileSize(self):
        """Return the size."""
        return len(self._file.seen)

    def xLock(self, level):
        """There is nobody else."""

    def xUnlock(self, level):
        """There is nobody else."""

    def xCheckReservedLock(self):
        """There is nobody else."""
        return False

    def xFileControl(self, op, ptr):
        """Know nothing special."""
        del op, ptr
        return False

    def xSectorSize(self):
        """A common sector."""
        return 512

    def xDeviceCharacteristics(self):
        """Promise nothing."""
        return 0

    def xClose(self):
        """Nothing to give back."""
