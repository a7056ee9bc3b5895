"""Direct letters and encryption: good and bad TLS, MTA-STS and DANE, on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, Envelope, Session

from fakes.direct import NOW, ONE, OUT, line, sent
from fakes.names import Zone
from fakes.wire import smtp
from sarabanwatch.core.sending import certificate
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import event
from sarabanwatch.core.sending.tls import TlsFinding, rules_for

TLSA_AT = "_25._tcp.mx.one.go.test"
SIGNED = frozenset({"one.go.test", "mx.one.go.test", TLSA_AT})


# --- encryption -----------------------------------------------------------------------------------


class Postbox:
    """Takes every letter, and notes whether it came encrypted."""

    def __init__(self) -> None:
        self.under_tls: list[bool] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope,  # noqa: ARG002
    ) -> str:
        self.under_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 2.0.0 taken"


@asynccontextmanager
async def host(context: ssl.SSLContext | None) -> AsyncIterator[tuple[int, Postbox]]:
    """Yield the port of a mail host that shows this certificate, or offers no encryption."""
    box = Postbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="mx.one.go.test", tls_context=context), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], box
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return ca


def showing(cert: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    cert.configure_cert(context)
    return context


def good(ca: trustme.CA, name: str = "mx.one.go.test",
         ends: datetime | None = None) -> ssl.SSLContext:
    return showing(ca.issue_cert(name, not_after=ends))


CASES = ["good", "wrong name", "expired", "soon", "untrusted", "none"]
FOUND = {"good": [], "wrong name": [TlsFinding.WRONG_NAME], "expired": [TlsFinding.EXPIRED],
         "soon": [TlsFinding.SOON],
         "untrusted": [TlsFinding.UNTRUSTED], "none": [TlsFinding.NO_TLS]}


def dressed(ca: trustme.CA, case: str) -> ssl.SSLContext | None:
    return {
        "good": lambda: good(ca), "wrong name": lambda: good(ca, "mx.two.go.test"),
        "expired": lambda: good(ca, ends=NOW - timedelta(days=1)),
        "soon": lambda: good(ca, ends=NOW + timedelta(days=9)),
        "untrusted": lambda: good(trustme.CA()), "none": lambda: None,
    }[case]()


@pytest.mark.parametrize("case", CASES)
async def test_whatever_its_encryption_a_host_asked_for_none_gets_the_letter_and_is_told_of_it(
    case: str, authority: trustme.CA,
) -> None:
    async with host(dressed(authority, case)) as (port, box), line(ONE, port) as direct:
        answers = [await direct.send(OUT) for _ in range(2)]
    assert [answer.code for answer in answers] == [250, 250]
    assert box.under_tls == [case != "none"] * 2
    seen = answers[0].tls
    assert seen is not None
    assert [rule.finding for rule in rules_for(seen, NOW)] == FOUND[case]
    assert seen.version in (("TLSv1.3",) if case != "none" else ("",))
    assert answers[1].tls is None        # told once a connection


async def test_a_host_whose_encryption_never_comes_about_gets_the_letter_in_clear(
    authority: trustme.CA,
) -> None:
    broken = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)           # has no certificate at all
    async with host(broken) as (port, box), line(ONE, port) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, box.under_tls) == (250, [False])
    assert answer.tls is not None
    assert [rule.finding for rule in rules_for(answer.tls, NOW)] == [TlsFinding.BROKEN]


# --- MTA-STS --------------------------------------------------------------------------------------


def policy(mode: str = "enforce", mx: str = "mx.one.go.test", age: int = 86400) -> bytes:
    return f"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {age}\r\n".encode()


@asynccontextmanager
async def publishing(
    ca: trustme.CA, text: bytes, name: str = "mta-sts.one.go.test", status: bytes = b"200 OK",
    asked: list[bytes] | None = None,
) -> AsyncIterator[int]:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(request)
        writer.write(b"HTTP/1.1 " + status
                     + b"\r\nContent-Type: text/plain\r\nLocation: https://one.go.test/\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(text) + text)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(visit, "127.0.0.1", 0, ssl=good(ca, name))
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


STS = ONE | {("_mta-sts.one.go.test", "TXT"): ['"v=STSv1; id=20260101"'],
             ("mta-sts.one.go.test", "A"): ["127.0.0.1"]}


@pytest.mark.parametrize("mode", ["enforce", "testing", "none"])
@pytest.mark.parametrize("case", CASES)
async def test_only_an_enforced_policy_keeps_a_letter_from_a_host_whose_certificate_does_not_hold(
    case: str, mode: str, authority: trustme.CA,
) -> None:
    async with (
        publishing(authority, policy(mode)) as at, host(dressed(authority, case)) as (port, box),
        line(STS, port, policy_port=at) as direct,
    ):
        answer = await direct.send(OUT)
    if mode == "enforce" and case not in ("good", "soon"):
        assert (event(answer), answer.code, box.under_tls) == (Event.LATER, 0, [])
        assert answer.text.startswith("MTA-STS: ")
        assert answer.tls is not None
        assert TlsFinding.POLICY in [rule.finding for rule in rules_for(answer.tls, NOW)]
    else:
        assert answer.code == 250


async def test_a_host_that_an_enforced_policy_does_not_name_is_not_used(
    authority: trustme.CA,
) -> None:
    async with publishing(authority,
                          policy(mx="*.two.go.test")) as at, host(good(authority)) as (port,
                                                                                       box), line(
            STS, port, policy_port=at) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, answer.text, box.under_tls) == (
        0, "MTA-STS: the policy does not name mx.one.go.test", [],
    )


@pytest.mark.parametrize(("text", "name", "status"), [
    (policy(), "mta-sts.two.go.test", b"200 OK"), (policy(), "mta-sts.one.go.test", b"301 Moved"),
    (policy(), "mta-sts.one.go.test", b"404 Not Found"),
    (b"version: STSv1", "mta-sts.one.go.test", b"200 OK"),
    (policy() + b" " * 70_000, "mta-sts.one.go.test", b"200 OK"),
    (b"\xff", "mta-sts.one.go.test", b"200 OK")])
async def test_a_policy_that_cannot_be_had_binds_nobody(text: bytes, name: str, status: bytes,
                                                        authority: trustme.CA) -> None:
    async with (
        publishing(authority, text, name, status) as at, host(None) as (port, _),
        line(STS, port, policy_port=at) as direct,
    ):
        assert (await direct.send(OUT)).code == 250


async def test_a_policy_is_fetched_once_while_it_holds(authority: trustme.CA) -> None:
    asked: list[bytes] = []
    async with (
        publishing(authority, policy(), asked=asked) as at, host(good(authority)) as (port, _),
        line(STS, port, policy_port=at) as direct,
    ):
        for _ in range(3):
            assert (await direct.send(OUT)).code == 250
    assert len(asked) == 1
    assert asked[0].startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\n")


# --- DANE -----------------------------------------------------------------------------------------


def chain(leaf: trustme.LeafCert, *cas: trustme.CA) -> Sequence[certificate.Certificate]:
    pems = [*(pem.bytes() for pem in leaf.cert_chain_pems), *(ca.cert_pem.bytes() for ca in cas)]
    return [certificate.read(ssl.PEM_cert_to_DER_cert(pem.decode())) for pem in pems]


def presenting(leaf: trustme.LeafCert, ca: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """Show the authority's certificate behind the host's own, for DANE-TA (RFC 7672, 3.1.2)."""
    whole = tmp_path / "chain.pem"
    whole.write_bytes(leaf.private_key_pem.bytes()
                      + b"".join(p.bytes() for p in leaf.cert_chain_pems) + ca.cert_pem.bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(whole)
    return context


def tlsa(*records: str) -> Zone:
    return ONE | {(TLSA_AT, "TLSA"): list(records)}


async def test_a_certificate_promised_by_its_key_is_taken_whatever_its_name_and_authority(
    tmp_path: Path,
) -> None:
    ca = trustme.CA()
    leaf = ca.issue_cert("mx.two.go.test", not_after=NOW - timedelta(days=1))
    key = sha256(chain(leaf)[0].key).hexdigest()
    async with host(presenting(leaf, ca, tmp_path)) as (port, box), line(tlsa(f"3 1 1 {key}"), port,
                                                                         signed=SIGNED) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, box.under_tls) == (250, [True])
    assert answer.tls is not None
    assert rules_for(answer.tls, NOW) == ()


@pytest.mark.parametrize("signed", [True, False])
async def test_another_certificate_than_the_promised_one_keeps_the_letter_back_where_dnssec_holds(
    signed: bool,  # noqa: FBT001 - a case
    authority: trustme.CA,
) -> None:
    zone = tlsa("3 1 1 " + "00" * 32)
    async with host(good(authority)) as (port, box), line(zone, port, signed=SIGNED if signed
                                                          else frozenset()) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, box.under_tls) == ((0, []) if signed else (250, [True]))
    assert answer.text.startswith("DANE: no certificate") is signed


async def test_a_host_under_dane_that_offers_no_encryption_is_not_used() -> None:
    async with host(None) as (port, _), line(tlsa("3 1 1 " + "00" * 32), port,
                                             signed=SIGNED) as direct:
        answer = await direct.send(OUT)
    assert answer.text == "DANE: mx.one.go.test offers no STARTTLS"


@pytest.mark.parametrize(("name", "code"), [("mx.one.go.test", 250), ("mx.two.go.test", 0)])
async def test_a_certificate_signed_by_a_promised_authority_is_taken_if_it_is_for_the_host(
    name: str, code: int, tmp_path: Path,
) -> None:
    ca = trustme.CA()
    leaf = ca.issue_cert(name)
    given = sha256(chain(leaf, ca)[-1].der).hexdigest()
    async with host(presenting(leaf, ca, tmp_path)) as (port, _), line(tlsa(f"2 0 1 {given}"), port,
                                                                       signed=SIGNED) as direct:
        assert [(await direct.send(OUT)).code for _ in range(2)] == [code] * 2


async def test_a_promised_authority_that_is_merely_shown_but_signed_nothing_is_no_proof(
    tmp_path: Path,
) -> None:
    ca, stranger = trustme.CA(), trustme.CA()
    leaf = stranger.issue_cert("mx.one.go.test")
    given = sha256(chain(leaf, ca)[-1].der).hexdigest()
    async with (
        host(presenting(leaf, ca, tmp_path)) as (port, box),
        line(tlsa(f"2 0 1 {given}"), port, signed=SIGNED) as direct,
    ):
        answers = [await direct.send(OUT) for _ in range(2)]
    assert [(answer.code, answer.text[:5]) for answer in answers] == [(0, "DANE:")] * 2
    assert box.under_tls == []


async def test_promises_that_no_mail_system_can_use_ask_for_encryption_of_any_kind() -> None:
    zone = tlsa("1 1 1 " + "00" * 32)
    async with host(good(trustme.CA())) as (port, box), line(zone, port, signed=SIGNED) as direct:
        assert (await direct.send(OUT)).code == 250
    async with host(None) as (port, _), line(zone, port, signed=SIGNED) as direct:
        assert (await direct.send(OUT)).text == "TLS: mx.one.go.test offers no STARTTLS"
    assert box.under_tls == [True]


async def test_where_it_cannot_be_learnt_whether_there_is_a_promise_the_host_is_not_used() -> None:
    heard: list[bytes] = []
    answer = await sent(smtp(heard), signed=SIGNED, moods={TLSA_AT: "SERVFAIL"})
    assert (event(answer), heard) == (Event.LATER, [])
    assert answer.text.startswith("DANE: whether mx.one.go.test has TLSA records")
