"""What befalls a land beside the manners of its bodies: a table of scenarios, by name. None of it changes the truth.

Times are simulated hours from the first knock at the host it is about, so that a slow start misses nothing.
"""

from dataclasses import dataclass

from sarabanland.addresses import DLA

MAIL_HOST_BROKEN = "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A domain whose host answers every recipient so for some hours; of how many letters the relay loses one, unsaid."""

    domain: str = ""
    hours: float = 0.0
    says: str = ""
    loses_one_in: int = 0


QUIET = Scenario()
SCENARIOS = {
    "quiet":  QUIET,
    "outage": Scenario(DLA, 6.0, MAIL_HOST_BROKEN),     # its list of mailboxes is lost: it denies every one
    "leaky":  Scenario(loses_one_in=100),
}
