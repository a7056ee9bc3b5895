"""The dispatcher: which letters may go now, by the pace's rules and all that the ledger knows.

The problem. Some 8,000 letters are due within days, at hosts that each bear only so many a minute,
through one relay, in office hours. A host that complains must be sent to more slowly; one that
refuses us must be left alone for a while and then tried with one letter; and where many refuse us
at once, the fault is ours (a blocklist, say) and everybody must be left alone.

The parts. Each host has its `Traffic`: when letters were sent to it (`core.sending.pace.room`
counts by these), and its throttle with a circuit breaker (`core.sending.throttle`). Our relay has
one more, which counts every letter.

The rule. A host may have a letter where its limits leave room, our relay's limits do, and no
breaker is open, but for half-open probes. The global breaker is open while at least `breaker_hosts`
hosts, and more than `breaker_share` of those that answered at all, refuse us.

Example. Ten hosts of twenty that answered name the same blocklist: the global breaker opens, and
every host is left alone. Each of the ten is tried when its turn comes; of the rest, one letter goes
out after each pause. The first acceptances close breakers until too few are open.

Nothing is kept here that the ledger does not know: a new dispatcher reads the attempts, notices and
evidence of the days that the pace remembers, and decides the same.
"""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK, in_office_hours
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending import forecast
from sarabanwatch.core.sending.pace import PaceSection, Past, RoundLoad, Traffic, Watermark, room
from sarabanwatch.core.sending.pausing import Waits
from sarabanwatch.core.sending.throttle import RELAY, HostResponse
from sarabanwatch.store import Ledger

# what a letter that is due may wait for
WHYS = ("pace", "office hours", "slowed", "breaker open", "paused")
NOTHING = Traffic()     # of a host to which nothing ever left
# Letters that are looked at first, and how many times as many then, while hosts have no room.
PAGE, WIDENS = 100, 4


class Rooms(dict[str, int]):
    """The room that is left at mail hosts at one look; a host's is counted when it is asked for."""

    def __init__(self, count: Callable[[str], int]) -> None:
        super().__init__()
        self._count = count

    def __missing__(self, host: str) -> int:
        self[host] = self._count(host)
        return self[host]

    @property
    def full(self) -> list[str]:
        """The hosts that were asked about and have none left."""
        return [host for host, left in self.items() if not left]


