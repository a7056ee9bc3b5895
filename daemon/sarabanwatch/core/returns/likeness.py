"""Which mails are alike, so that a person who has read one has read them all.

Two mails are alike where they are of one kind, came from the same side (the office's own domain, or the same foreign
one), bear the same marks, and say the same but for what differs from letter to letter: addresses, links, numbers, dates.
"""

import re
from hashlib import sha256

from sarabanwatch.core.facts.words import find_addresses
from sarabanwatch.core.returns.arrival import Arrival

LINK = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
MARK = re.compile(r"\bsw[a-z2-7]{20,60}\b", re.IGNORECASE)
NUMBER = re.compile(r"[0-9๐-๙][0-9๐-๙.,:/\-]*")
LOOKED_AT = 300     # characters by which mails are compared


def of(arrival: Arrival, *, own: bool) -> str:
    """Return by what a mail is known as one of its like; "" where it says nothing to be known by."""
    said = skeleton(
        f"{arrival.subject}\n{arrival.reports[0].said if arrival.reports else ''}\n{arrival.said}"
    )
    if not said:
        return ""
    side = "own" if own else arrival.sender.rpartition("@")[2].lower()
    known_by = "\n".join((arrival.kind, side, *sorted(doubt.name for doubt in arrival.doubts),
                          said))
    return sha256(known_by.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def skeleton(text: str) -> str:
    """Return what a text says without what differs from letter to letter."""
    for match in reversed(list(find_addresses(text))):
        text = f"{text[:match.start()]}@{text[match.end():]}"
    bare = NUMBER.sub("#", MARK.sub("#", LINK.sub("~", text.lower())))
    return " ".join(bare.split())[:LOOKED_AT]
