"""What many ask of one step at the same time is done at once, and no item harms another."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fakes.books import LATER
from fakes.samples import MONDAY, fact
from sarabanwatch import store
from sarabanwatch.core.facts.act import ACTING, Actor
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.core.sending.probe import Event, OutOfTurn, State, TryResult
from sarabanwatch.store import Ledger, acts
from sarabanwatch.store.letters import Outcome
from sarabanwatch.store.places import Place
from sarabanwatch.store.tx import Tx
from store.conftest import opened


@contextmanager
def held(ledger: Ledger) -> Iterator[None]:
    """Hold the writer, so that whatever is asked meanwhile shares the next commit."""
    gate = threading.Event()
    ledger.writing(lambda _: gate.wait())
    yield
    gate.set()


async def test_items_of_one_step_are_one_run_and_each_has_its_own_result(ledger: Ledger) -> None:
    runs = list[list[int]]()

    def doubled(_: Tx, items: Sequence[int]) -> list[int]:
        runs.append(list(items))
        return [2 * item for item in items]

    def counted(_: Tx, items: Sequence[str]) -> list[int]:
        return [len(item) for item in items]

    with held(ledger):
        asked = [ledger.sharing(doubled, 1), ledger.sharing(counted, "four"),
                 ledger.sharing(doubled, 3)]
    assert await asyncio.gather(*asked) == [2, 4, 6]
    assert runs == [[1, 3]]


async def test_no_item_passes_a_step_that_was_asked_for_between(ledger: Ledger) -> None:
    order = list[object]()

    def between(_: Tx) -> int:
        order.append("between")
        return 0

    def noted(_: Tx, items: Sequence[int]) -> Sequence[int]:
        order.append(list(items))
        return items

    with held(ledger):
        asked = [ledger.sharing(noted, 1), ledger.sharing(noted, 2),
                 ledger.writing(between), ledger.sharing(noted, 3)]
    await asyncio.gather(*asked)
    assert order == [[1, 2], "between", [3]]


async def test_an_item_that_fails_leaves_nothing_and_the_others_stand(ledger: Ledger) -> None:
    def kept(tx: Tx, names: Sequence[str]) -> Sequence[str]:
        for name in names:
            tx.execute("INSERT INTO cursor VALUES (?, 1, 1)", (name,))
            if name == "bad":
                raise LookupError(name)
        return names

    with held(ledger):
        asked = [ledger.sharing(kept, name) for name in ("one", "bad", "two")]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(result) for result in done] == [str, LookupError, str]
    assert [await ledger.read(store.arrivals.cursor, name) for name in ("one", "bad", "two")] == [
        Cursor(1, 1), Cursor(0, 0), Cursor(1, 1)]


async def test_a_letter_that_two_ask_for_at_once_is_given_to_one(written: Ledger) -> None:
    with held(written):
        asked = [written.sharing(store.letters.picks, (serial, MONDAY)) for serial in (1, 2, 1)]
    one, two, again = await asyncio.gather(*asked)
    assert one
    assert two
    assert (one[0].serial, two[0].serial, again) == (1, 2, None)


async def test_an_outcome_out_of_turn_is_its_own_fault(written: Ledger) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    taken = TryResult(Event.TAKEN, fact(FactKind.TAKEN))
    with held(written):
        asked = [written.sharing(store.letters.outcomes,
                                 Outcome(serial, taken, MONDAY, LATER)) for serial in (1, 2)]
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert done[0] is State.ACCEPTED
    assert isinstance(done[1], OutOfTurn)
    round_ = await written.read(store.letters.round_of, 0, 6)
    assert (round_.sent, round_.pending) == (1, 1)


async def test_where_a_person_acts_each_item_is_an_act(place: Place) -> None:
    token = ACTING.set(lambda: Actor("somchai", "สมชาย", "try", "{}", "telephone"))
    try:
        with opened(place, at=MONDAY) as ledger:
            def kept(tx: Tx, names: Sequence[str]) -> Sequence[str]:
                for name in names:
                    tx.execute("INSERT INTO cursor VALUES (?, 1, 1)", (name,))
                return names

            await asyncio.gather(*(ledger.sharing(kept, name) for name in ("one", "two")))
            assert len(await ledger.read(lambda tx: list(acts.listed(tx)))) == 2
    finally:
        ACTING.reset(token)
