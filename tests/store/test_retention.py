"""Words of facts, and tries, are let go by kind and age; and the room they took is given back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.books import ONE, TWO, draft, send
from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK
from fakes.postgres import REFUSED, by_hand
from fakes.samples import MONDAY, RULES, fact, register
from sarabanwatch import store
from sarabanwatch.app.forgetting import forget
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.retention import Retained, in_place_of
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger, retention
from sarabanwatch.store.letters import witness
from sarabanwatch.store.places import Place

LATER = MONDAY + timedelta(days=900)
PERIODS = RULEBOOK.policy.ledger.periods
SAYS = {FactKind.ANSWERED: "somchai says hello", FactKind.BOUNCED: "550 5.1.1 no such user"}


@pytest.fixture
async def ledger(bare: Ledger) -> Ledger:
    """Two letters with words of both kinds, the first put off three times, taken and closed."""
    await bare.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(bare, ONE, TWO)
    await bare.write(_put_off)
    await send(bare, 1)
    for serial in (1, 2):
        facts = [(serial, replace(fact(kind), text=text, reporter="somchai@one.test"))
                 for kind, text in SAYS.items()]
        await bare.write(witness, facts)
    await bare.write(_closed)
    return bare


def _closed(tx: store.Tx) -> None:
    tx.execute("UPDATE letter SET state = 'closed', closed_at = ? WHERE serial = 1", (MONDAY,))


def _put_off(tx: store.Tx) -> None:
    for n in range(3):
        tx.execute("INSERT INTO attempt (serial, picked_at, at, event, speaker, response, reply) "
                   "VALUES (1, ?, ?, 'later', '', NULL, ?)", (MONDAY, MONDAY, f"try {n}"))


async def words(ledger: Ledger) -> set[tuple[int, str, str]]:
    return set(await ledger.read(lambda tx: list(tx.execute(
        "SELECT serial, text, reporter FROM evidence WHERE kind IN ('answered', 'bounced')"))))


async def test_words_of_closed_letters_go_and_their_digest_stays(ledger: Ledger) -> None:
    clock = StoppedClock(LATER)
    assert await forget(ledger=ledger, clock=clock, rules=RULEBOOK, journal=MetricJournal(clock))
    answer, bounce = SAYS.values()
    assert await words(ledger) == {
        (1, in_place_of(answer), ""), (1, in_place_of(bounce), "somchai@one.test"),
        (2, answer, "somchai@one.test"), (2, bounce, "somchai@one.test")}
    assert await forget(ledger=ledger, clock=clock, rules=RULEBOOK,
                        journal=MetricJournal(clock)) == 0


async def test_the_last_try_of_a_closed_letter_stays(ledger: Ledger) -> None:
    keys = await ledger.read(retention.due, Retained.ATTEMPT, LATER, 100)
    assert await ledger.write(retention.let_go, Retained.ATTEMPT, keys, LATER) == 3
    left = await ledger.read(lambda tx: list(tx.execute("SELECT serial, event FROM attempt")))
    assert left == [(1, "taken")]
    assert await ledger.read(store.accounts.disagreements) == {}


async def test_what_is_younger_than_its_period_stays(ledger: Ledger) -> None:
    for kind in Retained:
        assert await ledger.read(retention.due, kind, MONDAY - timedelta(days=1), 100) == []


@pytest.mark.parametrize("change", [
    "UPDATE evidence SET text = 'other' WHERE serial = 1",
    "UPDATE evidence SET text = '[sha256:x]' WHERE serial = 1",
    "UPDATE evidence SET text = '[sha256:x]', let_go_at = 'now', reason = 'other'",
    "UPDATE evidence SET text = '[sha256:x]', let_go_at = 'now', reporter = 'other'",
    "UPDATE evidence SET text = '[sha256:x]', let_go_at = 'now', kind = 'receipt'",
    "DELETE FROM evidence", "DELETE FROM attempt", "UPDATE attempt SET reply = ''",
    "DELETE FROM attempt WHERE id = (SELECT max(id) FROM attempt)",
])
async def test_facts_change_in_no_other_way(ledger: Ledger, place: Place, change: str) -> None:
    await ledger.read(store.accounts.size, MONDAY, PERIODS)
    with by_hand(place) as db, pytest.raises(REFUSED, match="append-only"):
        db.execute(change)


async def test_room_that_is_not_needed_is_given_back_a_few_pages_at_a_time(
    ledger: Ledger, file: Path,
) -> None:
    await ledger.write(lambda tx: tx.execute(
        "CREATE TABLE filler (x BLOB); "
        "INSERT INTO filler WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 400) SELECT randomblob(4000) FROM n"))
    await ledger.write(lambda tx: tx.execute("DROP TABLE filler"))
    before = (await ledger.read(store.accounts.size, MONDAY, PERIODS)).unused
    assert before > 400 * 4000
    assert await ledger.write(retention.give_back, 100) == 100
    while await ledger.write(retention.give_back, 100):
        pass
    size = await ledger.read(store.accounts.size, MONDAY, PERIODS)
    assert 0 < size.unused < before / 8        # a tenth stays for what comes next

