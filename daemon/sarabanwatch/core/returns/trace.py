"""Which host made a mail that came to us, and by which way did it come? Told by its trace, which nobody can take away.

The problem: a report that a letter came back may be forged by whoever knows the letter's token, and that is not only our
relay: the host that took the letter knows it, the office that read it, and everybody they showed it to. Nothing in a
report is secret from them, neither the relay's name nor its queue id. What they cannot forge is the way: each host that
carries a mail writes on top of it from whom it came (RFC 5321 section 4.4), and a stranger's mail to us bears, among the
lines of our own hosts, one that names the stranger's address. They may add lines beneath; they cannot take one away.

The rule: a *maker* is a host together with the way from it to us. A report names its maker at the bottom ("by relay",
from nobody). It comes from our own path if its maker stands on the way of a letter to ourselves that came home, or made
a report about such a letter: those tokens nobody else knows. No name has to be configured.

    Received: from relay.moi.go.th (relay.moi.go.th [203.0.113.7])           our letter and our relay's report both
        by mx.probe.go.th (Postfix) with ESMTPS id 4X1 for <...>; Mon ...    bear this, in our receiving host's words
    Received: by relay.moi.go.th (Postfix) id 4X0; Mon ...                   the report: its maker
    Received: from watch (watch [10.0.0.2]) by relay.moi.go.th id 4W9 ...    our letter: the same host, on its way

Ids, recipients and dates differ from mail to mail and are left away. A mail without such lines proves nothing.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sarabanwatch.core.returns.mime import HEADER, MOST_HEAD

# no spaces: what a HELO says cannot hide the rest
VARIES = re.compile(r"\bid\s+[A-Za-z0-9.+/=:_-]{1,200}|<[^<>\s]{0,320}>")
LONGEST_DATE = 100
BY = re.compile(r"(?:^|\s)by\s+(\S{1,255})")


def maker(raw: bytes) -> str:
    """Return a digest that stands for the maker of a raw mail; of one that was handed in from outside, for all of its way.

    "" where the mail does not say by which hosts it came.
    """
    hops = _hops(raw)
    if not hops:
        return ""
    return _digest(_made(hops, len(hops) - 1) if hops[-1].startswith("by ") else hops)


def makers(raw: bytes) -> tuple[str, ...]:
    """Return the digests of all hosts on the way of a raw mail: what each of them makes and sends to us has one of these."""
    hops = _hops(raw)
    return tuple(_digest(_made(hops, at)) for at, hop in enumerate(hops) if BY.search(hop))


def received_at(raw: bytes) -> datetime | None:
    """Return when our own receiving host took a raw mail in, by the line that it wrote on top; None where none says so."""
    top = next(_received(raw), "")
    try:
        moment = parsedate_to_datetime(top.rpartition(";")[2][:LONGEST_DATE].strip())
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _made(hops: Sequence[str], at: int) -> Sequence[str]:
    """Return the way of what the host of one hop makes: the hops above, and its name."""
    named = BY.search(hops[at])
    return (*hops[:at], f"by {named[1].lower()}" if named else hops[at])


def _hops(raw: bytes) -> list[str]:
    """Return the Received lines, the last hop first, without what differs from mail to mail."""
    return [" ".join(VARIES.sub("", value.rpartition(";")[0] or value).split())
            for value in _received(raw)]


def _received(raw: bytes) -> Iterator[str]:
    head = raw[:MOST_HEAD].decode("latin-1").replace("\r\n", "\n").lstrip("\n").partition("\n\n")[0]
    return (field[2] for field in HEADER.finditer(head) if field[1].lower() == "received")


def _digest(way: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(way).encode()).hexdigest()[:32]
