"""The line to our relay under TLS and with a log-in, against aiosmtpd on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from fakes.post import Password
from sarabanwatch.core.errors import Barred
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.edge.smtp import RelayLine, Relays, RelayServer
from sarabanwatch.edge.smtp.relay_server import Troubled

OUT = Outgoing("probes+sw1@probe.test", "saraban+x@one.go.test", "sw1",
               b"Subject: x\r\n\r\n.one\r\n..two\r\n")
TAKEN = Answer(Stage.DOT, 250, "2.0.0", "taken")


class Postbox:
    """Takes every letter."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session,  # noqa: ARG002, N802 - aiosmtpd's
                          envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        under_tls = server.transport.get_extra_info("ssl_object") is not None
        self.taken.append((envelope.mail_from or "", envelope.rcpt_tos, content, under_tls))
        return "250 2.0.0 taken"


def allow(server: SMTP, session: Session, envelope: Envelope, mechanism: str,
          data: object) -> AuthResult:
    return AuthResult(success=getattr(data, "password", b"") == b"secret", handled=False)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """A certificate authority that this process trusts."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return ca


def shown(ca: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(name).configure_cert(context)
    return context


@asynccontextmanager
async def relay(
    box: Postbox, tls: str, context: ssl.SSLContext | None = None, password: str = "",
    auth: str = "auto",
) -> AsyncIterator[RelayLine]:
    def visited() -> SMTP:
        return SMTP(box, hostname="relay.test", tls_context=context if tls == "starttls" else None,
                    require_starttls=tls == "starttls", authenticator=allow, auth_require_tls=False)

    implicit = context if tls == "implicit" else None
    server = await asyncio.get_running_loop().create_server(visited, "127.0.0.1", 0, ssl=implicit)
    port = server.sockets[0].getsockname()[1]
    line = RelayLine(Relays([
        RelayServer("127.0.0.1", port, tls, "watch" if password else "", Password(password),
                    "watch.test", 30, auth)]))
    try:
        yield line
    finally:
        await line.close()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_letter_goes_out_under_tls_with_the_log_in_asked_for(tls: str,
                                                                     authority: trustme.CA) -> None:
    box = Postbox()
    async with relay(box, tls, shown(authority, "127.0.0.1"), "secret") as line:
        await line.ready()
        assert await line.send(OUT) == TAKEN
    assert box.taken == [(OUT.sender, [OUT.to], OUT.raw, True)]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(("name", "why"),
                         [("relay.test", "IP address mismatch"), ("", "self-signed|unable to get")])
async def test_a_certificate_that_does_not_hold_is_told_and_no_bar(tls: str, name: str, why: str,
                                                                   authority: trustme.CA) -> None:
    ca = authority if name else trustme.CA()
    async with relay(Postbox(), tls, shown(ca, name or "127.0.0.1")) as line:
        with pytest.raises(
            Troubled,
            match=f"certificate that cannot be verified: .*({why}).*; mend it, or name the host",
        ):
            await line.connect()


async def test_a_log_in_refused_bars_us_and_never_tells_the_password() -> None:
    async with relay(Postbox(), "none", password="wrong") as line:
        with pytest.raises(
            Barred,
            match=r"refuses the log-in of 'watch': .*; see relay\.user and relay\.password_file",
        ) as barred:
            await line.ready()
    assert "wrong" not in str(barred.value)
