"""Letters straight to mail hosts on loopback: which host, and what its answers mean."""

import asyncio

import pytest

from fakes.direct import NOW, ONE, OUT, line, sent
from fakes.names import Names, Zone, resolving
from fakes.samples import REFUSALS
from fakes.wire import playing, smtp
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Stage, event, read
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.smtp import MxLookup

# --- the way --------------------------------------------------------------------------------------


async def test_a_letter_reaches_the_host_that_the_mx_names_and_the_answer_is_the_hosts_own() -> (
    None
):
    heard: list[bytes] = []
    answer = await sent(smtp(heard))
    assert answer == Answer(Stage.DOT, 250, "2.0.0", "taken", Route.DIRECT)
    assert answer.by == "mx.one.go.test"
    assert heard[1:3] == [b"MAIL FROM:<probes+sw1@probe.test>\r\n",
                          b"RCPT TO:<saraban@one.go.test>\r\n"]


async def test_without_an_mx_the_domain_itself_is_the_host() -> None:
    answer = await sent(smtp([]), {("one.go.test", "A"): ["127.0.0.1"]})
    assert (answer.code, answer.by) == (250, "one.go.test")


async def test_the_preferred_host_is_tried_first_and_a_silent_one_is_left_for_the_next() -> None:
    zone = {("one.go.test", "MX"): ["20 mx.one.go.test.", "10 down.one.go.test."],
            ("mx.one.go.test", "A"): ["127.0.0.1"], ("down.one.go.test", "A"): ["127.0.0.99"]}
    assert (await sent(smtp([]), zone)).by == "mx.one.go.test"


@pytest.mark.parametrize("banner", [b"421 4.3.2 busy", b"554 5.7.1 not you", None])
async def test_a_host_that_is_not_ready_for_us_is_left_for_the_next(banner: bytes | None) -> None:
    visits = 0

    async def first_refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp([], **({"BANNER": banner} if visits == 1 else {}))(reader, writer)

    zone = {("one.go.test", "MX"): ["10 a.one.go.test.", "20 b.one.go.test."],
            ("a.one.go.test", "A"): ["127.0.0.1"], ("b.one.go.test", "A"): ["127.0.0.1"]}
    assert (await sent(first_refuses, zone)).by == "b.one.go.test"


async def test_where_no_host_answers_the_letter_waits() -> None:
    zone = ONE | {("mx.one.go.test", "A"): ["127.0.0.98", "127.0.0.99"]}
    answer = await sent(smtp([]), zone)
    assert event(answer) is Event.LATER
    assert answer.text.startswith("mx.one.go.test[127.0.0.9")


async def test_ipv6_and_ipv4_are_both_ways_to_a_host() -> None:
    # nobody listens at ::1
    answer = await sent(smtp([]), ONE | {("mx.one.go.test", "AAAA"): ["::1"]})
    assert answer.code == 250


async def test_a_host_that_knows_no_ehlo_gets_a_helo() -> None:
    heard: list[bytes] = []
    assert (await sent(smtp(heard, EHLO=b"502 what?", HELO=b"250 hello"))).code == 250
    assert heard[1] == b"HELO watch.test\r\n"


@pytest.mark.parametrize(("zone", "reason"), [
    ({("one.go.test", "MX"): ["0 ."]}, Reason.NO_MAIL), ({}, Reason.NO_DOMAIN),
    ({("one.go.test", "TXT"): ["x"]}, Reason.NO_DOMAIN),
    ({("one.go.test", "MX"): ["10 gone.one.go.test."]}, Reason.NO_DOMAIN)])
async def test_a_domain_that_surely_takes_no_mail_is_a_refusal_and_nobody_is_connected_to(
    zone: Zone, reason: Reason
) -> None:
    heard: list[bytes] = []
    happened, fact = read(await sent(smtp(heard), zone), NOW, REFUSALS)
    assert (happened, fact and fact.reason, fact and fact.reporter) == (Event.REFUSAL, reason,
                                                                        "DNS")
    assert heard == []


async def test_what_a_lone_resolver_says_is_missing_is_not_believed_at_once() -> None:
    answer = await sent(smtp([]), {}, resolvers=1)
    assert (event(answer), answer.text) == (Event.LATER,
                                            "where the domain's mail goes is not known yet")


