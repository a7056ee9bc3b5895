"""What happened to others, and how its own host answered, while a letter waits: only since it was
first put off."""

from fakes.books import LATER
from fakes.books import E as Event
from fakes.samples import HOUR, MONDAY
from sarabanwatch import store
from sarabanwatch.core.sending.put_off import Meanwhile
from sarabanwatch.core.sending.throttle import HostResponse, ResponseKind
from sarabanwatch.store import Ledger


async def meanwhile(ledger: Ledger, since) -> Meanwhile:
    return await ledger.read(store.pacing.meanwhile, 2, since)


async def test_days_on_which_others_were_taken_count_since_then_and_none_before(
    written: Ledger,
) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    await written.write(store.letters.outcome, 1, Event.TAKEN, None, MONDAY, LATER)
    assert await meanwhile(written, MONDAY) == Meanwhile(frozenset({MONDAY.date()}))
    assert await meanwhile(written, MONDAY + HOUR / 60) == Meanwhile(frozenset())


async def test_that_its_host_refuses_us_counts_since_then_and_not_before(written: Ledger) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    word = HostResponse("", MONDAY, MONDAY, ResponseKind.BLOCKED, "blocked")
    await written.write(store.letters.outcome, 1, Event.REFUSAL, None, MONDAY, LATER, word)
    assert (await meanwhile(written, MONDAY)).refused_us
    assert not (await meanwhile(written, MONDAY + HOUR / 60)).refused_us
