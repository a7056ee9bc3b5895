"""SMTP as a client (aiosmtplib): connections to mail hosts are kept for the next letter."""

from typing import NamedTuple

from aiosmtplib import SMTP, SMTPConnectError, SMTPResponseException

PATIENCE = 60.0             # wall seconds to wait for a reply


class Reply(NamedTuple):
    """A server's last word on a letter: 2xx taken, 4xx for now, 5xx for good."""

    code: int
    text: str


class Pool:
    """Connections to mail hosts.

    At most IDLE wait; those that waited longest go, so that busy hosts keep theirs.
    """

    IDLE = 96

    def __init__(self, port: int, name: str) -> None:
        self._port = port
        self._name = name
        # address, connection; the last one waits for the shortest time
        self._idle: list[tuple[str, SMTP]] = []

    async def send(self, address: str, sender: str, recipient: str, content: bytes) -> Reply:
        """Offer one letter at an address over a kept connection or a new one.

        Raise ConnectionRefusedError where nobody is ready to hear us, ConnectionError or
        TimeoutError if the line is lost.
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
        """Close whatever waits."""
        for _, client in self._idle:
            client.close()
        self._idle.clear()

    def _kept(self, address: str) -> SMTP:
        """A connection that waited, which its host may have closed since.

        Else one that is yet to be made.
        """
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
    """Return the reply that decided; the library's sendmail() would tell it in three shapes."""
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
