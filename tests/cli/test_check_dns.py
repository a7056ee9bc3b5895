"""`check-config --dns`: whether the key that signs letters is the one that the DNS publishes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.message
import dns.rrset
import pytest

from edge.test_signing import NAME, SELECTOR, pair, pytestmark
from fakes.verbs import Run, one_line
from sarabanwatch.wiring import Components

__all__ = ["pytestmark"]


@contextmanager
def publishing(record: str) -> Iterator[int]:
    """Answer one question with this record, in a thread; yield the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))

        def answer() -> None:
            wire, asker = udp.recvfrom(4096)
            reply = dns.message.make_response(dns.message.from_wire(wire))
            parts = " ".join(f'"{record[at:at + 200]}"' for at in range(0, len(record), 200))
            reply.answer.append(dns.rrset.from_text(NAME + ".", 60, "IN", "TXT", parts))
            udp.sendto(reply.to_wire(), asker)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield udp.getsockname()[1]
        thread.join(timeout=10)


def signing(config: Path, port: int) -> Path:
    (config.parent / "dkim.key").write_text(pair("RSA")[0])
    words = config.read_text(encoding="utf-8")
    config.write_text(
        f'{words}\n[dkim]\nkey_file = "dkim.key"\nselector = "{SELECTOR}"\n'
        f'[dns]\nresolvers = ["127.0.0.1:{port}"]\n',
        encoding="utf-8",
    )
    return config


def test_a_key_that_the_dns_publishes_is_well(run: Run, config: Path) -> None:
    with publishing(pair("RSA")[1]) as port:
        assert run("check-config", "--dns", "-c", signing(config, port))[0] == 0


def test_another_key_in_the_dns_is_78_with_the_name_and_the_remedy(run: Run, config: Path) -> None:
    with publishing(pair("RSA in PKCS 8")[1]) as port:
        code, _, err = run("check-config", "--dns", "-c", signing(config, port))
    assert code == 78
    assert f"dkim: {NAME} has no TXT record that this key's signatures hold by" in one_line(err)


def test_without_dns_nobody_is_asked_and_a_key_that_is_none_is_78(run: Run, config: Path) -> None:
    signing(config, 1)
    assert run("check-config", "-c", config)[0] == 0
    (config.parent / "dkim.key").write_text("none")
    code, _, err = run("check-config", "-c", config)
    assert (code, "dkim.key_file: no RSA key in PEM" in one_line(err)) == (78, True)


@pytest.mark.parametrize(("more", "signs"), [
    # left to the relay
    ("", False),
    ('sign = "all"\n', True), ('[route]\nby_default = "direct"\n', True),
    # where any go by a relay, these do
    ('[route]\nby_default = "direct"\nexcept_for = ["one.go.th"]\n', False)])
def test_letters_to_ourselves_are_ours_to_sign_by_the_way_that_they_go(config: Path, more: str, *,
                                                                       signs: bool) -> None:
    signing(config, 53)
    words = config.read_text(encoding="utf-8").replace("[dns]", f"{more}[dns]")
    config.write_text(words, encoding="utf-8")
    assert Components(config).signs_canaries is signs
