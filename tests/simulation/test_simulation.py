"""Ten campaigns, or as many as SEEDS says, in which things go wrong by chance and people decide.

As many smaller ones with the ledger on a PostgreSQL server, where Debian's is installed.

What must hold is in `promises.check`; that it can fail, and within what is played, is shown below.
"""

import os
from contextlib import closing

import apsw
import pytest

from fakes.postgres import EMPTIED
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.sending import canary as canaries
from sarabanwatch.core.sending import plan, probe
from sarabanwatch.core.sending.probe import Event, State
from sarabanwatch.store import candidates, letters, pauses, register_table
from sarabanwatch.store.ledger import open_to_write
from sarabanwatch.store.postgres import ServerSession
from simulation import inline_ledger
from simulation.life import FATES, fates, play
from simulation.people import Broken
from simulation.world import OFFICES

FAR = 60          # campaigns to be played at most until a fault is noticed
FEW = len(OFFICES)     # offices where the ledger is on a server, which takes longer
SEEDS, AT_ONCE = int(os.environ.get("SEEDS", "10")), 5
DRAWN = 1000      # the fates alone are drawn of so many; nothing is played


@pytest.mark.parametrize("first", range(1, SEEDS + 1, AT_ONCE))
def test_no_letter_goes_twice_none_is_lost_and_the_truth_is_found(first):
    digests = [play(seed).digest for seed in range(first, min(first + AT_ONCE, SEEDS + 1))]
    assert len({*digests}) == len(digests)      # no two seeds play the same


@pytest.fixture
def url(server):
    """A server's database, which is left without a ledger's rows."""
    yield server
    with closing(ServerSession(server)) as db:
        db.execute(EMPTIED)


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_the_same_holds_where_the_ledger_is_on_a_server(url, seed):
    play(seed, server=url, number=FEW)


def test_all_that_can_go_wrong_does_so_in_many_of_the_campaigns():
    struck = [{fate for _, fate in fates(seed)} for seed in range(1, DRAWN + 1)]
    assert {fate: share for fate in FATES
            if (share := sum(fate in each for each in struck) / DRAWN) < 0.1} == {}


def test_a_seed_plays_the_same_again():
    assert play(7).digest == play(7).digest


def broken(first=1):
    """Play until a promise breaks, beginning where it breaks today; return how it broke."""
    for seed in (*range(first, FAR + 1), *range(1, first)):
        try:
            play(seed)
        except (Broken, Unwritable, apsw.Error) as seen:
            return f"{seen} {seen.__notes__}"
    return "nothing was noticed"


def reword(monkeypatch, question, says, instead, room=letters):
    """Let a question to the ledger say something else; fail where it does not say so any more."""
    sql = getattr(room, question)
    assert says in sql
    monkeypatch.setattr(room, question, sql.replace(says, instead))


def test_a_letter_in_doubt_that_were_sent_again_would_be_seen(monkeypatch):
    monkeypatch.setitem(probe.TRANSITIONS[State.SENDING], Event.LOST, State.DEFERRED)
    how = broken(4)
    # as its window had room for another try, and that try was made, or not
    assert "sent twice" in how or "arrived, and the ledger says" in how
    assert "play it again with `python tests/simulation/life.py" in how


def test_a_fresh_letter_within_the_window_would_be_seen(monkeypatch):
    monkeypatch.setattr(plan, "window_end", lambda left_at, _policy: left_at)
    assert "in one window" in broken(7)


def test_a_disk_that_were_not_waited_for_would_be_seen(monkeypatch):
    def careless(path):
        db = open_to_write(path)
        db.pragma("synchronous", "off")
        return db

    monkeypatch.setattr(inline_ledger, "open_to_write", careless)
    assert "seed" in broken(15)


def test_silence_believed_while_our_inbox_was_not_read_would_be_seen(monkeypatch):
    monkeypatch.setattr(canaries, "proved", lambda *_: True)
    assert "judged wrongly" in broken()


def test_a_letter_asked_for_beside_one_under_way_would_be_seen(monkeypatch):
    reword(monkeypatch, "OUTSIDE", "AND state <> 'closed'", "AND state = 'never'")
    assert "in one window" in broken(5)


def test_a_letter_to_one_that_asked_to_be_left_alone_would_be_seen(monkeypatch):
    reword(monkeypatch, "PICKED", "o.ended_at IS NULL", "o.ended_at = ''")
    reword(monkeypatch, "CANDIDATES", "NOT IN (SELECT code FROM opt_out",
           "NOT IN (SELECT by FROM opt_out", candidates)
    assert "which was left alone" in broken(22)


def test_a_letter_to_one_that_is_paused_would_be_seen(monkeypatch):
    monkeypatch.setattr(pauses, "in_force", lambda *_: [])
    assert "was paused" in broken(5)


def test_a_list_that_undid_a_correction_would_be_seen(monkeypatch):
    monkeypatch.setattr(register_table, "_corrected", lambda _db, register: register)
    assert "another address than was accepted" in broken(6)
