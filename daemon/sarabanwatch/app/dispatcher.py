"""Who may have a letter now: the pace's rules, applied to all that the ledger tells of tries and words.

It remembers only what it can be told again: a new dispatcher over the same ledger opens for the same hosts.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK, in_office_hours
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending import forecast
from sarabanwatch.core.sending.pace import Mark, Pace, Past, RoundLoad, Traffic, room
from sarabanwatch.core.sending.throttle import RELAY, HostResponse
from sarabanwatch.store import Ledger

WHYS = ("turn", "office hours", "slowed", "shut")     # what a letter that is due may wait for


class Dispatcher:
    """What left us and how it was met, host by host."""

    def __init__(self, pace: Pace, policy: Policy) -> None:
        self._pace, self._policy = pace, policy
        self.forget()

    def forget(self) -> None:
        """Forget all, to be told again: letters were laid to other hosts."""
        self._mark = Mark()
        self._hosts: dict[str, Traffic] = {}
        self._all = Traffic()
        # hosts to which letters may go, and since when none has left for them
        self._may_go: dict[str, datetime] = {}

    async def rooms(self, ledger: Ledger, now: datetime, in_hand: Collection[str]) -> Mapping[str,
                                                                                              int]:
        """Return the hosts to which letters are due and may go, with how many; `in_hand` has a host for each letter.

        `in_hand` must have been taken before the call: a letter that ends meanwhile is then counted twice, never not.
        """
        await self.learn(ledger, now)
        if not self._open(now):
            return {}
        busy, manners = Counter(in_hand), self._pace.manners
        most = self.most(now, len(in_hand))
        due = await ledger.read(store.pacing.hosts, now) if most else ()
        found = {host: min(most, room(self._pace.of(host), self.of(host), busy[host], now, manners))
                 for host in due}
        rooms = {host: free for host, free in found.items() if free}
        return self._felt(rooms, now, in_hand) if self.ill else rooms

    def _felt(self, rooms: Mapping[str, int], now: datetime,
              in_hand: Collection[str]) -> Mapping[str, int]:
        """Return whom we feel for while we are ill: shut hosts in their turn; of the others one, where all was still for so long.

        They must be asked, too: else a few hosts that never take us would be all that we hear of.
        """
        last, well = self._all.last, [host for host in rooms if not self.of(host).welcome.shut_at]
        still = not in_hand and (last is None or now - last >= self._pace.manners.shut)
        return {host: free for host, free in rooms.items()
                if host not in well} | dict.fromkeys(well[:still], 1)

    async def strays(self, ledger: Ledger, now: datetime, in_hand: Mapping[int, str],
                     limit: int) -> list[tuple[int, str]]:
        """Return strays that may go now, with their hosts: only to hosts that have no complaint of us, while we are not ill.

        Call it after `rooms`, where no letter to an agency may go: they come first.
        """
        if not self._policy.catch_all or not self._open(now):
            return []
        return self._gently(await ledger.read(store.pacing.waiting, Purpose.CATCH_ALL, in_hand,
                                              now), now, in_hand, limit)

    async def asked(self, ledger: Ledger, now: datetime, in_hand: Mapping[int, str],
                    limit: int) -> list[tuple[int, str]]:
        """Return letters that a person asked for, with their hosts, that may go now outside office hours; within, `rooms` tells.

        Call it after `rooms`.
        """
        if self._open(now):
            return []
        return self._gently(await ledger.read(store.pacing.waiting, Purpose.ASKED, in_hand, now),
                            now, in_hand, limit)

    async def opens(self, hosts: Iterable[str], ledger: Ledger, now: datetime) -> str | None:
        """Return the first of these mail hosts that may have a notice now, at whatever hour; None where none may."""
        await self.learn(ledger, now)
        return next((host for host in hosts if self._welcomes(host, 0, now)),
                    None) if self.most(now, 0) else None

    def _gently(
        self, waiting: Iterable[tuple[int, str]], now: datetime, in_hand: Mapping[int, str],
        limit: int,
    ) -> list[tuple[int, str]]:
        """Return those that may go now: only to hosts that have no complaint of us, while we are not ill."""
        busy, going = Counter(in_hand.values()), list[tuple[int, str]]()
        most = min(limit, self.most(now, len(in_hand)))
        for serial, host in waiting:
            if len(going) < most and self._welcomes(host, busy[host], now):
                busy[host] += 1
                going.append((serial, host))
        return going

    def _welcomes(self, host: str, busy: int, now: datetime) -> bool:
        """Say whether a host that has no complaint of us has room for a letter beside those in hand; none while we are ill."""
        traffic, manners = self.of(host), self._pace.manners
        shut = self.ill or self._all.welcome.shut_at or traffic.welcome.shut_at
        return not shut and not traffic.welcome.slowness(now, manners) and bool(
            room(self._pace.of(host), traffic, busy, now, manners))

    def _open(self, now: datetime) -> bool:
        return not self._pace.office_hours or in_office_hours(now, self._policy.holidays)

    def most(self, now: datetime, in_hand: int) -> int:
        """Return how many letters more may leave us now, whomever they are for."""
        return room(self._pace.in_all, self._all, in_hand, now, self._pace.manners)

    def gone(self, now: datetime) -> int:
        """Return how many letters have left us today, whomever they were for."""
        return self._all.days[now.astimezone(BANGKOK).date()]

    async def learn(self, ledger: Ledger, now: datetime) -> None:
        """Be told what is new, once, whoever else asks meanwhile."""
        mark = self._mark
        past = await ledger.read(store.pacing.since, mark, now)
        if mark == self._mark:
            self.take(past)

    def take(self, past: Past) -> None:
        """Take in what left and what was said, in order."""
        self._mark = past.mark
        for host, at in past.left:
            self.of(host).went(at)
            self._all.went(at)
        for word in past.words:
            self._hear(word)

    def held_up(self, hosts: Iterable[str], now: datetime) -> datetime | None:
        """Return since when letters may go to some of these hosts, at each look, and none has left for it; None for no host."""
        self._may_go = {host: max(self._may_go.get(host, now),
                                  self.of(host).last or self._may_go.get(host, now))
                        for host in hosts}
        return min(self._may_go.values(), default=None)

    def of(self, host: str) -> Traffic:
        """Return one host's traffic; RELAY's is all."""
        if host == RELAY:
            return self._all
        if host not in self._hosts:
            self._hosts[host] = Traffic()
        return self._hosts[host]

    def _hear(self, word: HostResponse) -> None:
        traffic = self.of(word.host)
        traffic.spoke = True
        traffic.welcome = traffic.welcome.heard(word, self._pace.manners)

    def loads(
        self, left: Mapping[str, int], load: RoundLoad, new: Mapping[str, int]
    ) -> dict[str, forecast.HostLoad]:
        """Return what each host has before it; `new` of the letters `left` are written down since `load` was taken."""
        return {host: forecast.HostLoad(
            left.get(host, 0) - new.get(host, 0), load.waiting.get(host, 0) + new.get(host, 0),
            load.today.get(host, 0) + new.get(host, 0),
            self.of(host)) for host in {**left, **load.waiting}}

    def why(self, due: Mapping[str, int], now: datetime) -> Mapping[str, int]:
        """Count the letters that are due by what they wait for."""
        found, nobody = Counter(dict.fromkeys(WHYS,
                                              0)), self.ill or self._all.welcome.shut_at is not None
        away = not self._open(now)
        for host, letters in due.items():
            welcome = self.of(host).welcome
            slowed = welcome.slowness(now, self._pace.manners)
            whys = {"shut": nobody or welcome.shut_at, "office hours": away, "slowed": slowed,
                    "turn": True}
            found[next(why for why, holds in whys.items() if holds)] += letters
        return found

    @property
    def known(self) -> Mapping[str, Traffic]:
        """Every host that we wrote to, our relay under its own name."""
        return {RELAY: self._all, **self._hosts}

    @property
    def shut(self) -> list[str]:
        """Return the hosts, or our relay, that refuse us."""
        return sorted(host for host, traffic in self.known.items() if traffic.welcome.shut_at)

    def slowed(self, now: datetime) -> list[str]:
        """Return those that are written to more slowly, because they asked for it."""
        return sorted(host for host, traffic in self.known.items()
                      if traffic.welcome.slowness(now, self._pace.manners))

    @property
    def ill(self) -> bool:
        """Whether so many of those that spoke refuse us that the fault must be ours: all wait but those that are felt for.

        Only proven refusals count: by the reports that one office forges, its own host is shut, and nobody else.
        """
        shut = sum(traffic.welcome.surely_shut(self._pace.manners)
                   for traffic in self._hosts.values())
        spoke = sum(traffic.spoke for traffic in self._hosts.values())
        return shut >= self._pace.hosts_shut and shut > self._pace.shut_share * spoke
