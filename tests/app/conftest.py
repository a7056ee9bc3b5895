"""A watch over one agency."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.samples import MONDAY, register
from fakes.watch import ADDRESS, ONE, Watch
from sarabanwatch.store import SqliteLedger


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over one agency, on a Monday morning."""
    watch = Watch(SqliteLedger(tmp_path / "ledger.db", ADDRESS))
    await watch.ledger.roll.replace(register(ONE), MONDAY)
    yield watch
    await watch.reader.close()
    watch.ledger.close()
