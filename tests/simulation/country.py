"""The country over a year: offices whose truth changes, lists that say so late, hosts that fail.

It extends the world of a campaign. What is true of an agency at every moment is kept as a timeline,
so that a census can be held against the truth of any stretch of time. What the world itself keeps
for a year stands on the disk or is a few octets a letter, lest it pass for the daemon's memory.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from fakes.post import bounce
from fakes.samples import agency, register
from sarabanwatch.core.domain import DomainFacts, Host
from sarabanwatch.core.facts.agency import Agency, Announcement, Status
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.register.history import OfferedList
from sarabanwatch.core.sending.reply import Outgoing
from simulation.world import OFFICES, SimResolver, World

SHARED, EACH = "mx.shared.test", 2      # each second domain's mail goes to one host
PROVINCES = ("เชียงใหม่", "ขอนแก่น", "สงขลา")
SHARES = (12, 10, 1, 1, 1)      # of OFFICES; fewer fail than makes an outage of the whole country
WORKS = ("clerk", "silent")
FAILS = tuple(kind for kind in OFFICES if kind not in WORKS)
UNREACHED = "4.4.1", "connect to mx.shared.test[192.0.2.1]: Connection timed out"


class Arrived(NamedTuple):
    """A letter that came to its dot: when, to whom, and its envelope's id."""

    at: datetime
    to: str
    envid: str


@dataclass
class Shelf:
    """Mails in a file; like a list, as far as an inbox asks."""

    file: Path
    ends: list[int] = field(default_factory=lambda: [0])

    def __len__(self) -> int:
        return len(self.ends) - 1

    def append(self, raw: bytes) -> None:
        """Add a mail."""
        with self.file.open("ab") as out:
            out.write(raw)
        self.ends.append(self.ends[-1] + len(raw))

    def __getitem__(self, some: slice) -> list[bytes]:
        numbers = range(*some.indices(len(self)))
        if not numbers:
            return []
        with self.file.open("rb") as kept:
            kept.seek(self.ends[numbers[0]])
            return [kept.read(self.ends[n + 1] - self.ends[n]) for n in numbers]


@dataclass
class Country(World):
    """Relay, inbox, offices, and the list of agencies."""

    number: int = 0                                                 # of domains so far
    listed: dict[str, Agency] = field(default_factory=dict)         # code -> as the list has it
    # code -> the address that is registered, corrections included
    registered: dict[str, str] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)        # code -> on the list since
    truth: dict[str, list[tuple[datetime, Group]]] = field(
        default_factory=lambda: defaultdict(list))
    owner: dict[str, str] = field(default_factory=dict)             # address -> whose, ever
    edition: int = 0                                                # of the list
    host_up: bool = True
    # address -> its last letter, and every letter's moment
    last: dict[str, Arrived] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)
    letters: list[Arrived] = field(default_factory=list)            # to offices, of this round
    broken: list[str] = field(default_factory=list)                 # what must not have happened
    # is given each letter to an office, and the one before it to the same address
    hears_letter: Callable[[Arrived, Arrived | None], object] = max
    canaries: int = 0

    def found(self, kind: str) -> str:
        """Open a mailbox that does so with letters, under a new domain; return its address."""
        self.number += 1
        address = f"saraban@office{self.number}.go.test"
        self.offices[address] = kind
        return address

    def settle(self, number: int) -> None:
        """Let so many agencies be there, of each sort at least one."""
        sorts = [*OFFICES, *self.rng.choices(list(OFFICES), SHARES, k=number - len(OFFICES))]
        for kind in sorts:
            self.join(kind)
        self.edition += 1

    def join(self, kind: str) -> None:
        """Have a new agency on the next list."""
        code, address = f"{len(self.listed) + 1:04}", self.found(kind)
        self.enlist(agency(address, code, province=PROVINCES[int(code) % len(PROVINCES)]))
        self.since[code] = self.clock.now()

    def enlist(self, each: Agency) -> None:
        """Have an agency on the list as it is now."""
        self.listed[each.code] = each
        self.register(each.code, each.cell)

    def register(self, code: str, address: str) -> None:
        """Have an agency registered with an address, by a list or by a correction."""
        self.registered[code] = address
        self.owner[address] = code
        self.tell(code)

    def moved(self, code: str, address: str, status: Status = Status.NORMAL) -> None:
        """Have the next list give an agency another address, and announce it."""
        given = Announcement("https://one.test/b", None, address)
        self.enlist(replace(self.listed[code], cell=address, announcement=given, status=status))
        self.edition += 1

    def raised(self, code: str) -> None:
        """Have the next list say that a body is raised in status."""
        self.listed[code] = replace(self.listed[code], status=Status.RAISED)
        self.edition += 1
        self.tell(code)

    def becomes(self, code: str, kind: str) -> None:
        """Let an office be mended, or break."""
        self.offices[self.registered[code]] = kind
        self.tell(code)

    def tell(self, code: str) -> None:
        """Write the truth of an agency down."""
        kind = OFFICES[self.offices[self.registered[code]]][2]
        group = Group.W if self.listed[code].status is Status.RAISED else kind
        self.truth[code].append((self.clock.now(), group))

    def true(self, code: str, since: datetime, until: datetime) -> set[Group]:
        """Return what was true of an agency at some moment between two."""
        past = [group for at, group in self.truth[code] if at <= since][-1:]
        return {*past, *(group for at, group in self.truth[code] if since < at <= until)}

    def take(self, out: Outgoing) -> None:
        """Have a letter; where its mail host is away, the relay gives it up later."""
        letter = Arrived(self.clock.now(), out.to, out.envid)
        if out.envid in self.moments:
            self.broken.append(f"a letter was sent twice: {letter}")
        self.moments[out.envid] = letter.at
        if out.to in self.offices:
            self.hears_letter(letter, self.last.get(out.to))
            self.last[out.to] = letter
            self.letters.append(letter)
        else:
            self.canaries += 1
        if out.to in self.offices and not self.host_up and host_of(out.to) == SHARED:
            self.after(self.rng.uniform(4, 30), self.deliver, bounce(out, *UNREACHED))
            return
        super().take(out)
        self.arrived.clear()


@dataclass(eq=False)
class CountryResolver(SimResolver):
    """The Resolver port: the world's, and one mail host that many domains share."""

    async def look(self, domain: str) -> DomainFacts:
        """Look at one domain."""
        found = await super().look(domain)
        if not found.exists or host_of(f"@{domain}") != SHARED:
            return found
        return replace(found, hosts=(Host(10, SHARED, False, ("192.0.2.1",), (), ()),))


@dataclass
class TheList:
    """The Source port: the list as it stands, by its edition."""

    country: Country
    kind: str = "file"
    once: bool = False

    async def offer(self, watermark: str) -> OfferedList | None:
        """Offer the list, where it is another than it was."""
        etag = f"edition {self.country.edition}"
        if watermark == etag:
            return None
        return OfferedList(register(*self.country.listed.values(), digest=etag), etag)


def host_of(address: str) -> str:
    """Return the mail host of an office's address."""
    domain = address.partition("@")[2]
    number = int(domain.partition("office")[2].partition(".")[0])
    return SHARED if number % EACH == 0 else f"mx.{domain}"
