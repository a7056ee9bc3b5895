"""The ledger's writer: one thread writes, and many requests share one commit (group commit).

The problem. Each fact must be on the disk before anybody acts on it, and a commit waits for the
disk for milliseconds. A thousand commits a minute, one after the other, would be the bottleneck.

The rule. `await write(step, ...)` puts a WriteRequest into a queue and returns when what `step` did
is on disk, or raises what it raised, with nothing of it done. The thread runs all requests that
wait, each in a savepoint of one transaction, and commits once: one wait for the disk for all of
them. While it commits, the next requests gather. Reading has connections and threads of its own,
which see what is committed.

Many who want the same of it, each for an item of its own, are served at once (`sharing`): a few
statements for all of them. And where several came last time, it waits a moment for company. On a
fast disk a commit would else serve two or three, and loop and thread would spend as much on handing
each other the interpreter's lock as on the work; a request that comes alone never waits.

How a transaction begins and ends, what is temporary and what is not, differs by engine
(`store.ledger`, `store.server`).
"""

import asyncio
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.facts.act import Actor
from sarabanwatch.store import acts
from sarabanwatch.store.tx import Tx

A = TypeVar("A")
T = TypeVar("T")
P = ParamSpec("P")
Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]
AT_ONCE = 500           # requests that share a commit, at most
GATHERS = 0.001         # seconds that more requests are waited for where several came last time
READERS = 2
CLOSES_WITHIN = 5.0     # seconds, at the end, for what still waits
LOOKS = 5.0             # seconds without a request until the ledger is looked at all the same


class _TakenBack(Exception):  # noqa: N818 - no error: it carries a step's result
    """A step is rolled back."""

    def __init__(self, found: Any) -> None:  # noqa: ANN401 - whatever the step returned
        super().__init__()
        self.found = found


class WriteRequest(NamedTuple):
    """A step to run, and the future of whoever waits for it.

    `shared` is a step over many items, of which `item` is this request's; None where the step is
    shared with nobody.
    """

    step: Callable[[Tx], Any]
    done: "asyncio.Future[Any]"
    shared: Callable[[Tx, Sequence[Any]], Sequence[Any]] | None = None
    item: Any = None


def unheard(seconds: float) -> None:
    """Ignore that another process holds the file."""
    del seconds


