"""SMTP as a client (aiosmtplib): connections to mail hosts are kept for the next letter."""

from typing import NamedTuple

from aiosmtplib import SMTP, SMTPConnectError, SMTPResponseException

PATIENCE = 60.0             # wall seconds to wait for a reply


class Reply(NamedTuple):
    """A server's last reply to a letter: 2xx taken, 4xx temporary, 5xx permanent."""

    code: int
    text: str


class Pool:
    """Connections to mail hosts, kept for the next letter.

    At most IDLE are kept; of more, those that have been idle longest are closed.
    """

    IDLE = 96

    def __init__(self, port: int, name: str) -> None:
        self._port = port
        self._name = name
        # (address, connection), the one that has been idle longest first
        self._idle: list[tuple[str, SMTP]] = []

    async def send(self, address: str, sender: str, recipient: str, content: bytes) -> Reply:
        """Offer one letter at an address over a kept connection or a new one.

        Raise ConnectionRefusedError where no server is ready, ConnectionError or TimeoutError if
        the connection is lost.
        """
        client = self._kept(address)
        try:
            reply = await _offer(client, sender, recipient, content)
        except BaseException:
            client.close()      # a reply that comes late must not be taken for the next letter's
            raise
        self._keep(address, client)
        return reply

    def close(self) -> None:
        """Close all idle connections."""
        for _, client in self._idle:
            client.close()
        self._idle.clear()

    def _kept(self, address: str) -> SMTP:
        """Return an idle connection, which its host may have closed since, or a new one."""
        for at in reversed(range(len(self._idle))):
            if self._idle[at][0] == address:
                return self._idle.pop(at)[1]
        return SMTP(hostname=address, port=self._port, local_hostname=self._name, start_tls=False,
                    timeout=PATIENCE)

    def _keep(self, address: str, client: SMTP) -> None:
        if client.is_connected:
            self._idle.append((address, client))
        if len(self._idle) > self.IDLE:
            self._idle.pop(0)[1].close()


async def _offer(client: SMTP, sender: str, recipient: str, content: bytes) -> Reply:
    """Send a letter; return the reply that decided. The library's sendmail() hides it."""
    try:
        if not client.is_connected:
            await client.connect()
        await client.mail(sender)
        await client.rcpt(recipient)
        return Reply(*await client.data(content))
    except SMTPConnectError as nobody:
        raise ConnectionRefusedError(nobody.message) from nobody
    except SMTPResponseException as refused:
        if client.is_connected:
            await client.rset()
        return Reply(refused.code, refused.message)
