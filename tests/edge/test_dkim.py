"""DKIM signatures made by dkimpy, with keys from a name server on loopback.

And what is reported without dkimpy.
"""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.util import find_spec

import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fakes.mailroom import WEAK_RECEIPT
from sarabanwatch.edge.dkim import DkimVerifier, Unverified, resolver, verifier

with_dkimpy = pytest.mark.skipif(find_spec("dkim") is None,
                                 reason="dkimpy is not installed: pip install sarabanwatch[dkim]")
SELECTOR = "sel"


@cache
def key() -> tuple[bytes, str]:
    """Return a private key (PEM) and the record that publishes it."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    public = made.public_key().public_bytes(serialization.Encoding.DER,
                                            serialization.PublicFormat.SubjectPublicKeyInfo)
    pem = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption())
    return pem, "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()


def signed(raw: bytes, domain: str = "one.go.th", **more: object) -> bytes:
    import dkim

    seal = dkim.sign(raw, SELECTOR.encode(), domain.encode(), key()[0],
                     canonicalize=(b"relaxed", b"relaxed"), **more)
    return bytes(seal) + raw


class Names(asyncio.DatagramProtocol):
    """Answers TXT questions from a table; a name that is not in it does not exist.

    None in the table: SERVFAIL.
    """

    def __init__(self, table: dict[str, str | None]) -> None:
        self.table, self.asked = table, []

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        name = question.question[0].name.to_text()
        self.asked.append(name)
        answer = dns.message.make_response(question)
        text = self.table.get(name.rstrip("."), "")
        if text:
            parts = " ".join(f'"{text[at:at + 200]}"' for at in range(0, len(text), 200))
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", parts))
        else:
            answer.set_rcode(dns.rcode.SERVFAIL if text is None else dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def serving(table: dict[str, str | None]) -> AsyncIterator[tuple[DkimVerifier, Names]]:
    transport, names = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Names(table), local_addr=("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    try:
        yield DkimVerifier(resolver([f"{host}:{port}"]), seconds=2), names
    finally:
        transport.close()


def published(*domains: str) -> dict[str, str | None]:
    return {f"{SELECTOR}._domainkey.{domain}": key()[1] for domain in domains}


@with_dkimpy
async def test_a_signature_that_holds_names_its_domain() -> None:
    async with serving(published("one.go.th")) as (dkim, _):
        assert await dkim.verified(signed(WEAK_RECEIPT)) == ("one.go.th",)
        assert await dkim.verified(signed(WEAK_RECEIPT).replace(b"\r\n", b"\n")) == ("one.go.th",)


@with_dkimpy
async def test_each_signature_that_holds_is_named_once() -> None:
    async with serving(published("one.go.th", "relay.test")) as (dkim, _):
        raw = signed(signed(signed(WEAK_RECEIPT), "nokey.test"), "relay.test")
        assert await dkim.verified(raw) == ("relay.test", "one.go.th")


@with_dkimpy
@pytest.mark.parametrize("spoil", [
    lambda raw: raw.replace(b"77/2569", b"78/2569"),
    lambda raw: raw.replace(b"From: saraban@one", b"From: director@one"),
    lambda raw: b"From: other@one.go.th\r\n" + raw,
    lambda raw: raw.replace(b"d=one.go.th", b"d=two.go.th"),
])
async def test_a_mail_that_was_changed_is_not_verified(spoil) -> None:
    async with serving(published("one.go.th", "two.go.th")) as (dkim, _):
        raw = signed(WEAK_RECEIPT)
        assert spoil(raw) != raw
        assert await dkim.verified(spoil(raw)) == ()


@with_dkimpy
async def test_a_signature_of_the_beginning_only_is_not_believed() -> None:
    async with serving(published("one.go.th")) as (dkim, _):
        raw = signed(WEAK_RECEIPT, length=True)
        assert await dkim.verified(raw) == ()
        assert await dkim.verified(raw + b"and so on\r\n") == ()


@with_dkimpy
@pytest.mark.parametrize("record", [None, "", "v=DKIM1; p=", "v=DKIM1; p=####", "not a key",
                                    "v=DKIM1; k=rsa; p=AAAA"])
async def test_a_key_that_cannot_be_had_is_not_known_and_no_failure(record: str | None) -> None:
    async with serving({f"{SELECTOR}._domainkey.one.go.th": record}) as (dkim, _):
        assert await dkim.verified(signed(WEAK_RECEIPT)) == ()


@with_dkimpy
async def test_a_name_server_that_is_silent_is_not_known() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        host, port = silent.getsockname()
        assert await DkimVerifier(resolver([f"{host}:{port}"]),
                                  seconds=0.3).verified(signed(WEAK_RECEIPT)) == ()


async def test_mail_without_a_signature_asks_nobody() -> None:
    async with serving({}) as (dkim, names):
        assert await dkim.verified(WEAK_RECEIPT) == ()
        assert await dkim.verified(b"X: y\r\n\r\nDKIM-Signature: v=1\r\n") == ()
        assert names.asked == []


SEAL = b"DKIM-Signature: v=1; a=rsa-sha256; d=one.go.th; s=sel; h=from; bh=AAAA; b=AAAA\r\n"


@with_dkimpy
@pytest.mark.parametrize("raw", [
    b"DKIM-Signature: \xff\x00\r\n\r\n", b"DKIM-Signature:", b"\r\n\r\nDKIM-Signature: v=1\r\n",
    b"DKIM-Signature: v=1; a=rsa-sha256; d=; s=; h=; bh=; b=\r\nFrom: a@b.test\r\n\r\n",
    SEAL * 50 + b"\r\n", SEAL,
    SEAL.replace(b"one.go.th", b"x" * 300) + b"\r\n",
    SEAL.replace(b"one.go.th", "หนึ่ง.ไทย".encode()) + b"\r\n",
    b" folded\r\n" + SEAL + b"\r\n",
])
async def test_no_octets_make_it_raise_nor_say_that_a_signature_holds(raw: bytes) -> None:
    async with serving(published("one.go.th")) as (dkim, names):
        assert await dkim.verified(raw) == ()
        assert len(names.asked) <= 4


@pytest.mark.parametrize("raw", [
    SEAL + b"From: a@b.test\r\n\r\n" + b" " * (3 << 20),
    SEAL + b"X: " + b"\r\n " * 20_000 + b"\r\n\r\nx",
    SEAL + b"X: y\r\n" * 20_000 + b"\r\n", SEAL + b"\r\n" + b"x" * (5 << 20)])
async def test_what_would_take_long_is_not_tried(raw: bytes) -> None:
    async with serving({}) as (dkim, names):
        assert await dkim.verified(raw) == ()
        assert names.asked == []


async def test_without_dkimpy_nothing_is_verified() -> None:
    assert await Unverified().verified(SEAL) == ()
    assert isinstance(verifier([]), Unverified if find_spec("dkim") is None else DkimVerifier)


@pytest.mark.parametrize(("server", "endpoint"),
                         [("127.0.0.1:5353", ("127.0.0.1", 5353)), ("[::1]:53", ("::1", 53))])
def test_a_resolver_is_an_address_and_a_port(server: str, endpoint: tuple[str, int]) -> None:
    (asked,) = resolver([server]).nameservers
    assert (asked.address, asked.port) == endpoint


@pytest.mark.parametrize("server",
                         ["resolver.test:53", "127.0.0.1", "127.0.0.1:", ":53", "127.0.0.1:dns"])
def test_what_is_no_address_and_port_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        resolver([server])
