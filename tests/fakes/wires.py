"""A wire to a server that breaks: when a word passes it, or when it is cut."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from fakes.postgres import place

SOCKET = ".s.PGSQL.5432"


class BreakingWire:
    """A socket in a folder through which a server's is reached; it breaks once it is told to."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._server, self._socket = server, folder / server.name
        self._word, self._answered, self._wholly = b"", False, False
        self._open = set[socket.socket]()
        self._to_cut: socket.socket | None = None
        self._swallows = False
        self.broken = threading.Event()
        self.mend()

    def breaks(self, word: bytes, *, answered: bool = False, wholly: bool = False) -> None:
        """Break once at the next message that has this word; `wholly`: as `close` does.

        That is before it reaches the server, or (`answered`) once the server has answered it.
        """
        self._word, self._answered, self._wholly = word, answered, wholly

    def swallow(self) -> None:
        """Let nothing pass any more, and say nothing: connections are taken, and stay open."""
        self._swallows = True

    def mend(self) -> None:
        """Take connections, from now on or again."""
        self._swallows = False
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._socket))
        self._listening.listen()
        threading.Thread(target=self._run, args=(self._listening,), daemon=True).start()

    def close(self) -> None:
        """Cut it: every connection ends, and no other is taken."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._socket.unlink(missing_ok=True)
        for each in list(self._open):
            self._end(each)

    def _run(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.socket(socket.AF_UNIX)
                if server.connect_ex(str(self._server)):    # it is away
                    client.close()
                    server.close()
                    continue
                self._open |= {client, server}
                for one in ((self._sends, client, server), (self._answers, server, client)):
                    threading.Thread(target=self._carries, args=one, daemon=True).start()

    def _carries(self, carry, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while (octets := source.recv(1 << 16)) and (
                    self._swallows or carry(octets, source, to)):
                if not self._swallows:
                    to.sendall(octets)
        for each in (source, to):
            self._end(each)

    def _sends(self, octets: bytes, _client: socket.socket, server: socket.socket) -> bool:
        """Say whether what a client says may pass."""
        if not self._word or self._word not in octets:
            return True
        self._word = b""
        if self._answered:
            self._to_cut = server
            return True
        if self._wholly:
            self.close()
        self.broken.set()
        return False

    def _answers(self, _octets: bytes, server: socket.socket, _client: socket.socket) -> bool:
        """Say whether what the server answers may pass."""
        if self._to_cut is not server:
            return True
        self._to_cut = None
        self.broken.set()
        return False

    def _end(self, which: socket.socket) -> None:
        with suppress(OSError):
            which.shutdown(socket.SHUT_RDWR)
        which.close()
        self._open.discard(which)


@contextmanager
def beside(url: str) -> Iterator[tuple[BreakingWire, str]]:
    """Make a wire to a server; yield it, and the URL by which the server is reached through it."""
    folder = Path(mkdtemp(prefix="wire-", dir="/tmp"))      # a socket's name must be short
    try:
        with closing(BreakingWire(place(url) / SOCKET, folder)) as made:
            yield made, url.replace(str(place(url)), str(folder))
    finally:
        shutil.rmtree(folder)