class Dispatcher:
    """What left us and how it was met, host by host."""

    def __init__(self, pace: PaceSection, policy: Policy) -> None:
        self._pace, self._policy, self._throttle = pace, policy, pace.throttle
        self.paused = Waits()   # what waits for a pause; whoever asks for letters sets it first
        self.forget()

    def forget(self) -> None:
        """Forget all, to be told again: letters were laid to other hosts."""
        self._watermark = Watermark()
        self._hosts: dict[str, Traffic] = {}
        self._all = Traffic()
        # hosts that responded at all, and those of them that surely refuse us
        self._responded, self._refuse = set[str](), set[str]()
        # hosts to which letters may go, and since when none has left for them
        self._may_go: dict[str, datetime] = {}

    def rooms(self, due: Mapping[str, int], now: datetime) -> Mapping[str, int]:
        """Return the hosts that may have letters now, of those that have so many due, and how many.

        Call `learn` first. Every host is looked at; `to_agencies` looks at as few as it can.
        """
        if not self._open(now) or not (most := self.most(now, 0)):
            return {}
        left = self._rooms((), now)
        return {host: min(most, left[host])
                for host in Counter(due) - self.paused.by_host if left[host]}

    async def to_agencies(self, ledger: Ledger, now: datetime, in_hand: Collection[str],
                          besides: Container[int], limit: int) -> list[tuple[int, str]]:
        """Return (serial, host) of at most `limit` letters that may go now, in their order.

        `in_hand` names the host of each letter that is being sent. It must have been taken before
        the call: a letter that ends meanwhile is then counted twice rather than not at all.
        `besides` are left out, and what waits for a pause.
        """
        await self.learn(ledger, now)
        most = min(limit, self.most(now, len(in_hand)))
        if not self._open(now) or most <= 0:
            return []
        left, going = self._rooms(in_hand, now), list[tuple[int, str]]()
        size, after = PAGE, None
        while page := await ledger.read(store.pacing.due, now, size, after, left.full):
            for _, _, serial, host in page:
                if serial in besides or serial in self.paused.letters or not left[host]:
                    continue
                left[host] -= 1
                going.append((serial, host))
                if len(going) == most:
                    return going
            size, after = WIDENS * size, page[-1]
        return going

    def _rooms(self, in_hand: Collection[str], now: datetime) -> "Rooms":
        """Return what counts each host's room beside the letters in hand.

        While the global breaker is open, these are the half-open probes that are allowed. Hosts
        whose own breaker is open come in their turn. Of the others the first that is asked about is
        tried, where nothing was sent for as long as a breaker stays open; without that, the answers
        of a few hosts that never let us in would be all that we hear, and the global breaker would
        never close.
        """
        busy, last, throttle = Counter(in_hand), self._all.last, self._throttle

        def free(host: str) -> int:
            return room(self._pace.of(host), self._to(host), busy[host], now, throttle)

        if not self.breaker_open:
            return Rooms(free)
        still = not in_hand and (last is None or now - last >= throttle.open_for)
        probes = iter((1,) if still else ())
        return Rooms(lambda host: free(host) if self._to(host).state.opened_at
                     else free(host) and next(probes, 0))

    async def catch_all_probes(self, ledger: Ledger, now: datetime, in_hand: Mapping[int, str],
                               limit: int) -> list[tuple[int, str]]:
        """Return (serial, host) of the catch-all probes that may go now, at most `limit`.

        They go only to hosts that have not complained, and none while the global breaker is open.
        Call it after `to_agencies`, and only where no such letter may go: those come first.
        """
        if not self._policy.catch_all.test or not self._open(now):
            return []
        due = await ledger.read(store.pacing.waiting, Purpose.CATCH_ALL,
                                {*in_hand, *self.paused.probes}, now)
        return self._gently(due, now, in_hand, limit)

    async def asked(self, ledger: Ledger, now: datetime, in_hand: Mapping[int, str],
                    limit: int) -> list[tuple[int, str]]:
        """Return (serial, host) of letters that a person asked for and that may go now.

        That is outside office hours only; within them such letters are among those of
        `to_agencies`. Call it after that.
        """
        if self._open(now):
            return []
        due = await ledger.read(store.pacing.waiting, Purpose.ASKED,
                                {*in_hand, *self.paused.letters}, now)
        return self._gently(due, now, in_hand, limit)

    async def opens(self, hosts: Iterable[str], ledger: Ledger, now: datetime) -> str | None:
        """Return the first of these hosts that may have a notice now, at any hour, or None."""
        await self.learn(ledger, now)
        if not self.most(now, 0):
            return None
        return next((host for host in hosts if self._welcomes(host, 0, now)), None)

    def _gently(self, waiting: Iterable[tuple[int, str]], now: datetime,
                in_hand: Mapping[int, str], limit: int) -> list[tuple[int, str]]:
        """Return those whose host has not complained; none while the global breaker is open."""
        busy, going = Counter(in_hand.values()), list[tuple[int, str]]()
        most = min(limit, self.most(now, len(in_hand)))
        for serial, host in waiting:
            if len(going) < most and self._welcomes(host, busy[host], now):
                busy[host] += 1
                going.append((serial, host))
        return going

    def _welcomes(self, host: str, busy: int, now: datetime) -> bool:
        """Say whether a host that has not complained has room for a letter beside those in hand."""
        traffic, throttle = self.of(host), self._throttle
        is_open = self.breaker_open or self._all.state.opened_at or traffic.state.opened_at
        return not is_open and not traffic.state.level_at(now, throttle) and bool(
            room(self._pace.of(host), traffic, busy, now, throttle))

    def _open(self, now: datetime) -> bool:
        return not self._pace.office_hours or in_office_hours(now, self._policy.holidays)

    def most(self, now: datetime, in_hand: int) -> int:
        """Return how many more letters may be sent now, to all hosts together."""
        return room(self._pace.in_all, self._all, in_hand, now, self._throttle)

    def gone(self, now: datetime) -> int:
        """Return how many letters were sent today, to all hosts together."""
        return self._all.days[now.astimezone(BANGKOK).date()]

    async def learn(self, ledger: Ledger, now: datetime) -> None:
        """Read what is new in the ledger, once, even where two callers ask at the same time."""
        watermark = self._watermark
        past = await ledger.read(store.pacing.since, watermark, now)
        if watermark == self._watermark:
            self.take(past)

    def take(self, past: Past) -> None:
        """Take in what was sent and what hosts answered, in order of time."""
        self._watermark = past.watermark
        for host, at in past.left:
            self.of(host).went(at)
            self._all.went(at)
        for response in past.responses:
            self._take(response)

    def held_up(self, hosts: Iterable[str], now: datetime) -> datetime | None:
        """Return since when letters may go to some of these hosts and none was sent.

        `hosts` are those that may have a letter at this look. The moment is the earliest of theirs;
        None where there is no host.
        """
        self._may_go = {host: max(self._may_go.get(host, now),
                                  self.of(host).last or self._may_go.get(host, now))
                        for host in hosts}
        return min(self._may_go.values(), default=None)

    def of(self, host: str) -> Traffic:
        """Return one host's traffic; for RELAY, that of all hosts."""
        if host == RELAY:
            return self._all
        if host not in self._hosts:
            self._hosts[host] = Traffic()
        return self._hosts[host]

    def _to(self, host: str) -> Traffic:
        """Return one host's traffic, to be looked at only."""
        return self._hosts.get(host, NOTHING)

    def _take(self, response: HostResponse) -> None:
        host, traffic = response.host, self.of(response.host)
        traffic.state = traffic.state.after(response, self._throttle)
        if host != RELAY:
            self._responded.add(host)
            (self._refuse.add if traffic.state.surely_open(self._throttle)
             else self._refuse.discard)(host)

    def loads(
        self, left: Mapping[str, int], load: RoundLoad, new: Mapping[str, int]
    ) -> dict[str, forecast.HostLoad]:
        """Return what each host has before it, for the forecast.

        `left` are the letters still to be written by host, `new` those of them that were written
        down since `load` was read. What is paused is left out.
        """
        waiting = Counter(load.waiting) - self.paused.by_host
        return {host: forecast.HostLoad(left.get(host, 0) - new.get(host, 0),
                                        waiting[host] + new.get(host, 0),
                                        load.today.get(host, 0) + new.get(host, 0),
                                        self.of(host))
                for host in {**left, **waiting}}

    def why(self, due: Mapping[str, int], now: datetime) -> Mapping[str, int]:
        """Count the due letters by what they wait for (WHYS), the strongest reason of each."""
        found, paused = Counter(dict.fromkeys(WHYS, 0)), self.paused.by_host
        found["paused"] = paused.total()
        nobody = self.breaker_open or self._all.state.opened_at is not None
        away = not self._open(now)
        for host, letters in due.items():
            state = self._to(host).state
            why = ("breaker open" if nobody or state.opened_at else "office hours" if away
                   else "slowed" if state.level_at(now, self._throttle) else "pace")
            found[why] += letters - paused[host]
        return found

    @property
    def known(self) -> Mapping[str, Traffic]:
        """Every host that we wrote to, and our relay under its own name."""
        return {RELAY: self._all, **self._hosts}

    @property
    def open_hosts(self) -> list[str]:
        """The hosts, our relay included, whose breaker is open."""
        return sorted(host for host, traffic in self.known.items() if traffic.state.opened_at)

    def slowed(self, now: datetime) -> list[str]:
        """Return the hosts, our relay included, that are sent to more slowly at their own wish."""
        return sorted(host for host, traffic in self.known.items()
                      if traffic.state.level_at(now, self._throttle))

    @property
    def breaker_open(self) -> bool:
        """Whether the global breaker is open: so many hosts refuse us that the fault must be ours.

        Then all letters wait but for half-open probes. Only proven refusals count: the reports that
        one office forges open its own host's breaker and no other.
        """
        refuse, pace = len(self._refuse), self._pace
        return refuse >= pace.breaker_hosts and refuse > pace.breaker_share * len(self._responded)
