"""Carries the land's mail to another server's mailbox by LMTP (RFC 2033), in order."""

import asyncio

HOME = "probe.test"


class Lmtp:
    """Delivers as the land's own inbox does: `deliver` never waits, `run` carries."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._waiting: asyncio.Queue[tuple[str, str, bytes]] = asyncio.Queue()

    def deliver(self, recipient: str, sender: str, mail: bytes) -> None:
        """Put a mail into the queue; mail to another domain than the watch's has nowhere to go."""
        if recipient.lower().endswith(f"@{HOME}"):
            self._waiting.put_nowait((recipient, sender, mail))

    async def run(self) -> None:
        """Carry mail for ever; raise AssertionError at the first refusal."""
        first = await self._waiting.get()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)

        async def say(words: bytes, answer: bytes) -> None:
            writer.write(words)
            line = b"   -"
            while line[3:4] == b"-":
                line = await reader.readuntil(b"\r\n")
            assert line.startswith(answer), (words[:200], line)

        await say(b"", b"220")
        await say(b"LHLO land.test\r\n", b"250")
        while True:
            recipient, sender, mail = first
            await say(b"MAIL FROM:<%b>\r\n" % sender.encode(), b"250")
            await say(b"RCPT TO:<%b>\r\n" % recipient.encode(), b"250")
            await say(b"DATA\r\n", b"354")
            await say(_stuffed(mail), b"250")
            first = await self._waiting.get()


def _stuffed(mail: bytes) -> bytes:
    """The mail as DATA wants it.

    Dots doubled at line starts, a lone dot at the end (RFC 5321 section 4.5.2).
    """
    dotted = (b"\r\n" + mail.removesuffix(b"\r\n")).replace(b"\r\n.", b"\r\n..")
    return dotted.removeprefix(b"\r\n") + b"\r\n.\r\n"
