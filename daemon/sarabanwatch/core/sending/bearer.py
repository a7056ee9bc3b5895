r"""Logging in with an access token (SASL): our first message, and a server's reason to refuse it.

Messages are Base64 both ways. XOAUTH2 is the large mail providers' own mechanism, OAUTHBEARER the
standard one (RFC 7628). In both, a server that refuses a token first sends its reason as JSON, and
waits for an empty message of ours before it says no:

    XOAUTH2      user=U^Aauth=Bearer T^A^A                              ends with an empty line
    OAUTHBEARER  n,a=U,^Ahost=H^Aport=P^Aauth=Bearer T^A^A              ends with AQ== (^A)
"""

import json
import re
from base64 import b64decode, b64encode

from sarabanwatch.core.facts import foreign

XOAUTH2, OAUTHBEARER = "XOAUTH2", "OAUTHBEARER"
MECHANISMS = (XOAUTH2, OAUTHBEARER)     # in the order in which they are preferred
CLOSING = {XOAUTH2: b"", OAUTHBEARER: b"AQ=="}
# RFC 6750 section 2.1, and what servers give besides
TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
LONGEST = 200       # characters of an explanation that are kept


def introduction(mechanism: str, user: str, token: str, host: str, port: int) -> bytes:
    """Return our first message, in Base64."""
    if mechanism == XOAUTH2:
        return b64encode(f"user={user}\1auth=Bearer {token}\1\1".encode())
    name = user.replace("=", "=3D").replace(",", "=2C")     # saslname, RFC 5801 section 4
    return b64encode(f"n,a={name},\1host={host}\1port={port}\1auth=Bearer {token}\1\1".encode())


def explanation(challenge: bytes) -> str:
    """Return why a server refuses a token; "" where that cannot be read."""
    try:
        reason = json.loads(b64decode(challenge, validate=True))
    except ValueError:      # no Base64, no UTF-8, no JSON
        return ""
    parts = [f"{key} {value}" for key, value in reason.items()] if isinstance(reason, dict) else []
    return foreign.clean(", ".join(parts), LONGEST)


def is_token(text: str) -> bool:
    """Say whether a text can be a token; any other would break the message in two."""
    return TOKEN.fullmatch(text) is not None
