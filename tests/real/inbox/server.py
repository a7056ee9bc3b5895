"""Debian's Dovecot for one test: configured, started, stopped and started again.

And an inbox that reads it.
"""

import asyncio
import imaplib
import os
import signal
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import trustme

from fakes.ports import free_port
from fakes.post import EvenChance, Password
from real.mail.servers import dovecot_file
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks
from sarabanwatch.edge.imap import ImapInbox, Mailbox
from sarabanwatch.edge.imap.names import encoded
from sarabanwatch.ports import Secret

ETC = Path(__file__).with_name("etc")
CA = trustme.CA()
PASSWORD = "toy"
THAI = "หนังสือเข้า"
UP_WITHIN, WITHIN = 300.0, 300.0


def lacking() -> str:
    """Return what this machine lacks, or ""."""
    if os.geteuid() != 0:
        return "needs root"
    if not Path("/usr/lib/dovecot/imap").exists():
        return "no Dovecot here"
    return ""


def trusted() -> ssl.SSLContext:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


def mail(n: int, size: int = 0) -> bytes:
    return b"From: a@b.test\r\nSubject: mail %d\r\n\r\n%b\r\n" % (n, b"x" * size)


@dataclass
class Dovecot:
    """A server with one mailbox, configured in a folder; it may be stopped and started again."""

    place: Path
    imap: int = field(default_factory=free_port)
    imaps: int = field(default_factory=free_port)
    values: dict[str, object] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    def lay_out(self) -> None:
        """Write the configuration and the certificate, where Dovecot's own users may look in."""
        self.place.chmod(0o755)
        values = {
            "place": self.place,
            "imap": self.imap,
            "imaps": self.imaps,
            "password": PASSWORD,
            "ssl": "yes",
            "connections": 10,
            "quota": "1G",
            "tokeninfo": 1,
            **self.values,
        }
        for name, of in (("dovecot.conf", dovecot_file()), ("oauth2.conf.ext", "oauth2.conf.ext")):
            (self.place / name).write_text(Template((ETC / of).read_text()).substitute(values))
        certificate = CA.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(self.place / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(self.place / "cert.pem")
        (self.place / "home").mkdir(exist_ok=True)
        subprocess.run(["chown", "mail:mail", str(self.place / "home")], check=True)

    async def start(self) -> None:
        """Start, and return when it answers."""
        self.process = await asyncio.create_subprocess_exec(
            "/usr/sbin/dovecot", "-F", "-c", str(self.place / "dovecot.conf"),
            start_new_session=True)
        async with asyncio.timeout(UP_WITHIN):
            while not await self._answers():  # a server that comes up tells nobody
                assert self.process.returncode is None, (self.place / "log").read_text()
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Stop the server and the processes of its clients."""
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)     # who serves a client outlives it

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.imap)
        except ConnectionRefusedError:
            return False
        writer.close()
        return True

    def _put(self, folder: str, mails: list[bytes]) -> list[str]:
        with imaplib.IMAP4_SSL("127.0.0.1", self.imaps, ssl_context=trusted()) as bare:
            bare.login("probes", PASSWORD)
            name = f'"{encoded(folder)}"'
            bare.create(name)
            return [bare.append(name, "", "", raw)[0] for raw in mails]

    async def put(self, *mails: bytes, folder: str = "INBOX") -> list[str]:
        """Put mails into a folder; return its reply to each."""
        return await asyncio.to_thread(self._put, folder, list(mails))

    def box(self, tls: str = "implicit", secret: Secret | None = None, **how: Any) -> Mailbox:
        """Return the mailbox to read."""
        port = self.imaps if tls == "implicit" else self.imap
        return Mailbox(
            "127.0.0.1",
            port,
            tls,
            "probes",
            secret or Password(PASSWORD),
            poll_seconds=0.2,
            trusted=trusted,
            **how,
        )


@asynccontextmanager
async def dovecot(folder: Path, **values: object) -> AsyncIterator[Dovecot]:
    server = Dovecot(folder, values=values)
    server.lay_out()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


class Reading:
    """What an inbox yields, and why it was lost or barred."""

    def __init__(self, box: Mailbox) -> None:
        self.lost: asyncio.Queue[str] = asyncio.Queue()
        self.barred: list[str] = []
        self.batches = ImapInbox(
            box,
            EvenChance(),
            lost=lambda error: self.lost.put_nowait(str(error)),
            barred=lambda error: self.barred.append(str(error)),
        ).batches(Bookmarks())

    async def until(self, *subjects: int) -> list[Batch]:
        """Return what was read up to the end, once it includes mails of these numbers."""
        wanted, seen = {b"mail %d" % n for n in subjects}, list[Batch]()
        async with asyncio.timeout(WITHIN):
            while wanted or not seen[-1].through:
                seen.append(await anext(self.batches))
                wanted -= {
                    raw.split(b"Subject: ")[1].split(b"\r\n")[0] for _, raw in seen[-1].mails
                }
        return seen
