"""SMTP in the land: the server says what its desk decides, and the client reports it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiosmtplib
import pytest

from sarabanland.smtp_client import Pool, Reply
from sarabanland.smtp_server import DROP, Envelope, Recipient, listen

LETTER = b"Subject: x\r\n\r\n.\r\n..dots\r\n" + "ก".encode() * 3000 + b"\r\n"


SAYS = {
    "no": "550 5.1.1 No such user", "lines": "550-5.7.1 One\r\n550 5.7.1 Two",
    "later": "450 4.7.1 Later",
    "closing": "421 4.3.2 Closing", "cut": DROP,
}


class Desk:
    """Says of a letter what its recipient's local part tells."""

    name = "mx.land.test"
    features = ("DSN",)

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    def greets(self, _at: str) -> str:
        return "220"

    async def recipient(self, _envelope: Envelope, recipient: Recipient) -> str:
        word = recipient.address.partition("@")[0]
        if word == "broken":
            raise LookupError(word)
        return SAYS.get(word, "250 2.1.5 Ok")

    async def take(self, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return DROP if envelope.recipients[0].address.startswith("gone") else "250 2.0.0 Ok"


Offer = Callable[..., Awaitable[Reply]]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def port(desk: Desk) -> AsyncIterator[int]:
    server = await listen(desk, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.fixture
async def offer(port: int) -> AsyncIterator[Offer]:
    """Offers the letter to a local part over one pool."""
    pool = Pool(port, "relay.land.test")
    yield lambda word, sender="s@probe.test": pool.send("127.0.0.1", sender, f"{word}@a.test",
                                                        LETTER)
    pool.close()


async def test_a_letter_arrives_to_the_octet(desk: Desk, offer: Offer) -> None:
    assert await offer("open") == Reply(250, "2.0.0 Ok")
    assert await offer("open", sender="") == Reply(250, "2.0.0 Ok")
    assert [envelope.letter for envelope in desk.taken] == [LETTER, LETTER]
    assert [envelope.sender for envelope in desk.taken] == ["s@probe.test", ""]


@pytest.mark.parametrize(("word", "reply"), [
    ("no", Reply(550, "5.1.1 No such user")),
    ("lines", Reply(550, "5.7.1 One\n5.7.1 Two")),
    ("later", Reply(450, "4.7.1 Later")),
    ("closing", Reply(421, "4.3.2 Closing")),
])
async def test_a_refusal_is_the_reply_and_the_next_letter_gets_its_own(offer: Offer, word: str,
                                                                       reply: Reply) -> None:
    assert await offer(word) == reply
    assert await offer("open") == Reply(250, "2.0.0 Ok")


@pytest.mark.parametrize("word", ["cut", "gone"])
async def test_a_line_that_is_cut_is_no_reply_and_the_next_letter_gets_its_own(offer: Offer,
                                                                               word: str) -> None:
    with pytest.raises(ConnectionError) as lost:
        await offer(word)
    assert not isinstance(lost.value, ConnectionRefusedError)
    assert await offer("open") == Reply(250, "2.0.0 Ok")


async def test_where_nobody_listens_the_connection_is_refused() -> None:
    with pytest.raises(ConnectionRefusedError):
        await Pool(1, "relay.land.test").send("127.0.0.1", "", "a@a.test", LETTER)


async def test_parameters_of_a_transaction_reach_the_desk_as_they_were_written(desk: Desk,
                                                                               port: int) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="w.test",
                               start_tls=False) as client:
        await client.ehlo()
        assert {"dsn", "8bitmime", "size"} <= set(client.esmtp_extensions)
        for word in ("one", "two"):
            await client.mail("s@w.test",
                              options=["SIZE=9", "RET=HDRS", f"ENVID={word}", "BODY=8BITMIME"])
            await client.rcpt("open@a.test", options=["NOTIFY=NEVER", "orcpt=rfc822;Open@a.test"])
            await client.data(LETTER)
    assert [envelope.options for envelope in desk.taken] == [{"RET": "HDRS", "ENVID": w}
                                                             for w in ("one", "two")]
    assert desk.taken[1].recipients == [
        Recipient("open@a.test", {"NOTIFY": "NEVER", "ORCPT": "rfc822;Open@a.test"})]


async def test_a_desk_that_breaks_is_not_taken_for_a_host_in_a_bad_mood(offer: Offer) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: told.append(type(context["exception"]))
    )
    assert (await offer("broken")).code == 421
    assert told == [LookupError]


async def test_where_too_many_lines_wait_the_one_that_waited_longest_goes(desk: Desk,
                                                                          port: int) -> None:
    other, pool = await listen(desk, "127.0.0.2", port), Pool(port, "relay.land.test")
    pool.IDLE = 1
    for address in ("127.0.0.1", "127.0.0.2"):
        await pool.send(address, "", "open@a.test", LETTER)
    [(address, kept)] = pool._idle
    assert address == "127.0.0.2"
    await pool.send("127.0.0.2", "", "open@a.test", LETTER)
    assert pool._idle == [("127.0.0.2", kept)]
    pool.close()
    other.close()
    await other.wait_closed()
