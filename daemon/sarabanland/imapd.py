"""The inbox as a program of its own: pymap's in-memory IMAP server with one empty mailbox, on a port the kernel chose.

It prints its port on stdout and dies with the program that started it, however that ended. Two manners of pymap are
mended on the way: what they cost is said at each.
"""

import asyncio
import ctypes
import os
import signal
import sys
from argparse import Namespace
from contextlib import AsyncExitStack
from pathlib import Path

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
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
    """Ask the kernel to kill us when our parent ends (prctl(2)); leave at once if it has ended already."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


class Unthreaded(_ThreadCache):
    """Finds no threads: looking for them parses every header of every mail, half the cost of an APPEND."""

    def add(self, content: MessageContent) -> ObjectId:  # noqa: ARG002 - pymap's signature
        """A thread of its own for each mail."""
        return ObjectId.random_thread_id()


class Prompt(MailboxData):
    """Tells an idler at once of mail that came since its last command; pymap alone waits for the next change."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        """Wait for a change only where the client has been told of all before it."""
        behind = selected.mod_sequence != self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if behind else wait_on)


def lay_out(config: Config, user: str) -> None:
    """Give the user an empty INBOX of our kind; pymap has no setting for it."""
    mailboxes = MailboxSet()
    mailboxes._inbox = Prompt(mailboxes._content_cache, Unthreaded())  # noqa: SLF001 - see above
    config.set_cache[user] = (mailboxes, FilterSet())


async def serve(user: str, password: str) -> None:
    """Serve until SIGTERM."""
    settings = Namespace(
        host=["127.0.0.1"], port="0", cert=None, key=None, tls=False, proxy_protocol=None, inherited_sockets=None,
        passlib_cfg=None, debug=False, skip_services=[], demo_data=False, demo_user=user, demo_password=password)
    async with AsyncExitStack() as stack:
        backend, config = await DictBackend.init(settings, hash_context=Cleartext())       # a toy password, asked often
        config.apply_context()
        lay_out(config, user)
        await backend.start(stack)
        visit = ProxyProtocolReader(ProxyProtocolVersion.get(None)).get_callback(IMAPServer(backend.login, config))
        server = await stack.enter_async_context(await asyncio.start_server(visit, "127.0.0.1", 0))
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads the port here
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        await ended.wait()


if __name__ == "__main__":
    parent, user, password_file = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)      # Ctrl-C is the land's business; it ends us
    die_with(int(parent))
    asyncio.run(serve(user, Path(password_file).read_text(encoding="utf-8").strip()))
