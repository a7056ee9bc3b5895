"""All the ways in which a letter may end behind a relay.

What the far side does, and what is to be made of it.

    python -m real.mail.ends FOLDER

Run in a lab: one agency an end, each with a domain and a mail host of its own behind a real
Postfix. Leaves in the folder what `stage` leaves.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from real.mail import servers, stage
from real.mail.land import SUNDAY
from sarabanland import papers
from sarabanland.body import Announcement, Body
from sarabanland.clock import Clock
from sarabanland.nameserver import Nameserver
from sarabanland.papers import Ports
from sarabanland.smtp_server import DROP, Envelope, Recipient, listen
from sarabanland.zone import NOBODY, Zone
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.judging.verdict import Verdict

SEED = 2568
# an hour in half a second: Postfix has given up well within the window, which lasts 23 s
RATE = 7200
HOME = "127.0.0.1"      # where the relay itself listens
WELCOME, TAKEN = "250 2.1.5 Ok", "250 2.0.0 Ok: queued"


@dataclass
class Host:
    """A mail host of one domain.

    What it answers to a connection, a recipient and a letter, for so many seconds from the first
    connection.
    """

    greeting: str = "220"
    rcpt: str = WELCOME
    dot: str = TAKEN
    seconds: float = float("inf")
    features: tuple[str, ...] = ("ENHANCEDSTATUSCODES",)
    name: str = "mx.land.test"
    first: float = field(default=float("inf"), init=False)

    def greets(self, _at: str) -> str:
        """Accept the connection, or not."""
        return self.greeting

    async def recipient(self, _envelope: Envelope, recipient: Recipient) -> str:
        """Answer one RCPT."""
        now = asyncio.get_running_loop().time()
        self.first = min(self.first, now)
        return (
            self.rcpt.format(to=recipient.address) if now - self.first < self.seconds else WELCOME
        )

    async def take(self, _envelope: Envelope) -> str:
        """Answer the letter."""
        return self.dot


class Names(NamedTuple):
    """A domain without a mail host: its exchangers, and its address, in the DNS.

    Nothing of both is no domain at all.
    """

    exchangers: tuple[str, ...] = ()
    address: str = ""
    exists: bool = True


class Relay(NamedTuple):
    """The relay itself: it has the mailbox, or forwards to the members of a list."""

    members: tuple[str, ...] = ()


class End(NamedTuple):
    """One row.

    The domain's name, what stands there, the kinds of mail that come home, and what it all means.
    """

    name: str
    far: Host | Names | Relay
    back: frozenset[str]
    reason: Reason | None
    verdict: Verdict

    @property
    def domain(self) -> str:
        """The domain, under which the one box is `saraban`."""
        return f"{self.name}.go.test"

    @property
    def address(self) -> str:
        """The declared address."""
        return f"saraban@{self.domain}"


def says(reply: str, seconds: float = float("inf")) -> Host:
    return Host(rcpt=reply, seconds=seconds)


def says_of_the_letter(reply: str) -> Host:
    return Host(dot=reply)


NOTHING, RELAYED, FAILED = frozenset[str](), frozenset({"relayed"}), frozenset({"failed"})
LATE, TIRED = frozenset({"delayed", "relayed"}), frozenset({"delayed", "failed"})
R, V = Reason, Verdict
UNWANTED = "550 5.7.1 message content rejected: attachments of this type are not accepted here"
BLOCKED = "554 5.7.1 Service unavailable; client host [127.0.0.1] blocked using rbl.test"
UNPROVED = "550 5.7.26 Unauthenticated mail is not accepted due to the domain's DMARC policy"
ENDS = (
    # delivered, one way or another
    End("takes",        Host(),                                          RELAYED, None, V.ACCEPTS),
    # it would tell, itself
    End("reports",      Host(features=("DSN",)),                         NOTHING, None, V.ACCEPTS),
    End("boxes",        Relay(),                                        frozenset({"delivered"}),
        None, V.ACCEPTS),
    End("list",         Relay(("one@takes", "two@takes")),              frozenset({"expanded"}),
        None, V.ACCEPTS),
    End("greylists",    says("450 4.7.1 <{to}>: Greylisted, please try again later", 0.5), RELAYED,
        None, V.ACCEPTS),
    End("late",         says("451 4.3.0 <{to}>: Temporary lookup failure", 6),           LATE,
        R.TEMPORARY, V.ACCEPTS),
    # refused by the host
    End("no-box",       says("550 5.1.1 <{to}>: User unknown in virtual mailbox table"), FAILED,
        R.NO_MAILBOX, V.REFUSES),
    End("no-box-plain", says("550 No such user here"),                   FAILED, R.NO_MAILBOX,
        V.REFUSES),
    End("disabled",     says("554 5.2.1 <{to}>: Mailbox disabled, not accepting messages"), FAILED,
        R.DISABLED, V.REFUSES),
    End("dead-member",  Relay(("gone@no-box",)),                        FAILED | {"expanded"},
        R.NO_MAILBOX, V.REFUSES),
    End("full",         says("552 5.2.2 <{to}>: Mailbox full, quota exceeded"),          FAILED,
        R.FULL, V.IMPAIRED),
    End("full-at-dot",  says_of_the_letter("552 5.2.2 Mailbox is over quota"),           FAILED,
        R.FULL, V.IMPAIRED),
    End("small",        Host(features=("SIZE 2000",)),                   FAILED, R.TOO_LARGE,
        V.IMPAIRED),
    End("small-at-dot", says_of_the_letter("552 5.3.4 Message size exceeds fixed limit"), FAILED,
        R.TOO_LARGE, V.IMPAIRED),
    End("content",      says_of_the_letter(UNWANTED), FAILED, R.CONTENT, V.IMPAIRED),
    End("listed",       says(BLOCKED), FAILED, R.SENDER, V.BLOCKS_US),
    End("unmarked",     says_of_the_letter(UNPROVED), FAILED, R.SENDER, V.BLOCKS_US),
    End("hops",         says_of_the_letter("554 5.4.6 Too many hops: mail loop"), FAILED, R.LOOP,
        V.IMPAIRED),
    # tried for long, and given up
    End("over-quota",   says("452 4.2.2 <{to}>: over quota, try again later"),    TIRED, R.FULL,
        V.IMPAIRED),
    End("defers",       says("451 4.3.0 <{to}>: Temporary lookup failure"),       TIRED,
        R.TEMPORARY, V.IMPAIRED),
    End("drops",        says_of_the_letter(DROP),                        TIRED, R.TEMPORARY,
        V.IMPAIRED),
    End("turns-away",   Host(greeting="554 5.7.1 no mail from your address"), TIRED, R.SENDER,
        V.BLOCKS_US),
    End("shut",         Names(("mail.shut",), NOBODY),                   TIRED, R.TEMPORARY,
        V.IMPAIRED),
    # no way there
    End("no-domain",    Names(exists=False),                             FAILED, R.NO_DOMAIN,
        V.UNROUTABLE),
    End("no-host",      Names(),                                         FAILED, R.NO_DOMAIN,
        V.UNROUTABLE),
    End("nowhere",      Names(("mail.nowhere",)),                        FAILED, R.NO_DOMAIN,
        V.UNROUTABLE),
    End("null-mx",      Names((".",)),                                   FAILED, R.NO_MAIL,
        V.UNROUTABLE),
    End("loops",        Names(("mail.loops",), HOME),                    FAILED, R.LOOP,
        V.IMPAIRED),
)
SUFFIX = "go.test"


def zone() -> Zone:
    """The DNS zone of these domains: each host has an address of its own."""
    drawn = Zone(texts={"probe.test": '"v=spf1 ip4:127.0.0.1 -all"'}, barren={"test", SUFFIX})
    for number, end in enumerate(ENDS, start=1):
        match end.far:
            case Names(exchangers, address, exists):
                drawn.barren |= {end.domain} if exists else set()
                _point(drawn, end.domain, [host if host == "." else f"{host}.{SUFFIX}"
                                           for host in exchangers], address)
            case _:
                _point(drawn, end.domain, [f"mx.{end.domain}"], f"127.50.0.{number}")
    return drawn


def _point(drawn: Zone, domain: str, hosts: list[str], address: str) -> None:
    if hosts:
        drawn.exchangers[domain] = tuple((10, host) for host in hosts)
    if address:
        drawn.addresses |= dict.fromkeys(hosts, address)


def within() -> servers.Within:
    """Return the domains and lists that the relay serves itself."""
    own = [(end, end.far.members) for end in ENDS if isinstance(end.far, Relay)]
    lists = (f"{{{end.address} = {' '.join(f'{member}.{SUFFIX}' for member in members)}}}"
             for end, members in own if members)
    return servers.Within(", ".join(end.domain for end, members in own if not members),
                          f"inline:{{{', '.join(lists)}}}")


def _body(number: int, end: End) -> Body:
    notice = Announcement(f"https://info.go.test/{number}", "", end.address)
    return Body(f"C{number:04d}", f"กรมที่ {number}", "กรม", "กรุงเทพมหานคร", "", "", "", end.address,
                notice, "", end.address, "", end.name)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[asyncio.Future[object]]:
    """Lay out the register and the settings, answer for names and hosts.

    What is given ends only by an error of theirs.
    """
    broken = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().set_exception_handler(lambda _,
                                                     told: broken.done() or broken.set_result(told))
    clock = Clock(RATE, datetime.now(UTC), SUNDAY)
    settings = papers.configuration(Ports(stage.RELAY, stage.IMAP, 53), clock, reports=True)
    files = {**papers.country_files([_body(number, end)
                                     for number, end in enumerate(ENDS, start=1)]),
             **papers.secrets_of(SEED),
             "sarabanwatch.toml": settings.replace("[campaign]", "[campaign]\nletters_at_most = 1")}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    drawn = zone()
    async with AsyncExitStack() as stack:
        nameserver = Nameserver(drawn)
        await nameserver.open(53)
        stack.callback(nameserver.close)
        for end in ENDS:
            if isinstance(end.far, Host):
                stack.callback((await listen(end.far, drawn.addresses[f"mx.{end.domain}"],
                                             25)).close)
        yield broken


if __name__ == "__main__":
    where = Path(sys.argv[1])
    asyncio.run(stage.play(where, opened(where), SEED, within()))
