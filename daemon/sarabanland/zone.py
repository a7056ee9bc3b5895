"""What the land's DNS holds, as plain data: for each name its MX and address, or neither.

A body's door decides what its domain shows. Hosts have addresses in 127.0.0.0/8; one of these, on
which nobody listens, belongs to hosts that refuse connections.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from zlib import crc32

from sarabanland.body import Body

SHARED_HOSTS = 24          # hosting companies; the last one trusts a blocklist
# hosts of single bodies share so many addresses, as those of hosting companies do in life
OWN_ADDRESSES = 200
LISTED_HOST = "mx.listed.co.test"
LISTED_ADDRESS = "127.30.0.24"
BIG = {"dla.go.test": "127.20.0.1", "moi.go.test": "127.20.0.2",
       "freemail.test": "127.20.0.3", "postbox.test": "127.20.0.4"}
NOBODY = "127.66.0.1"      # no listener: the connection is refused
SPF = '"v=spf1 ip4:127.0.0.1 -all"'


@dataclass(slots=True)
class Zone:
    """Names in small letters, without the last dot. A name in neither table does not exist."""

    exchangers: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    barren: set[str] = field(default_factory=set)      # names that exist and own nothing

    def knows(self, name: str) -> bool:
        """Say whether a name exists, with records or without."""
        return (
            name in self.exchangers or name in self.addresses or name in self.texts
            or name in self.barren
        )

    @property
    def listening(self) -> list[str]:
        """Every address at which a mail host must listen."""
        return sorted(set(self.addresses.values()) - {NOBODY})

    @property
    def machines(self) -> dict[str, str]:
        """The mail hosts by address; of several names at one address, the first."""
        return {address: name for name, address in sorted(self.addresses.items(), reverse=True)}


def draw(bodies: Iterable[Body], house: str = "") -> Zone:
    """Return the zone in which every body's domain behaves as its door says.

    `house`: the mail host of all domains that work; "" where each has its own.
    """
    zone = Zone(texts={"probe.test": SPF})
    for body in bodies:
        domain = body.address.partition("@")[2].lower()
        if domain in BIG:
            host = f"mx1.{domain}"
            zone.exchangers[domain] = ((10, host),)
            zone.addresses[host] = BIG[domain]
        elif domain:
            _own(zone, domain, body.door, house)
    for name in [*zone.exchangers, *zone.addresses, *zone.texts]:
        labels = name.split(".")
        # RFC 8020: parents exist too
        zone.barren.update(".".join(labels[at:]) for at in range(1, len(labels)))
    return zone


def _own(zone: Zone, domain: str, door: str, house: str) -> None:
    host = f"mail.{domain}"
    lot = crc32(domain.encode())
    match door:
        case "nxdomain":
            return
        case "no-host":
            zone.barren.add(domain)
        case "nullmx":
            zone.exchangers[domain] = ((0, "."),)
        case "mx-nowhere":
            zone.exchangers[domain] = ((10, host),)
        case "refusing":
            zone.exchangers[domain] = ((10, host),)
            zone.addresses[host] = NOBODY
        case "blocked":
            zone.exchangers[domain] = ((10, LISTED_HOST),)
            zone.addresses[LISTED_HOST] = LISTED_ADDRESS
        case _ if house:
            zone.exchangers[domain] = ((10, house),)
            zone.addresses[house] = BIG[house.partition(".")[2]]
        case _:
            _hosted(zone, domain, lot)


def _hosted(zone: Zone, domain: str, lot: int) -> None:
    """Add a domain that works.

    It is hosted, or has a host of its own (by MX, or by A alone), or its first MX is down.
    """
    house, own = (
        1 + lot % (SHARED_HOSTS - 1),
        f"127.40.{lot % OWN_ADDRESSES // 100}.{1 + lot % 100}",
    )
    shared, home = f"mx{house}.hosting.co.test", f"mail.{domain}"
    match lot // SHARED_HOSTS % 10:
        case 0 | 1 | 2 | 3 | 4:
            zone.exchangers[domain] = ((10, shared),)
            zone.addresses[shared] = f"127.30.0.{house}"
        case 5 | 6 | 7:
            zone.exchangers[domain] = ((10, home),)
            zone.addresses[home] = own
        case 8:
            zone.addresses[domain] = own
        case _:
            zone.exchangers[domain] = ((10, f"down.{domain}"), (20, home))
            zone.addresses |= {f"down.{domain}": NOBODY, home: own}
