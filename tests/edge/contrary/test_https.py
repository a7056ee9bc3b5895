"""Web servers that misbehave, where a domain publishes its MTA-STS policy (RFC 8461).

The domain's mail host has no TLS. A policy that can be read keeps the letter back, for that is what
it demands; one that cannot be read is no policy, and the letter is sent. The second letter, on the
same line, is to a domain without any.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from fakes.acts import Act, cuts_off, hangs_up, octet_by_octet, says, silence
from fakes.host import Host
from fakes.hurried import hurried
from fakes.names import Names, Zone, resolving
from fakes.post import EvenChance
from fakes.sending import Became, Telling, became
from fakes.wire import playing
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import Contexts, Direct, DirectLine, MxLookup, Policies
from sarabanwatch.edge.smtp.direct import DirectTerms

CA, STRANGER = trustme.CA(), trustme.CA()
NAME = "mta-sts.one.go.test"
ZONE: Zone = {
    ("one.go.test", "MX"): ["10 mx.one.go.test."], ("mx.one.go.test", "A"): ["127.0.0.1"],
    (NAME, "A"): ["127.0.0.1"],
    ("_mta-sts.one.go.test", "TXT"): ['"v=STSv1; id=1"'],
    ("two.go.test", "MX"): ["10 mx.two.go.test."], ("mx.two.go.test", "A"): ["127.0.0.1"]}
POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: mx.one.go.test\r\nmax_age: 86400\r\n"
THAI = "นโยบาย".encode("cp874")
TAKEN, KEPT_BACK = "accepted", "deferred"


def page(body: bytes = POLICY, status: bytes = b"200 OK", *fields: bytes,
         length: int | None = None) -> bytes:
    """Return an answer."""
    size = b"Content-Length: %d" % (len(body) if length is None else length)
    return b"\r\n".join((b"HTTP/1.1 " + status, size, *fields, b"", body))


def shown(ca: trustme.CA = CA, name: str = NAME) -> Callable[[], ssl.SSLContext | None]:
    """Show the certificate of an authority for a name."""
    def context() -> ssl.SSLContext:
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ca.issue_cert(name).configure_cert(made)
        return made
    return context


RIGHT = shown()


def outworn() -> ssl.SSLContext:
    """Offer TLS 1.0 only."""
    made = RIGHT()
    assert made
    made.maximum_version = made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("NULL:@SECLEVEL=0")
    return made


@dataclass(frozen=True)
class Row:
    """What the server answers, with which TLS context (None: without TLS).

    And what happens to the letter.
    """

    name: str
    act: Act
    state: str = TAKEN
    context: Callable[[], ssl.SSLContext | None] = RIGHT


async def again_and_again(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say that we should wait, and again."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


ROWS = (
    Row("it gives the policy", says(page()), KEPT_BACK),
    Row("it gives the policy one octet at a time", octet_by_octet(page()), KEPT_BACK),
    Row("it gives the policy in chunks", says(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(POLICY), POLICY,
        b"\r\n0\r\n\r\n"), KEPT_BACK),
    Row("its fields are in the Thai code page",
        says(page(POLICY, b"200 OK", b"Server: " + THAI, b'ETag: "' + THAI + b'"')),
        KEPT_BACK),
    Row("it says nothing", silence),
    Row("it hangs up", hangs_up()),
    Row("it resets the connection", cuts_off()),
    Row("it hangs up in the middle of a field", hangs_up(b"HTTP/1.1 200 OK\r\nContent-Le")),
    Row("it hangs up in the middle of the policy", hangs_up(page(POLICY[:40], length=len(POLICY)))),
    Row("it resets the connection in the middle of the policy",
        cuts_off(page(POLICY[:40], length=len(POLICY)))),
    Row("it falls silent in the middle of the policy", says(page(POLICY[:40], length=len(POLICY)))),
    Row("it gives the policy one octet a second", octet_by_octet(page(), pause=1.0)),
    Row("it has no such page", says(page(b"not here", b"404 Not Found"))),
    Row("it fails", says(page(b"sorry", b"503 Service Unavailable"))),
    Row("it sends us elsewhere", says(page(b"", b"302 Found",
                                           b"Location: https://one.go.test/mta-sts.txt"))),
    Row("it sends us elsewhere, in the Thai code page",
        says(page(b"", b"301 Moved", b"Location: /" + THAI))),
    Row("it says that nothing has changed, which we did not ask",
        says(page(b"", b"304 Not Modified"))),
    Row("it has us wait, again and again", again_and_again),
    Row("its page is a megabyte", says(page(POLICY + b"x: y\r\n" * 2**18))),
    Row("its page never ends", octet_by_octet(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 100, pause=0.5)),
    Row("a chunk is announced as a terabyte",
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000\r\nx")),
    Row("a chunk has no length", says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
                                      + POLICY)),
    Row("its head is a megabyte", says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**20)),
    Row("it has ten thousand fields",
        says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")),
    Row("it speaks another protocol", says(b"220 mx.test ESMTP\r\n")),
    Row("its policy is in the Thai code page",
        says(page(b"version: STSv1\r\n# " + THAI + b"\r\n" + POLICY))),
    Row("its policy is a page for people",
        says(page(b"<html>not found</html>", b"200 OK", b"Content-Type: text/html"))),
    Row("its policy lacks the hosts",
        says(page(b"version: STSv1\r\nmode: enforce\r\nmax_age: 86400\r\n"))),
    Row("it compresses what was to be plain",
        says(page(b"\x1f\x8b\x08\0" + POLICY, b"200 OK", b"Content-Encoding: gzip"))),
    Row("its certificate is for another name", says(page()), context=shown(name="www.one.go.test")),
    Row("its certificate is of an authority that nobody knows", says(page()),
        context=shown(STRANGER)),
    Row("it speaks in clear", says(page()), context=lambda: None),
    Row("it has no cipher that we would use", says(page()), context=outworn),
)


@asynccontextmanager
async def serving(row: Row) -> AsyncIterator[int]:
    """Play the row to everyone who asks."""
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if row.context():
            await reader.readuntil(b"\r\n\r\n")
        await row.act(reader, writer)
        await writer.drain()
        await silence(reader, writer)

    async with playing(scene, tls=row.context()) as port:
        yield port


async def played(row: Row, journal: Telling, file: Path) -> Became:
    trusted = ssl.create_default_context()
    CA.configure_trust(trusted)
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(resolving(Names(ZONE)))
        policy_port = await stack.enter_async_context(serving(row))
        port = await stack.enter_async_context(playing(Host({}).scene))
        witness = DnsResolver("127.0.0.1", names.port, DnsSection(per_second=1e6))
        mx_lookup = MxLookup([witness])
        stack.callback(mx_lookup.close)
        policies = Policies(witness.addresses, HttpsWeb(trusted), policy_port)
        line = DirectLine(Direct(mx_lookup, policies, EvenChance(),
                                 DirectTerms("watch.test", port=port), contexts=Contexts()))
        return await became(line, journal, file)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_web_server_that_misbehaves(row: Row, tmp_path: Path,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    found = hurried(played(row, Telling(), tmp_path / "ledger.db"))
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    outcome = {TAKEN: "taken", KEPT_BACK: "later"}[row.state]
    assert found.states == [row.state, TAKEN]
    assert found.last
    assert found.last[3] == {TAKEN: "taken",
                             KEPT_BACK: "MTA-STS: mx.one.go.test offers no STARTTLS"}[row.state]
    assert found.in_hand == 0
    assert not [line for line in told if line["event"] in ("failed", "set aside")]
    assert [line["outcome"] for line in told if line["event"] == "sent"] == [outcome, "taken"]
    for name in ("taken", "later", "refused", "lost"):
        assert found.metric("letters_total", outcome=name) == [outcome, "taken"].count(name), name
