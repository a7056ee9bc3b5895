"""Our own DKIM signature on a letter (RFC 6376), by dkimpy, an optional extra.

The algorithm is rsa-sha256 or ed25519-sha256 (RFC 8463). Without a signature a letter that goes
straight to a large mail provider is refused or filed as spam. The signature covers the whole body
and the fields that a reader sees or that an answer is matched by, whether the letter has them or
not, so that none can be added on the way; From is covered twice, so that no second one can be
added.
"""

import asyncio
import re
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

FIELDS = (b"from", b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to",
          b"in-reply-to", b"references",
          b"mime-version", b"content-type", b"content-transfer-encoding", b"x-saraban-letter",
          b"disposition-notification-to")
RELAXED = (b"relaxed", b"relaxed")
PEM = re.compile(r"-----BEGIN (RSA )?PRIVATE KEY-----")
SEED = re.compile(r"[A-Za-z0-9+/]{43}=")
SAMPLE = b"From: a@%b\r\nSubject: x\r\n\r\nx\r\n"


class Unsignable(ValueError):  # noqa: N818 - said of the key
    """Nothing can be signed with this key or installation; the message says why, and the remedy."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a domain, by the key that it publishes under the selector.

    Make it by `signer`, which tries the key.
    """

    domain: str
    selector: str
    _key: bytes = field(repr=False)
    _algorithm: bytes

    @property
    def name(self) -> str:
        """The name in the DNS at which the public key stands."""
        return f"{self.selector}._domainkey.{self.domain}"

    async def sign(self, raw: bytes) -> bytes:
        """Return a message (RFC 5322, CRLF) with its signature before it.

        Made in a thread, for RSA takes milliseconds.
        """
        return await asyncio.to_thread(self.signed, raw)

    def signed(self, raw: bytes) -> bytes:
        """Return a message with its signature before it."""
        seal: bytes = import_module("dkim").sign(
            raw, self.selector.encode(), self.domain.encode(), self._key, canonicalize=RELAXED,
            include_headers=list(FIELDS), signature_algorithm=self._algorithm)
        return seal + raw

    def sample(self) -> bytes:
        """Return a signed message without meaning, to be verified against the published key."""
        return self.signed(SAMPLE % self.domain.encode())


def signer(key: str, selector: str, domain: str) -> Signer:
    """Return what signs with a private key: RSA in PEM, or Ed25519 as 32 octets in base64.

    Raise Unsignable.
    """
    algorithm = (
        b"rsa-sha256" if PEM.search(key) else b"ed25519-sha256" if SEED.fullmatch(key.strip())
        else b""
    )
    if not algorithm:
        raise Unsignable(
            "no RSA key in PEM and no Ed25519 seed in base64; "
            "make one with: openssl genrsa -traditional 2048"
        )
    if find_spec("dkim") is None or (algorithm.startswith(b"ed") and find_spec("nacl") is None):
        raise Unsignable("the extra `dkim` is not installed: pip install sarabanwatch[dkim]")
    made = Signer(domain, selector, key.strip().encode(), algorithm)
    try:
        made.sample()
    except Exception as error:  # noqa: BLE001 - dkimpy raises anything
        why = f"the key cannot be used ({type(error).__name__})"
        remedy = "is it an RSA key of 2048 bits, or an Ed25519 seed?"
        raise Unsignable(f"{why}; {remedy}") from None
    return made
