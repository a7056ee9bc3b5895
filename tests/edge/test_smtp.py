"""The line to our relay: with aiosmtpd, and with a relay that misbehaves on demand.

All on loopback.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fakes.acts import says
from fakes.wire import Scene, playing, smtp
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage, event
from sarabanwatch.edge.smtp import RelayLine, Relays, RelayServer
from sarabanwatch.edge.smtp.relay_server import Troubled
from sarabanwatch.edge.smtp.wire import LETTERS_A_CONNECTION, dotted, xtext

OUT = Outgoing("probes+sw1@probe.test", "saraban+x@one.go.test", "sw1",
               b"Subject: x\r\n\r\n.one\r\n..two\r\n")
TAKEN = Answer(Stage.DOT, 250, "2.0.0", "taken")


@asynccontextmanager
async def line_to(scene: Scene, patience: float = 30,
                  tls: str = "none") -> AsyncIterator[RelayLine]:
    async with playing(scene) as port:
        line = RelayLine(Relays([RelayServer("127.0.0.1", port, tls, "", helo="watch.test",
                                             timeout=patience)]))
        yield line
        await line.close()


async def sent(scene: Scene) -> Answer:
    async with line_to(scene) as line:
        await line.ready()
        return await line.send(OUT)


# --- what the relay says --------------------------------------------------------------------------


async def test_a_letter_taken_is_said_with_the_relays_words() -> None:
    heard: list[bytes] = []
    assert await sent(smtp(heard)) == TAKEN
    assert [line.strip() for line in heard[:3]] == [
        b"EHLO watch.test", b"MAIL FROM:<probes+sw1@probe.test>",
        b"RCPT TO:<saraban+x@one.go.test>"]


async def test_dots_are_doubled_on_the_wire() -> None:
    heard: list[bytes] = []
    await sent(smtp(heard))
    assert b"Subject: x\r\n\r\n..one\r\n...two\r\n.\r\n" in heard


@pytest.mark.parametrize(("raw", "wire"), [
    (b"a\r\n", b"a\r\n.\r\n"), (b".\r\n", b"..\r\n.\r\n"), (b"a\r\n.\r\n", b"a\r\n..\r\n.\r\n"),
    (b"a\r\n..b.\r\n", b"a\r\n...b.\r\n.\r\n")])
def test_a_line_that_begins_with_a_dot_never_ends_the_letter(raw: bytes, wire: bytes) -> None:
    assert dotted(raw) == wire


@pytest.mark.parametrize(("verb", "stage"), [
    ("MAIL", Stage.MAIL), ("RCPT", Stage.RCPT), ("DATA", Stage.DATA), ("DOT", Stage.DOT)])
@pytest.mark.parametrize(("reply", "code", "status", "said"), [
    (b"451 4.7.1 greylisted", 451, "4.7.1", "greylisted"),
    (b"550 5.1.1 no such user", 550, "5.1.1", "no such user"),
    (b"550 no", 550, "", "no"), (b"550-5.7.1 first\r\n550 5.7.1 second", 550, "5.7.1",
                                 "first\n5.7.1 second"),
    (b"554", 554, "", "")])
async def test_a_refusal_is_told_with_its_stage_code_status_and_words(
    verb: str, stage: Stage, reply: bytes, code: int, status: str, said: str,
) -> None:
    assert await sent(smtp([], **{verb: reply})) == Answer(stage, code, status, said)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DOT"])
async def test_a_reply_in_the_encoding_of_the_place_is_told_in_its_own_words(verb: str) -> None:
    said = (await sent(smtp([], **{verb: "550-5.1.1 ไม่พบผู้ใช้\r\n550 เต็ม".encode("cp874")}))).text
    assert said == "ไม่พบผู้ใช้\nเต็ม"


@pytest.mark.parametrize(("reply", "said"), [
    (b"550 5.1.1 caf\xe9 \0\x1b[31mred", "caf\\xe9 [31mred"),
    (b"550 5.1.1 " + b"x" * 8000, "x" * 1993 + "…")])
async def test_whatever_octets_a_refusal_has_its_words_can_be_stored(reply: bytes,
                                                                     said: str) -> None:
    answer = await sent(smtp([], RCPT=reply))
    assert (answer.code, answer.status, answer.text) == (550, "5.1.1", said)


@pytest.mark.parametrize("reply", [b"650 5.1.1 x", b"042 x", b"0 x", b"-50 x"])
async def test_a_code_that_smtp_does_not_know_is_no_answer(reply: bytes) -> None:
    answer = await sent(smtp([], RCPT=reply))
    assert (answer.stage, answer.code, answer.status) == (Stage.RCPT, 0, "")
    assert "SMTP re" in answer.text


async def test_after_a_refusal_the_connection_is_cleared_and_used_again() -> None:
    heard: list[bytes] = []
    async with line_to(smtp(heard, RCPT=b"550 5.1.1 no")) as line:
        for _ in range(2):
            await line.ready()
            assert (await line.send(OUT)).code == 550
    words = [line[:4].strip() for line in heard]
    assert words.count(b"RSET") == words.count(b"MAIL") == 2
    assert words.count(b"QUIT") == 1


async def test_a_connection_that_will_not_be_cleared_is_dropped() -> None:
    heard: list[bytes] = []
    async with line_to(smtp(heard, RCPT=b"550 5.1.1 no", RSET=None)) as line:
        for _ in range(2):
            await line.ready()
            await line.send(OUT)
    assert b"QUIT\r\n" not in heard


async def test_an_odd_yes_after_the_dot_is_a_yes() -> None:
    answer = await sent(smtp([], DOT=b"252 maybe"))
    assert event(answer) is Event.TAKEN


# --- several commands in one go -------------------------------------------------------------------


PIPELINING = (b"PIPELINING",)


def at_once(*replies: bytes) -> Scene:
    """Return a scene that answers nothing before DATA has come, then says these words.

    Behind a last `354` it takes the letter; then it goes on as any relay does.
    """
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.test\r\n")
        await reader.readline()
        writer.write(b"250-relay.test\r\n250 PIPELINING\r\n")
        await reader.readuntil(b"DATA\r\n")
        await says(*(reply + b"\r\n" for reply in replies))(reader, writer)
        takes = replies[-1].endswith(b"354 go on")
        await reader.readuntil(b"\r\n.\r\n" if takes else b"RSET\r\n")
        await smtp([], BANNER=b"250 2.0.0 taken")(reader, writer)

    return scene


async def test_where_it_is_offered_the_commands_before_a_letter_leave_in_one_go() -> None:
    assert await sent(at_once(b"250 OK", b"250-OK", b"250 OK", b"354 go on")) == TAKEN


@pytest.mark.parametrize(("replies", "stage", "text"), [
    ((b"550 5.1.0 you", b"503 5.5.1 first MAIL", b"503 5.5.1 first RCPT"), Stage.MAIL, "you"),
    ((b"250 OK", b"550 5.1.0 no\r\n554 5.5.1 nobody"), Stage.RCPT, "no"),
    ((b"250 OK\r\n250 OK", b"550 5.1.0 not now"), Stage.DATA, "not now")])
async def test_the_first_refusal_is_the_answer_and_the_connection_is_used_again(
    replies: tuple[bytes, ...], stage: Stage, text: str,
) -> None:
    async with line_to(at_once(*replies)) as line:
        await line.ready()
        assert await line.send(OUT) == Answer(stage, 550, "5.1.0", text)
        assert await line.send(OUT) == TAKEN


async def test_no_dot_is_sent_where_data_is_accepted_though_its_recipient_was_refused() -> None:
    heard: list[bytes] = []
    async with line_to(smtp(heard, offers=PIPELINING, RCPT=b"550 5.1.1 no")) as line:
        await line.ready()
        assert await line.send(OUT) == Answer(Stage.RCPT, 550, "5.1.1", "no")
        assert not line.stands
    assert not [line for line in heard if line.startswith(b".")]


@pytest.mark.parametrize("replies", [
    (b"250 OK\r\n550 5.1.1 of another letter\r\n250 OK\r\n354 go on",),
    (b"250 OK", b"550 5.1.1 of another letter", b"250 OK", b"354 go on"),
    (b"250 OK", b"250 OK", b"550 5.1.1 no", b"554 5.5.1 nobody")])
async def test_where_there_was_a_reply_too_many_no_refusal_is_believed(
    replies: tuple[bytes, ...],
) -> None:
    async with line_to(at_once(*replies)) as line:
        await line.ready()
        answer = await line.send(OUT)
        assert (answer.code, event(answer)) == (0, Event.LATER)
        assert "nobody waited for" in answer.text
        assert not line.stands


@pytest.mark.parametrize("replies", [
    (b"550 5.7.1 no\r\n421 4.7.0 bye",), (b"250 OK", b"550 5.7.1 no", b"421 4.7.0 bye")])
async def test_a_refusal_with_which_it_parts_from_us_is_believed(
    replies: tuple[bytes, ...],
) -> None:
    async with line_to(at_once(*replies)) as line:
        await line.ready()
        answer = await line.send(OUT)
        assert (answer.code, answer.status, answer.text) == (550, "5.7.1", "no")
        assert not line.stands


# --- when it goes away ----------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "stage", "means"), [
    ("MAIL", Stage.MAIL, Event.LATER), ("RCPT", Stage.RCPT, Event.LATER),
    ("DATA", Stage.DATA, Event.LATER), ("DOT", Stage.DOT, Event.LOST)])
async def test_a_connection_dropped_is_a_delay_before_the_letter_and_a_doubt_after(
    verb: str, stage: Stage, means: Event,
) -> None:
    answer = await sent(smtp([], **{verb: None}))
    assert (answer.stage, answer.code, answer.status) == (stage, 0, "")
    assert answer.text
    assert event(answer) is means


@pytest.mark.parametrize(("verb", "stage"),
                         [("MAIL", Stage.MAIL), ("RCPT", Stage.RCPT), ("DATA", Stage.DATA),
                          ("DOT", Stage.DOT)])
async def test_a_relay_that_says_nothing_is_waited_for_no_longer_than_allowed(verb: str,
                                                                              stage: Stage) -> None:
    silent = asyncio.Event()

    async def stops(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await smtp([], **{verb: None})(reader, writer)
        await silent.wait()

    async with line_to(stops, patience=0.2) as line:
        await line.ready()
        assert await line.send(OUT) == Answer(stage, 0, "", "Timed out waiting for server response")
        silent.set()


async def test_a_line_whose_connection_is_gone_makes_another_one() -> None:
    async with line_to(smtp([])) as line:
        assert await line.send(OUT) == TAKEN


async def test_a_line_that_can_make_no_other_connection_says_so_at_once() -> None:
    async with line_to(smtp([], BANNER=b"421 4.3.2 busy")) as line:
        answer = await line.send(OUT)
    assert (answer.stage, event(answer)) == (Stage.CONNECT, Event.LATER)
    assert "421 4.3.2 busy" in answer.text


async def test_after_a_surprise_the_next_letter_has_a_connection_of_its_own() -> None:
    heard: list[bytes] = []
    visits = 0

    async def drops_the_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp(heard, **({"RCPT": None} if visits == 1 else {}))(reader, writer)

    async with line_to(drops_the_first) as line:
        await line.ready()
        assert (await line.send(OUT)).code == 0
        assert not line.stands
        assert await line.send(OUT) == TAKEN
    assert visits == 2


async def test_a_letter_given_up_half_way_leaves_no_connection_for_the_next() -> None:
    asked, silent = asyncio.Event(), asyncio.Event()

    async def stops_at_the_dot(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await smtp([], DOT=None)(reader, writer)
        asked.set()
        await silent.wait()

    async with line_to(stops_at_the_dot) as line:
        await line.ready()
        sending = asyncio.create_task(line.send(OUT))
        await asked.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert not line.stands
        silent.set()


async def test_one_connection_carries_many_letters_and_then_a_new_one_is_made() -> None:
    visits = 0

    async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp([])(reader, writer)

    async with line_to(counts) as line:
        for letters, expected in ((LETTERS_A_CONNECTION, 1), (1, 2)):
            for _ in range(letters):
                await line.ready()
                assert (await line.send(OUT)).code == 250
            assert visits == expected


async def test_a_relay_that_is_busy_is_waited_for() -> None:
    visits = 0

    async def busy_at_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp([], BANNER=b"421 4.3.2 busy" if visits == 1 else b"220 relay.test")(reader,
                                                                                       writer)

    async with line_to(busy_at_first) as line:
        await line.ready()
        assert await line.send(OUT) == TAKEN
    assert visits == 2


# --- when it will not have us ---------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["BANNER", "EHLO"])
async def test_a_relay_that_refuses_us_before_the_log_in_is_no_bar_and_named_with_the_remedy(
    verb: str,
) -> None:
    refusing = {"EHLO": b"550 5.7.1 not you",
                "HELO": b"550 5.7.1 not you"} if verb == "EHLO" else {verb: b"554 5.7.1 not you"}
    async with line_to(smtp([], **refusing)) as line:
        with pytest.raises(
            Troubled,
            match=(r"refuses us: 55[04] 5\.7\.1 not you; "
                   r"ask its postmaster to let watch\.test relay"),
        ):
            await line.connect()


async def test_a_relay_without_the_starttls_we_asked_for_is_named_with_the_remedy() -> None:
    async with line_to(smtp([]), tls="starttls") as line:
        with pytest.raises(Troubled, match=r"offers no STARTTLS; set relay\.tls to what it offers"):
            await line.connect()


# --- delivery status notifications ----------------------------------------------------------------


async def test_dsn_parameters_are_sent_where_they_are_offered() -> None:
    heard: list[bytes] = []
    await sent(smtp(heard, offers=(b"DSN",)))
    assert b"MAIL FROM:<probes+sw1@probe.test> RET=HDRS ENVID=sw1\r\n" in heard
    assert (
        b"RCPT TO:<saraban+x@one.go.test> NOTIFY=SUCCESS,FAILURE,DELAY "
        b"ORCPT=rfc822;saraban+2Bx@one.go.test\r\n"
        in heard
    )


async def test_dsn_parameters_are_not_sent_where_they_are_not_offered() -> None:
    heard: list[bytes] = []
    await sent(smtp(heard))
    assert not [line for line in heard if b"NOTIFY" in line or b"ENVID" in line]


@pytest.mark.parametrize(("text", "encoded"), [
    ("saraban@one.test", "saraban@one.test"), ("a+b=c", "a+2Bb+3Dc"), ("a b", "a+20b"), ("", ""),
    ("~!", "~!")])
def test_xtext_is_as_rfc_3461_has_it(text: str, encoded: str) -> None:
    assert xtext(text) == encoded


async def test_reports_of_success_may_be_left_away() -> None:
    heard: list[bytes] = []
    async with playing(smtp(heard, offers=(b"DSN",))) as port:
        line = RelayLine(Relays([RelayServer("127.0.0.1", port, "none", "",
                                             success_reports=False)]))
        await line.ready()
        await line.send(OUT)
        await line.close()
    assert any(b" NOTIFY=FAILURE,DELAY ORCPT=" in word for word in heard)


@pytest.mark.parametrize("offers", [(b"DSN", b"SMTPUTF8"), (b"SMTPUTF8",), ()])
async def test_an_address_in_thai_letters_asks_for_smtputf8_and_is_refused_where_none_is_offered(
    offers: tuple[bytes, ...],
) -> None:
    heard: list[bytes] = []
    async with line_to(smtp(heard, offers=offers)) as line:
        await line.ready()
        answer = await line.send(Outgoing(OUT.sender, "สารบรรณ@one.go.test", OUT.envid, OUT.raw))
    said = b"".join(heard).decode()
    assert (answer.code, " SMTPUTF8\r\n" in said) == ((250, True) if offers else (553, False))
    assert ("ORCPT=utf-8;\\x{E2A}" in said) is (b"DSN" in offers)
