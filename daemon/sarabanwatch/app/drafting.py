"""Which letters of a round are written down now, and what the rest of the round is forecast to be.

A letter is written down shortly before it is sent, because it takes the agency's name and address
of that moment. So each day each mail host gets its share of the round (`core.sending.pace`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sarabanwatch import store
from sarabanwatch.app import pausing
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.judging import schedule, verdict
from sarabanwatch.core.rounds import Campaign
from sarabanwatch.core.sending import forecast, pace, plan
from sarabanwatch.core.sending.forecast import Forecast
from sarabanwatch.core.sending.pace import PaceSection, RoundLoad
from sarabanwatch.core.sending.plan import Candidate, Draft
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

PAGE = 500           # letters in one transaction


@dataclass(frozen=True, slots=True)
class Undrafted:
    """What a round still lacks: the agencies whose letter is due, and what burdens their hosts.

    `again` counts the letters that confirm failures, as far as they are expected, by mail host.
    """

    round: Campaign
    due: Sequence[Candidate]
    again: Counter[str]
    load: RoundLoad


async def rehost(round_: Campaign, ledger: Ledger, rules: Rulebook,
                 dispatcher: Dispatcher) -> None:
    """Move letters that wait to the mail hosts that the DNS names for their domains now."""
    if await ledger.read(store.pacing.moved, round_.id, rules.pace.host_of):
        await ledger.write(store.pacing.rehost, round_.id, rules.pace.host_of)
        dispatcher.forget()


async def undrafted(round_: Campaign, ledger: Ledger, rules: Rulebook, now: datetime) -> Undrafted:
    """Return what a round still lacks, without the agencies that are paused."""
    candidates = await ledger.read(store.candidates.listed, round_.id)
    paused = await ledger.read(store.pauses.paused, now)
    due = pausing.unpaused((c for c in candidates if not c.under_way and plan.due(
        c.address, c.sent, round_, now, rules.policy)), paused, rules.pace)
    failing = pausing.unpaused(await ledger.read(store.confirming.failing), paused, rules.pace)
    again = schedule.expected(failing, now, round_, rules.policy, rules.pace.host_of)
    return Undrafted(round_, due, again,
                     await ledger.read(store.pacing.load, round_.id, midnight(now)))


def chosen(lacks: Undrafted, now: datetime, rules: Rulebook, *,
           surveyed: bool) -> list[tuple[Candidate, str]]:
    """Return the agencies whose letter is written down now, each with its mail host.

    Until all domains are `surveyed`, those whose mail host is not known are left out.
    """
    placed = [c for c in lacks.due if surveyed or c.mail_host is not None]
    return list(_within(_rooms(lacks, now, rules), placed, rules.pace))


async def write(chosen: Sequence[tuple[Candidate, str]], round_: Campaign, ledger: Ledger,
                rules: Rulebook, clock: Clock) -> int:
    """Write down letters to these agencies; return how many.

    Each is of the moment at which it is written, not at which it was chosen: a window that ended
    between the two ended before it.
    """
    written, send_by = 0, plan.send_by(clock.now(), round_, rules.policy)
    for first in range(0, len(chosen), PAGE):
        drafts = [Draft(c.code, c.address, send_by, _in_doubt(c), host)
                  for c, host in chosen[first:first + PAGE]]
        written += len(await ledger.write(store.letters.draft, round_.id, drafts, rules.mint,
                                          clock.now()))
    return written


def foretold(lacks: Undrafted, chosen: Iterable[tuple[Candidate, str]], dispatcher: Dispatcher,
             rules: Rulebook, now: datetime) -> Forecast:
    """Forecast the rest of the round; `chosen` have just been written down."""
    left = by_host(lacks.due, rules.pace) + lacks.again
    loads = dispatcher.loads(left, lacks.load, Counter(host for _, host in chosen))
    return forecast.forecast(loads, now, lacks.round, rules.pace, rules.policy,
                             dispatcher.gone(now))


def midnight(now: datetime) -> datetime:
    """Return the moment at which the day began, in Bangkok."""
    return datetime.combine(now.astimezone(BANGKOK), time(), BANGKOK)


def by_host(candidates: Iterable[Candidate], table: PaceSection) -> Counter[str]:
    """Count agencies by the mail host that a letter to them would burden."""
    return Counter(table.host_of(c.address, c.mail_host) for c in candidates)


def _rooms(lacks: Undrafted, now: datetime, rules: Rulebook) -> Counter[str]:
    """Return how many letters to write down now by mail host, so that its days' loads are level."""
    if not pace.open_day(now.astimezone(BANGKOK).date(), rules.pace, rules.policy.holidays):
        return Counter()
    over = pace.days_left(now, lacks.round, rules.pace, rules.policy.holidays)
    waiting, today, outbox = lacks.load.waiting, lacks.load.today, rules.policy.outbox
    return Counter({host: pace.share(host, count, outbox - waiting.get(host, 0),
                                     today.get(host, 0), over, rules.pace)
                    for host, count in by_host(lacks.due, rules.pace).items()})


def _within(rooms: Counter[str], due: Sequence[Candidate],
            table: PaceSection) -> Iterator[tuple[Candidate, str]]:
    """Yield the candidates for whom their host has room, with that host, and take the room up."""
    for candidate in due:
        host = table.host_of(candidate.address, candidate.mail_host)
        if rooms[host] > 0:
            rooms[host] -= 1
            yield candidate, host


def _in_doubt(candidate: Candidate) -> int | None:
    sent = candidate.sent
    return sent.serial if sent and sent.verdict is verdict.Verdict.UNKNOWN else None
