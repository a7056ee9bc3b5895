"""Several relays, how we log in to them, and by which route a letter goes; on loopback."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

import pytest

from edge.test_smtp import OUT, TAKEN
from fakes.names import Names, resolving
from fakes.post import Password
from fakes.wire import Scene, playing, smtp
from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.core.sending.backoff import Backoff
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Outgoing, event
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.smtp import MxLookup, RelayLine, Relays, RelayServer, RoutedLine
from sarabanwatch.edge.smtp.relay_server import Troubled

# --- several relays -------------------------------------------------------------------------------


@asynccontextmanager
async def lines_to(*scenes: Scene,
                   user: str = "") -> AsyncIterator[tuple[RelayLine, list[BaseException],
                                                          list[int]]]:
    """Yield a line to several relays, the relays that were left, and their ports."""
    left: list[BaseException] = []
    async with AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(playing(scene)) for scene in scenes]
        line = RelayLine(Relays([RelayServer("127.0.0.1", port, "none", user, timeout=60)
                                 for port in ports], left.append))
        stack.push_async_callback(line.close)
        yield line, left, ports


@pytest.mark.parametrize("banner", [b"554 5.7.1 not you", b"421 4.3.2 busy", None])
async def test_a_relay_that_is_down_or_bars_us_is_left_for_the_next_and_somebody_is_told(
    banner: bytes | None,
) -> None:
    async with lines_to(smtp([], BANNER=banner), smtp([])) as (line, left, ports):
        await line.ready()
        answer = await line.send(OUT)
    assert (answer, answer.by) == (TAKEN, f"127.0.0.1:{ports[1]}")
    assert len(left) == 1


async def test_the_preferred_relay_is_used_again_when_it_has_rested() -> None:
    visits = 0

    async def down_at_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp([], **({"BANNER": None} if visits == 1 else {}))(reader, writer)

    carried = []
    async with lines_to(down_at_first, smtp([])) as (line, _, ports):
        for rested in (False, False, True):
            if rested:
                line._relays._backoffs = {relay: Backoff() for relay in line._relays._backoffs}
            await line.ready()
            carried.append((await line.send(OUT)).by)
    assert carried == [f"127.0.0.1:{ports[1]}"] * 2 + [f"127.0.0.1:{ports[0]}"]


async def test_only_where_every_relay_bars_us_are_we_barred() -> None:
    barring = [smtp([], offers=(b"AUTH PLAIN",), AUTH=b"535 5.7.8 " + name)
               for name in (b"one", b"two")]
    async with lines_to(*barring, user="watch") as (line, left, _):
        with pytest.raises(Barred, match="one"):
            await line.ready()
    assert len(left) == 2


# --- logging in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("auth", "words"), [
    ("plain", b"AUTH PLAIN AHdhdGNoAHNlY3JldA==\r\n"),
    ("xoauth2", b"AUTH XOAUTH2 dXNlcj13YXRjaAFhdXRoPUJlYXJlciBzZWNyZXQBAQ==\r\n")])
async def test_the_mechanism_that_is_set_is_used(auth: str, words: bytes) -> None:
    heard: list[bytes] = []
    async with playing(smtp(heard, offers=(b"AUTH PLAIN LOGIN XOAUTH2",),
                            AUTH=b"235 2.7.0 welcome")) as port:
        server = RelayServer("127.0.0.1", port, "none", "watch", Password("secret"), auth=auth)
        line = RelayLine(Relays([server]))
        await line.ready()
        await line.close()
    assert words in heard


class Renewing(Password):
    """A token that somebody renews after each log-in."""

    def __init__(self) -> None:
        self._tokens = iter(["first", "second"])

    async def get(self) -> str:
        return next(self._tokens)


async def test_a_token_is_read_anew_for_every_log_in() -> None:
    heard: list[bytes] = []
    async with playing(smtp(heard, offers=(b"AUTH XOAUTH2",), AUTH=b"235 2.7.0 welcome")) as port:
        relays = Relays([RelayServer("127.0.0.1", port, "none", "watch", Renewing(),
                                     auth="xoauth2")])
        for _ in range(2):
            line = RelayLine(relays)
            await line.ready()
            await line.close()
    told = [b64decode(word.split()[2]).decode() for word in heard if word.startswith(b"AUTH")]
    assert [token for token in ("first", "second")
            if f"Bearer {token}" in "".join(told)] == ["first", "second"]


@pytest.mark.parametrize("auth", ["auto", "plain", "login", "xoauth2"])
async def test_a_secret_that_the_relay_says_back_is_hidden(auth: str) -> None:
    echoing = {"AUTH": b"535 5.7.8 secret is wrong"}
    async with playing(smtp([], offers=(b"AUTH PLAIN LOGIN XOAUTH2",), **echoing)) as port:
        relay = RelayServer("127.0.0.1", port, "none", "watch", Password("secret"), auth=auth)
        with pytest.raises(Barred, match=r"\(hidden\) is wrong") as barred:
            await RelayLine(Relays([relay])).ready()
    assert "secret" not in f"{barred.value}{barred.value.__cause__}{relay!r}"


@pytest.mark.parametrize(("auth", "offered", "said"), [
    ("bearer", b"PLAIN XOAUTH2 OAUTHBEARER",
     b"XOAUTH2 dXNlcj13YXRjaAFhdXRoPUJlYXJlciBzZWNyZXQBAQ=="),
    ("bearer", b"PLAIN OAUTHBEARER", b"OAUTHBEARER "),
    ("oauthbearer", b"XOAUTH2 OAUTHBEARER", b"OAUTHBEARER ")])
async def test_a_token_goes_by_the_mechanism_that_is_set_or_offered(auth: str, offered: bytes,
                                                                    said: bytes) -> None:
    heard: list[bytes] = []
    async with playing(smtp(heard, offers=(b"AUTH " + offered,),
                            AUTH=b"235 2.7.0 welcome")) as port:
        line = RelayLine(Relays([RelayServer("127.0.0.1", port, "none", "watch", Password("secret"),
                                             auth=auth)]))
        await line.ready()
        await line.close()
    (words,) = [word for word in heard if word.startswith(b"AUTH")]
    assert words.startswith(b"AUTH " + said)
    if b"OAUTHBEARER" in words:
        told = b"n,a=watch,\1host=127.0.0.1\1port=%d\1auth=Bearer secret\1\1" % port
        assert b64decode(words.split()[2]) == told


def explaining(closing: list[bytes]) -> Scene:
    """Return a relay that explains a refused token (RFC 7628), and waits before its 535."""
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.test\r\n")
        while line := await reader.readline():
            if line.startswith(b"AUTH"):
                writer.write(b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n")
                closing.append(await reader.readline())
                writer.write(b"535 5.7.3 Authentication unsuccessful\r\n")
            else:
                writer.write(b"250-relay.test\r\n250 AUTH XOAUTH2 OAUTHBEARER\r\n")
    return scene


class Renewed(Password):
    """A token after whose refusal there is another."""

    def refused(self) -> bool:
        return True


@pytest.mark.parametrize(("auth", "word"), [("xoauth2", b"\r\n"), ("oauthbearer", b"AQ==\r\n")])
async def test_a_token_that_is_refused_bars_us_unless_another_may_do(auth: str,
                                                                     word: bytes) -> None:
    closing: list[bytes] = []
    async with playing(explaining(closing)) as port:
        for secret, error in ((Password("secret"), Barred), (Renewed("secret"), Troubled)):
            relay = RelayServer("127.0.0.1", port, "none", "watch", secret, auth=auth,
                                remedy="see relay.oauth")
            with pytest.raises(
                error, match=r"refuses the log-in of 'watch': 535 5\.7\.3 .*; see relay\.oauth"
            ):
                await Relays([relay]).connected(relay)
    assert closing == [word, word]


@pytest.mark.parametrize(("error", "comes_to"),
                         [(Unanswered("no token now"), Troubled), (Barred("no key"), Barred)])
async def test_without_a_token_nobody_is_asked_to_let_us_in(error: Exception,
                                                            comes_to: type[Exception]) -> None:
    class Lacking(Password):
        async def get(self) -> str:
            raise error

    heard: list[bytes] = []
    async with playing(smtp(heard, offers=(b"AUTH XOAUTH2",))) as port:
        relay = RelayServer("127.0.0.1", port, "none", "watch", Lacking(), auth="xoauth2")
        with pytest.raises(comes_to, match=f"relay 127.0.0.1:{port}: no log-in: {error}"):
            await Relays([relay]).connected(relay)
    assert not any(words.startswith(b"AUTH") for words in heard)


# --- which route----------------------------------------------------------------------------------


class Noting:
    """A line that notes what goes over it."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.stood = 0

    async def ready(self) -> None:
        self.stood += 1

    async def send(self, out: Outgoing) -> Answer:
        self.letters.append(out.to)
        return TAKEN

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("by_default", Route)
async def test_a_letter_goes_by_the_default_unless_its_domain_or_mail_host_is_excepted(
    by_default: Route,
) -> None:
    zone = {(f"{name}.go.test", "MX"): [f"10 mx.{host}.test."]
            for name, host in (("one", "a"), ("two", "b"), ("three", "c"))}
    relay, direct = Noting(), Noting()
    async with resolving(Names(zone)) as names:
        mx_lookup = MxLookup([DnsResolver("127.0.0.1", names.port)])
        post = RoutedLine(cast("Any", relay), cast("Any", direct), mx_lookup,
                          frozenset({"one.go.test", "mx.b.test"}), by_default)
        await post.ready()
        for name in ("one", "two", "three"):
            await post.send(Outgoing(OUT.sender, f"saraban@{name}.go.test", OUT.envid, OUT.raw))
        await post.close()
        mx_lookup.close()
    usual, other = (relay, direct) if by_default is Route.RELAY else (direct, relay)
    assert (usual.letters, other.letters) == (["saraban@three.go.test"],
                                              ["saraban@one.go.test", "saraban@two.go.test"])
    assert relay.stood == (1 if by_default is Route.RELAY else 0)


async def test_where_few_go_by_a_relay_one_that_is_down_delays_those_alone() -> None:
    async with playing(smtp([])) as port:
        gone = port
    mx_lookup = MxLookup([])
    post = RoutedLine(RelayLine(Relays([RelayServer("127.0.0.1", gone, "none", "")])),
                      cast("Any", Noting()), mx_lookup, frozenset({"one.go.test"}), Route.DIRECT)
    await post.ready()
    assert event(await post.send(OUT)) is Event.LATER
    await post.close()
