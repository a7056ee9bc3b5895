"""When an address gets its next letter: once a round while it works, within days where it may fail.

The problem: one letter in six weeks is enough for thousands of offices whose mail works, and much
too slow for the few whose mail does not. A failure is to be confirmed within three working days. A
mailbox that was mended is to be seen within two working days where the office says so, and within a
week where it does not. Yet no office ever gets two letters in one window. (A letter that was
refused or came back is decided: its window is over, and the next may follow.)

| the address is | and its last letter | the next letter is due | purpose |
|---|---|---|---|
| untried or good | none this round | when its mail host has room, in this round | round |
| whatever | ended and decided nothing | at once, within this round | round |
| suspect, held or not | failed | `confirm.days` working days later | confirm |
| held, after those days | failed | within `confirm.again`, on a day of its own | confirm |
| bad | failed | so that its window ends `confirm.again` later | confirm |
| held or bad, with news | failed before that news | at once | confirm |

News are: its domain names other mail hosts; the incident that held it is over; another agency that
the incident holds was found to be good. What a person asks for (`probe --now`, an accepted
correction) is a letter beside these, at once. Whatever is due, letters leave within office hours
and at the pace of their mail host.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from zlib import crc32

from sarabanwatch.core.calendar import after_office_hours, office_days, opening
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.rounds import Campaign

# the share of `confirm.again` that lies between two letters at least: from a Monday to a Thursday
SHORTEST = 3 / 7
# working days from the first failure until it is told, or cleared, unless `confirm` takes more
CONCLUDED_WITHIN = 3
A_DAY = 8.0             # hours that offices are open


@dataclass(frozen=True, slots=True)
class Failing:
    """An address whose last letter failed; `pending` while it is a suspect or held, else it is bad.

    `ended_at`: when its last letter was refused or came back, or else its window was over.
    `confirming`: how many confirming letters have left since the first failure. `news_at`: when
    there was last news of it. `under_way`: a letter is on its way to it.
    """

    code: str
    address: str
    mail_host: str | None
    pending: bool
    held: bool
    confirming: int
    ended_at: datetime
    news_at: datetime | None = None
    under_way: bool = False


def conclude_by(found: datetime, policy: Policy) -> datetime:
    """Return by when a failure found then ought to be told or cleared: the close of its last day.

    That is the third working day, or the one after the last letter that it takes to confirm it.
    """
    confirm, holidays = policy.confirm, policy.holidays
    letters = confirm.failures - 1
    weekly = max(0, letters - len(confirm.days)) * ceil(confirm.again_days * 5 / 7)
    days = max(CONCLUDED_WITHIN, 1 + sum(confirm.days[:letters]) + weekly)
    return after_office_hours(opening(found, days, holidays), A_DAY, holidays)


def next_look(failing: Failing, policy: Policy) -> datetime:
    """Return when the next letter to the address is due, at the earliest."""
    confirm, ended, news = policy.confirm, failing.ended_at, failing.news_at
    if news and news > ended:
        return news
    if failing.pending and failing.confirming < len(confirm.days):
        return opening(ended, confirm.days[failing.confirming], policy.holidays)
    if failing.held:
        days = max(1, confirm.again.days * 5 // 7)      # working days
        return opening(ended, 1 + crc32(failing.code.encode()) % days, policy.holidays)
    shows_by, window = ended + confirm.again, office_days(policy.campaign.window_office_hours)
    return max(opening(ended, 1, policy.holidays), opening(shows_by, -window, policy.holidays))


def expected(
    failing: Iterable[Failing], now: datetime, round_: Campaign, policy: Policy,
    host_of: Callable[[str, str | None], str],
) -> Counter[str]:
    """Return by mail host how many confirming letters may leave, at most, until the round ends.

    A plan leaves room for them.
    """
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