class Ledger(ABC):
    """The writer thread and the readers of one ledger.

    Where a person acts through this process, each step is written down as an act (`store.acts`).
    `at` is the present, None for the wall's clock.
    """

    _closing = False
    _company = False        # whether several requests shared the last commit
    _actor: Actor | None = None
    _at: datetime | None = None
    _db: Tx

    def _work(self) -> None:
        """Start the threads. Call when the ledger is open."""
        self._queue: queue.SimpleQueue[WriteRequest | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()
        self._readers = ThreadPoolExecutor(READERS, "ledger-read")

    def writing(self, step: Callable[Concatenate[Tx, P], T], *args: P.args,
                **named: P.kwargs) -> "asyncio.Future[T]":
        """Have `step(tx, ...)` run in the writer's transaction, after all that was asked before.

        Return a future, which has its result when it is on disk.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        def asked(tx: Tx) -> T:
            return step(tx, *args, **named)

        actor = self._actor
        self._hand(WriteRequest(
            partial(acts.recorded, actor=actor, at=self._at, step=asked) if actor else asked, done))
        return done

    def sharing(self, step: Callable[[Tx, Sequence[A]], Sequence[T]],
                item: A) -> "asyncio.Future[T]":
        """Have `step(tx, items)` run as `writing` does, with all items that others ask it for too.

        It returns a result for each item, in their order, and no two items depend on each other.
        Where it fails, it is run for each item by itself.
        """
        def alone(tx: Tx) -> T:
            return step(tx, [item])[0]

        if self._actor:
            return self.writing(alone)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._hand(WriteRequest(alone, done, step, item))
        return done

    def _hand(self, request: WriteRequest) -> None:
        """Hand a request to the writer's thread."""
        self._queue.put(request)

    async def write(self, step: Callable[Concatenate[Tx, P], T], *args: P.args,
                    **named: P.kwargs) -> T:
        """Run `step(tx, ...)` in the writer's transaction; return its result when it is on disk."""
        return await self.writing(step, *args, **named)

    async def read(self, question: Callable[Concatenate[Tx, P], T], *args: P.args,
                   **named: P.kwargs) -> T:
        """Run `question(tx, ...)` on a reading connection, off the event loop."""
        def asked(tx: Tx) -> T:
            return question(tx, *args, **named)

        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, asked)

    async def rehearse(self, step: Callable[Concatenate[Tx, P], T], *args: P.args,
                       **named: P.kwargs) -> T:
        """Run a step as `write` does, return its result, and roll back all that it wrote."""
        def run(tx: Tx) -> None:
            raise _TakenBack(step(tx, *args, **named))

        try:
            await self.write(run)
        except _TakenBack as taken:
            return taken.found  # type: ignore[no-any-return]  # what the step returned
        raise AssertionError("a rehearsed step was not rolled back")

    async def check(self, seconds: float | None = None) -> bool:
        """Look through the ledger for damage, for so many seconds at most (None: to the end).

        Return whether there was time for all of it. Raise Unusable where it is damaged.
        """
        return await self.read(lambda tx: tx.sound(seconds))

    def close(self) -> None:
        """Write what still waits, for CLOSES_WITHIN at most; then close every connection.

        What another program's lock, or a server that says nothing, holds up longer is not written.
        """
        self._closing = True
        self._queue.put(None)
        self._thread.join(CLOSES_WITHIN)
        self._cut()
        self._thread.join()
        self._readers.shutdown()
        self._close()

    @abstractmethod
    def _ask(self, question: Callable[[Tx], T]) -> T:
        """Run a question on a connection of its own. Called by a reader's thread."""

    @abstractmethod
    def _see_it_stands(self) -> None:
        """Find out whether the ledger still stands; where it does not, every request fails."""

    @abstractmethod
    def _begin(self) -> None:
        """Begin a transaction as the only one that writes, however long that is waited for."""

    @abstractmethod
    def _end(self) -> None:
        """Count the commit, and have it on the disk."""

    @abstractmethod
    def _undo(self) -> None:
        """End a transaction that failed, with nothing of it done. Raise nothing."""

    @abstractmethod
    def _leave(self) -> None:
        """Take leave of the ledger, as the last thing that is written. Raise nothing."""

    @abstractmethod
    def _cut(self) -> None:
        """Have all that threads still wait for fail soon. Called by another thread."""

    @abstractmethod
    def _close(self) -> None:
        """Close every connection."""

    @abstractmethod
    def _unwritable(self, failed: Exception) -> Unwritable:
        """Return what is told to those whose requests were in a transaction that failed."""

    @abstractmethod
    def _fails_all(self, error: Exception) -> bool:
        """Say whether an error of one request is one of the whole transaction."""

    def _run(self) -> None:
        last = False
        while not last:
            waiting = self._waiting()
            last = None in waiting
            self._see_it_stands()
            self._commit([item for item in waiting if item is not None])
        self._leave()

    def _waiting(self) -> list[WriteRequest | None]:
        """Return at most AT_ONCE requests; none where there were none for LOOKS seconds."""
        try:
            waiting = [self._queue.get(timeout=LOOKS)]
        except queue.Empty:
            return []
        if self._company and not self._closing:
            time.sleep(GATHERS)
        while len(waiting) < AT_ONCE and not self._queue.empty():
            waiting.append(self._queue.get())
        self._company = len(waiting) > 1
        return waiting

    def _commit(self, requests: Sequence[WriteRequest]) -> None:
        if not requests:
            return
        try:
            outcomes = self._done(requests)
        except Exception as failed:  # noqa: BLE001 - nothing is on the disk, and all must know it
            self._undo()
            outcomes = [(request.done, None, self._unwritable(failed)) for request in requests]
        with suppress(RuntimeError):   # the loop is closed: nobody waits any more
            outcomes[0][0].get_loop().call_soon_threadsafe(_resolve, outcomes)

    def _done(self, requests: Sequence[WriteRequest]) -> list[Outcome]:
        """Run all requests in one transaction; return what became of each."""
        self._begin()
        outcomes = self._attempted(requests)
        self._end()
        return outcomes

    def _attempted(self, requests: Sequence[WriteRequest]) -> list[Outcome]:
        return [outcome for group in _groups(requests) for outcome in self._together(group)]

    def _together(self, group: Sequence[WriteRequest]) -> list[Outcome]:
        """Run requests for the same step as one; where that fails, each by itself."""
        step = group[0].shared
        if step and len(group) > 1:
            try:
                with self._db:
                    results = step(self._db, [request.item for request in group])
            except Exception as error:
                if self._fails_all(error):
                    raise
            else:
                return [(request.done, result, None)
                        for request, result in zip(group, results, strict=True)]
        return [self._attempt(request) for request in group]

    def _attempt(self, request: WriteRequest) -> Outcome:
        try:
            with self._db:
                result = request.step(self._db)
        except Exception as error:
            if self._fails_all(error):      # nobody may be told that it is done
                raise
            return request.done, None, error
        return request.done, result, None


def _groups(requests: Sequence[WriteRequest]) -> Iterator[Sequence[WriteRequest]]:
    """Yield those that share a step together, others alone; none passes one that is alone."""
    for shared, run in groupby(requests, lambda request: request.shared is not None):
        if not shared:
            yield from ([request] for request in run)
            continue
        by_step = defaultdict[Any, list[WriteRequest]](list)
        for request in run:
            by_step[request.shared].append(request)
        yield from by_step.values()


def _resolve(outcomes: Sequence[Outcome]) -> None:
    """Answer all who wait for one commit in one call, so that the loop is woken only once."""
    for done, result, error in outcomes:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
