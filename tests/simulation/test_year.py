"""A small year within the suite: forty agencies, three short rounds, and all that can happen.

`make year` plays the whole one. That its promises can be broken, and are noticed, is shown below.
"""

from dataclasses import replace
from itertools import pairwise

import pytest

from sarabanwatch.app import windows
from sarabanwatch.core.sending import plan, probe
from sarabanwatch.core.sending.probe import Event, State
from sarabanwatch.store import candidates, halts, letters, pauses
from simulation.fates import BEGINS_WITH, FATES, Plan
from simulation.people import Broken
from simulation.year import play

SMALL = Plan(seed=1, agencies=40, rounds=3, weeks=3)
TINY = Plan(seed=1, agencies=40, rounds=2, weeks=2)
UNKNOWN = 0.2           # of all agencies, at most, at the end of so short a round
LETTER = 13_000         # octets of the ledger, at most
MORE = 1.25             # memory at the end, as a share of what it was after the first round


def test_a_small_year_keeps_its_promises_at_a_cost_that_is_known():
    year = play(SMALL)
    every = {*FATES, *BEGINS_WITH, "broken", "mended", "restored", "upgraded"}
    assert every == set(year.faults)
    assert [row.found.number for row in year.rows] == [1, 2, 3]
    assert max(row.found.unknown for row in year.rows) <= UNKNOWN * SMALL.agencies
    first, *_, last = year.rows
    assert last.descriptors <= first.descriptors + 2
    assert last.rss <= MORE * first.rss
    a_letter = [(now.octets - was.octets) / (now.found.letters + now.found.canaries)
                for was, now in pairwise(year.rows)]
    assert max(a_letter) < LETTER


@pytest.mark.soak
def test_a_seed_plays_the_same_year_again():
    assert play(TINY).digest == play(TINY).digest


def broken(plan: Plan = SMALL) -> str:
    """Return how a small year breaks."""
    with pytest.raises(Broken) as seen:
        play(plan)
    again = f"play it again: `python tests/simulation/year.py {plan.seed} 40 3 3`"
    assert again in seen.value.__notes__[0]
    return str(seen.value)


def test_a_letter_in_doubt_that_were_sent_again_would_be_seen(monkeypatch):
    monkeypatch.setitem(probe.TRANSITIONS[State.SENDING], Event.LOST, State.DEFERRED)
    assert "sent twice" in broken()


def test_a_fresh_letter_within_the_window_would_be_seen(monkeypatch):
    monkeypatch.setattr(plan, "window_end", lambda left_at, _policy: left_at)
    assert "in one window" in broken()


def test_a_restored_ledger_that_went_on_at_once_would_be_seen(monkeypatch):
    monkeypatch.setattr(halts, "begin", lambda *_: 0)
    assert "in one window" in broken(replace(SMALL, seed=2))


def test_silence_believed_while_our_ears_were_shut_would_be_seen(monkeypatch):
    monkeypatch.setattr(windows.canary, "proved", lambda *_: True)
    assert "judged wrongly" in broken()


def test_an_agency_that_were_forgotten_would_be_seen(monkeypatch):
    due = plan.due
    monkeypatch.setattr(plan, "due", lambda address, *given: "office7." not in address
                                                             and due(address, *given))
    assert "no letter to ['0007']" in broken(replace(SMALL, seed=2))


def test_a_letter_to_one_that_asked_to_be_left_alone_would_be_seen(monkeypatch):
    for room, name, says, instead in (
        (letters, "PICKED", "o.code = letter.code", "o.by = letter.code"),
        (candidates, "CANDIDATES", "SELECT code FROM opt_out", "SELECT by FROM opt_out"),
    ):
        assert says in getattr(room, name)
        monkeypatch.setattr(room, name, getattr(room, name).replace(says, instead))
    assert "which was left alone" in broken(replace(SMALL, seed=2))


def test_a_letter_to_one_that_is_paused_would_be_seen(monkeypatch):
    monkeypatch.setattr(pauses, "in_force", lambda *_: [])
    assert "which was paused" in broken(replace(SMALL, seed=5))
