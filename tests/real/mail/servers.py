"""Postfix and Dovecot, from the files in etc/, as child processes.

Up when their ports answer, gone with the block.
"""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from string import Template
from typing import NamedTuple

ETC = Path(__file__).with_name("etc")
UP_WITHIN = 300.0


class Within(NamedTuple):
    """The domains and lists that a relay serves itself, as main.cf has them."""

    boxes: str = ""
    lists: str = ""


NONE = Within()


def write(name: str, to: Path, values: Mapping[str, object]) -> Path:
    """Fill in a file of etc/ and put it into a folder."""
    to.mkdir(parents=True, exist_ok=True)
    (to / name).write_text(Template((ETC / name).read_text()).substitute(values))
    return to / name


@asynccontextmanager
async def postfix(place: Path, *, relay: int, lmtp: int,
                  within: Within = NONE) -> AsyncIterator[Path]:
    """Run Postfix; yield its log."""
    home = place / "postfix"
    for name in ("main.cf", "master.cf"):
        write(name, home / "etc", {"place": place, "relay": relay, "lmtp": lmtp,
                                   **within._asdict()})
    (home / "spool").mkdir()
    (home / "data").mkdir(mode=0o700)
    shutil.chown(home / "data", "postfix", "postfix")
    async with _running(place, relay, "/usr/sbin/postfix", "-c", str(home / "etc"), "start-fg"):
        yield home / "maillog"


def dovecot_file() -> str:
    """Return which file of etc/ the Dovecot of this machine reads.

    From 2.4 on it has another language.
    """
    told = subprocess.run(["/usr/sbin/dovecot", "--version"], capture_output=True, text=True,
                          check=True).stdout
    major, minor = map(int, told.split(".")[:2])
    return "dovecot-2.4.conf" if (major, minor) >= (2, 4) else "dovecot.conf"


@asynccontextmanager
async def dovecot(place: Path, *, imap: int, lmtp: int, password: str) -> AsyncIterator[None]:
    """Run Dovecot with one mailbox a user, all of one password."""
    home = place / "dovecot" / "home"
    home.mkdir(parents=True)
    shutil.chown(home, "mail", "mail")
    values = {"place": place, "imap": imap, "lmtp": lmtp, "password": password}
    config = write(dovecot_file(), place / "dovecot", values)
    async with _running(place, imap, "/usr/sbin/dovecot", "-F", "-c", str(config)):
        yield


@asynccontextmanager
async def _running(place: Path, port: int, *command: str) -> AsyncIterator[None]:
    words = place / f"{Path(command[0]).name}.out"
    with words.open("wb") as out:
        server = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out)
    try:
        async with asyncio.timeout(UP_WITHIN):
            while not await _answers(port):     # a server that comes up tells nobody
                assert server.returncode is None, words.read_text()
                await asyncio.sleep(0.05)
        yield
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True
