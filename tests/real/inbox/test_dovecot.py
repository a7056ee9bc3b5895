"""The inbox with a real Dovecot.

Tokens that end, STARTTLS, folders in Thai and by their use, limits, a restart, a quota.
"""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import pytest

from fakes.post import EvenChance, Password
from fakes.tokens import AUTHORITY, Endpoint, granting
from fakes.wire import playing
from real.inbox.server import THAI, WITHIN, Reading, dovecot, lacking, mail
from sarabanwatch.core.returns.mailbox import Bookmarks, Cursor
from sarabanwatch.edge import imap
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.imap import ImapInbox, Visit, session
from sarabanwatch.edge.oauth import Tokens
from sarabanwatch.edge.oauth.grants import Application, ClientCredentials

pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(lacking()), reason=lacking())]


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder that Dovecot's users may enter; they may not enter pytest's."""
    with TemporaryDirectory(prefix="dovecot-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Visit, "pause", lambda *_: 0.2)


# --- access tokens -------------------------------------------------------------------------------


@dataclass
class TokenInfo:
    """Tells Dovecot whose token it is, while it is valid (as RFC 7662 does)."""

    ended: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer questions over one connection."""
        while line := await reader.readline():
            while (await reader.readline()).strip():
                pass
            token = unquote(line.split(b"access_token=")[1].split()[0].decode())
            self.asked.append(token)
            well = token not in self.ended
            body = (
                b'{"username":"probes","active":"true"}' if well else b'{"error":"invalid_token"}'
            )
            head = b"HTTP/1.1 200 OK" if well else b"HTTP/1.1 401 Unauthorized"
            writer.write(b"%b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
                head, len(body), body))


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_tokens_are_got_used_and_replaced_when_they_end(
    mechanism: str, place: Path
) -> None:
    info = TokenInfo()
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(granting(Endpoint(lasts=3600)))
        port = await stack.enter_async_context(playing(info.visit))
        server = await stack.enter_async_context(
            dovecot(place, tokeninfo=port)
        )
        await server.put(mail(1))
        context = ssl.create_default_context()
        AUTHORITY.configure_trust(context)
        tokens = Tokens(
            ClientCredentials(
                HttpsWeb(context), Application(endpoint.url, "watch", "mail", lambda: "s")
            ).fetch
        )
        reading = Reading(server.box(secret=tokens, auth=mechanism))
        async with aclosing(reading.batches):  # type: ignore[type-var]
            await reading.until(1)
            info.ended.add(
                "token-1"
            )  # it is taken back, and the server goes down with our connection
            await server.stop()
            await server.start()
            await server.put(mail(2))
            await reading.until(2)
    assert endpoint.given == 2
    assert set(info.asked) == {"token-1", "token-2"}
    assert reading.barred == []
    refused = [
        words
        for words in [reading.lost.get_nowait() for _ in range(reading.lost.qsize())]
        if "log-in" in words
    ]
    assert refused
    assert all("refuses the log-in of 'probes' for now" in words for words in refused)


# --- logging in ----------------------------------------------------------------------------------


async def test_starttls_under_a_private_authority_where_nothing_else_is_taken(
    place: Path,
) -> None:
    async with dovecot(place, ssl="required") as server:
        await server.put(mail(1))
        reading = Reading(server.box("starttls"))
        async with aclosing(reading.batches):  # type: ignore[type-var]
            await reading.until(1)
        assert reading.lost.empty()


@pytest.mark.parametrize("password", ["wrong", "ผิด"])
async def test_a_wrong_password_is_refused_for_good_in_the_servers_words(
    password: str, place: Path
) -> None:
    async with dovecot(place) as server:
        with pytest.raises(
            Exception,
            match=r"refuses the log-in of 'probes': "
                  r"\[AUTHENTICATIONFAILED\] Authentication failed\.",
        ):
            async with session(server.box(secret=Password(password))):
                pass


