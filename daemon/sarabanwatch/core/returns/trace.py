"""Which host made a mail, and by which route did it come to us? Its Received lines tell.

The problem: a bounce may be forged by whoever knows the letter's token. That is not only our relay:
the host that took the letter knows it, and so do the office that read it and everybody to whom they
showed it. Nothing in a bounce is secret from them, neither the relay's name nor its queue id. They
cannot forge the route: each host that carries a mail writes above it from whom it came (RFC 5321
section 4.4), so a stranger's mail has, among the lines of our own hosts, one with the stranger's
address. They may add lines below, but cannot remove one.

The rule: a *maker* is a host together with the route from it to us. A bounce names its maker at the
bottom ("by relay", without "from"). It comes from our own path if its maker is on the route of a
letter to ourselves that came home, or made a bounce of such a letter, because nobody else knows the
tokens of those letters. No host name has to be configured.

    Received: from relay.moi.go.th (relay.moi.go.th [203.0.113.7])           both mails: our own
        by mx.probe.go.th (Postfix) with ESMTPS id 4X1 for <...>; Mon ...    receiving host
    Received: by relay.moi.go.th (Postfix) id 4X0; Mon ...                   the bounce: its maker
    Received: from watch (watch [10.0.0.2]) by relay.moi.go.th id 4W9 ...    our letter: same host

Ids, recipients and dates differ from mail to mail and are ignored. A mail without such lines proves
nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sarabanwatch.core.returns.mime import HEADER, head_of

# without spaces, so that the name in a HELO cannot hide the rest of a line
VARIES = re.compile(r"\bid\s+[A-Za-z0-9.+/=:_-]{1,200}|<[^<>\s]{0,320}>")
LONGEST_DATE = 100
BY = re.compile(r"(?:^|\s)by\s+(\S{1,255})")


def maker(raw: bytes) -> str:
    """Return a digest of the maker of a raw mail, or "" for a mail without Received lines.

    Of a mail that was submitted from outside, it is a digest of the whole route.
    """
    hops = _hops(raw)
    if not hops:
        return ""
    return _digest(_made(hops, len(hops) - 1) if hops[-1].startswith("by ") else hops)


def makers(raw: bytes) -> tuple[str, ...]:
    """Return the digests of all hosts on the route of a raw mail, as makers of mail to us."""
    hops = _hops(raw)
    return tuple(_digest(_made(hops, at)) for at, hop in enumerate(hops) if BY.search(hop))


def received_at(raw: bytes) -> datetime | None:
    """Return when our own receiving host received a raw mail, by its topmost line, or None."""
    top = next(_received(raw), "")
    try:
        moment = parsedate_to_datetime(top.rpartition(";")[2][:LONGEST_DATE].strip())
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _made(hops: Sequence[str], at: int) -> Sequence[str]:
    """Return the route of what the host of one hop makes: the hops above, and its name."""
    named = BY.search(hops[at])
    return (*hops[:at], f"by {named[1].lower()}" if named else hops[at])


def _hops(raw: bytes) -> list[str]:
    """Return the Received lines, the last hop first, without what differs between mails."""
    return [" ".join(VARIES.sub("", value.rpartition(";")[0] or value).split())
            for value in _received(raw)]


def _received(raw: bytes) -> Iterator[str]:
    return (field[2] for field in HEADER.finditer(head_of(raw)) if field[1].lower() == "received")


def _digest(route: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(route).encode()).hexdigest()[:32]
