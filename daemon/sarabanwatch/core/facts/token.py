"""The signed mark that a letter carries out and an answer carries back (VERP).

Thirty-three octets in small letters, so `probes+TOKEN` stays well under the 64 of RFC 5321 section 4.5.3.1.1:

    sw  k     eeee       ssssss     tttt           mmmmmmmmmmmmmmmm
        key   epoch      serial     addressee      MAC of all before it (HMAC-SHA-256, 80 bits)
              20 bits    30 bits    20 bits of a hash of whom the letter is for

The epoch is that of the ledger that wrote the letter (`store.epoch`): a ledger that is restored from a copy begins a new
one, so the letters that it writes then share no mark with those that left in between, even under the same serial. Whom a
letter is for stands in its mark too: one serial written to two agencies gives two marks. That a mark is ours is told by
its MAC; that it is this ledger's letter's, only by the letter itself, which bears the very same one.

It survives lower-casing and upper-casing, a changed separator before it, and being wrapped by SRS or BATV, because it is
looked for anywhere in a text and proved by its MAC, never by its place. Marks of the first edition, 27 octets (key, serial
of 8, MAC), bound neither; letters that went out with them are still answered, so they are read, and never made.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from sarabanwatch.core.errors import ConfigError

DIGITS = "abcdefghijklmnopqrstuvwxyz234567"     # base32 (RFC 4648), in small letters
PREFIX = "sw"
PATTERN = re.compile(
    r"(?<![a-z0-9])sw(?P<body>[a-z2-7](?:[a-z2-7]{4}(?P<serial>[a-z2-7]{6})[a-z2-7]{4}|(?P<first>[a-z2-7]{8})))"
    r"(?P<mac>[a-z2-7]{16})(?![a-z0-9])", re.IGNORECASE)
# for so long a letter may be answered: two rounds, and far longer than any window
ANSWERED_WITHIN = timedelta(days=90)
ENDING_SOON = timedelta(days=30)       # before a key ends, somebody should know
REMEDY = 'add a line such as: echo "b $(openssl rand -hex 32) 2028-12-31", and leave the old ones'
OCTETS = 33                     # of a token that is made
EPOCHS = 2**20
SERIALS = 2**30


@dataclass(frozen=True, slots=True)
class Key:
    """A key: it signs up to its last day `until`, inclusive, and never after; what it signed is believed for ANSWERED longer."""

    kid: str
    secret: bytes
    until: date


class BadToken(ValueError):  # noqa: N818 - said of the mark
    """A mark of our shape that we did not make, or that has expired."""


def signing_key(keys: Mapping[str, Key], today: date) -> Key | None:
    """Return the key that signs on a day: the first that has not ended; None where all have."""
    return next((key for key in keys.values() if today <= key.until), None)


def keys_ending_soon(keys: Mapping[str, Key], today: date) -> dict[Key, Key | None]:
    """Return the keys that will have ended within SOON, each with the one that signs when it has; None: none does."""
    return {key: signing_key(keys, key.until + timedelta(days=1)) for key in keys.values()
            if today <= key.until < today + ENDING_SOON}


class TokenMaker(Protocol):
    """Makes the mark of a letter: its serial, the epoch of its ledger, and whom it is for."""

    def __call__(self, serial: int, *, epoch: int,  # noqa: D102 - the class says it
                 to: str) -> str:
        ...


def mint(serial: int, key: Key, *, epoch: int, to: str) -> str:
    """Return the token of letter `serial` (0 <= serial < 2**30) of an epoch (0 <= epoch < 2**20) to somebody.

    `to` is the address, or whatever else says whom it is for; its case does not matter.
    """
    body = (
        f"{key.kid}{_digits(epoch, 4)}{_digits(serial, 6)}{_signature(f'to {to.lower()}', key)[:4]}"
    )
    return f"sw{body}{_signature(body, key)}"


def token_maker(keys: Mapping[str, Key], today: Callable[[], date]) -> TokenMaker:
    """Return what makes marks by the key that signs on the day it is asked; it raises ConfigError where all have ended."""
    def made(serial: int, *, epoch: int, to: str) -> str:
        key = signing_key(keys, today())
        if key is None:
            raise ConfigError(
                f"token.key_file: the last key ended on {max(key.until for key in keys.values())}; {REMEDY}"
            )
        return mint(serial, key, epoch=epoch, to=to)
    return made


def read(token: str, keys: Mapping[str, Key], today: date) -> int:
    """Return the serial inside one token; raise BadToken where it is forged, of an unknown key, or expired."""
    match = PATTERN.fullmatch(token)
    if match is None:
        raise BadToken("not a token")
    body, kid = match["body"].lower(), match["body"][0].lower()
    key = keys.get(kid)
    if key is None:
        raise BadToken(f"unknown key {kid!r}")
    if not hmac.compare_digest(match["mac"].lower(), _signature(body, key)):
        raise BadToken("forged")
    if today > key.until + ANSWERED_WITHIN:
        raise BadToken(f"key {kid!r} expired on {key.until}")
    return _number((match["serial"] or match["first"]).lower())


def tokens_in(text: str) -> Iterator[str]:
    """Yield whatever in a text has the shape of a token, in small letters, in order of appearance."""
    small = text.lower()
    at = small.find(PREFIX)
    while at >= 0:
        if match := PATTERN.match(small, at):
            yield match.group()
        at = small.find(PREFIX, match.end() if match else at + 1)


def _signature(words: str, key: Key) -> str:
    return _digits(int.from_bytes(hmac.digest(key.secret, words.encode(), hashlib.sha256)[:10]), 16)


def _digits(number: int, width: int) -> str:
    """Return a number in so many digits; raise OverflowError where it needs more."""
    if not 0 <= number < 32**width:
        raise OverflowError(f"{number} has more than {width} digits")
    return "".join(DIGITS[number >> shift & 31] for shift in range(5 * (width - 1), -1, -5))


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 32 + DIGITS.index(digit)
    return number
