"""A server that another one follows: pages are read there, and it takes over. TLS to a server."""

import asyncio
import gc
import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from cli.test_on_a_server import on
from fakes import postgres
from fakes.samples import MONDAY
from fakes.verbs import Run, one_line
from sarabanwatch.core.errors import LedgerAway
from sarabanwatch.edge import web
from sarabanwatch.page import desk
from sarabanwatch.store import Tx, asker, halts, opt_outs, queries
from sarabanwatch.store.places import Server, reading
from sarabanwatch.store.server import ServerLedger
from sarabanwatch.wiring import Components, site
from sarabanwatch.wiring.site import serve_page

pytestmark = pytest.mark.skipif(bool(postgres.lacking()), reason=postgres.lacking())


@pytest.fixture
def two(run: Run, imported: Path) -> Iterator[tuple[str, str]]:
    """The URLs of a ledger's database and of the one that follows it."""
    with postgres.server() as (url, _):
        file = imported.parent / "ledger.db"
        assert run("ledger", "copy", "--from", file, "-c", on(imported, url))[0] == 0
        with postgres.replica(url) as other:
            yield url, other


def out(tx: Tx, code: str) -> None:
    opt_outs.add(tx, code, None, "a person", "asked", MONDAY)


async def test_pages_are_read_from_it_and_it_takes_over_with_nothing_lost(
    run: Run, imported: Path, two: tuple[str, str], tmp_path: Path,
) -> None:
    first, second = two
    there = on(imported, second)
    assert run("page", "export", tmp_path / "site", "-c", there)[0] == 0
    assert run("agencies", "-c", there)[1] == run("agencies", "-c", imported)[1]
    code, _, said = run("ledger", "migrate", "-c", there)
    assert (code, "read-only" in one_line(said)) == (69, True)
    both = f"postgresql://watch@/postgres?host={postgres.place(first)},{postgres.place(second)}"
    with closing(ServerLedger(both)) as ledger:
        number, = await ledger.read(halts.standing)
        await ledger.write(out, "1001")
        await _caught_up(ledger, second)
        postgres.end(postgres.place(first))
        waiting = asyncio.ensure_future(ledger.write(out, "1002"))
        await asyncio.to_thread(postgres.promote, second)
        await waiting
        assert await ledger.read(halts.standing) == [number]
        assert [each.code for each in await ledger.read(lambda tx: list(opt_outs.listed(tx)))] == [
            "1001", "1002"]


async def test_the_page_waits_for_a_ledger_and_comes_back_with_its_server(
    run: Run, imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gc, "collect", lambda: 0)       # it would be all that pytest holds
    monkeypatch.setattr(site, "TRIES", 0.1)
    monkeypatch.setattr(asker, "RESTS", 0.0)
    monkeypatch.setattr(desk, "LOOK", 0.0)
    told: list[BaseException] = []
    with postgres.server() as (url, server), web.listen("127.0.0.1", 0, "page") as listening:
        there = on(imported, url)
        page = asyncio.create_task(serve_page(Components(there), listening, told.append))
        while not told:     # noqa: ASYNC110 - it says so once
            await asyncio.sleep(0.05)
        assert (await asyncio.to_thread(run, "ledger", "copy", "--from",
                                        imported.parent / "ledger.db", "-c", there))[0] == 0
        where = web.address(listening)
        while await _asked(where, "agency/1002.html") != 200:   # noqa: ASYNC110 - it may come empty
            await asyncio.sleep(0.05)
        postgres.end(server)
        assert await _asked(where, "agency/1001.html") == 503
        assert await _asked(where, "agency/1002.html") == 200       # as it was
        await asyncio.to_thread(postgres.start, server)
        assert await _asked(where, "agency/1001.html") == 200
        page.cancel()
        await asyncio.wait([page])
    assert {type(each) for each in told} == {queries.NoLedger, LedgerAway}


async def _asked(where: str, path: str) -> int:
    """Return the status with which a page is answered."""
    def get() -> int:
        try:
            with urllib.request.urlopen(f"{where}{path}", timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    return await asyncio.to_thread(get)


async def _caught_up(ledger: ServerLedger, follower: str) -> None:
    """Wait until what was written stands in the database that follows, too."""
    wanted = await ledger.read(lambda tx: tx.written())
    with reading(Server(follower)) as tx:
        while tx.written() < wanted:    # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(0.05)


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[tuple[str, trustme.CA]]:
    """The URL of a database to which TLS is spoken, and who certified its server."""
    ca, place = trustme.CA(), postgres.folder()
    issued = ca.issue_cert("localhost")
    for name, blob in (("crt", issued.cert_chain_pems[0]), ("key", issued.private_key_pem)):
        blob.write_to_path(str(place / name))
        (place / name).chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(place / name, "postgres", "postgres")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    try:
        with postgres.server("ssl=on", f"ssl_cert_file={place / 'crt'}", f"port={port}",
                             f"ssl_key_file={place / 'key'}", "listen_addresses=localhost"):
            yield (f"postgresql://watch@localhost:{port}/postgres?sslmode=verify-full"
                   f"&sslrootcert={tmp_path / 'ca.pem'}"), ca
    finally:
        shutil.rmtree(place)


def test_a_server_is_spoken_to_where_the_right_authority_certified_it(
    run: Run, imported: Path, tmp_path: Path, certified: tuple[str, trustme.CA],
) -> None:
    url, ca = certified
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    assert run("ledger", "migrate", "-c", on(imported, url))[0] == 0
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    code, _, said = run("ledger", "migrate", "-c", on(imported, url))
    line = one_line(said)
    assert (code, "certificate verify failed" in line, "ledger.url" in line) == (69, True, True)
