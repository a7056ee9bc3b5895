"""Logging in to a mailbox: STARTTLS, private authorities, passwords, access tokens."""

import asyncio
import socket
import ssl
from base64 import b64decode
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from fakes.mailbox import Box
from fakes.post import Password
from fakes.wire import Scene, playing
from sarabanwatch.core.errors import Barred
from sarabanwatch.edge.imap import Mailbox, Unavailable, opening, session

CA = trustme.CA()
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], "asyncio.Future[None]"]


def shown(name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    CA.issue_cert(name).configure_cert(context)
    return context


def trusted() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=None)
    CA.configure_trust(context)
    return context


def mailbox(
    port: int,
    tls: str = "none",
    auth: str = "auto",
    password: str = "secret",
    trust: Callable[[], ssl.SSLContext] = trusted,
    user: str = "probes",
) -> Mailbox:
    return Mailbox("127.0.0.1", port, tls, user, Password(password), auth=auth, trusted=trust)


def starttls(
    box: Box,
    *,
    name: str = "127.0.0.1",
    greeting: bytes = b"* OK ready\r\n",
    offers: bytes = b"STARTTLS",
    behind: bytes = b"",
) -> Scene:
    """Return a server that begins without TLS, and serves a mailbox after STARTTLS."""

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while line := await reader.readline():
            tag, verb = line.split()[:2]
            box.heard.append(f"in clear: {line.decode().strip().partition(' ')[2]}")
            if verb == b"CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1 LOGINDISABLED %b\r\n" % offers)
            writer.write(tag + b" OK done\r\n" + (behind if verb == b"STARTTLS" else b""))
            if verb == b"STARTTLS":
                await writer.drain()
                await writer.start_tls(shown(name))
                box.says["GREETING"] = iter([b""])
                await box.scene(reader, writer)
                return

    return scene


async def test_starttls_hides_the_password_and_what_was_offered_before_it_holds_no_longer() -> None:
    box = Box({1: b"x"})
    async with playing(starttls(box)) as port, session(mailbox(port, "starttls")) as one:
        assert await one.select("INBOX") == 7
    assert box.heard[:2] == ["in clear: CAPABILITY", "in clear: STARTTLS"]
    assert 'LOGIN "probes" "secret"' in box.heard


@pytest.mark.parametrize(
    ("scene", "why"),
    [
        (lambda box: starttls(box, offers=b""), "offers no STARTTLS; see inbox.tls"),
        (
            lambda box: starttls(box, greeting=b"* PREAUTH welcome\r\n"),
            r"logs us in before any encryption \(PREAUTH\)",
        ),
        (
            lambda box: starttls(box, name="imap.test"),
            "its certificate cannot be verified: .*IP address mismatch.*see inbox.ca_file",
        ),
        (
            lambda box: starttls(box, behind=b"* CAPABILITY IMAP4rev1\r\n"),
            "the server sent more in clear text after STARTTLS",
        ),
    ],
)
async def test_without_encryption_that_holds_no_password_is_said(
    scene: Callable[[Box], Scene], why: str
) -> None:
    box = Box()
    async with playing(scene(box)) as port:
        with pytest.raises(Unavailable, match=why):
            async with session(mailbox(port, "starttls")):
                pass
    assert not any("LOGIN " in words or "AUTHENTICATE" in words for words in box.heard)


async def test_a_server_that_never_begins_with_tls_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        for answer in (b"* CAPABILITY IMAP4rev1 STARTTLS\r\n", b""):
            writer.write(answer + (await reader.readline()).split()[0] + b" OK done\r\n")
        await reader.read()

    monkeypatch.setattr(opening, "CONNECT_WITHIN", 1.0)
    async with playing(scene) as port:
        with pytest.raises(Unavailable, match="SSL handshake is taking longer than"):
            async with session(mailbox(port, "starttls")):
                pass


