"""Backups: a folder with all that another machine needs to go on, and how a ledger is put back.

    FOLDER/2026-11-28T203000.000Z/
        manifest.json       when, by which version, what the ledger holds, the digest of every file
        ledger.db           a checked copy of the ledger (store.copies)
        configuration/      the configuration and every file that it names, as they stood
        keys/               secrets, only where they were asked for

A backup is made under a name that begins with a dot and is renamed when all of it is on the disk:
whatever has no dot is whole. What was broken off is left for whoever looks, and swept away by the
next backup.

Putting a ledger back never decides anything: the file is laid where the ledger stood, and the
witness beside it is left alone. So the daemon finds out by itself what is missing (store.witness),
begins a new epoch, numbers its letters on behind all that may have left, and sends nothing until a
person lifts the halt.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sarabanwatch import __version__
from sarabanwatch import settings as config
from sarabanwatch.core.errors import DataError, RequestError, StorageError, UnavailableError
from sarabanwatch.store import copies, placing
from sarabanwatch.store.copies import Contents, Noted
from sarabanwatch.store.lock import keeping
from sarabanwatch.store.witness import LedgerCount, Witness, witness_of
from sarabanwatch.wiring.components import Components

MANIFEST, LEDGER, CONFIGURATION, KEYS = "manifest.json", "ledger.db", "configuration", "keys"
UNFINISHED = ".unfinished-"
BLOCK = 1 << 20         # octets that are digested at once


class Backup(NamedTuple):
    """A backup: when the ledger was copied, what it holds, the digest of each file, our version."""

    folder: Path
    at: datetime
    contents: Contents
    files: Mapping[str, str]
    version: str

    @property
    def size(self) -> int:
        """Octets of its ledger."""
        return (self.folder / LEDGER).stat().st_size

    @property
    def noted(self) -> Noted:
        """The record of it for the ledger."""
        return Noted(self.at, str(self.folder), self.files[LEDGER], self.size)


class Missing(NamedTuple):
    """What a ledger that is put back does not know.

    Commits that are missing, and letters numbered since; None: nobody knows.
    """

    commits: int
    letters: int


class Restored(NamedTuple):
    """What `restore` did.

    `missing`: what is known to be missing, None where no witness tells; `aside`: where a ledger
    that stood there was moved to, or None.
    """

    backup: Backup
    missing: Missing | None
    aside: Path | None


def take(components: Components, into: Path, *, keys: bool = False) -> Backup:
    """Make a backup in a folder of its own below `into`.

    Raise StorageError where it cannot be written, UnavailableError while another one is made there.
    """
    at = components.clock.now().astimezone(UTC)
    name = placing.named(at)
    made = into / f"{UNFINISHED}{name}"
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(into):
            for left in into.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left)
            made.mkdir(mode=0o700)
            contents = copies.copy(components.ledger_place, made / LEDGER)
            for file, to in _named(components, keys=keys):
                (made / to).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(file, made / to)
                (made / to).chmod(0o600)
            files = {str(file.relative_to(made)): digest(file)
                     for file in sorted(made.rglob("*")) if file.is_file()}
            _write(made / MANIFEST, {"at": at.isoformat(), "version": __version__,
                                     "schema": contents.schema,
                                     "counted": contents.counted._asdict(),
                                     "rows": contents.rows, "head": contents.head,
                                     "files": files})
            made.rename(into / name)
            placing.sync(into)
    except OSError as failed:
        raise StorageError(
            f"{made} cannot be written ({failed}); make room there, or name another folder"
        ) from None
    return Backup(into / name, at, contents, files, __version__)


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """Hold a folder of backups: another process would sweep away what is not finished yet."""
    held = os.open(into, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UnavailableError(f"another backup is being taken into {into}; wait for it") from None
    finally:
        os.close(held)


def kept(into: Path) -> list[Path]:
    """Return the whole backups below a folder, the newest first."""
    return sorted((each.parent for each in into.glob(f"*/{MANIFEST}")
                   if not each.parent.name.startswith(".")), reverse=True)


def thin_out(into: Path, keep: int) -> list[Path]:
    """Remove all but the newest backups below a folder; return those that went."""
    old = kept(into)[keep:]
    for each in old:    # half of one must not pass for a whole one
        shutil.rmtree(each.rename(each.with_name(f"{UNFINISHED}{each.name}")))
    return old


def read(folder: Path) -> Backup:
    """Read a backup and check every file of it.

    Raise DataError where it is none, or not as it was made.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        backup = Backup(folder, datetime.fromisoformat(manifest["at"]),
                        Contents(manifest["schema"], LedgerCount(**manifest["counted"]),
                                 manifest["rows"], manifest.get("head", "")),
                        manifest["files"], manifest["version"])
    except (OSError, ValueError, KeyError, TypeError) as failed:
        raise DataError(
            f"{folder} is no backup ({failed!r}); name one of the folders that `backup` made"
        ) from None
    for name, known in backup.files.items():
        file = folder / name
        if not file.is_file() or digest(file) != known:
            became = "changed" if file.is_file() else "gone"
            raise DataError(f"{file} is {became} since the backup was made; use another backup")
    if copies.checked(folder / LEDGER) != backup.contents:
        raise DataError(f"{folder / LEDGER} does not hold what {MANIFEST} says; use another backup")
    return backup


