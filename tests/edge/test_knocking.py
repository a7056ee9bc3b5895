"""How often we connect to our relay, whatever it does: ten lines share one back-off.

Hours pass here without being waited for.
"""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import groupby, pairwise

import pytest

from edge.test_smtp import OUT, TAKEN
from fakes.hurried import hurried
from fakes.post import Password
from fakes.wire import Scene, playing, smtp
from sarabanwatch.core.errors import Barred
from sarabanwatch.core.sending.backoff import LOG_INS
from sarabanwatch.core.sending.reply import Answer
from sarabanwatch.edge.smtp import RelayLine, Relays, RelayServer

MINUTE, HOUR = 60.0, 3600.0
LINES = 10
AUTH, WELCOME = (b"AUTH PLAIN",), b"235 2.7.0 welcome"


def now() -> float:
    return asyncio.get_running_loop().time()


class Visited:
    """A relay that records the moments of connections and log-ins.

    `says` gives its answers from a connection on.
    """

    def __init__(self, says: Callable[[int], dict[str, bytes | None]]) -> None:
        self.visits: list[float] = []
        self.log_ins: list[float] = []
        self._says = says

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits.append(now())
        heard = Noting(self.log_ins)
        answers = {"AUTH": WELCOME, **self._says(len(self.visits))}
        await smtp(heard, offers=AUTH, **answers)(reader, writer)

    def most_log_ins_in_a_minute(self) -> int:
        return max(sum(at <= other < at + MINUTE for other in self.log_ins) for at in self.log_ins)


class Noting(list[bytes]):
    """What a relay heard, of which only the moments of log-ins are wanted."""

    def __init__(self, log_ins: list[float]) -> None:
        super().__init__()
        self._log_ins = log_ins

    def append(self, line: bytes) -> None:
        if line.startswith(b"AUTH"):
            self._log_ins.append(now())


@asynccontextmanager
async def lines_to(scene: Scene, told: list[BaseException],
                   user: str = "watch") -> AsyncIterator[list[RelayLine]]:
    async with playing(scene) as port:
        relays = Relays([RelayServer("127.0.0.1", port, "none", user, Password("secret"),
                                     timeout=60)], told.append)
        lines = [RelayLine(relays) for _ in range(LINES)]
        yield lines
        for line in lines:
            await line.close()


async def letters(line: RelayLine, into: list[Answer], barred: list[Barred]) -> None:
    """Send a letter every five seconds until stopped."""
    while True:
        await asyncio.sleep(5.0)
        try:
            await line.ready()
        except Barred as error:
            barred.append(error)
        else:
            into.append(await line.send(OUT))


async def sending(scene: Scene, seconds: float, user: str = "watch",
                  ) -> tuple[list[Answer], list[BaseException], list[Barred]]:
    """Let ten lines send for so long.

    Return what happened to the letters, what was reported, and how often we were barred.
    """
    answers: list[Answer] = []
    told: list[BaseException] = []
    barred: list[Barred] = []
    async with lines_to(scene, told, user) as lines:
        tasks = [asyncio.create_task(letters(line, answers, barred)) for line in lines]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return answers, told, barred


def test_a_relay_that_hangs_up_after_each_letter_is_logged_in_to_rarely_and_still_carries() -> None:
    relay = Visited(lambda _: {"RSET": None, "MAIL": b"250 OK",
                               "DOT": b"421 4.7.0 one letter a connection"})
    answers, *_ = hurried(sending(relay, 5 * MINUTE))
    assert relay.most_log_ins_in_a_minute() <= LOG_INS
    assert len(answers) >= 4 * LOG_INS


def test_a_relay_that_hangs_up_after_the_log_in_is_left_alone_longer_and_longer() -> None:
    relay = Visited(lambda _: {"MAIL": None})
    _, told, _ = hurried(sending(relay, 4 * HOUR))
    assert relay.most_log_ins_in_a_minute() <= LOG_INS
    assert len(relay.log_ins) < 4 * HOUR / 200
    assert all("hangs up before it takes a letter" in str(error) for error in told)
    assert told


