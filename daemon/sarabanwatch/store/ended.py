"""Letters at their end, for the log: each with what was tried, what came back and its verdict."""

from collections.abc import Iterable

from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.sending.ended import EndedLetter
from sarabanwatch.store.letters import seen
from sarabanwatch.store.rows import ask_one, moment
from sarabanwatch.store.tx import Tx

# a fact for each time that a letter was offered
TRIED = frozenset({FactKind.PUT_OFF, FactKind.TAKEN, FactKind.REFUSED, FactKind.LOST})
ENDED = """
    SELECT code, purpose, host, campaign, drafted_at, first_try, fate FROM letter WHERE serial = ?
"""


def letters(tx: Tx, serials: Iterable[int]) -> list[EndedLetter]:
    """Return these letters as they ended."""
    return [_ended(tx, serial) for serial in serials]


def _ended(tx: Tx, serial: int) -> EndedLetter:
    row = ask_one(tx, ENDED, (serial,))
    assert row is not None  # noqa: S101 - letters are never deleted
    code, purpose, host, campaign, drafted_at, first_try, fate = row
    facts = seen(tx, serial)
    judged = verdict.rule_for(facts)
    return EndedLetter(serial, code, purpose, host, campaign, moment(drafted_at),
                       moment(first_try) if first_try else None, fate,
                       sum(fact.kind in TRIED for fact in facts),
                       len({fact.mail for fact in facts if fact.mail}), judged.verdict,
                       judged.because)
