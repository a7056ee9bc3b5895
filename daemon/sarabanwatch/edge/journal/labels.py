"""The values of the metrics' labels, so that each series is 0 from the first scrape.

And how events are sorted into them.
"""

from collections.abc import Callable

from sarabanwatch.core.domain import NOT_KNOWN, DomainFinding
from sarabanwatch.core.judging.census import Buckets
from sarabanwatch.core.judging.group import Transition
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.attribution import UNKNOWN
from sarabanwatch.core.sending import catch_all

STEPS = ("register", "rebase", "recover", "relay", "rounds", "holidays", "canary", "draft",
         "confirm", "send", "receive", "close", "judge", "announce", "publish", "catch_all",
         "survey", "forget", "audit", "room")
FINDINGS = (*DomainFinding, *catch_all.CatchAllFinding, NOT_KNOWN)
AWAITED: dict[str, Callable[[MailKind], bool]] = {    # what waits for a person
    "correction": lambda kind: kind is MailKind.CORRECTION,
    "other": lambda kind: kind is not MailKind.CORRECTION}
# where an error was met
WHERES = ("send", "receive", "choose", "clock", "job", "watchdog", "read", "print", "page", "web",
          "audit")
# what a letter that is due may wait for (app.dispatcher)
WHYS = ("pace", "office hours", "slowed", "breaker open", "paused")


def direction(change: Transition, buckets: Buckets) -> str:
    """Name a change as an officer would: from ready to mend, from mend to ready, or neither."""
    ready, mend = buckets["ready"], buckets["mend"]
    if change.was in ready and change.now in mend:
        return "regressed"
    return "improved" if change.was in mend and change.now in ready else "other"


def disbelief(why: str) -> str:
    """Return by which label a token that was not believed is counted.

    "forged" where no known reason is named.
    """
    return "unknown" if why == UNKNOWN else next((word for word in ("mismatch", "expired")
                                                  if word in why), "forged")
