"""Who may fetch the metrics: TLS, client certificates, passwords.

The file is the web configuration of Prometheus' exporter-toolkit, so that what a site has for its
exporters serves here too: `tls_server_config` (cert_file, key_file, client_auth_type,
client_ca_file, min_version, max_version), `http_server_config` (headers) and `basic_auth_users`
(name: bcrypt hash). Whatever it says and we cannot do is refused by its line; nothing is silently
weaker than what was asked for.

A password is compared by bcrypt, which is slow on purpose: a name that nobody has is compared with
the hash of nothing, so that the time does not tell which names there are; comparisons run one after
another in a thread; and a password that was right once is known again by its digest, so that a
scrape every half minute costs nothing.
"""

import asyncio
import hashlib
import re
import ssl
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import bcrypt
import yaml
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM = "https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md"
VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
CLIENTS = {"NoClientCert": ssl.CERT_NONE, "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
           "RequireAndVerifyClientCert": ssl.CERT_REQUIRED}
TLS_KEYS = ("cert_file", "key_file", "client_auth_type", "client_ca_file", "min_version",
            "max_version")
HASH = re.compile(r"\$2[aby]\$(0[4-9]|1[0-7])\$[./A-Za-z0-9]{53}")
NOBODY = b"$2b$10$ZOQZXj0p1vtBew/wShl/duOO4w2981Z.cJWs1WTJJz1I3zfaaCEqe"     # the hash of nothing
LONGEST_PASSWORD = 72       # octets; bcrypt reads no more
KNOWN_AT_MOST = 100         # passwords that were right, per file
Find = Callable[[str], Path | None]


@dataclass(frozen=True)
class WebAccess:
    """What a web configuration file says. Without one: no TLS, and whoever asks is answered."""

    tls: ssl.SSLContext | None = None
    users: Mapping[str, bytes] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate: Path | None = None
    _known: set[bytes] = field(default_factory=set)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def asks_for_certificates(self) -> bool:
        """Whether nobody is answered without a certificate of their own."""
        return self.tls is not None and self.tls.verify_mode is ssl.CERT_REQUIRED

    def client(self) -> ssl.SSLContext | None:
        """Return a context for asking our own endpoint, whatever name its certificate bears."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(cafile=self.certificate)
        context.check_hostname = False
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    async def admits(self, authorization: str) -> bool:
        """Say whether an Authorization header (RFC 7617) names a user and the right password."""
        name, password = _credentials(authorization)
        hashed = self.users.get(name, NOBODY)
        digest = hashlib.blake2b(password, key=hashed).digest()      # with its salt
        if digest in self._known:
            return True
        async with self._one:
            right = await asyncio.to_thread(_is_of, password, hashed)
        if right and name in self.users:
            if len(self._known) >= KNOWN_AT_MOST:
                self._known.clear()
            self._known.add(digest)
            return True
        return False


def _credentials(authorization: str) -> tuple[str, bytes]:
    """Return name and password; of what is no such header, nobody's."""
    scheme, _, coded = authorization.partition(" ")
    try:
        name, _, password = b64decode(coded.strip(), validate=True).partition(b":")
        return (name.decode(), password) if scheme.lower() == "basic" else ("", b"")
    except (NotBase64, ValueError):
        return "", b""


def _is_of(password: bytes, hashed: bytes) -> bool:
    return len(password) <= LONGEST_PASSWORD and bcrypt.checkpw(password, hashed)


def guarded(app: ASGIApp, access: Callable[[], WebAccess]) -> ASGIApp:
    """Return an application that answers only those whom the present access admits."""
    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        now = access()
        authorization = Headers(scope=scope).get("authorization", "")
        if not now.users or await now.admits(authorization):
            await app(scope, receive, _headed(send, now.headers))
            return
        refused = PlainTextResponse("Unauthorized\n", 401, {"www-authenticate": "Basic"})
        await refused(scope, receive, _headed(send, now.headers))
    return guard


def _headed(send: Send, headers: Mapping[str, str]) -> Send:
    """Return a sender that adds headers to an answer."""
    added = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def sends(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *added]
        await send(message)
    return sends


def read(path: Path, find: Find) -> WebAccess:
    """Read a web configuration file.

    `find` looks for a file that it names, where it is not beside it. Raise ValueError naming file,
    line, key and remedy.
    """
    try:
        whole = _tables(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), "")
        return _access(_ConfigTable(whole, "", lambda name: _file(name, path, find)))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{path}: line {line}: not YAML: {error.problem}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _file(name: str, path: Path, find: Find) -> Path:
    beside = path.parent / name
    return beside if beside.is_file() else find(name) or beside


