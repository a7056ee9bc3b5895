"""Troubles that a land may have: a table of scenarios, by name. None of them changes the truth.

Most of them trouble mail hosts. Times are simulated hours from the first connection to each of
these, so that a slow start misses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from sarabanland.addresses import DLA

BIG_HOST = f"mx1.{DLA}"
BROKEN = "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"
LISTED = "554 5.7.1 Service unavailable; client host [127.0.0.1] blocked using rbl.test; see https://rbl.test/why"


def nowhere(_host: str) -> bool:
    """Choose no host."""
    return False


def big(host: str) -> bool:
    """Choose the host of most local governments."""
    return host == BIG_HOST


def every_other(host: str) -> bool:
    """Choose half of all hosts, but not the big one."""
    return crc32(host.encode()) % 2 != crc32(BIG_HOST.encode()) % 2


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario.

    For the first `hours`, the hosts that `befalls` chooses reply to every recipient with `says`, or
    cut every connection (`cuts`). They never take more than so many `connections` or `letters` in a
    minute. `one_house`: one host has nearly all the mail. The relay silently loses one letter in
    `loses_one_in`. `wild` is the share of letters that bring a mail which is no answer. `vanishes`
    mailboxes do not exist for a while.
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
