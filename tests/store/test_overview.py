"""What `status` counts costs the same however long the history is."""

import re
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.mailroom import mailroom
from sarabanwatch.store import (
    candidates,
    confirming,
    incidents,
    judgements,
    letters,
    overview,
    pacing,
    queries,
    retention,
    rulings,
)
from sarabanwatch.store.ledger import open_to_read


@pytest.mark.parametrize("sql", [overview.ROUND, letters.ROUND])
def test_the_letters_of_a_round_are_counted_without_a_look_at_any_letter(tmp_path: Path,
                                                                         sql: str) -> None:
    mailroom(tmp_path)
    with queries.asking(tmp_path / "ledger.db") as tx:
        plan = " ".join(row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", (0,)))
        assert "USING COVERING INDEX letter_round (campaign=?)" in plan
        assert overview.round_of(tx, 0) == overview.RoundCounts(sent=2, pending=0, under_way=2)


@pytest.mark.parametrize(("sql", "plan"), [
    (overview.LEFT, "SEARCH a USING INDEX attempt_at (at>?)"),
    (pacing.BEGINS, "SEARCH attempt USING COVERING INDEX attempt_at (at>?)"),
    (pacing.BEGINS, "SEARCH evidence USING COVERING INDEX evidence_seen (seen_at>?)"),
    (pacing.ATTEMPTS, "SEARCH a USING INTEGER PRIMARY KEY (rowid>?)"),
    (pacing.FACTS, "SEARCH e USING INTEGER PRIMARY KEY (rowid>?)"),
    (rulings.OLDEST, "SCAN r USING INDEX reading_waits")])
def test_what_is_of_late_is_found_without_a_look_at_what_was_before(tmp_path: Path, sql: str,
                                                                    plan: str) -> None:
    mailroom(tmp_path)
    named = dict.fromkeys(re.findall(r":(\w+)", sql)) or (None,) * sql.count("?")
    with queries.asking(tmp_path / "ledger.db") as tx:
        steps = [row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", named)]
    assert plan in steps
    assert not [step for step in steps if step in {"SCAN a", "SCAN e", "SCAN m", "SCAN l"}]


def test_what_was_asked_before_is_not_planned_anew_for_another_value(tmp_path: Path) -> None:
    mailroom(tmp_path)
    planned: list[int] = []
    with closing(open_to_read(tmp_path / "ledger.db")) as tx:
        confirming.failing(tx, "1")
        tx.authorizer = lambda what, *_: planned.append(what) or apsw.SQLITE_OK
        confirming.failing(tx, "2")      # this one is: another authorizer came
        before = len(planned)
        assert before
        confirming.failing(tx, "3")
        assert len(planned) == before


def test_what_is_known_of_one_that_failed_is_found_without_a_look_at_others(tmp_path: Path) -> None:
    mailroom(tmp_path)
    with queries.asking(tmp_path / "ledger.db") as tx:
        steps = [row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {confirming.LOOKS_OF_ONE}",
                                              ("1",))]
    assert steps[0] == "SEARCH e USING PRIMARY KEY (code=?)"


@pytest.mark.parametrize(("sql", "plan"), [
    (letters.SENDING_NOW, "SCAN letter USING INDEX letter_open"),
    (candidates.CANDIDATES, "SEARCH o USING INDEX letter_under_way (address=?)"),
    (candidates.CANDIDATES, "SEARCH l USING INDEX letter_of (code=? AND campaign=?) LEFT-JOIN"),
    (letters.DRAFT, "SEARCH l USING INDEX letter_under_way (address=?)"),
    (letters.OUTSIDE, "SEARCH letter USING INDEX letter_under_way (address=?)"),
    (confirming.LOOKS_OF_ALL, "SEARCH o USING INDEX letter_under_way (address=?)"),
    (confirming.LOOKS_OF_ALL, "SEARCH m USING COVERING INDEX member_of (code=?)"),
    (confirming.LOOKS_OF_ALL, "SEARCH m USING COVERING INDEX member_cleared (incident=?)"),
    (incidents.SIZES, "SEARCH letter USING INDEX letter_ends (window_end>?)"),
    (judgements.UNJUDGED, "SCAN u"),
    (retention.OLD_TRIES, "SEARCH a USING INDEX attempt_later (at<?)"),
    (pacing.HOUSES, "SEARCH l USING INDEX letter_house (campaign=?)"),
    (pacing.WRITTEN, "SEARCH letter USING INDEX letter_house (campaign=?)"),
    (pacing.REHOST, "SEARCH letter USING INDEX letter_house (campaign=? AND host=? AND domain=?)"),
])
def test_letters_of_other_rounds_are_not_looked_at(tmp_path: Path, sql: str, plan: str) -> None:
    mailroom(tmp_path)
    named = dict.fromkeys(re.findall(r":(\w+)", sql)) or (None,) * sql.count("?")
    with queries.asking(tmp_path / "ledger.db") as tx:
        steps = [row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", named)]
    assert plan in steps
    assert not {"SCAN a", "SCAN l", "SCAN o", "SCAN letter"} & set(steps)
