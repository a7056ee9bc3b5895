"""The inbox with a real IMAP server (pymap, the land's) and with one that fails on demand."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from fakes.mailbox import Box, changes_anything
from fakes.post import EvenChance, Password
from fakes.wire import imap, playing
from sarabanland.inbox import HOME, USER
from sarabanland.inbox import Inbox as Server
from sarabanwatch.core.errors import Barred
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.edge.imap import FIRST, ImapInbox, Mailbox, Unavailable, folder, session
from sarabanwatch.edge.imap.folder import portions
from sarabanwatch.edge.imap.opening import CONNECT_WITHIN
from sarabanwatch.edge.imap.session import LARGEST

START = Bookmarks()
PASSWORD = "a 'quoted\" \\secret"


def mail(n: int) -> bytes:
    return b"Subject: mail %d\r\n\r\n(* %d) {3}\r\n" % (n, n)


def mailbox(
    port: int, *, name: str = "INBOX", password: str = "x", poll: float = 60, tls: str = "none"
) -> Mailbox:
    return Mailbox("127.0.0.1", port, tls, "probes", Password(password), name, poll)


def watching(box: Mailbox, **hears: Any) -> ImapInbox:
    return ImapInbox(box, EvenChance(), **hears)


def reading(
    port: int, after: Bookmarks = START, *, poll: float = 60, **hears: Any
) -> aclosing[AsyncGenerator[Batch]]:
    return aclosing(watching(mailbox(port, poll=poll), **hears).batches(after))


async def until_through(batches: AsyncIterator[Batch]) -> list[Batch]:
    """Return the batches up to the one that says that the end was reached."""
    seen = [await anext(batches)]
    while not seen[-1].through:
        seen.append(await anext(batches))
    return seen


def mails(seen: list[Batch]) -> list[tuple[int, bytes]]:
    return [one for batch in seen for one in batch.mails]


# --- a real server --------------------------------------------------------------------------------


@asynccontextmanager
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    (tmp_path / "password").write_text("secret")
    running = Server(tmp_path / "password")
    await running.open()
    carrying = asyncio.create_task(running.run())
    try:
        yield running
    finally:
        carrying.cancel()
        await asyncio.gather(carrying, return_exceptions=True)
        await running.close()


async def test_a_real_inbox_gives_all_mails_once_and_new_ones_as_they_come(tmp_path: Path) -> None:
    async with server(tmp_path) as running:
        box = Mailbox("127.0.0.1", running.port, "none", USER, Password("secret"))
        async with aclosing(watching(box).batches(START)) as batches:
            assert (await anext(batches)).through  # empty
            running.deliver(f"probes@{HOME}", "", mail(1))
            first = mails(await until_through(batches))
            for n in range(2, 260):
                running.deliver(f"probes@{HOME}", "x@one.test", mail(n))
            rest: list[tuple[int, bytes]] = []
            while len(rest) < 258:
                rest += mails(await until_through(batches))
    came = [*first, *rest]
    assert [uid for uid, _ in came] == sorted({uid for uid, _ in came})
    assert [raw.partition(b"Subject: ")[2] for _, raw in came] == [
        mail(n).removeprefix(b"Subject: ") for n in range(1, 260)
    ]


async def test_a_real_inbox_is_read_on_from_the_cursor(tmp_path: Path) -> None:
    async with server(tmp_path) as running:
        box = Mailbox("127.0.0.1", running.port, "none", USER, Password("secret"))
        running.deliver(f"probes@{HOME}", "", mail(1))
        async with aclosing(watching(box).batches(START)) as batches:
            seen = await until_through(batches)
            while not mails(seen):
                seen += await until_through(batches)
        cursor = seen[-1].cursor
        running.deliver(f"probes@{HOME}", "", mail(2))
        async with aclosing(watching(box).batches(Bookmarks({"INBOX": cursor}))) as batches:
            again = await until_through(batches)
            while not mails(again):
                again += await until_through(batches)
    assert [raw.endswith(mail(2)) for _, raw in mails(again)] == [True]
    assert again[-1].cursor.validity == cursor.validity


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [
        (
            "INBOX",
            "wrong",
            r"refuses the log-in of 'probes': \[AUTHENTICATIONFAILED\] .*; see inbox\.user",
        ),
        ("Nowhere", "secret", r"has no mailbox 'Nowhere' for 'probes': .*; see inbox\.mailbox"),
    ],
)
async def test_a_real_inbox_that_will_not_have_us_bars_us(
    tmp_path: Path, name: str, password: str, told: str
) -> None:
    async with server(tmp_path) as running:
        box = Mailbox("127.0.0.1", running.port, "none", USER, Password(password), name)
        with pytest.raises(Barred, match=f"^inbox 127.0.0.1:{running.port} {told}"):
            async with session(box) as imap:
                await imap.select(name)


# --- one that fails on demand ---------------------------------------------------------------------


async def test_a_mail_is_given_once_though_a_search_names_the_last_one_always() -> None:
    box = Box({5: mail(5)})
    async with playing(box.scene) as port, reading(port) as batches:
        assert mails(await until_through(batches)) == [(5, mail(5))]
        box.changed.set()
        assert mails(await until_through(batches)) == []
        box.deliver(9, mail(9))
        assert mails(await until_through(batches)) == [(9, mail(9))]


async def test_a_mail_announced_while_others_are_fetched_is_not_waited_for() -> None:
    box = Box({5: mail(5)}, meanwhile={9: mail(9)})
    async with playing(box.scene) as port, reading(port) as batches:
        assert mails(await until_through(batches)) == [(5, mail(5))]
        assert mails(await until_through(batches)) == [(9, mail(9))]


async def test_nothing_on_the_server_is_changed() -> None:
    box = Box({5: mail(5)})
    async with playing(box.scene) as port, reading(port) as batches:
        await until_through(batches)
    assert not [words for words in box.heard if changes_anything(words)]


async def test_a_cursor_moves_with_each_batch_and_the_end_is_said() -> None:
    many = folder.MAILS_AT_ONCE + 1
    box = Box({n: mail(n) for n in range(1, many + 1)})
    async with playing(box.scene) as port, reading(port) as batches:
        seen = await until_through(batches)
    assert [(len(b.mails), b.cursor, b.through) for b in seen] == [
        (many - 1, Cursor(7, many - 1), False),
        (1, Cursor(7, many), False),
        (0, Cursor(7, many), True),
    ]


async def test_a_restart_of_the_server_is_survived_and_nothing_is_given_twice() -> None:
    box, lost = Box({1: mail(1)}), list[BaseException]()
    async with playing(box.scene) as port, reading(port, lost=lost.append) as batches:
        await until_through(batches)
        coming = asyncio.create_task(until_through(batches))
        await box.idling.wait()
        box.mails[2] = mail(2)
        box.fall()
        assert mails(await coming) == [(2, mail(2))]
    assert box.visits == 2
    assert len(lost) == 1


async def test_a_new_numbering_means_that_all_is_read_again() -> None:
    box = Box({8: mail(1), 9: mail(2)})
    async with (
        playing(box.scene) as port,
        reading(port, Bookmarks({"INBOX": Cursor(7, 9)})) as batches,
    ):
        assert mails(await until_through(batches)) == []
        coming = asyncio.create_task(until_through(batches))
        await box.idling.wait()
        box.validity, box.mails = 8, {1: mail(1), 2: mail(2), 3: mail(3)}
        box.fall()
        seen = await coming
    assert mails(seen) == [(1, mail(1)), (2, mail(2)), (3, mail(3))]
    assert seen[-1].cursor == Cursor(8, 3)


async def test_a_server_without_idle_is_looked_at_now_and_then() -> None:
    box = Box(idles=False)
    async with playing(box.scene) as port, reading(port, poll=0.01) as batches:
        await until_through(batches)
        box.mails[1] = mail(1)
        assert mails(await until_through(batches)) == [(1, mail(1))]
    assert "IDLE" not in box.heard


async def test_a_push_that_got_lost_is_made_good_by_the_poll() -> None:
    box = Box()
    async with playing(box.scene) as port, reading(port, poll=0.05) as batches:
        await until_through(batches)
        box.mails[1] = mail(1)  # and nothing is reported
        assert mails(await until_through(batches)) == [(1, mail(1))]


@pytest.mark.parametrize(
    ("box", "poll", "within"), [(Box(), 60, 120), (Box(), 7200, 600), (Box(idles=False), 7200, 600)]
)
async def test_it_says_beforehand_how_long_it_rests(box: Box, poll: float, within: float) -> None:
    said: asyncio.Queue[float] = asyncio.Queue()
    inbox = watching(mailbox(0, poll=poll), alive=said.put_nowait)
    async with playing(box.scene) as port:
        inbox._box = mailbox(port, poll=poll)
        async with aclosing(inbox.batches(START)) as batches:
            await until_through(batches)
            going_on = asyncio.ensure_future(anext(batches))
            while await said.get() != within:
                pass
            going_on.cancel()
            await asyncio.gather(going_on, return_exceptions=True)


async def test_it_says_beforehand_how_long_it_waits_before_it_knocks_again() -> None:
    async with playing(Box().scene) as port:
        pass
    said, lost = list[float](), asyncio.Event()
    inbox = watching(mailbox(port), alive=said.append, lost=lambda _: lost.set())
    knocking = asyncio.ensure_future(anext(inbox.batches(START)))
    await lost.wait()
    await asyncio.sleep(0)
    knocking.cancel()
    await asyncio.gather(knocking, return_exceptions=True)
    assert said == [CONNECT_WITHIN, pytest.approx(FIRST)]


async def test_a_name_and_a_password_with_quotes_reach_the_server_whole() -> None:
    box, name = Box(), 'IN "BOX\\'
    async with playing(box.scene) as port, session(mailbox(port, password=PASSWORD)) as one:
        assert await one.select(name) == 7
    assert 'LOGIN "probes" "a \'quoted\\" \\\\secret"' in box.heard
    assert 'SELECT "IN \\"BOX\\\\"' in box.heard


@pytest.mark.parametrize(
    ("name", "why"),
    [("imap.test", "IP address mismatch"), ("127.0.0.1", "unable to get local issuer")],
)
async def test_a_certificate_that_does_not_hold_is_told_and_the_inbox_is_tried_again(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    if name == "imap.test":
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    listening = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context
    )
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(
            Unavailable,
            match=f"certificate cannot be verified: .*{why}.*; mend it, or name the host it is for",
        ):
            async with session(mailbox(port, tls="implicit")):
                pass


async def test_what_is_larger_than_we_read_is_fetched_in_part() -> None:
    box = Box({1: mail(1)})
    async with playing(box.scene) as port, reading(port) as batches:
        await until_through(batches)
    assert f"UID FETCH 1 (UID BODY.PEEK[]<0.{LARGEST}>)" in box.heard


@given(
    st.dictionaries(st.integers(1, 10**6), st.integers(0, 2 * folder.OCTETS_AT_ONCE), max_size=30)
)
def test_portions_hold_each_mail_once_in_order_and_are_bounded(sizes: dict[int, int]) -> None:
    made = list(portions(sizes))
    assert [uid for portion in made for uid in portion] == sorted(sizes)
    assert all(
        len(portion) == 1 or sum(sizes[uid] for uid in portion) <= folder.OCTETS_AT_ONCE
        for portion in made
    )


async def test_the_watch_can_be_ended_while_an_idle_is_asked_for_and_not_yet_granted() -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
            "SELECT": b"* OK [UIDVALIDITY 7] valid\r\n",
        }
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, command, *_ = line.split()
            if command == b"IDLE":
                asked.set()
                await never.wait()
            writer.write(said.get(command.decode(), b"") + tag + b" OK done\r\n")

    async def look(port: int) -> None:
        async for _ in watching(mailbox(port)).batches(START):
            pass

    async with playing(scene) as port:
        task = asyncio.create_task(look(port))
        await asyncio.wait_for(asked.wait(), 300)
        task.cancel()
        ended, _ = await asyncio.wait({task}, timeout=300)
        assert ended == {task}


@pytest.mark.parametrize(("said", "share"), [
    (b'* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 850 1000)\r\n', 0.85),
    (b"* QUOTA nonsense\r\n", 0.0),
])
async def test_how_full_it_is_is_told_once_all_was_read(said: bytes, share: float) -> None:
    scene = imap(CAPABILITY=b"* CAPABILITY IMAP4rev1 IDLE QUOTA\r\n", GETQUOTAROOT=said,
                 SEARCH=b"* SEARCH\r\n")
    heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    async with playing(scene) as port:
        box = watching(mailbox(port))
        box.filled = heard.set_result
        async with aclosing(box.batches(START)) as batches:
            await until_through(batches)
            more = asyncio.create_task(anext(batches))
            assert await heard == share
            more.cancel()
            await asyncio.gather(more, return_exceptions=True)