async def test_too_many_connections_are_waited_out(place: Path) -> None:
    async with dovecot(place, connections=1) as server:
        await server.put(mail(1))
        async with session(server.box()) as other:
            await other.select("INBOX")
            reading = Reading(server.box())
            taking = asyncio.ensure_future(reading.until(1))
            async with asyncio.timeout(WITHIN):
                words = await reading.lost.get()
        await taking
        await reading.batches.aclose()  # type: ignore[attr-defined]
    assert "Maximum number of connections from user+IP exceeded" in words
    assert reading.barred == []


# --- folders -------------------------------------------------------------------------------------


async def test_folders_are_found_by_their_use_and_by_thai_names_and_read_each_from_its_cursor(
    place: Path,
) -> None:
    async with dovecot(place) as server:
        await server.put(mail(1))
        await server.put(mail(2), folder="Junk E-mail")
        await server.put(mail(3), folder=f"งาน.{THAI}")
        reading = Reading(server.box(also=("\\Junk", f"งาน/{THAI}")))
        async with aclosing(reading.batches):  # type: ignore[type-var]
            first = await reading.until(1, 2, 3)
            await server.put(mail(4), folder=f"งาน.{THAI}")
            second = await reading.until(4)
    assert [(batch.mailbox, len(batch.mails)) for batch in first if batch.mails] == [
        ("INBOX", 1),
        ("Junk E-mail", 1),
        (f"งาน.{THAI}", 1),
    ]
    assert [(batch.mailbox, batch.cursor.uid) for batch in second if batch.mails] == [
        (f"งาน.{THAI}", 2)
    ]
    assert reading.lost.empty()


async def test_what_is_not_there_is_told_by_the_server_and_nothing_is_read_for_it(
    place: Path,
) -> None:
    async with dovecot(place) as server, session(server.box()) as one:
        with pytest.raises(Exception, match="has no mailbox 'Nowhere' for 'probes'"):
            await one.select("Nowhere")


# --- trouble -------------------------------------------------------------------------------------


async def test_a_restart_in_the_middle_of_it_all_loses_nothing_and_gives_nothing_twice(
    place: Path,
) -> None:
    async with dovecot(place) as server:
        await server.put(*(mail(n, 200_000) for n in range(1, 121)))
        reading = Reading(server.box())
        given: list[tuple[int, bytes]] = []
        async with aclosing(reading.batches), asyncio.timeout(WITHIN):  # type: ignore[type-var]
            given += (await anext(reading.batches)).mails
            await server.stop()
            await server.start()
            while len(given) < 120:
                given += (await anext(reading.batches)).mails
    assert [uid for uid, _ in given] == list(range(1, 121))
    assert all(raw == mail(uid, 200_000) for uid, raw in given)


async def test_a_full_mailbox_is_read_all_the_same(place: Path) -> None:
    async with dovecot(place, quota="10000") as server:
        assert await server.put(mail(1, 5000), mail(2, 9000)) == ["OK", "NO"]
        reading = Reading(server.box())
        async with aclosing(reading.batches):  # type: ignore[type-var]
            seen = await reading.until(1)
    assert seen[-1].cursor.uid == 1


async def test_mails_that_somebody_deletes_meanwhile_are_told_gone_and_asked_for_no_more(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "ASK_AGAIN", 0.0)
    async with dovecot(place) as server:
        await server.put(mail(1))
        async with session(server.box()) as one:
            validity = await one.select("INBOX")
        box = server.box()
        after = Bookmarks({"INBOX": Cursor(validity, 9)}, {"INBOX": [7]})  # as if 7 had lacked
        async with (
            aclosing(ImapInbox(box, EvenChance()).batches(after)) as batches,
            asyncio.timeout(WITHIN),
        ):  # type: ignore[type-var]
            first = await anext(batches)
    assert [(each.uid, each.why) for each in first.lacking] == [(7, "gone")]
