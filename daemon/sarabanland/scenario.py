"""What befalls a land beside what its bodies do: a table of scenarios, by name.

None of it changes the truth.

It is mail hosts that something befalls. Times are simulated hours from the first knock at each of
them, so that a slow start misses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from sarabanland.addresses import DLA

BIG_HOST = f"mx1.{DLA}"
BROKEN = "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"
LISTED = "554 5.7.1 Service unavailable; client host [127.0.0.1] blocked using rbl.test; see https://rbl.test/why"


def nowhere(_host: str) -> bool:
    """Befall no host."""
    return False


def big(host: str) -> bool:
    """Befall the host of most local governments."""
    return host == BIG_HOST


def every_other(host: str) -> bool:
    """Befall half of all hosts, the big one not among them."""
    return crc32(host.encode()) % 2 != crc32(BIG_HOST.encode()) % 2


@dataclass(frozen=True, slots=True)
class Scenario:
    """For some hours hosts reply so to every recipient, or cut all connections.

    They always take only so much in a minute.

    Beside that: whether nearly all mail goes to one house; of how many letters the relay loses one,
    unsaid; the share of letters that rouse mail which is no answer (`wild`); and boxes that vanish
    for a while, of which no host knows anything.
    """

    befalls: Callable[[str], bool] = nowhere
    hours: float = 0.0
    says: str = ""
    cuts: bool = False
    connections: int = 0        # in 60 seconds; 0: any number
    letters: int = 0
    one_house: bool = False
    loses_one_in: int = 0
    wild: float = 0.0
    vanishes: int = 0                       # so many boxes, of those that take letters ...
    gone: tuple[float, float] = (0.0, 0.0)  # ... between these hours from the first letter to each


QUIET = Scenario()
SCENARIOS = {
    "quiet":       QUIET,
    # its list of mailboxes is lost: it denies every one
    "outage":      Scenario(big, 6, says=BROKEN),
    "unreachable": Scenario(big, 6, cuts=True),             # it hangs up before a word
    # a blocklist names us, and it believes that
    "listed":      Scenario(big, 30, says=LISTED),
    "half-listed": Scenario(every_other, 30, says=LISTED),
    "narrow":      Scenario(big, connections=2),
    "one-house":   Scenario(big, letters=4, one_house=True),
    "leaky":       Scenario(loses_one_in=100),
    "wild":        Scenario(wild=0.1),
    "vanished":    Scenario(vanishes=3, gone=(48, 240)),    # from the third day to the tenth
}
