"""Ledgers of released versions are brought up to today's schema, and judged as they were."""

import lzma
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sarabanwatch import settings
from sarabanwatch.app.foreseeing import foreseen
from sarabanwatch.core.policy import CampaignSection, Policy
from sarabanwatch.core.retention import Retained
from sarabanwatch.store import accounts, copies, queries, retention, schema, upgrade
from sarabanwatch.store.judgements import case
from sarabanwatch.store.ledger import open_to_write

KEPT = Path(__file__).with_name("kept")
LONG_AFTER = datetime(2099, 1, 1, tzinfo=UTC)
RULES = settings.address_rules(KEPT / "address-rules.toml")
POLICY = Policy(CampaignSection(anchor=date(2026, 2, 17)))


@pytest.fixture(params=sorted(KEPT.glob("*.xz")), ids=lambda file: file.name)
def brought_up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A released ledger, brought up to date."""
    file = tmp_path / "ledger.db"
    file.write_bytes(lzma.decompress(request.param.read_bytes()))
    done = upgrade.bring_up(file, LONG_AFTER)
    assert done is not None
    assert done.now == schema.newest()
    return file


def moved(file: Path) -> list[object]:
    """Return the agencies that would be judged otherwise than they are, by their facts today."""
    with queries.asking(file) as tx:
        codes = [row.code for row in queries.listed(tx)]
        assert len(codes) == 12
        judge = foreseen(RULES, POLICY)
        cases = [found for code in codes if (found := case(tx, code))]
        return [move for each in cases if (move := judge(each))]


def test_it_is_whole_and_nothing_moved(brought_up: Path) -> None:
    copies.checked(brought_up)
    assert moved(brought_up) == []
    with queries.asking(brought_up) as tx:
        assert accounts.disagreements(tx) == {}
        assert len({row.group for row in queries.listed(tx)}) > 3


def test_nothing_moves_when_all_words_are_let_go(brought_up: Path) -> None:
    with closing(open_to_write(brought_up)) as tx, tx:
        gone = {kind: retention.let_go(tx, kind, retention.due(tx, kind, LONG_AFTER, 1 << 20),
                                       LONG_AFTER) for kind in (Retained.OWN, *Retained)}
    assert gone[Retained.MAIL] > 0
    assert gone[Retained.SETTLED] > 0
    assert moved(brought_up) == []
    with queries.asking(brought_up) as tx:
        assert accounts.disagreements(tx) == {}


def test_it_can_be_taken_back(brought_up: Path) -> None:
    back = upgrade.earlier_copy(brought_up)
    assert upgrade.go_back(brought_up, back, LONG_AFTER) is not None
    assert copies.checked(brought_up) == back.contents
