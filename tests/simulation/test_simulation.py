"""Two hundred campaigns in which things go wrong by chance, and people ask and decide.

What must hold is in `life._check`, and that it can fail, below.
"""

import apsw
import pytest

from sarabanwatch.app import life as steps
from sarabanwatch.core.sending import plan, probe
from sarabanwatch.core.sending.probe import Event, State
from sarabanwatch.ports import Unwritable
from sarabanwatch.store import letters, register_table
from sarabanwatch.store.writer import open_to_write
from simulation import pen
from simulation.life import Broken, play

SEEDS, AT_ONCE = 200, 10


@pytest.mark.parametrize("first", range(1, SEEDS + 1, AT_ONCE))
def test_no_letter_goes_twice_none_is_lost_and_the_truth_is_found(first):
    for seed in range(first, first + AT_ONCE):
        play(seed)


def test_a_seed_plays_the_same_again():
    assert play(7).digest == play(7).digest
    assert play(7).digest != play(8).digest


def broken_within(seeds):
    """Play until a promise breaks; return how it broke."""
    for seed in range(1, seeds + 1):
        try:
            play(seed)
        except (Broken, Unwritable, apsw.Error) as broken:
            return f"{broken} {broken.__notes__}"
    return "nothing was noticed"


def test_a_letter_in_doubt_that_were_sent_again_would_be_seen(monkeypatch):
    monkeypatch.setitem(probe.TRANSITIONS[State.SENDING], Event.LOST, State.DEFERRED)
    how = broken_within(20)
    assert "sent twice" in how or "arrived, and the ledger says 'held'" in how      # as its window has room for another try or not
    assert "play it again with `python tests/simulation/life.py" in how


def test_a_fresh_letter_within_the_window_would_be_seen(monkeypatch):
    monkeypatch.setattr(plan, "window_end", lambda left_at, _policy: left_at)
    assert "in one window" in broken_within(20)


def test_a_disk_that_were_not_waited_for_would_be_seen(monkeypatch):
    def careless(path):
        db = open_to_write(path)
        db.pragma("synchronous", "off")
        return db

    monkeypatch.setattr(pen, "open_to_write", careless)
    assert "seed" in broken_within(20)


def test_silence_believed_while_our_ears_were_shut_would_be_seen(monkeypatch):
    monkeypatch.setattr(steps.canaries, "proved", lambda *_: True)
    assert "judged wrongly" in broken_within(60)


def test_a_letter_asked_for_beside_one_under_way_would_be_seen(monkeypatch):
    monkeypatch.setattr(letters, "ASK", letters.ASK.replace("AND state <> 'closed'", "AND state = 'closed'"))
    assert "in one window" in broken_within(40)


def test_a_letter_to_one_that_asked_to_be_left_alone_would_be_seen(monkeypatch):
    monkeypatch.setattr(letters.wishes, "of", lambda *_: None)
    nobody = letters.CANDIDATES.replace("NOT IN (SELECT code FROM wish", "NOT IN (SELECT by FROM wish")
    monkeypatch.setattr(letters, "CANDIDATES", nobody)
    assert "which was left alone" in broken_within(60)


def test_a_list_that_undid_a_correction_would_be_seen(monkeypatch):
    monkeypatch.setattr(register_table, "_corrected", lambda _db, register: register)
    assert "another address than was accepted" in broken_within(40)
