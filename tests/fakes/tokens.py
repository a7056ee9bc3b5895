"""A token endpoint on loopback, under TLS.

It gives tokens that are valid as long as a test says, or refuses as it is told to.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import trustme

AUTHORITY = trustme.CA()
Answer = tuple[int, bytes]


def said(status: int = 200, **words: Any) -> Answer:
    """Return an answer in JSON."""
    return status, json.dumps(words).encode()


@dataclass
class Endpoint:
    """Tokens are called token-1, token-2 ....

    `says` is said in turn in place of one, `gives` beside each.
    """

    lasts: object = 3600
    says: Iterator[Answer | None] = field(default_factory=lambda: iter(()))
    gives: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    given: int = 0
    url: str = ""

    def answer(self) -> Answer:
        """Return the next answer."""
        told = next(self.says, None)
        if told is not None:
            return told
        self.given += 1
        return said(
            access_token=f"token-{self.given}",
            token_type="Bearer",
            expires_in=self.lasts,
            **self.gives,
        )

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert head.startswith("POST /token HTTP/1.1\r\n")
        assert "\r\nContent-Type: application/x-www-form-urlencoded\r\n" in head
        size = int(head.split("Content-Length: ")[1].split("\r\n")[0])
        self.asked.append(
            dict(parse_qsl((await reader.readexactly(size)).decode(), strict_parsing=True))
        )
        status, body = self.answer()
        writer.write(
            b"HTTP/1.1 %d x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(body), body)
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def granting(endpoint: Endpoint) -> AsyncIterator[Endpoint]:
    """Serve tokens; `url` is the endpoint's."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("localhost").configure_cert(context)
    server = await asyncio.start_server(endpoint.visit, "127.0.0.1", 0, ssl=context)
    endpoint.url = f"https://localhost:{server.sockets[0].getsockname()[1]}/token"
    try:
        yield endpoint
    finally:
        server.close()


def trust(folder: Path) -> Path:
    """Write the authority of the endpoint's certificate into a file."""
    file = folder / "authority.pem"
    AUTHORITY.cert_pem.write_to_path(file)
    return file
