"""Mail hosts as agencies run them, their certificates, and a validating resolver that finds them.

Each host listens on five addresses, one for each certificate: 127.0.N.1 good, .2 expired, .3 of
another name, .4 vouched for by nobody, .5 none at all. Everything lives in one folder and ends with
its block.
"""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import dns.dnssec
import dns.zone
import trustme
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate
from dns.dnssectypes import Algorithm

ETC, APART = Path(__file__).with_name("etc"), Path(__file__).with_name("apart.sh")
LAYERS = Path(os.environ.get("SARABANWATCH_MTAS", "/var/cache/sarabanwatch-mtas"))
NETS = {"postfix": 2, "exim": 3, "smtpd": 4}
CASES = ("good", "expired", "wrong", "untrusted", "none")
# further domains: under which rule they stand, and which address their host has
HELD = {"sts-good": "good", "sts-bad": "expired", "dane-good": "untrusted", "dane-bad": "good"}
PORT = 2525
UP_WITHIN = 300.0
NOW = datetime.now(UTC)
APEX = "@ 300 IN SOA ns.test. root.test. 1 300 300 300 300\n@ 300 IN NS ns.test.\n"


def lacking(server: str) -> str:
    """Return why a server can't be run here; "" where it can."""
    if os.geteuid() != 0:
        return "needs root"
    if shutil.which("unbound") is None:
        return "unbound is not installed"
    if server == "postfix":
        return "" if Path("/usr/sbin/postfix").exists() else "postfix is not installed"
    name = {"exim": "exim4", "smtpd": "opensmtpd"}[server]
    return (
        "" if (LAYERS / name / "installed").exists()
        else f"{name} is not laid out (tests/real/direct/apart.sh {name} install)"
    )


def domains(server: str) -> dict[str, str]:
    """Return each domain of a server's and the address of its host."""
    at = {case: f"127.0.{NETS[server]}.{number}" for number, case in enumerate(CASES, start=1)}
    return {f"{case}.{server}.test": place
            for case, place in (at | {name: at[case] for name, case in HELD.items()}).items()}


def open_up(place: Path) -> None:
    """Make pytest's folders readable for servers that give up root."""
    for folder in (place, *(parent for parent in place.parents if "pytest" in parent.name
                            or "popen" in parent.name)):
        folder.chmod(0o755)


class Papers:
    """Certificates in a folder, a file for each address's last number, and their authority."""

    def __init__(self, place: Path) -> None:
        self.place, self.authority, nobody = place, trustme.CA(), trustme.CA()
        names = [f"mx.{domain}" for server in NETS for domain in domains(server)]
        rsa = trustme.KeyType.RSA       # OpenSMTPD knows no other
        leaves = (
            self.authority.issue_cert(*names, key_type=rsa),
            self.authority.issue_cert(*names, key_type=rsa, not_after=NOW - timedelta(days=1)),
            self.authority.issue_cert("elsewhere.test", key_type=rsa),
            nobody.issue_cert(*names, key_type=rsa))
        for number, leaf in enumerate(leaves, start=1):
            leaf.private_key_and_cert_chain_pem.write_to_path(place / f"{number}.pem")
            leaf.private_key_pem.write_to_path(place / f"{number}.key")
            (place / f"{number}.crt").write_bytes(b"".join(pem.bytes()
                                                           for pem in leaf.cert_chain_pems))
        self.promised = _digest(leaves[3])
        self.policies = self.authority.issue_cert(*(f"mta-sts.{domain}" for server in NETS
                                                    for domain in domains(server)))
        self.authority.cert_pem.write_to_path(place / "authority.pem")


def _digest(leaf: trustme.LeafCert) -> str:
    """Return the SHA-256 of a certificate's key, as a TLSA record 3 1 1 has it (RFC 6698, 2.1)."""
    key = load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _write(name: str, place: Path, **values: object) -> Path:
    text = (ETC / name).read_text()
    for key, value in {"PLACE": place, "PORT": PORT, **values}.items():
        text = text.replace(f"@{key}@", str(value))
    (place / name).write_text(text)
    return place / name


# --- the hosts ------------------------------------------------------------------------------------


@asynccontextmanager
async def host(server: str, place: Path) -> AsyncIterator[None]:
    """Run one mail host on its five addresses."""
    known = "".join(f"saraban@{domain}{' ok' * (server == 'postfix')}\n"
                    for domain in domains(server))
    (place / "known").write_text(known)
    command = {"postfix": _postfix, "exim": _exim, "smtpd": _smtpd}[server](place)
    async with _running(place / f"{server}.out", f"127.0.{NETS[server]}.1", PORT, *command):
        try:
            yield
        finally:
            if server == "postfix":     # its master has left our hands
                ending = await asyncio.create_subprocess_exec(*command[:-1], "abort",
                                                              stderr=asyncio.subprocess.DEVNULL)
                await ending.wait()


def _places(server: str) -> Iterator[tuple[int, str]]:
    return ((number, f"127.0.{NETS[server]}.{number}") for number in range(1, len(CASES) + 1))


