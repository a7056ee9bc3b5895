"""What `status` counts costs the same however long the history is."""

from pathlib import Path

import pytest

from fakes.mailroom import mailroom
from sarabanwatch.store import letters, overview, queries


@pytest.mark.parametrize("sql", [overview.ROUND, letters.ROUND])
def test_the_letters_of_a_round_are_counted_without_a_look_at_any_letter(tmp_path: Path,
                                                                         sql: str) -> None:
    mailroom(tmp_path)
    with queries.asking(tmp_path / "ledger.db") as tx:
        plan = " ".join(row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", (0,)))
        assert "USING COVERING INDEX letter_round (campaign=?)" in plan
        assert overview.round_of(tx, 0) == overview.RoundCounts(sent=2, pending=0, under_way=2)
