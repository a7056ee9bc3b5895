"""Who may fetch the metrics: a web configuration file as Prometheus' exporters have it."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import bcrypt
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from prometheus_client import CollectorRegistry

from sarabanwatch.edge import web, web_access
from sarabanwatch.edge.journal.agencies import EveryAgency
from sarabanwatch.edge.metrics_endpoint import RegisterPage, app
from sarabanwatch.edge.web import At, listen, serve
from sarabanwatch.edge.web_access import WebAccess, guarded, read

CA = trustme.CA()
CERTIFICATE = CA.issue_cert("127.0.0.1")
TLS = "tls_server_config:\n  cert_file: our.crt\n  key_file: our.key\n"
HASH = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
USERS = f"basic_auth_users:\n  prometheus: {HASH}\n"
RIGHT, WRONG = (f"Authorization: Basic {b64encode(each).decode()}"
                for each in (b"prometheus:right", b"prometheus:wrong"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a certificate, its key, and whose certificates we may ask for."""
    CERTIFICATE.private_key_pem.write_to_path(tmp_path / "our.key")
    CERTIFICATE.cert_chain_pems[0].write_to_path(tmp_path / "our.crt")
    CA.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path


def written(folder: Path, text: str) -> WebAccess:
    (folder / "web.yml").write_text(text, encoding="utf-8")
    return read(folder / "web.yml", lambda _name: None)


async def none() -> EveryAgency:
    return EveryAgency([], {})


@asynccontextmanager
async def serving(*access: WebAccess) -> AsyncIterator[int]:
    """Serve metrics with an access, or with several, the next one for each request."""
    turns = list(access)

    def now() -> WebAccess:
        return turns.pop(0) if len(turns) > 1 else turns[0]

    with listen("127.0.0.1", 0, "metrics") as listening:
        metrics = app(CollectorRegistry, RegisterPage(none))
        door = asyncio.create_task(serve(guarded(metrics, now), listening,
                                         tls=lambda: turns[0].tls))
        yield listening.getsockname()[1]
        door.cancel()
        await asyncio.gather(door, return_exceptions=True)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