def _postfix(place: Path) -> tuple[str, ...]:
    listen = "\n".join(
        f"{at}:{PORT} inet n - n - - smtpd"
        + (" -o smtpd_tls_security_level=none" if number == len(CASES) else
           f" -o smtpd_tls_chain_files={place}/{number}.pem")
        for number, at in _places("postfix"))
    home = place / "postfix"
    home.mkdir()
    for name in ("spool", "data"):
        (place / name).mkdir(mode=0o755)
    shutil.chown(place / "data", "postfix", "postfix")
    grey = (f"grey@{domain} 450 4.7.1 Greylisted, please try again later\n"
            for domain in domains("postfix"))
    (place / "grey").write_text("".join(grey))
    _write("master.cf", place, LISTEN=listen).rename(home / "master.cf")
    _write("main.cf", place, DOMAINS=", ".join(domains("postfix"))).rename(home / "main.cf")
    return "/usr/sbin/postfix", "-c", str(home), "start-fg"


def _exim(place: Path) -> tuple[str, ...]:
    config = _write("exim.conf", place, LISTEN=" ; ".join(at for _, at in _places("exim")))
    return str(APART), "exim4", "run", "/usr/sbin/exim4", "-C", str(config), "-bdf"


def _smtpd(place: Path) -> tuple[str, ...]:
    with_tls = [(number, at) for number, at in _places("smtpd") if number < len(CASES)]
    lines = [f'pki p{number} cert "{place}/{number}.crt"\npki p{number} key "{place}/{number}.key"'
             for number, _ in with_tls]
    lines += [f"listen on {at} port {PORT} tls pki p{number}" for number, at in with_tls]
    lines += [f"listen on 127.0.{NETS['smtpd']}.{len(CASES)} port {PORT}"]
    for file in place.glob("*.key"):
        file.chmod(0o600)
    config = _write("smtpd.conf", place, LISTEN="\n".join(lines))
    config.chmod(0o600)
    return str(APART), "opensmtpd", "run", "/usr/sbin/smtpd", "-d", "-f", str(config)


@asynccontextmanager
async def _running(words: Path, at: str, port: int, *command: str) -> AsyncIterator[None]:
    with words.open("wb") as out:
        server = await asyncio.create_subprocess_exec(*command, stdout=out, stderr=out)
    try:
        async with asyncio.timeout(UP_WITHIN):
            while not await _answers(at, port):     # a server that comes up tells nobody
                assert server.returncode is None, f"see {words}"
                await asyncio.sleep(0.05)
        yield
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


async def _answers(at: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(at, port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


# --- the names ------------------------------------------------------------------------------------


@asynccontextmanager
async def resolver(server: str, place: Path, papers: Papers, port: int) -> AsyncIterator[None]:
    """Run Unbound over a zone that is signed, and one beneath it that is not."""
    zone = f"{APEX}ns 300 IN A 127.0.0.1\nplain 300 IN NS ns.test.\n"
    for domain, at in domains(server).items():
        name = domain.removesuffix(".test")
        zone += f"{name} 300 IN MX 10 mx.{domain}.\nmx.{name} 300 IN A {at}\n"
        if name.startswith("sts-"):
            zone += (
                f'_mta-sts.{name} 300 IN TXT "v=STSv1; id=1"\nmta-sts.{name} 300 IN A 127.0.0.1\n'
            )
        if name.startswith("dane-"):
            zone += f"_25._tcp.mx.{name} 300 IN TLSA 3 1 1 {papers.promised}\n"
    (place / "test.zone").write_text(_signed(zone, place / "anchor"))
    plain = (APEX, f"{server} 300 IN MX 10 mx.{server}.plain.test.\n",
             f"mx.{server} 300 IN A 127.0.{NETS[server]}.1\n",
             f"_25._tcp.mx.{server} 300 IN TLSA 3 1 1 {papers.promised}\n")
    (place / "plain.zone").write_text("$ORIGIN plain.test.\n" + "".join(plain))
    config = _write("unbound.conf", place, PORT=port)
    async with _running(place / "unbound.out", "127.0.0.1", port, "/usr/sbin/unbound", "-d", "-c",
                        str(config)):
        yield


def _signed(text: str, anchor: Path) -> str:
    """Return a zone with its signatures (RFC 4034), and leave the key that a resolver trusts."""
    zone = dns.zone.from_text(text, origin="test.", relativize=False)
    key = ec.generate_private_key(ec.SECP256R1())
    public = dns.dnssec.make_dnskey(key.public_key(), Algorithm.ECDSAP256SHA256, flags=257)
    with zone.writer() as txn:
        dns.dnssec.sign_zone(zone, txn=txn, keys=[(key, public)], inception=NOW - timedelta(days=1),
                             expiration=NOW + timedelta(days=9))
    anchor.write_text(f"test. 300 IN DNSKEY {public.to_text()}\n")
    return zone.to_text(relativize=False)


# --- the policies ---------------------------------------------------------------------------------


@asynccontextmanager
async def policies(papers: Papers) -> AsyncIterator[int]:
    """Serve every domain's MTA-STS policy (RFC 8461 section 3.2); yield the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    papers.policies.configure_cert(context)

    visits: set[asyncio.Task[None] | None] = set()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.add(asyncio.current_task())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked = next(line for line in head.splitlines() if line.lower().startswith("host:"))
        domain = asked.split("mta-sts.")[1].partition(":")[0].strip()
        body = f"version: STSv1\r\nmode: enforce\r\nmx: mx.{domain}\r\nmax_age: 86400\r\n".encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % len(body)
            + body
        )
        await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(visit, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*filter(None, visits), return_exceptions=True)