async def test_a_private_authority_is_believed_where_it_is_named_and_nowhere_else(
    tmp_path: Path,
) -> None:
    CA.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = await asyncio.start_server(Box().scene, "127.0.0.1", 0, ssl=shown())
    port = server.sockets[0].getsockname()[1]
    async with session(
        mailbox(
            port, "implicit", trust=lambda: ssl.create_default_context(cafile=tmp_path / "ca.pem")
        )
    ):
        pass
    with pytest.raises(Unavailable, match="unable to get local issuer"):
        async with session(mailbox(port, "implicit", trust=ssl.create_default_context)):
            pass
    server.close()


@pytest.mark.parametrize(
    ("auth", "offers", "password", "said"),
    [
        ("auto", b"AUTH=PLAIN", "secret", 'LOGIN "probes" "secret"'),
        ("login", b"AUTH=PLAIN", "secret", 'LOGIN "probes" "secret"'),
        ("auto", b"AUTH=PLAIN LOGINDISABLED", "secret", "AHByb2JlcwBzZWNyZXQ="),
        ("plain", b"", "secret", "AHByb2JlcwBzZWNyZXQ="),
        ("auto", b"AUTH=PLAIN", "รหัส", "AHByb2JlcwDguKPguKvguLHguKo="),  # LOGIN knows ASCII only
        ("auto", b"", "รหัส", 'LOGIN "probes" "รหัส"'),
    ],
)
async def test_a_password_goes_by_the_way_that_it_can(
    auth: str, offers: bytes, password: str, said: str
) -> None:
    box = Box(offers=offers)
    async with playing(box.scene) as port, session(mailbox(port, auth=auth, password=password)):
        pass
    assert said in box.heard


@pytest.mark.parametrize(
    ("auth", "offers", "asked", "said"),
    [
        (
            "bearer",
            b"AUTH=XOAUTH2 AUTH=OAUTHBEARER",
            "XOAUTH2",
            "user=probes\1auth=Bearer secret\1\1",
        ),
        ("xoauth2", b"", "XOAUTH2", "user=probes\1auth=Bearer secret\1\1"),
        (
            "bearer",
            b"AUTH=OAUTHBEARER",
            "OAUTHBEARER",
            "n,a=probes,\1host=127.0.0.1\1port={port}\1auth=Bearer secret\1\1",
        ),
        (
            "oauthbearer",
            b"AUTH=XOAUTH2",
            "OAUTHBEARER",
            "n,a=probes,\1host=127.0.0.1\1port={port}\1auth=Bearer secret\1\1",
        ),
    ],
)
async def test_a_token_goes_by_the_mechanism_that_is_set_or_offered(
    auth: str, offers: bytes, asked: str, said: str
) -> None:
    box = Box(offers=offers)
    async with playing(box.scene) as port, session(mailbox(port, auth=auth)):
        pass
    place = box.heard.index(f"AUTHENTICATE {asked}")
    assert b64decode(box.heard[place + 1]).decode() == said.format(port=port)


@pytest.mark.parametrize("password", ["a\nb", "a\r\nA1 LOGOUT", "a\0b"])
async def test_a_password_that_would_be_two_commands_is_none(password: str) -> None:
    box = Box()
    async with playing(box.scene) as port:
        with pytest.raises(Barred, match="NUL, CR and LF are not allowed") as barred:
            async with session(mailbox(port, password=password)):
                pass
    assert password not in str(barred.value)


async def test_a_host_that_swallows_what_is_sent_to_it_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "CONNECT_WITHIN", 0.5)
    with ExitStack() as stack:
        # its queue is full: the kernel answers nobody
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        with pytest.raises(Unavailable, match=r"no connection within 0\.5 s"):
            async with session(mailbox(full.getsockname()[1])):
                pass


async def test_a_host_that_is_no_name_is_told() -> None:
    with pytest.raises(Unavailable, match="a" * 64):
        async with session(Mailbox("a" * 64 + ".test", 993, "none", "probes", Password())):
            pass
