"""Letters by our own relays: one open connection, to the first relay that accepts us.

A connection is tried again here, in seconds, by a back-off that all lines of a relay share
(`core.sending.backoff`); a letter is tried again by the plan, from the ledger, in hours. A relay
that is down, bars us, or hangs up before it takes anything is left for the next one. Nothing that a
relay says while we connect is permanent but its refusal of our log-in, and even that is tried
again, rarely.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from sarabanwatch.core.errors import Barred
from sarabanwatch.core.sending.backoff import FIRST, Backoff
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.edge.smtp import relay_server
from sarabanwatch.edge.smtp.relay_server import RelayServer, Troubled
from sarabanwatch.edge.smtp.wire import Wire

KNOCKS = 300.0      # wall seconds between two knocks, whether or not there is a letter to send
# wall seconds before a relay that failed us is tried again, while another one serves
REST = 60.0


def evenly() -> float:
    """Return the middle of the range, where no chance is given."""
    return 0.5


class Relays:
    """All relays, the preferred first, and the back-off of each; shared by all lines.

    `lost` is called with each failure. `stands` is called, each time that anything is learnt, with
    whether any relay was ready for a letter the last time; an open connection, or a log-in, does
    not prove that.
    """

    def __init__(self, relays: Sequence[RelayServer],
                 lost: Callable[[BaseException], None] | None = None,
                 chance: Callable[[], float] = evenly,
                 stands: Callable[[bool], None] | None = None) -> None:
        self._lost, self._chance, self._stands = lost, chance, stands
        self._knocks_at = 0.0
        self._backoffs = {relay: Backoff(REST if len(relays) > 1 else FIRST) for relay in relays}
        self._last: dict[RelayServer, BaseException] = {}
        self._proved: set[RelayServer] = set()
        self._changed = asyncio.Event()

    def to_try(self, standing: RelayServer | None) -> Sequence[RelayServer]:
        """Return the relays to connect to, in order.

        These are the relays preferred to the one that we are connected to, as far as their back-off
        lets them be tried. A relay that works is waited for, and no other is tried instead, while
        another line connects or its log-ins of the minute are used up.
        """
        now, found = _now(), list[RelayServer]()
        for relay, backoff in self._backoffs.items():
            rests = backoff.opens_at > now
            if relay is standing or (rests and not backoff.failures):
                break
            found += [] if rests else [relay]
        return found

    async def connected(self, relay: RelayServer) -> Wire:
        """Connect; where that fails, start the relay's back-off and raise Barred or Troubled."""
        self._backoffs[relay].tried(_now(), log_in=bool(relay.user))
        try:
            wire = await relay_server.connected(relay)
        except (Barred, Troubled) as error:
            self._leave(relay, error)
            raise
        self._backoffs[relay].stood()
        self._wake()
        return wire

    async def knock(self) -> None:
        """Ask a relay whether it would take a letter, where none was sent lately.

        The result is reported; nothing is raised.
        """
        if _now() < self._knocks_at or not self.to_try(None):
            return
        line = RelayLine(self)
        try:
            await line.prove()
        except (Barred, Troubled) as error:
            # which was not told
            if self._lost and isinstance(error, Barred) and len(self._backoffs) == 1:
                self._lost(error)
        finally:
            await line.close()

    def saw(self, relay: RelayServer, wire: Wire, answer: Answer) -> None:
        """Remember how a connection went, after a letter."""
        if wire.useful:
            self._serves(relay)
        elif not wire.stands:
            self._leave(
                relay,
                Troubled(f"relay {relay.place} hangs up before it takes a letter: {answer.text}"),
            )

    def offered(self, relay: RelayServer, wire: Wire, answer: Answer) -> None:
        """Remember whether a relay would take a letter, which it was asked.

        Raise Troubled where it would not.
        """
        if wire.useful:
            self._serves(relay)
        else:
            words = f"{answer.code or ''} {answer.status} {answer.text}".split()
            why = f"takes no letter from {relay.sender or 'us'}: {' '.join(words)}"
            error = Troubled(f"relay {relay.place} {why}")
            self._leave(relay, error)
            raise error

    def _serves(self, relay: RelayServer) -> None:
        self._knocks_at = _now() + KNOCKS
        if self._last.pop(relay, None) is not None or relay not in self._proved:
            self._backoffs[relay].served()
            self._proved.add(relay)
            self._learnt()

    def _leave(self, relay: RelayServer, error: BaseException) -> None:
        self._last[relay] = error
        self._proved.discard(relay)
        barred = isinstance(error, Barred)
        self._backoffs[relay].failed(_now(), self._chance(), barred=barred)
        if self._lost and not (barred and len(self._backoffs) == 1):     # that one is raised
            self._lost(error)
        self._learnt()

    def trouble(self) -> BaseException:
        """Return the error when no relay accepts us.

        That is Barred where all of them bar us, else the error of the most preferred of the others.
        """
        only = [error for error in self._last.values() if not isinstance(error, Barred)]
        return next(iter([*only, *self._last.values()]),
                    Troubled("no relay may be connected to now"))

    async def changed(self) -> None:
        """Return when another relay may be tried.

        That is when a try has ended, a relay works again, or a pause is over.
        """
        now = _now()
        pauses = [backoff.opens_at - now for backoff in self._backoffs.values()
                  if backoff.opens_at > now]
        with suppress(TimeoutError):
            async with asyncio.timeout(min(pauses, default=0.0)):
                await self._changed.wait()

    @property
    def failing(self) -> bool:
        """Whether any of them failed the last time."""
        return bool(self._last)

    def _learnt(self) -> None:
        if self._stands:
            self._stands(bool(self._proved))
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class RelayLine:
    """One connection to a relay; the Line port."""

    def __init__(self, relays: Relays) -> None:
        self._relays = relays
        self._wire: Wire | None = None
        self._at: RelayServer | None = None

    @property
    def stands(self) -> bool:
        """Whether a connection is open, and no better relay may be tried."""
        return (at := self.at) is not None and not self._relays.to_try(at)

    async def ready(self) -> None:
        """Return when a connection is open, however long that takes.

        Raise Barred where a log-in was just refused for good. A further call waits until it is time
        for another try.
        """
        while not await self._reached():
            await self._relays.changed()
            _heed_cancel()

    async def _reached(self) -> bool:
        tried = self._relays.to_try(self.at)
        try:
            await self._connect(tried)
        except Troubled:
            return False
        except Barred:
            if tried:
                raise
            return False
        return True

    @property
    def at(self) -> RelayServer | None:
        """The relay that we are connected to."""
        return self._at if self._wire is not None and self._wire.stands else None

    async def connect(self) -> None:
        """Connect to the first relay that accepts us; each is tried once.

        Raise Troubled, or Barred where all bar us.
        """
        await self._connect(self._relays.to_try(self.at))

    async def _connect(self, tried: Sequence[RelayServer]) -> None:
        for relay in tried:
            with suppress(Barred, Troubled):
                wire = await self._relays.connected(relay)
                await self.close()
                self._wire, self._at = wire, relay
                return
        if self.at is None:
            raise self._relays.trouble()

    async def prove(self) -> None:
        """Connect to the first relay that is ready for a letter, each tried once.

        Raise Troubled, or Barred where all bar us.
        """
        for relay in self._relays.to_try(None):
            with suppress(Barred, Troubled):
                wire = await self._relays.connected(relay)
                await self.close()
                self._wire, self._at = wire, relay
                self._relays.offered(relay, wire, await wire.offer(relay.sender))
                return
        raise self._relays.trouble()

    async def _reach(self) -> Answer | None:
        """Try once to connect, where no connection is open.

        Return the answer for the letter where that fails.
        """
        try:
            while self.at is None and not await self._reached():
                if self._relays.failing:
                    raise self._relays.trouble()
                await self._relays.changed()
        except (Barred, Troubled) as error:
            return Answer(Stage.CONNECT, 0, "", str(error))
        return None

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter; where the connection is gone meanwhile, another one is tried once.

        Whatever the other side does becomes an Answer that says at which stage.
        """
        hindered = await self._reach()
        if hindered or self._wire is None or self._at is None:
            return hindered or Answer(Stage.CONNECT, 0, "", "no connection")
        answer = await self._wire.send(out)
        self._relays.saw(self._at, self._wire, answer)
        return answer

    async def close(self) -> None:
        """Close the connection, if there is one."""
        wire, self._wire, self._at = self._wire, None, None
        if wire is not None:
            await wire.close()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _heed_cancel() -> None:
    """End a task that was cancelled just as its connection was refused.

    Python 3.11's `wait_for` loses such a cancel.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