@dataclass(frozen=True)
class _ConfigTable:
    """A table of the file: key -> line and value, its own name, and where files are found."""

    rows: Mapping[str, tuple[int, object]]
    name: str
    file: Callable[[str], Path]

    def text(self, key: str) -> str:
        """Return a text; "" where the key is not there."""
        _, value = self.rows.get(key, (0, ""))
        if not isinstance(value, str):
            raise self.wrong(key, "is a text")
        return value

    def table(self, key: str) -> "_ConfigTable":
        """Return a table; an empty one where the key is not there."""
        _, value = self.rows.get(key, (0, {}))
        if not isinstance(value, dict):
            raise self.wrong(key, "is a table of keys and values")
        return _ConfigTable(value, key, self.file)

    def one_of(self, key: str, table: Mapping[str, object], default: str) -> str:
        """Return a word of a table; raise ValueError for any other."""
        word = self.text(key) or default
        if word not in table:
            raise self.wrong(key, f"{word!r} is not supported; write {', '.join(table)}")
        return word

    def only(self, *keys: str) -> None:
        """Raise ValueError for a key that we do not know, or cannot do."""
        for key in self.rows:
            if key not in keys:
                raise self.wrong(key, f"not supported here; what is: {', '.join(keys)} ({FORM})")

    def wrong(self, key: str, what: str) -> ValueError:
        """Return an error that names line and key."""
        line = f"line {self.rows[key][0]}: " if key in self.rows else ""
        return ValueError(f"{line}{f'{self.name}.' * bool(self.name)}{key}: {what}")


def _tables(node: yaml.Node | None, key: str) -> dict[str, tuple[int, object]]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1 if node else 1
        what = f"{key or 'the file'} is no table of keys and values"
        raise ValueError(f"line {line}: {what} ({FORM})")      # noqa: TRY004 - of a file
    return dict(_rows(node))


def _rows(node: yaml.MappingNode) -> Iterator[tuple[str, tuple[int, object]]]:
    for key, value in node.value:
        line = key.start_mark.line + 1
        inner = _tables(value, key.value) if isinstance(value, yaml.MappingNode) else (
            value.value if isinstance(value, yaml.ScalarNode) else [])
        yield str(key.value), (line, inner)


def _access(whole: _ConfigTable) -> WebAccess:
    whole.only("tls_server_config", "http_server_config", "basic_auth_users")
    tls, http = whole.table("tls_server_config"), whole.table("http_server_config")
    users = dict(_users(whole.table("basic_auth_users")))
    http.only("http2", "headers")       # http2: we speak HTTP/1.1, which every client of it does
    added = http.table("headers")
    headers = {name: added.text(name) for name in added.rows}
    if not tls.rows and not users:
        raise ValueError("it asks for neither TLS nor a password: fill in tls_server_config or "
                         "basic_auth_users, or leave metrics.web_config empty")
    if not tls.rows:
        return WebAccess(users=users, headers=headers)
    return WebAccess(_context(tls), users, headers, tls.file(tls.text("cert_file")))


def _users(table: _ConfigTable) -> Iterator[tuple[str, bytes]]:
    for name in table.rows:
        if not HASH.fullmatch(table.text(name)):
            raise table.wrong(name, "not a bcrypt hash; make one with: "
                                    f"htpasswd -nBC 10 {name}")
        yield name, table.text(name).encode()


def _context(table: _ConfigTable) -> ssl.SSLContext:
    table.only(*TLS_KEYS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = VERSIONS[table.one_of("min_version", VERSIONS, "TLS12")]
    context.maximum_version = VERSIONS[table.one_of("max_version", VERSIONS, "TLS13")]
    context.verify_mode = CLIENTS[table.one_of("client_auth_type", CLIENTS, "NoClientCert")]
    _load(table, context)
    asked, ca = context.verify_mode is not ssl.CERT_NONE, table.text("client_ca_file")
    if asked != bool(ca):
        raise table.wrong("client_ca_file" if ca else "client_auth_type",
                          "client_ca_file and a client_auth_type that verifies belong together")
    if ca:
        _tried(table, "client_ca_file", lambda: context.load_verify_locations(table.file(ca)))
    return context


def _load(table: _ConfigTable, context: ssl.SSLContext) -> None:
    for key in ("cert_file", "key_file"):
        if not table.text(key):
            raise table.wrong(key, "tls_server_config needs it")
        _tried(table, key, lambda key=key: table.file(table.text(key)).read_bytes())  # type: ignore[misc]
    cert, key_ = (table.file(table.text(key)) for key in ("cert_file", "key_file"))
    _tried(table, "cert_file", lambda: context.load_cert_chain(cert, key_, _no_password))


def _no_password() -> str:
    raise ValueError("the key is encrypted; name one that is not")


def _tried(table: _ConfigTable, key: str, use: Callable[[], object]) -> None:
    """Do something with a file that a key names; raise ValueError naming the key."""
    try:
        use()
    except (OSError, ValueError) as error:      # ssl.SSLError is an OSError
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
        raise table.wrong(key, f"{table.file(table.text(key))} cannot be used: {why}") from None
