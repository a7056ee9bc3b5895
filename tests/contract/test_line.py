"""What every line promises (ports.Line): one to a relay, and one straight to a mail host."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from fakes.names import Names, resolving
from fakes.wire import Scene, playing, smtp
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Outgoing, Stage, event
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import (
    Direct,
    DirectLine,
    MxLookup,
    Policies,
    RelayLine,
    Relays,
    RelayServer,
)
from sarabanwatch.edge.smtp.direct import DirectTerms
from sarabanwatch.ports import Line

OUT = Outgoing("probes+sw1@probe.test", "saraban@one.go.test", "sw1", b"Subject: x\r\n\r\n.x\r\n")


class Even:
    """Chance that always falls in the middle."""

    def draw(self) -> float:
        return 0.5


@asynccontextmanager
async def relayed(scene: Scene) -> AsyncIterator[Line]:
    async with playing(scene) as port:
        line = RelayLine(Relays([RelayServer("127.0.0.1", port, "none", "")]))
        yield line
        await line.close()


@asynccontextmanager
async def direct(scene: Scene) -> AsyncIterator[Line]:
    async with playing(scene) as port, resolving(Names({("one.go.test",
                                                         "A"): ["127.0.0.1"]})) as names:
        witness = DnsResolver("127.0.0.1", names.port, DnsSection(timeout_seconds=30))
        mx_lookup = MxLookup([witness])
        policies = Policies(witness.addresses, HttpsWeb())
        line = DirectLine(Direct(mx_lookup, policies, Even(), DirectTerms("watch.test", port=port)))
        yield line
        await line.close()
        mx_lookup.close()


Kind = Callable[[Scene], AbstractAsyncContextManager[Line]]
pytestmark = pytest.mark.parametrize("to", [relayed, direct])


async def test_a_letter_taken_arrives_whole_and_is_told_once(to: Kind) -> None:
    heard: list[bytes] = []
    async with to(smtp(heard)) as line:
        await line.ready()
        answer = await line.send(OUT)
    assert event(answer) is Event.TAKEN
    assert answer.by
    assert [word for word in heard if word.endswith(b"\r\n.\r\n")] == [
        b"Subject: x\r\n\r\n..x\r\n.\r\n"
    ]


@pytest.mark.parametrize(("verb", "stage", "means"), [
    ("MAIL", Stage.MAIL, Event.LATER), ("RCPT", Stage.RCPT, Event.LATER),
    ("DATA", Stage.DATA, Event.LATER), ("DOT", Stage.DOT, Event.LOST)])
async def test_a_connection_lost_never_raises_and_is_a_doubt_only_after_the_dot(
    to: Kind, verb: str, stage: Stage, means: Event,
) -> None:
    async with to(smtp([], **{verb: None})) as line:
        await line.ready()
        answer = await line.send(OUT)
    assert (answer.stage, event(answer)) == (stage, means)


@pytest.mark.parametrize(("verb", "stage"), [
    ("MAIL", Stage.MAIL), ("RCPT", Stage.RCPT), ("DATA", Stage.DATA), ("DOT", Stage.DOT)])
@pytest.mark.parametrize("reply", [b"451 4.7.1 later", b"550 5.7.1 no"])
async def test_a_refusal_is_told_at_its_stage_and_the_next_letter_may_go(to: Kind, verb: str,
                                                                         stage: Stage,
                                                                         reply: bytes) -> None:
    async with to(smtp([], **{verb: reply})) as line:
        for _ in range(2):
            await line.ready()
            answer = await line.send(OUT)
            assert (answer.stage, answer.code, answer.status) == (stage, int(reply[:3]),
                                                                  reply[4:9].decode())


async def test_a_letter_given_up_at_the_dot_leaves_no_connection_for_its_late_answer(
    to: Kind,
) -> None:
    asked, silent, visits = asyncio.Event(), asyncio.Event(), 0

    async def stops_at_the_dot(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp([], **({"DOT": None} if visits == 1 else {}))(reader, writer)
        asked.set()
        await silent.wait()

    async with to(stops_at_the_dot) as line:
        await line.ready()
        sending = asyncio.create_task(line.send(OUT))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await line.ready()
        assert event(await line.send(OUT)) is Event.TAKEN
        silent.set()
    assert visits == 2
