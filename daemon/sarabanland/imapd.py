"""The inbox as a program of its own: pymap's in-memory IMAP server with one empty mailbox.

It prints its port, which the kernel chose, on stdout. It ends with the program that started it,
however that ends. Three habits of pymap are changed here; what each costs is said there.
"""

import asyncio
import ctypes
import os
import signal
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, _ThreadCache
from pymap.concurrent import Event
from pymap.imap import IMAPServer
from pymap.mime import MessageContent
from pymap.parsing.specials import ObjectId
from pymap.selected import SelectedMailbox
from pysasl.hashing import Cleartext

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends (prctl(2)).

    Exit at once where it has ended already.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


class Unthreaded(_ThreadCache):
    """Finds no threads: to parse all headers for them would double the cost of APPEND."""

    def add(self, content: MessageContent) -> ObjectId:  # noqa: ARG002 - pymap's signature
        """A thread of its own for each mail."""
        return ObjectId.random_thread_id()


class Prompt(MailboxData):
    """Tells a client in IDLE at once of mail that came since its last command.

    Without this, pymap tells it only at the next change.
    """

    async def update_selected(self, selected: SelectedMailbox, *,
                              wait_on: Event | None = None) -> SelectedMailbox:
        """Wait for a change only where the client has been told of all changes so far."""
        behind = selected.mod_sequence != self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if behind else wait_on)


def lay_out(config: Config, user: str) -> None:
    """Give the user an empty INBOX of the class above; pymap has no setting for it."""
    mailboxes = MailboxSet()
    mailboxes._inbox = Prompt(mailboxes._content_cache, Unthreaded())  # noqa: SLF001 - see above
    config.set_cache[user] = (mailboxes, FilterSet())


@asynccontextmanager
async def opened(user: str, password: str) -> AsyncIterator[int]:
    """Serve for the length of the body; yields the port.

    Each visit is awaited in the callback itself, whose task asyncio holds as long as the connection
    stands. pymap's own way in (ProxyProtocolReader) starts another task that nobody holds: from
    Python 3.13 on it was collected as garbage while its client waited.
    """
    settings = Namespace(
        host=["127.0.0.1"], port="0", cert=None, key=None, tls=False, proxy_protocol=None,
        inherited_sockets=None,
        passlib_cfg=None, debug=False, skip_services=[], demo_data=False, demo_user=user,
        demo_password=password)
    async with AsyncExitStack() as stack:
        # a toy password: each log-in would else take long to hash
        backend, config = await DictBackend.init(settings, hash_context=Cleartext())
        config.apply_context()
        lay_out(config, user)
        await backend.start(stack)
        imap = IMAPServer(backend.login, config)

        async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await imap(reader, writer, SocketInfo.get(writer, ProxyResultUnknown(),
                                                      unique_id=uuid4().bytes))

        server = await asyncio.start_server(visit, "127.0.0.1", 0)
        # and no more: from Python 3.12 on `async with` waits until every client has left
        stack.callback(server.close)
        yield server.sockets[0].getsockname()[1]


async def serve(user: str, password: str) -> None:
    """Print the port, and serve until killed: a mailbox in memory has nothing to save."""
    async with opened(user, password) as port:
        print(port, flush=True)  # noqa: T201 - the parent reads the port here
        await asyncio.Event().wait()


if __name__ == "__main__":
    parent, user, password_file = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)      # Ctrl-C is the land's business; it ends us
    die_with(int(parent))
    asyncio.run(serve(user, Path(password_file).read_text(encoding="utf-8").strip()))
