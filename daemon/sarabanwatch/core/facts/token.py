"""The signed token in a letter's envelope sender (VERP), by which what comes back is recognised.

The problem: an answer or a bounce must name its letter, in a form that survives other people's mail
systems and that nobody can forge. The envelope sender is `probes+TOKEN@...`; the token also stands
in the Message-ID, a header and the letter's link. It has 33 characters in small letters, so that
`probes+TOKEN` stays well under the 64 octets of RFC 5321 section 4.5.3.1.1:

    sw  k     eeee       ssssss     tttt           mmmmmmmmmmmmmmmm
        key   epoch      serial     addressee      MAC of all before it (HMAC-SHA-256, 80 bits)
              20 bits    30 bits    20 bits of a hash of the address that the letter is for

The epoch belongs to the ledger that wrote the letter (`store.epoch`). A ledger that is restored
from a copy begins a new epoch, so its new letters share no token with letters that were sent after
the copy was taken, even where the serial is the same. The addressee is part of the token too: one
serial written to two agencies gives two tokens. The MAC proves that a token is ours. That it
belongs to a letter of this ledger is proved only by the letter, which must carry exactly this
token.

A token is looked for anywhere in a text and proved by its MAC, not by its place. It therefore
survives a change of case, another separator before it, and wrapping by SRS or BATV. Tokens of the
first form had 27 characters (key, serial of 8, MAC) and bound neither epoch nor addressee. They are
still read, because letters that carry them may still be answered, but no longer made.
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
    r"(?<![a-z0-9])sw(?P<body>[a-z2-7](?:[a-z2-7]{4}(?P<serial>[a-z2-7]{6})[a-z2-7]{4}"
    r"|(?P<first>[a-z2-7]{8})))(?P<mac>[a-z2-7]{16})(?![a-z0-9])", re.IGNORECASE)
# how long after its key's last day a token is believed: two rounds, far longer than any window
ANSWERED_WITHIN = timedelta(days=90)
ENDING_SOON = timedelta(days=30)    # how long before a key's end somebody is told
REMEDY = 'add a line such as: echo "b $(openssl rand -hex 32) 2028-12-31", and leave the old ones'
OCTETS = 33                     # of a token that is made
EPOCHS = 2**20
SERIALS = 2**30


@dataclass(frozen=True, slots=True)
class Key:
    """A key. It signs until its last day `until`, inclusive.

    Its tokens are believed for ANSWERED_WITHIN longer.
    """

    kid: str
    secret: bytes
    until: date


class BadToken(ValueError):  # noqa: N818 - said of the token
    """A token of our form that we did not sign, or whose key has expired."""


def signing_key(keys: Mapping[str, Key], today: date) -> Key | None:
    """Return the key that signs on a day: the first that has not ended; None if all have ended."""
    return next((key for key in keys.values() if today <= key.until), None)


def keys_ending_soon(keys: Mapping[str, Key], today: date) -> dict[Key, Key | None]:
    """Return the keys that end within ENDING_SOON, each with the key that follows it, or None."""
    return {key: signing_key(keys, key.until + timedelta(days=1)) for key in keys.values()
            if today <= key.until < today + ENDING_SOON}


class TokenMaker(Protocol):
    """Makes the token of a letter, given its serial, the epoch of its ledger and its address."""

    def __call__(self, serial: int, *, epoch: int,  # noqa: D102 - the class says it
                 to: str) -> str:
        ...


def mint(serial: int, key: Key, *, epoch: int, to: str) -> str:
    """Return the token of letter `serial` (below SERIALS), written in `epoch` (below EPOCHS).

    `to` is the address that the letter is for, in any case. Raise OverflowError for a larger
    number.
    """
    addressee = _signature(f"to {to.lower()}", key)[:4]
    body = f"{key.kid}{_digits(epoch, 4)}{_digits(serial, 6)}{addressee}"
    return f"sw{body}{_signature(body, key)}"


def token_maker(keys: Mapping[str, Key], today: Callable[[], date]) -> TokenMaker:
    """Return a function that makes tokens with the key of `today`.

    It raises ConfigError where all keys have ended.
    """
    def made(serial: int, *, epoch: int, to: str) -> str:
        key = signing_key(keys, today())
        if key is None:
            last = max(key.until for key in keys.values())
            raise ConfigError(f"token.key_file: the last key ended on {last}; {REMEDY}")
        return mint(serial, key, epoch=epoch, to=to)
    return made


def read(token: str, keys: Mapping[str, Key], today: date) -> int:
    """Return the serial in a token; raise BadToken if it is forged, or its key is not valid."""
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
    """Yield what has the form of a token in a text, in small letters, in order of appearance."""
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