def restore(components: Components, folder: Path, *, replace: bool) -> Restored:
    """Put a backup's ledger where the configuration names it; the daemon's start does the rest.

    Raise DataError where the backup is not whole, ConfigError while a daemon runs over the ledger,
    RequestError where there is a ledger that is not to be replaced; one on a server never is;
    StorageError where its folder cannot be made. If it is interrupted it can be run again; until
    then the daemon refuses to start.
    """
    backup, ledger = read(folder), components.ledger_file
    if not isinstance(components.ledger_place, Path):
        copies.put_back(backup.folder / LEDGER, components.ledger_place)
        return Restored(backup, None, None)
    # on a new machine the service has not run yet; its manager takes the folder over as it starts
    home = ledger.absolute().parent
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failed:       # as where it is a link to a folder that is gone
        raise StorageError(f"{home} cannot be written ({failed.strerror}); see to its disk and its "
                           "owner, then start again") from None
    with keeping(ledger):
        if ledger.exists() and ledger.stat().st_size and not replace:
            raise RequestError(f"a ledger stands at {ledger}: say --replace to move it aside")
        missing = _missing(ledger, backup)
        aside = placing.put(backup.folder / LEDGER, ledger, components.clock.now())
    return Restored(backup, missing, aside)


def differing(components: Components, backup: Backup) -> list[str]:
    """Return the configuration's files that differ from those of a backup, or are gone."""
    now = {str(to): file for file, to in _named(components, keys=False)}
    return sorted(name for name, known in backup.files.items()
                  if name.startswith(f"{CONFIGURATION}/")
                  and (name not in now or digest(now[name]) != known))


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with file.open("rb") as octets:
        return hashlib.file_digest(octets, "sha256").hexdigest()


def _named(components: Components, *, keys: bool) -> Iterator[tuple[Path, Path]]:
    """Yield each file that a configuration names, itself first, and where a backup holds it."""
    path, s = components.path, components.settings
    yield path, Path(CONFIGURATION, path.name)
    for name in config.files_named(s):
        if (file := path.parent / name).is_file():
            yield file, Path(CONFIGURATION, _within(name))
    for name in config.secrets_named(s) if keys else ():
        if secret := config.where(name, path.parent):
            yield secret, Path(KEYS, _within(name))


def _within(name: str) -> str:
    """Return where a backup holds a file of that name: never outside the backup."""
    return os.path.normpath(f"/{name}").lstrip("/")


def _missing(ledger: Path, backup: Backup) -> Missing | None:
    if not witness_of(ledger).exists():
        return None
    witness = Witness(ledger)
    with witness.held():
        known = witness.known()
    witness.close()
    counted = backup.contents.counted
    if known is None or known.counted is None or known.counted.epoch != counted.epoch:
        return None
    return Missing(max(0, known.counted.tick - counted.tick),
                   max(0, known.counted.serial - counted.serial))


def _write(file: Path, manifest: Mapping[str, Any]) -> None:
    with file.open("x", encoding="utf-8") as out:
        file.chmod(0o600)
        json.dump(manifest, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