@pytest.mark.parametrize("answers", [
    {"BANNER": b"421 4.3.2 busy"}, {"BANNER": b"554 5.7.1 not you"}, {"BANNER": None},
    {"EHLO": b"421 4.3.2 busy"},
    {"EHLO": b"550 5.7.1 not you", "HELO": b"550 5.7.1 not you"},
    {"AUTH": b"454 4.7.0 temporary failure"},
    {"AUTH": b"432 4.7.12 password transition"}, {"AUTH": b"421 4.7.0 too many"}, {"AUTH": None},
    {"AUTH": b"535 4.7.8 not now"}])
def test_whatever_a_relay_says_while_we_connect_ten_lines_knock_as_one_and_it_is_told_each_time(
    answers: dict[str, bytes],
) -> None:
    relay = Visited(lambda _: answers)
    _, told, barred = hurried(sending(relay, 1 * HOUR))
    assert not barred
    assert len(relay.visits) == len(told)
    assert 12 <= len(told) < 12 + 10
    assert all(f"{error}".startswith("relay 127.0.0.1:") for error in told)


@pytest.mark.parametrize("answers", [
    {"BANNER": b"421 4.3.2 busy"}, {"BANNER": b"554 5.7.1 not you"}, {"EHLO": b"421 4.3.2 busy"},
    {"AUTH": b"454 4.7.0 temporary failure"}, {"AUTH": b"432 4.7.12 later"},
    {"MAIL": b"421 4.3.2 later"}])
def test_when_the_trouble_is_over_letters_go(answers: dict[str, bytes]) -> None:
    relay = Visited(lambda visit: answers if visit < 5 else {})
    sent, *_ = hurried(sending(relay, 1 * MINUTE))
    assert TAKEN in sent


def test_a_log_in_refused_for_good_is_tried_rarely_by_one_line_until_it_serves() -> None:
    relay = Visited(lambda visit: {"AUTH": b"535 5.7.8 wrong"} if visit <= 4 else {})
    sent, told, barred = hurried(sending(relay, 76 * MINUTE))
    assert len(barred) == 4
    assert not told
    assert [round((later - first) / MINUTE) for first, later in pairwise(relay.log_ins[:5])] == [5,
                                                                                                 10,
                                                                                                 20,
                                                                                                 40]
    assert TAKEN in sent


def test_a_wrong_password_is_one_refusal_however_many_mechanisms_are_offered() -> None:
    heard: list[bytes] = []

    async def story() -> None:
        scene = smtp(heard, offers=(b"AUTH PLAIN LOGIN",), AUTH=b"535 5.7.8 wrong")
        async with lines_to(scene, []) as (line, *_):
            with pytest.raises(Barred):
                await line.ready()

    hurried(story())
    assert sum(word.startswith(b"AUTH") for word in heard) == 1


