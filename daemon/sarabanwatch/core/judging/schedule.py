"""When an address is looked at next: the round for those who stand well, days for those who may have fallen.

The problem: a round of six weeks is kind to eight thousand offices that are well, and much too slow for the few that are
not. Who may have fallen is to be known within three working days, and who has mended its mailbox within two of saying so,
or within a week unasked; and nobody ever gets two letters in one window. A letter that was refused or came back is
decided: its window is over, and the next may follow (`decided`).

| it stands | and its last letter | is looked at next | purpose |
|---|---|---|---|
| untried or well | none this round | when the turn of its mail host comes, in this round | round |
| anyhow | ended, and decided nothing | at once, within this round | round |
| suspect, also where an incident holds it | failed | `confirm.days` working days later, as offices open | confirm |
| held, after those days | failed | within `confirm.again`, each on a day of its own | confirm |
| failing | failed | so early that its window is over `confirm.again` later: a mending shows by then | confirm |
| held or failing, and something stirs | failed before that | at once | confirm |

What stirs: its domain names other mail hosts; the incident that held it is over; another whom that incident holds was
found to be well. A person's word (`probe --now`, a correction that was accepted) is a letter of its own, at once.
Letters leave within office hours and at their mail host's pace, whatever is due.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from zlib import crc32

from sarabanwatch.core.calendar import Campaign, office_days, opening
from sarabanwatch.core.policy import Policy

# of `confirm.again` lie between two looks at least, but for holidays: from a Monday's to a Thursday's
SHORTEST = 3 / 7


@dataclass(frozen=True, slots=True)
class Failing:
    """An address whose last letter failed: suspect or held (`pending`), or found to fail.

    `ended_at` is when its last letter was refused or came back, or else its window was over; `confirming` how many
    confirming letters have left since it fell, `stirred_at` when something last stirred, and `under_way` says that a
    letter is on its way to it.
    """

    code: str
    address: str
    mail_host: str | None
    pending: bool
    held: bool
    confirming: int
    ended_at: datetime
    stirred_at: datetime | None = None
    under_way: bool = False


def next_look(failing: Failing, policy: Policy) -> datetime:
    """Return when the next letter to it is due, at the earliest."""
    confirm, ended, stirred = policy.confirm, failing.ended_at, failing.stirred_at
    if stirred and stirred > ended:
        return stirred
    if failing.pending and failing.confirming < len(confirm.days):
        return opening(ended, confirm.days[failing.confirming], policy.holidays)
    if failing.held:
        return opening(ended, 1 + crc32(failing.code.encode()) % max(1,
                                                                     confirm.again.days * 5 // 7),
                       policy.holidays)
    shows_by, window = ended + confirm.again, office_days(policy.campaign.window_office_hours)
    return max(opening(ended, 1, policy.holidays), opening(shows_by, -window, policy.holidays))


def expected(
    failing: Iterable[Failing], now: datetime, round_: Campaign, policy: Policy,
    host_of: Callable[[str, str | None], str],
) -> Counter[str]:
    """Count by mail host the confirming letters that may leave until the round ends, at most: a plan must leave room for them."""
    found = Counter[str]()
    for each in failing:
        found[host_of(each.address, each.mail_host)] += _most(each, now, round_, policy)
    return found


def _most(each: Failing, now: datetime, round_: Campaign, policy: Policy) -> int:
    at = max(now, next_look(each, policy))
    rest = max(0, len(policy.confirm.days) - each.confirming - 1) if each.pending else 0
    apart = policy.confirm.again * SHORTEST
    weekly = ceil(max(0.0, (round_.ends - at) / apart))
    return min(weekly + rest, max(0, (round_.ends - at).days + 1))
