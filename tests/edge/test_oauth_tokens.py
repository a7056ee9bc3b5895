"""Access tokens: kept, renewed, refused, replaced; and how they log in (RFC 7628)."""

import asyncio
from base64 import b64decode, b64encode
from dataclasses import replace
from itertools import chain, repeat

import pytest

from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.core.sending import bearer
from sarabanwatch.edge.oauth import EARLY, Tokens
from sarabanwatch.edge.oauth.endpoint import AccessToken


class Grant:
    """Gives tokens, or raises, in turn; the last for ever."""

    def __init__(self, *turns: AccessToken | Exception) -> None:
        self._turns = chain(turns, repeat(turns[-1]))
        self.now, self.fetched = 0.0, 0
        self.tokens = Tokens(self.fetch, lambda: self.now)

    async def fetch(self) -> AccessToken:
        self.fetched += 1
        await asyncio.sleep(0)
        turn = next(self._turns)
        if isinstance(turn, Exception):
            raise turn
        return turn


A, B = AccessToken("a", 3600), AccessToken("b", 3600)
AWAY, REFUSED = Unanswered("away"), Barred("no")


async def test_ten_connections_need_one_token() -> None:
    grant = Grant(A)
    assert await asyncio.gather(*(grant.tokens.get() for _ in range(10))) == ["a"] * 10
    assert grant.fetched == 1


@pytest.mark.parametrize(
    ("seconds", "at", "words"),
    [(3600, 3600 - EARLY, "a"), (3600, 3601 - EARLY, "b"), (60, 30, "a"), (60, 31, "b")],
)
async def test_a_token_is_renewed_before_it_ends(seconds: float, at: float, words: str) -> None:
    grant = Grant(replace(A, seconds=seconds), B)
    await grant.tokens.get()
    grant.now = at
    assert await grant.tokens.get() == words


async def test_a_refused_token_is_never_used_again_and_another_may_do_where_it_was_an_old_one() -> (
    None
):
    grant = Grant(A, B)
    await grant.tokens.get()
    await grant.tokens.get()
    assert grant.tokens.refused()  # got for an earlier log-in: it may have been taken back since
    assert await grant.tokens.get() == "b"
    assert not grant.tokens.refused()  # got for this one: it is not the token


async def test_while_the_endpoint_is_away_a_token_that_lasts_is_used() -> None:
    grant = Grant(A, AWAY)
    await grant.tokens.get()
    grant.now = 3599
    assert await grant.tokens.get() == "a"
    grant.now = 3600
    with pytest.raises(Unanswered):
        await grant.tokens.get()


async def test_a_refusal_of_the_endpoint_is_told_though_a_token_lasts() -> None:
    grant = Grant(A, REFUSED)
    await grant.tokens.get()
    grant.now = 3599
    with pytest.raises(Barred):
        await grant.tokens.get()


def test_tokens_are_never_shown() -> None:
    assert "secret" not in repr(AccessToken("secret", 1, "secret"))


# --- what is said with one (RFC 7628) -------------------------------------------------------------


def test_both_mechanisms_say_who_and_by_what() -> None:
    assert (
        b64decode(bearer.introduction(bearer.XOAUTH2, "u@x", "T", "h", 1))
        == b"user=u@x\1auth=Bearer T\1\1"
    )
    assert b64decode(bearer.introduction(bearer.OAUTHBEARER, "u,=@x", "T", "h", 993)) == (
        b"n,a=u=2C=3D@x,\1host=h\1port=993\1auth=Bearer T\1\1"
    )
    assert b64decode(bearer.CLOSING[bearer.OAUTHBEARER]) == b"\1"


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        (b64encode(b'{"status":"401","schemes":"bearer"}'), "status 401, schemes bearer"),
        (b"", ""),
        (b"!", ""),
        (b64encode(b"[1]"), ""),
        (b64encode(b"\xff"), ""),
        (b64encode(b'{"a": "x\\u001b[31m"}'), "a x[31m"),
    ],
)
def test_what_a_server_explains_is_read(challenge: bytes, said: str) -> None:
    assert bearer.explanation(challenge) == said
