"""A wire to a server that breaks when a word passes it: before it arrives, or its answer does."""

import socket
import threading
from contextlib import suppress
from pathlib import Path


class BreakingWire:
    """A socket in `folder` through which a server's is reached; it breaks once it is told to.

    `breaks(word, answered)`: at the next message that has the word, both ends are closed: before
    it reaches the server, or (`answered`) once the server has answered.
    """

    def __init__(self, server: Path, folder: Path) -> None:
        self._server, self._word, self._answered = server, b"", False
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / server.name))
        self._listening.listen()
        self.broken = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def breaks(self, word: bytes, *, answered: bool) -> None:
        """Break once at the next message that has this word."""
        self._word, self._answered = word, answered

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                threading.Thread(target=self._sends, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answers, args=(server, client), daemon=True).start()

    def _sends(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while octets := client.recv(1 << 16):
                if self._word and self._word in octets:
                    self._word = b""
                    if not self._answered:
                        self._break(client, server)
                        return
                    self._cut = server
                server.sendall(octets)
        self._break(client, server, counts=False)

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while octets := server.recv(1 << 16):
                if getattr(self, "_cut", None) is server:
                    self._cut = None
                    self._break(client, server)
                    return
                client.sendall(octets)
        self._break(client, server, counts=False)

    def _break(self, client: socket.socket, server: socket.socket, *, counts: bool = True) -> None:
        for each in (client, server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        if counts:
            self.broken.set()
