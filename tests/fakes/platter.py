"""Disks under the product's own code that opens a ledger.

SQLite is given another VFS, and the opening code stays the product's.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw


@contextmanager
def beneath(disk: apsw.VFS, opened: Callable[[apsw.Connection], None]
            | None = None) -> Iterator[None]:
    """Have whatever is opened meanwhile lie on this disk (it has a `name`).

    `opened` is told of each connection first.
    """
    before, hooks = apsw.vfs_names()[0], [opened] if opened else []
    apsw.set_default_vfs(disk.name)
    apsw.connection_hooks.extend(hooks)
    try:
        yield
    finally:
        for hook in hooks:
            apsw.connection_hooks.remove(hook)
        apsw.set_default_vfs(before)


class Platter(apsw.VFS):
    """The machine's own disk; `folder` has each file as it would be found if the power went now.

    That is: as it was when it was last synced. What was only written is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.name, self.folder, self._real = f"platter-{id(self):x}", folder, apsw.vfs_names()[0]
        folder.mkdir()
        super().__init__(self.name, self._real)

    def xOpen(self, name: apsw.URIFilename | str | None,  # noqa: N802 - SQLite's
              flags: list[int]) -> apsw.VFSFile:
        return _Synced(self._real, self.folder, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - SQLite's
        super().xDelete(filename, syncdir)
        (self.folder / Path(filename).name).unlink(missing_ok=True)


class _Synced(apsw.VFSFile):
    def __init__(self, real: str, folder: Path, name: apsw.URIFilename | str | None,
                 flags: list[int]) -> None:
        self._file, self._folder = Path(name.filename() if isinstance(name, apsw.URIFilename)
                                        else name or ""), folder
        super().__init__(real, name, flags)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        super().xSync(flags)
        shutil.copyfile(self._file, self._folder / self._file.name)
