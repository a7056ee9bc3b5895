"""Which mails are alike, so that a person who has ruled on one has ruled on them all.

Two mails are alike where they are of one kind, come from the same side (the office's own domain, or
the same foreign one), raise the same doubts, and have the same text except for what differs from
letter to letter: addresses, links, numbers, dates.
"""

import re
from hashlib import sha256

from sarabanwatch.core.facts.words import find_addresses
from sarabanwatch.core.returns.arrival import Arrival

LINK = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
TOKEN = re.compile(r"\bsw[a-z2-7]{20,60}\b", re.IGNORECASE)
NUMBER = re.compile(r"[0-9๐-๙][0-9๐-๙.,:/\-]*")
LOOKED_AT = 300     # characters of a text that are compared


def of(arrival: Arrival, *, own: bool) -> str:
    """Return a digest that mails that are alike have in common; "" for a mail without a text.

    `own`: it came from the office's own domain.
    """
    reply = arrival.reports[0].text if arrival.reports else ""
    text = skeleton(f"{arrival.subject}\n{reply}\n{arrival.text}")
    if not text:
        return ""
    side = "own" if own else arrival.sender.rpartition("@")[2].lower()
    doubts = sorted(doubt.name for doubt in arrival.doubts)
    known_by = "\n".join((arrival.kind, side, *doubts, text))
    return sha256(known_by.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def skeleton(text: str) -> str:
    """Return a text without what differs from letter to letter."""
    for match in reversed(list(find_addresses(text))):
        text = f"{text[:match.start()]}@{text[match.end():]}"
    bare = NUMBER.sub("#", TOKEN.sub("#", LINK.sub("~", text.lower())))
    return " ".join(bare.split())[:LOOKED_AT]