async def ask(port: int, *headers: str, tls: ssl.SSLContext | None = None) -> bytes:
    """Return the answer to GET /metrics; b"" where the connection is closed."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        writer.write("\r\n".join(("GET /metrics HTTP/1.1", "Host: x", "Connection: close",
                                  *headers, "", "")).encode())
        try:
            return await reader.read()
        finally:
            writer.close()
    return b""


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """Count the comparisons by bcrypt."""
    compared: list[bytes] = []

    def checkpw(password: bytes, hashed: bytes) -> bool:
        compared.append(hashed)
        return bcrypt.hashpw(password, hashed) == hashed

    with monkeypatch.context() as patched:
        patched.setattr(web_access.bcrypt, "checkpw", checkpw)
        yield compared


async def test_over_tls_the_right_password_is_answered_and_a_wrong_one_or_none_is_not(
    folder: Path,
) -> None:
    async with serving(written(folder, TLS + USERS)) as port:
        assert (await ask(port, RIGHT, tls=trusting())).startswith(b"HTTP/1.1 200")
        for said in ([WRONG], [], ["Authorization: Basic !"], ["Authorization: Bearer right"]):
            answer = await ask(port, *said, tls=trusting())
            assert answer.startswith(b"HTTP/1.1 401")
            assert b"www-authenticate: Basic" in answer


async def test_a_password_that_was_right_is_known_again_and_a_name_that_nobody_has_takes_as_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    access = written(folder, USERS)
    with counted(monkeypatch) as compared:
        for name in (b"prometheus:right", b"prometheus:right", b"prometheus:wrong", b"who:right",
                     b"who:"):
            await access.admits(f"Basic {b64encode(name).decode()}")
    assert compared == [HASH.encode(), HASH.encode(), web_access.NOBODY, web_access.NOBODY]
    assert not await access.admits(f"Basic {b64encode(b'who:').decode()}")


async def test_whoever_says_nothing_does_not_keep_the_next_one_from_agreeing_on_tls(
    folder: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(At.HEAD, "_value_", 3600.0)
    monkeypatch.setattr(web, "VISITS", 10)
    async with serving(written(folder, TLS)) as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        assert (await ask(port, tls=trusting())).startswith(b"HTTP/1.1 200")
        for _, writer in silent:
            writer.close()


async def test_where_there_is_tls_nobody_is_answered_in_clear(folder: Path) -> None:
    async with serving(written(folder, TLS)) as port:
        assert await ask(port) == b""


async def test_a_certificate_is_asked_for_where_the_file_says_so(folder: Path) -> None:
    asks = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
    with_one = trusting()
    CERTIFICATE.configure_cert(with_one)
    async with serving(written(folder, TLS + asks)) as port:
        assert (await ask(port, tls=with_one)).startswith(b"HTTP/1.1 200")
        assert await ask(port, tls=trusting()) == b""


async def test_only_the_versions_that_the_file_names_are_spoken(folder: Path) -> None:
    old = trusting()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    async with serving(written(folder, TLS + "  min_version: TLS13\n")) as port:
        assert await ask(port, tls=old) == b""
        assert (await ask(port, tls=trusting())).startswith(b"HTTP/1.1 200")


async def test_headers_of_the_file_stand_in_every_answer(folder: Path) -> None:
    said = "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
    async with serving(written(folder, USERS + said)) as port:
        for authorization in (RIGHT, WRONG):
            assert b"x-frame-options: deny" in await ask(port, authorization)


async def test_another_access_holds_from_the_next_question_on(folder: Path) -> None:
    async with serving(written(folder, USERS), WebAccess()) as port:
        assert (await ask(port)).startswith(b"HTTP/1.1 401")
        assert (await ask(port)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(("text", "says"), [
    ("", "line 1: the file is no table"),
    ("- a\n", "line 1: the file is no table"),
    ("tls_server_config: [\n", "line 2: not YAML"),
    ("http_server_config: {}\n", "neither TLS nor a password"),
    ("basic_auth_user: {}\n", "line 1: basic_auth_user: not supported here; what is: tls_server"),
    ("basic_auth_users: yes\n", "line 1: basic_auth_users: is a table"),
    ("basic_auth_users:\n  a: [b]\n", "line 2: basic_auth_users.a: is a text"),
    ("basic_auth_users:\n  ann: secret\n", ("line 2: basic_auth_users.ann: not a bcrypt hash; make "
                                           "one with: htpasswd -nBC 10 ann")),
    ("tls_server_config:\n  cert_file: our.crt\n", "key_file: tls_server_config needs it"),
    (TLS.replace("our.key", "gone"), ("line 3: tls_server_config.key_file: {0}/gone cannot be used:"
                                     " No such file")),
    (TLS.replace("our.key", "our.crt"), "line 2: tls_server_config.cert_file: {0}/our.crt cannot"),
    (TLS + "  min_version: TLS10\n", ("line 4: tls_server_config.min_version: 'TLS10' is not "
                                     "supported; write TLS12, TLS13")),
    (TLS + "  cipher_suites: [A]\n", "line 4: tls_server_config.cipher_suites: not supported"),
    (TLS + "  client_auth_type: RequireAnyClientCert\n", "line 4: tls_server_config.client_auth"),
    (TLS + "  client_auth_type: VerifyClientCertIfGiven\n", ("line 4: tls_server_config.client_auth"
                                                            "_type: client_ca_file and")),
    (TLS + "  client_ca_file: ca.pem\n", "line 4: tls_server_config.client_ca_file: client_ca"),
    (TLS + "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: our.key\n",
     "line 5: tls_server_config.client_ca_file: {0}/our.key cannot be used"),
])
def test_a_file_that_cannot_be_used_is_refused_by_line_key_and_remedy(
    folder: Path, text: str, says: str,
) -> None:
    with pytest.raises(ValueError, match=r"web\.yml: ") as refused:
        written(folder, text)
    assert says.format(folder) in str(refused.value)
    assert "secret" not in str(refused.value)


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password(folder: Path) -> None:
    key = load_pem_private_key(CERTIFICATE.private_key_pem.bytes(), None)
    (folder / "our.key").write_bytes(key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    with pytest.raises(ValueError, match="the key is encrypted; name one that is not"):
        written(folder, TLS)