def test_where_a_mechanism_is_refused_as_such_the_next_one_is_used() -> None:
    heard: list[bytes] = []

    async def strict(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 relay.test\r\n")
        while line := await reader.readline():
            heard.append(line)
            said = {b"EHLO": b"250-relay.test\r\n250 AUTH PLAIN LOGIN",
                    b"QUIT": b"221 bye"}.get(line[:4], b"334 UGFzc3dvcmQ6")
            said = (
                b"504 5.5.4 not that way" if b"PLAIN" in line else WELCOME if len(heard) == 4
                else said
            )
            writer.write(said + b"\r\n")

    async def story() -> None:
        async with lines_to(strict, []) as (line, *_):
            await line.ready()

    hurried(story())
    assert b64decode(heard[3]) == b"secret"


@pytest.mark.parametrize("trouble", [
    {"BANNER": None}, {"AUTH": b"535 5.7.8 wrong"}, {"AUTH": b"454 4.7.0 later"},
    {"MAIL": b"421 4.3.2 later"},
    {"MAIL": b"454 4.7.0 later"}, {"MAIL": None}, {"MAIL": b"550 5.7.1 not from you"},
    {"BANNER": b"421 4.7.0 no"}])
def test_without_a_letter_a_relay_is_knocked_at_now_and_then_and_what_comes_of_it_is_told(
    trouble: dict[str, bytes],
) -> None:
    relay = Visited(lambda visit: trouble if visit in range(3, 6) else {})
    told: list[BaseException] = []
    stands: list[bool] = []

    async def story() -> None:
        async with playing(relay) as port:
            place = RelayServer("127.0.0.1", port, "none", "watch", Password("secret"), timeout=60)
            relays = Relays([place], told.append, stands=stands.append)
            for _ in range(180):
                await relays.knock()
                await asyncio.sleep(MINUTE)

    hurried(story())
    assert [up for up, _ in groupby(stands)] == [True, False, True]
    assert len(told) == 3
    assert 20 <= len(relay.visits) <= 40


async def lets_in_and_is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greet, and then be silent."""
    writer.write(b"220 relay.test\r\n")
    said = iter([b"250 relay.test\r\n"])
    while await reader.readline():
        writer.write(next(said, b""))


@pytest.mark.parametrize("scene",
                         [smtp([], BANNER=b"421 4.3.2 busy"), smtp([], MAIL=b"421 4.3.2 busy"),
                          smtp([], MAIL=b"454 4.7.0 later"), lets_in_and_is_silent])
def test_a_relay_that_lets_us_in_and_takes_no_letter_is_never_called_up(scene: Scene) -> None:
    told: list[BaseException] = []
    stands: list[bool] = []

    async def story() -> None:
        async with playing(scene) as port:
            relays = Relays([RelayServer("127.0.0.1", port, "none", "", timeout=60)], told.append,
                            stands=stands.append)
            for _ in range(60):
                await relays.knock()
                await asyncio.sleep(MINUTE)

    hurried(story())
    assert told
    assert set(stands) == {False}


def test_a_knock_asks_in_our_name_and_sends_no_letter() -> None:
    heard: list[bytes] = []
    stands: list[bool] = []

    async def story() -> None:
        async with playing(smtp(heard)) as port:
            await Relays([RelayServer("127.0.0.1", port, "none", "", sender="probes@probe.test")],
                         stands=stands.append).knock()

    hurried(story())
    assert heard[1:] == [b"MAIL FROM:<probes@probe.test>\r\n", b"RSET\r\n", b"QUIT\r\n"]
    assert stands == [True]


def test_where_one_relay_lets_us_in_and_takes_no_letter_the_next_is_knocked_at() -> None:
    heard: list[bytes] = []
    told: list[BaseException] = []
    stands: list[bool] = []

    async def story() -> None:
        async with (
            playing(smtp([], MAIL=b"421 4.3.2 busy")) as first, playing(smtp(heard)) as second,
        ):
            places = [RelayServer("127.0.0.1", port, "none", "") for port in (first, second)]
            await Relays(places, told.append, stands=stands.append).knock()

    hurried(story())
    assert heard
    assert [str(error).partition(": ")[2] for error in told] == ["421 4.3.2 busy"]
    assert stands == [False, True]


@pytest.mark.parametrize(("scene", "said"), [
    (smtp([]), "no way to log in that we know: none"),
    (smtp([], offers=(b"AUTH GSSAPI",)), "no way to log in that we know: GSSAPI"),
    (smtp([], offers=(b"AUTH CRAM-MD5",), AUTH=b"334 A"),
     "Invalid CRAM-MD5 challenge from server")])
def test_a_log_in_that_cannot_be_made_is_told_and_no_bar(scene: Scene, said: str) -> None:
    _, told, barred = hurried(sending(scene, 10.0))
    assert told
    assert not barred
    assert all(said in str(error) for error in told)


@pytest.mark.parametrize("echo", [b"secret is wrong", b"AHdhdGNoAHNlY3JldA== is wrong",
                                  b"c2VjcmV0 is wrong"])
def test_a_secret_that_the_relay_says_back_in_whatever_form_is_hidden(echo: bytes) -> None:
    relay = Visited(lambda _: {"AUTH": b"535 5.7.8 " + echo})
    _, _, barred = hurried(sending(relay, 10.0))
    assert ["(hidden) is wrong" in str(error) for error in barred] == [True]