async def test_a_lone_resolver_is_believed_when_it_was_asked_anew_and_says_so_again() -> None:
    async with line({}, 1, resolvers=1) as direct:
        # a kept answer does not count twice
        assert [(await direct.send(OUT)).code for _ in range(3)] == [0] * 3
    async with line({}, 1, resolvers=1, fresh=0.0) as direct:
        assert [(await direct.send(OUT)).code for _ in range(2)] == [0, 550]


async def test_a_question_that_waits_keeps_no_answer_to_another_beyond_its_time() -> None:
    async with resolving(Names(ONE, {"slow.go.test": "silent"})) as names:
        resolver = DnsResolver("127.0.0.1", names.port, DnsSection(timeout_seconds=30))
        mx_lookup = MxLookup([resolver], fresh=0.0)
        waits = asyncio.create_task(mx_lookup.look("slow.go.test"))
        while not names.asked:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
        for _ in range(2):
            facts, _ = await mx_lookup.look("one.go.test")
            assert facts.exists
        assert names.asked["one.go.test", "MX"] == 2
        waits.cancel()
        mx_lookup.close()


@pytest.mark.parametrize("mood", ["SERVFAIL", "REFUSED"])
async def test_where_the_resolver_fails_nothing_is_known_and_the_letter_waits(mood: str) -> None:
    assert event(await sent(smtp([]), moods={"one.go.test": mood})) is Event.LATER


async def test_in_an_exercise_nobody_beyond_loopback_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called: list[object] = []
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def watched(*args: object, **kwargs: object) -> object:
        called.append((kwargs.get("host"), args[1:2]))
        return await connect(*args, **kwargs)     # type: ignore[arg-type]

    monkeypatch.setattr(loop, "create_connection", watched)
    zone = ONE | {("mx.one.go.test", "A"): ["192.0.2.1"],
                  ("mx.one.go.test", "AAAA"): ["2001:db8::1"],
                  ("_mta-sts.one.go.test", "TXT"): ['"v=STSv1; id=1"'],
                  ("mta-sts.one.go.test", "A"): ["192.0.2.2"]}
    async with line(zone, 25) as direct:
        answer = await direct.send(OUT)
    assert (event(answer), answer.text) == (Event.LATER,
                                            "no mail host has an address that we may connect to")
    assert called == []


# --- the answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "reply", "reason"), [
    ("RCPT", b"550 5.1.1 no such user", Reason.NO_MAILBOX),
    ("RCPT", b"550 user unknown", Reason.NO_MAILBOX),
    ("DOT", b"552 5.2.2 mailbox full", Reason.FULL),
    ("DOT", b"550 5.7.1 blocked using a blocklist", Reason.SENDER),
    ("DATA", b"550 5.1.1 no such user", Reason.NO_MAILBOX),
    ("MAIL", b"550 5.7.1 sender rejected", Reason.SENDER),
    ("BANNER", b"521 we do not accept mail", Reason.NO_MAIL)])
async def test_what_the_agencys_own_host_refuses_is_read_from_its_words_at_every_stage(
    verb: str, reply: bytes, reason: Reason,
) -> None:
    happened, fact = read(await sent(smtp([], **{verb: reply})), NOW, REFUSALS)
    assert (happened, fact and fact.reason, fact and fact.reporter) == (Event.REFUSAL, reason,
                                                                        "mx.one.go.test")


async def test_a_second_letter_to_the_same_host_goes_over_the_same_connection() -> None:
    heard: list[bytes] = []
    async with playing(smtp(heard)) as port, line(ONE, port) as direct:
        for _ in range(3):
            assert (await direct.send(OUT)).code == 250
    assert [word[:4] for word in heard].count(b"EHLO") == 1


async def test_a_connection_that_went_while_it_was_idle_costs_nothing_but_a_new_one() -> None:
    visits = 0

    async def goes_after_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        letters = 0

        async def scene_line() -> bytes:
            return await reader.readline()

        writer.write(b"220 mx\r\n")
        while word := await scene_line():
            if word.startswith(b"MAIL") and letters and visits == 1:
                writer.write(b"421 4.4.2 too long idle\r\n")
                return
            writer.write({b"DATA": b"354 go\r\n"}.get(word[:4], b"250 ok\r\n"))
            if word.startswith(b"DATA"):
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 2.0.0 taken\r\n")
                letters += 1

    async with playing(goes_after_one) as port, line(ONE, port) as direct:
        assert [(await direct.send(OUT)).code for _ in range(2)] == [250, 250]
    assert visits == 2
