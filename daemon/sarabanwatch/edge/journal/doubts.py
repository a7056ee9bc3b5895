"""Log lines and metrics of our own faults: what was set aside, a ledger in use, halts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from sarabanwatch.core.sending.halt import Halt, Why

WHAT = ("mail", "letter")       # what may be set aside


class Doubts:
    """Counts, and logs each change; `tell` writes it."""

    def __init__(self, registry: CollectorRegistry, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._aside = Counter("sarabanwatch_set_aside",
                              "Mails and letters that we failed at, set aside so that others go on",
                              ["what"], registry=registry)
        self._busy = Gauge("sarabanwatch_ledger_busy_seconds",
                           "How long the ledger has been waited for: in use, or its server away",
                           registry=registry)
        self._halted = Gauge("sarabanwatch_halted",
                             "1 while nothing is sent, since we doubt our ledger or clock", ["why"],
                             registry=registry)
        self._free = Gauge("sarabanwatch_disk_free_bytes", "Free on the ledger's disk",
                           registry=registry)
        self._full = Gauge("sarabanwatch_disk_full_timestamp_seconds",
                           "When sending will stop for want of room; 0: not foreseen",
                           registry=registry)
        self._standing: dict[int, Halt] = {}
        for what in WHAT:
            self._aside.labels(what)
        for why in Why:
            self._halted.labels(why)

    def set_aside(self, what: str, error: BaseException | str) -> None:
        """A mail or a letter that we failed at was set aside."""
        self._aside.labels(what).inc()
        self._tell("set aside", what=what,
                   error=error if isinstance(error, str) else f"{type(error).__name__}: {error}")

    def busy(self, seconds: float, *, served: bool = False) -> None:
        """How long the ledger could not be written; 0: it can. Called from any thread.

        Another program held it, or (`served`) its server was away.
        """
        self._busy.set(seconds)
        if seconds:
            why = ("the ledger's server has been away, or another program holds it," if served
                   else "another program has held the ledger")
            self._tell("ledger busy", error=f"{why} for {seconds:.0f} seconds; we wait for it")
        else:
            self._tell("ledger free")

    def room(self, free: int, full_at: datetime | None) -> None:
        """The free octets on the ledger's disk, and below how many nothing is sent."""
        self._free.set(free)
        self._full.set(full_at.timestamp() if full_at else 0)

    def halted(self, standing: Sequence[Halt]) -> None:
        """Which halts are in force; one that is new or lifted is logged."""
        now = {halt.number: halt for halt in standing}
        if now.keys() == self._standing.keys():
            return
        for number in now.keys() - self._standing.keys():
            lift = f"`sarabanwatch halts lift {number} --by NAME`"
            self._tell("halted", halt=number, why=now[number].why,
                       error=f"{now[number].detail}; nothing leaves us until it is lifted: {lift}")
        for number in self._standing.keys() - now.keys():
            self._tell("halt lifted", halt=number, why=self._standing[number].why)
        self._standing = now
        for why in Why:
            self._halted.labels(why).set(any(halt.why is why for halt in standing))
