"""The signed mark that a letter carries out and an answer carries back (VERP).

`sw` + key id (1) + serial (8) + MAC (16), all base32 in small letters: 27 octets, so `probes+TOKEN` stays well under the
64 of RFC 5321 section 4.5.3.1.1. It survives lower-casing and upper-casing, a changed separator before it, and being
wrapped by SRS or BATV, because it is looked for anywhere in a text and proved by its MAC, never by its place.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

PATTERN = re.compile(r"(?<![a-z0-9])sw([a-z2-7])([a-z2-7]{8})([a-z2-7]{16})(?![a-z0-9])", re.IGNORECASE)
SERIALS = 2**40


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key; tokens under it are believed until `until`, inclusive."""

    kid: str
    secret: bytes
    until: date


class BadToken(ValueError):  # noqa: N818 - said of the mark
    """A mark of our shape that we did not make, or that has expired."""


def mint(serial: int, key: Key) -> str:
    """Return the token of letter `serial` (0 <= serial < 2**40)."""
    body = key.kid + _base32(serial.to_bytes(5))
    return f"sw{body}{_mac(body, key)}"


def read(token: str, keys: Mapping[str, Key], today: date) -> int:
    """Return the serial inside one token; raise BadToken where it is forged, of an unknown key, or expired."""
    match = PATTERN.fullmatch(token)
    if match is None:
        raise BadToken("not a token")
    kid, serial, mac = (part.lower() for part in match.groups())
    key = keys.get(kid)
    if key is None:
        raise BadToken(f"unknown key {kid!r}")
    if not hmac.compare_digest(mac, _mac(kid + serial, key)):
        raise BadToken("forged")
    if today > key.until:
        raise BadToken(f"key {kid!r} expired on {key.until}")
    return int.from_bytes(base64.b32decode(serial.upper()))


def marks(text: str) -> Iterator[str]:
    """Yield whatever in a text has the shape of a token, in small letters, in order of appearance."""
    return (match.group().lower() for match in PATTERN.finditer(text))


def _mac(body: str, key: Key) -> str:
    return _base32(hmac.digest(key.secret, body.encode(), hashlib.sha256)[:10])


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower()
