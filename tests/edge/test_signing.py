"""Our own signatures, verified by keys that a name server on loopback publishes."""

import base64
from functools import cache
from importlib.util import find_spec
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from edge.test_dkim import serving
from edge.test_relays import Noting
from fakes.samples import FORM, letter
from sarabanwatch.core.letters import compose
from sarabanwatch.core.returns.authenticity import signed_by_our_domain
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.signing import Signer, Unsignable, signer
from sarabanwatch.edge.smtp import MxLookup, RoutedLine

pytestmark = pytest.mark.skipif(find_spec("dkim") is None,
                                reason="dkimpy is not installed: pip install sarabanwatch[dkim]")
DOMAIN, SELECTOR = "probe.test", "2026a"
NAME = f"{SELECTOR}._domainkey.{DOMAIN}"
RAW = compose.compose(letter(), FORM)
KINDS = ("RSA", "RSA in PKCS 8", "Ed25519")


@cache
def pair(kind: str) -> tuple[str, str]:
    """Return a private key as its file holds it, and the record that publishes it."""
    if kind == "Ed25519":
        seed = ed25519.Ed25519PrivateKey.generate()
        public = seed.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
        private = base64.b64encode(seed.private_bytes(form.Encoding.Raw, form.PrivateFormat.Raw,
                                                      form.NoEncryption())).decode()
        return private + "\n", f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(form.Encoding.DER,
                                           form.PublicFormat.SubjectPublicKeyInfo)
    how = form.PrivateFormat.PKCS8 if "8" in kind else form.PrivateFormat.TraditionalOpenSSL
    private = key.private_bytes(form.Encoding.PEM, how, form.NoEncryption()).decode()
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def made(kind: str = "RSA") -> Signer:
    return signer(pair(kind)[0], SELECTOR, DOMAIN)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_signed_letter_is_proved_by_the_key_that_its_domain_publishes_and_is_else_unchanged(
    kind: str,
) -> None:
    signed = await made(kind).sign(RAW)
    assert signed.endswith(RAW)
    assert signed.startswith(b"DKIM-Signature: ")
    async with serving({NAME: pair(kind)[1]}) as (verifier, _):
        assert await verifier.verified(signed) == (DOMAIN,)


@pytest.mark.parametrize("change", [
    (b"Subject: ", b"Subject: x"), (b"X-Saraban-Letter: ", b"X-Saraban-Letter: x"),
    (b"Message-ID: <", b"Message-ID: <x"),
    (b"\r\n\r\n", b"\r\n\r\nx"), (b"From: ", b"From: evil@evil.test\r\nFrom: "),
    (b"To: ", b"Cc: x@y.test\r\nTo: ")],
                         ids=lambda change: change[1].decode().strip())
async def test_whoever_changes_or_adds_what_a_reader_sees_breaks_the_signature(
    change: tuple[bytes, bytes],
) -> None:
    seal, found, letter_ = (await made().sign(RAW)).partition(b"\r\nFrom: ")
    signed = seal + (found + letter_).replace(*change, 1)
    async with serving({NAME: pair("RSA")[1]}) as (verifier, _):
        assert await verifier.verified(signed) == ()


async def test_the_record_of_another_key_or_none_proves_nothing() -> None:
    for table in ({NAME: pair("RSA in PKCS 8")[1]}, {}):
        async with serving(table) as (verifier, _):
            assert await verifier.verified(made().sample()) == ()


@pytest.mark.parametrize(("key", "why"), [
    ("", "no RSA key"), ("secret words", "no RSA key"),
    ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "cannot be used"),
    (pair("RSA")[0][:400], "cannot be used")])
def test_a_key_that_cannot_be_used_is_refused_with_the_remedy_and_never_shown(key: str,
                                                                              why: str) -> None:
    with pytest.raises(Unsignable, match=why) as refused:
        signer(key, SELECTOR, DOMAIN)
    assert "AAAA" not in str(refused.value)
    assert "secret words" not in str(refused.value)


@pytest.mark.parametrize("lacking", ["dkim", "nacl"])
def test_without_the_extra_a_key_is_refused_with_the_remedy(
    lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = find_spec
    monkeypatch.setattr("sarabanwatch.edge.signing.find_spec",
                        lambda name: None if name == lacking else there(name))
    with pytest.raises(Unsignable, match=r"pip install sarabanwatch\[dkim\]"):
        made("Ed25519")


def test_the_key_is_not_in_what_is_shown_of_its_signer() -> None:
    assert pair("Ed25519")[0].strip() not in repr(made("Ed25519"))


@pytest.mark.parametrize("signs", [(), (Route.DIRECT,), (Route.DIRECT, Route.RELAY)])
@pytest.mark.parametrize("by", Route)
async def test_letters_are_signed_on_the_ways_that_are_set(by: Route,
                                                           signs: tuple[Route, ...]) -> None:
    class Whole(Noting):
        async def send(self, out: Outgoing) -> Any:
            self.raw = out.raw
            return await super().send(out)

    relay, direct = Whole(), Whole()
    post = RoutedLine(cast("Any", relay), cast("Any", direct), MxLookup([]), frozenset(), by,
                      dict.fromkeys(signs, made().sign))
    await post.send(Outgoing("probes@probe.test", "saraban@one.go.test", "sw1", RAW))
    raw = (direct if by is Route.DIRECT else relay).raw
    assert raw.startswith(b"DKIM-Signature: ") is (by in signs)


def test_a_signature_of_our_domain_or_one_above_or_beneath_it_is_ours() -> None:
    assert signed_by_our_domain("probes@probe.test", ("relay.example", "probe.test"))
    assert not signed_by_our_domain("probes@probe.test", ("relay.example",))
    assert not signed_by_our_domain("probes@probe.test", ())
