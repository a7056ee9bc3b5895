"""Letters straight to mail hosts on loopback: their way by a resolver, their answers, their encryption good and bad."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, Envelope, Session

from fakes.names import Names, Zone, resolving
from fakes.wire import Scene, playing, smtp
from sarabanwatch.core import certificate
from sarabanwatch.core.evidence import Reason
from sarabanwatch.core.probe import Event
from sarabanwatch.core.reply import Answer, Stage, event, read
from sarabanwatch.core.route import Route
from sarabanwatch.core.tls import Finding, judge
from sarabanwatch.edge.dns import Resolver, Witness
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import Atlas, Contexts, Direct, DirectLine, Policies
from sarabanwatch.ports import Outgoing

NOW = datetime.now(UTC)
RAW = b"Subject: x\r\n\r\nx\r\n"
OUT = Outgoing("probes+sw1@probe.test", "saraban@one.go.test", "sw1", RAW)
ONE: Zone = {("one.go.test", "MX"): ["10 mx.one.go.test."], ("mx.one.go.test", "A"): ["127.0.0.1"]}
TLSA_AT = "_25._tcp.mx.one.go.test"
SIGNED = frozenset({"one.go.test", "mx.one.go.test", TLSA_AT})


class Even:
    """Chance that always falls in the middle."""

    def draw(self) -> float:
        return 0.5


@asynccontextmanager
async def line(
    zone: Zone, port: int, *, policy_port: int = 1, live: bool = False, resolvers: int = 2, fresh: float = 300, **how: object,
) -> AsyncIterator[DirectLine]:
    """Yield a direct line that asks a resolver of this zone."""
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(resolving(Names(zone, **how)))     # type: ignore[arg-type]
        witnesses = [Witness(Resolver("127.0.0.1", names.port, 5, per_second=1e6)) for _ in range(resolvers)]
        atlas, contexts = Atlas(witnesses, fresh), Contexts()
        policies = Policies(witnesses[0].addresses, HttpsWeb(), policy_port)
        made = DirectLine(Direct(atlas, policies, Even(), helo="watch.test", port=port, live=live, contexts=contexts))
        stack.callback(atlas.close)
        stack.push_async_callback(made.close)
        yield made


async def sent(scene: Scene, zone: Zone = ONE, to: str = OUT.to, **how: object) -> Answer:
    async with playing(scene) as port, line(zone, port, **how) as direct:     # type: ignore[arg-type]
        await direct.ready()
        return await direct.send(Outgoing(OUT.sender, to, OUT.envid, RAW))


# --- the way ---------------------------------------------------------------------------------------------------------


async def test_a_letter_reaches_the_host_that_the_mx_names_and_the_answer_is_the_hosts_own() -> None:
    heard: list[bytes] = []
    answer = await sent(smtp(heard))
    assert answer == Answer(Stage.DOT, 250, "2.0.0", "taken", Route.DIRECT)
    assert answer.by == "mx.one.go.test"
    assert heard[1:3] == [b"MAIL FROM:<probes+sw1@probe.test>\r\n", b"RCPT TO:<saraban@one.go.test>\r\n"]


async def test_without_an_mx_the_domain_itself_is_the_host() -> None:
    answer = await sent(smtp([]), {("one.go.test", "A"): ["127.0.0.1"]})
    assert (answer.code, answer.by) == (250, "one.go.test")


async def test_the_preferred_host_is_tried_first_and_one_that_does_not_answer_is_left_for_the_next() -> None:
    zone = {("one.go.test", "MX"): ["20 mx.one.go.test.", "10 down.one.go.test."], ("mx.one.go.test", "A"): ["127.0.0.1"],
            ("down.one.go.test", "A"): ["127.0.0.99"]}
    assert (await sent(smtp([]), zone)).by == "mx.one.go.test"


@pytest.mark.parametrize("banner", [b"421 4.3.2 busy", b"554 5.7.1 not you", None])
async def test_a_host_that_is_not_ready_for_us_is_left_for_the_next(banner: bytes | None) -> None:
    visits = 0

    async def first_refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal visits
        visits += 1
        await smtp([], **({"BANNER": banner} if visits == 1 else {}))(reader, writer)

    zone = {("one.go.test", "MX"): ["10 a.one.go.test.", "20 b.one.go.test."], ("a.one.go.test", "A"): ["127.0.0.1"],
            ("b.one.go.test", "A"): ["127.0.0.1"]}
    assert (await sent(first_refuses, zone)).by == "b.one.go.test"


async def test_where_no_host_answers_the_letter_waits() -> None:
    zone = ONE | {("mx.one.go.test", "A"): ["127.0.0.98", "127.0.0.99"]}
    answer = await sent(smtp([]), zone)
    assert event(answer) is Event.LATER
    assert answer.said.startswith("mx.one.go.test[127.0.0.9")


async def test_ipv6_and_ipv4_are_both_ways_to_a_host() -> None:
    answer = await sent(smtp([]), ONE | {("mx.one.go.test", "AAAA"): ["::1"]})     # nobody listens at ::1
    assert answer.code == 250


async def test_a_host_that_knows_no_ehlo_gets_a_helo() -> None:
    heard: list[bytes] = []
    assert (await sent(smtp(heard, EHLO=b"502 what?", HELO=b"250 hello"))).code == 250
    assert heard[1] == b"HELO watch.test\r\n"


@pytest.mark.parametrize(("zone", "reason"), [
    ({("one.go.test", "MX"): ["0 ."]}, Reason.NO_MAIL), ({}, Reason.NO_DOMAIN), ({("one.go.test", "TXT"): ["x"]}, Reason.NO_DOMAIN),
    ({("one.go.test", "MX"): ["10 gone.one.go.test."]}, Reason.NO_DOMAIN)])
async def test_a_domain_that_surely_takes_no_mail_is_a_refusal_and_nobody_is_connected_to(zone: Zone, reason: Reason) -> None:
    heard: list[bytes] = []
    happened, fact = read(await sent(smtp(heard), zone), NOW)
    assert (happened, fact and fact.reason, fact and fact.reporter) == (Event.REFUSAL, reason, "DNS")
    assert heard == []


async def test_what_a_lone_resolver_says_is_missing_is_not_believed_at_once() -> None:
    answer = await sent(smtp([]), {}, resolvers=1)
    assert (event(answer), answer.said) == (Event.LATER, "where the domain's mail goes is not known yet")


async def test_a_lone_resolver_is_believed_when_it_was_asked_anew_and_says_so_again() -> None:
    async with line({}, 1, resolvers=1) as direct:
        assert [(await direct.send(OUT)).code for _ in range(3)] == [0] * 3      # one answer, kept, is one word
    async with line({}, 1, resolvers=1, fresh=0.0) as direct:
        assert [(await direct.send(OUT)).code for _ in range(2)] == [0, 550]


@pytest.mark.parametrize("mood", ["SERVFAIL", "REFUSED"])
async def test_where_the_resolver_fails_nothing_is_known_and_the_letter_waits(mood: str) -> None:
    assert event(await sent(smtp([]), moods={"one.go.test": mood})) is Event.LATER


async def test_in_an_exercise_nobody_beyond_loopback_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    loop = asyncio.get_running_loop()
    connect = loop.create_connection

    async def watched(*args: object, **kwargs: object) -> object:
        called.append((kwargs.get("host"), args[1:2]))
        return await connect(*args, **kwargs)     # type: ignore[arg-type]

    monkeypatch.setattr(loop, "create_connection", watched)
    zone = ONE | {("mx.one.go.test", "A"): ["192.0.2.1"], ("mx.one.go.test", "AAAA"): ["2001:db8::1"],
                  ("_mta-sts.one.go.test", "TXT"): ['"v=STSv1; id=1"'], ("mta-sts.one.go.test", "A"): ["192.0.2.2"]}
    async with line(zone, 25) as direct:
        answer = await direct.send(OUT)
    assert (event(answer), answer.said) == (Event.LATER, "no mail host has an address that we may connect to")
    assert called == []


# --- the answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "reply", "reason"), [
    ("RCPT", b"550 5.1.1 no such user", Reason.NO_MAILBOX), ("RCPT", b"550 user unknown", Reason.NO_MAILBOX),
    ("DOT", b"552 5.2.2 mailbox full", Reason.FULL), ("DOT", b"550 5.7.1 blocked using a blocklist", Reason.SENDER),
    ("DATA", b"550 5.1.1 no such user", Reason.NO_MAILBOX), ("MAIL", b"550 5.7.1 sender rejected", Reason.SENDER),
    ("BANNER", b"521 we do not accept mail", Reason.NO_MAIL)])
async def test_what_the_agencys_own_host_refuses_is_read_from_its_words_at_every_stage(
    verb: str, reply: bytes, reason: Reason,
) -> None:
    happened, fact = read(await sent(smtp([], **{verb: reply})), NOW)
    assert (happened, fact and fact.reason, fact and fact.reporter) == (Event.REFUSAL, reason, "mx.one.go.test")


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


# --- encryption ------------------------------------------------------------------------------------------------------


class Postbox:
    """Takes every letter, and notes whether it came encrypted."""

    def __init__(self) -> None:
        self.under_tls: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's
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


def good(ca: trustme.CA, name: str = "mx.one.go.test", ends: datetime | None = None) -> ssl.SSLContext:
    return showing(ca.issue_cert(name, not_after=ends))


CASES = ["good", "wrong name", "expired", "soon", "untrusted", "none"]
FOUND = {"good": [], "wrong name": [Finding.WRONG_NAME], "expired": [Finding.EXPIRED], "soon": [Finding.SOON],
         "untrusted": [Finding.UNTRUSTED], "none": [Finding.NO_TLS]}


def dressed(ca: trustme.CA, case: str) -> ssl.SSLContext | None:
    return {
        "good": lambda: good(ca), "wrong name": lambda: good(ca, "mx.two.go.test"),
        "expired": lambda: good(ca, ends=NOW - timedelta(days=1)), "soon": lambda: good(ca, ends=NOW + timedelta(days=9)),
        "untrusted": lambda: good(trustme.CA()), "none": lambda: None,
    }[case]()


@pytest.mark.parametrize("case", CASES)
async def test_whatever_its_encryption_a_host_that_was_asked_for_none_gets_the_letter_and_is_told_what_to_mend(
    case: str, authority: trustme.CA,
) -> None:
    async with host(dressed(authority, case)) as (port, box), line(ONE, port) as direct:
        answers = [await direct.send(OUT) for _ in range(2)]
    assert [answer.code for answer in answers] == [250, 250]
    assert box.under_tls == [case != "none"] * 2
    seen = answers[0].tls
    assert seen is not None
    assert [rule.finding for rule in judge(seen, NOW)] == FOUND[case]
    assert seen.version in (("TLSv1.3",) if case != "none" else ("",))
    assert answers[1].tls is None        # told once a connection


async def test_a_host_whose_encryption_never_comes_about_gets_the_letter_in_clear(authority: trustme.CA) -> None:
    broken = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)           # has no certificate at all
    async with host(broken) as (port, box), line(ONE, port) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, box.under_tls) == (250, [False])
    assert answer.tls is not None
    assert [rule.finding for rule in judge(answer.tls, NOW)] == [Finding.BROKEN]


# --- MTA-STS ---------------------------------------------------------------------------------------------------------


def policy(mode: str = "enforce", mx: str = "mx.one.go.test", age: int = 86400) -> bytes:
    return f"version: STSv1\r\nmode: {mode}\r\nmx: {mx}\r\nmax_age: {age}\r\n".encode()


@asynccontextmanager
async def publishing(
    ca: trustme.CA, text: bytes, name: str = "mta-sts.one.go.test", status: bytes = b"200 OK", asked: list[bytes] | None = None,
) -> AsyncIterator[int]:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(request)
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: text/plain\r\nLocation: https://one.go.test/\r\n"
                     b"Content-Length: %d\r\n\r\n" % len(text) + text)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(visit, "127.0.0.1", 0, ssl=good(ca, name))
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


STS = ONE | {("_mta-sts.one.go.test", "TXT"): ['"v=STSv1; id=20260101"'], ("mta-sts.one.go.test", "A"): ["127.0.0.1"]}


@pytest.mark.parametrize("mode", ["enforce", "testing", "none"])
@pytest.mark.parametrize("case", CASES)
async def test_only_an_enforced_policy_keeps_a_letter_from_a_host_whose_certificate_does_not_hold(
    case: str, mode: str, authority: trustme.CA,
) -> None:
    async with publishing(authority, policy(mode)) as at, host(dressed(authority, case)) as (port, box), line(
            STS, port, policy_port=at) as direct:
        answer = await direct.send(OUT)
    if mode == "enforce" and case not in ("good", "soon"):
        assert (event(answer), answer.code, box.under_tls) == (Event.LATER, 0, [])
        assert answer.said.startswith("MTA-STS: ")
        assert answer.tls is not None
        assert Finding.POLICY in [rule.finding for rule in judge(answer.tls, NOW)]
    else:
        assert answer.code == 250


async def test_a_host_that_an_enforced_policy_does_not_name_is_not_used(authority: trustme.CA) -> None:
    async with publishing(authority, policy(mx="*.two.go.test")) as at, host(good(authority)) as (port, box), line(
            STS, port, policy_port=at) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, answer.said, box.under_tls) == (0, "MTA-STS: the policy does not name mx.one.go.test", [])


@pytest.mark.parametrize(("text", "name", "status"), [
    (policy(), "mta-sts.two.go.test", b"200 OK"), (policy(), "mta-sts.one.go.test", b"301 Moved"),
    (policy(), "mta-sts.one.go.test", b"404 Not Found"), (b"version: STSv1", "mta-sts.one.go.test", b"200 OK"),
    (policy() + b" " * 70_000, "mta-sts.one.go.test", b"200 OK"), (b"\xff", "mta-sts.one.go.test", b"200 OK")])
async def test_a_policy_that_cannot_be_had_binds_nobody(text: bytes, name: str, status: bytes, authority: trustme.CA) -> None:
    async with publishing(authority, text, name, status) as at, host(None) as (port, _), line(STS, port, policy_port=at) as direct:
        assert (await direct.send(OUT)).code == 250


async def test_a_policy_is_fetched_once_while_it_holds(authority: trustme.CA) -> None:
    asked: list[bytes] = []
    async with publishing(authority, policy(), asked=asked) as at, host(good(authority)) as (port, _), line(
            STS, port, policy_port=at) as direct:
        for _ in range(3):
            assert (await direct.send(OUT)).code == 250
    assert len(asked) == 1
    assert asked[0].startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\n")


# --- DANE ------------------------------------------------------------------------------------------------------------


def chain(leaf: trustme.LeafCert, *cas: trustme.CA) -> Sequence[certificate.Certificate]:
    pems = [*(pem.bytes() for pem in leaf.cert_chain_pems), *(ca.cert_pem.bytes() for ca in cas)]
    return [certificate.read(ssl.PEM_cert_to_DER_cert(pem.decode())) for pem in pems]


def presenting(leaf: trustme.LeafCert, ca: trustme.CA, tmp_path: Path) -> ssl.SSLContext:
    """Show the authority's certificate behind the host's own, as DANE-TA wants it (RFC 7672 section 3.1.2)."""
    whole = tmp_path / "chain.pem"
    whole.write_bytes(leaf.private_key_pem.bytes() + b"".join(p.bytes() for p in leaf.cert_chain_pems) + ca.cert_pem.bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(whole)
    return context


def tlsa(*records: str) -> Zone:
    return ONE | {(TLSA_AT, "TLSA"): list(records)}


async def test_a_certificate_promised_by_its_key_is_taken_whoever_vouches_for_it_and_whatever_its_name(tmp_path: Path) -> None:
    ca = trustme.CA()
    leaf = ca.issue_cert("mx.two.go.test", not_after=NOW - timedelta(days=1))
    key = sha256(chain(leaf)[0].key).hexdigest()
    async with host(presenting(leaf, ca, tmp_path)) as (port, box), line(tlsa(f"3 1 1 {key}"), port, signed=SIGNED) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, box.under_tls) == (250, [True])
    assert answer.tls is not None
    assert judge(answer.tls, NOW) == ()


@pytest.mark.parametrize("signed", [True, False])
async def test_a_certificate_that_is_not_the_promised_one_keeps_the_letter_back_where_the_promise_is_vouched_for(
    signed: bool, authority: trustme.CA,  # noqa: FBT001 - a case
) -> None:
    zone = tlsa("3 1 1 " + "00" * 32)
    async with host(good(authority)) as (port, box), line(zone, port, signed=SIGNED if signed else frozenset()) as direct:
        answer = await direct.send(OUT)
    assert (answer.code, box.under_tls) == ((0, []) if signed else (250, [True]))
    assert answer.said.startswith("DANE: no certificate") is signed


async def test_a_host_under_dane_that_offers_no_encryption_is_not_used() -> None:
    async with host(None) as (port, _), line(tlsa("3 1 1 " + "00" * 32), port, signed=SIGNED) as direct:
        answer = await direct.send(OUT)
    assert answer.said == "DANE: mx.one.go.test offers no STARTTLS"


@pytest.mark.parametrize(("name", "code"), [("mx.one.go.test", 250), ("mx.two.go.test", 0)])
async def test_a_certificate_signed_by_a_promised_authority_is_taken_if_it_is_for_the_host(
    name: str, code: int, tmp_path: Path,
) -> None:
    ca = trustme.CA()
    leaf = ca.issue_cert(name)
    given = sha256(chain(leaf, ca)[-1].der).hexdigest()
    async with host(presenting(leaf, ca, tmp_path)) as (port, _), line(tlsa(f"2 0 1 {given}"), port, signed=SIGNED) as direct:
        assert [(await direct.send(OUT)).code for _ in range(2)] == [code] * 2


async def test_a_promised_authority_that_is_merely_shown_but_signed_nothing_is_no_proof(tmp_path: Path) -> None:
    ca, stranger = trustme.CA(), trustme.CA()
    leaf = stranger.issue_cert("mx.one.go.test")
    given = sha256(chain(leaf, ca)[-1].der).hexdigest()
    async with host(presenting(leaf, ca, tmp_path)) as (port, box), line(tlsa(f"2 0 1 {given}"), port, signed=SIGNED) as direct:
        answers = [await direct.send(OUT) for _ in range(2)]
    assert [(answer.code, answer.said[:5]) for answer in answers] == [(0, "DANE:")] * 2
    assert box.under_tls == []


async def test_promises_that_no_mail_system_can_use_ask_for_encryption_of_any_kind() -> None:
    zone = tlsa("1 1 1 " + "00" * 32)
    async with host(good(trustme.CA())) as (port, box), line(zone, port, signed=SIGNED) as direct:
        assert (await direct.send(OUT)).code == 250
    async with host(None) as (port, _), line(zone, port, signed=SIGNED) as direct:
        assert (await direct.send(OUT)).said == "TLS: mx.one.go.test offers no STARTTLS"
    assert box.under_tls == [True]


async def test_where_it_cannot_be_learnt_whether_there_is_a_promise_the_host_is_not_used() -> None:
    heard: list[bytes] = []
    answer = await sent(smtp(heard), signed=SIGNED, moods={TLSA_AT: "SERVFAIL"})
    assert (event(answer), heard) == (Event.LATER, [])
    assert answer.said.startswith("DANE: whether mx.one.go.test has TLSA records")
