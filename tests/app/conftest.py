"""A watch over one agency."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes.samples import MONDAY, RULES, register
from fakes.watch import ONE, Watch
from sarabanwatch import store
from sarabanwatch.store import FileLedger


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over one agency, on a Monday morning."""
    watch = Watch(FileLedger(tmp_path / "ledger.db"))
    await watch.ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    yield watch
    await watch.reader.close()
    watch.ledger.close()
