"""A ledger on a file, empty or with two letters written in it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakes.books import ONE, TWO, draft
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.store import Ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(file: Path) -> Iterator[Ledger]:
    with closing(Ledger(file)) as opened:
        yield opened


@pytest.fixture
async def written(ledger: Ledger) -> Ledger:
    """A ledger of two agencies, a letter (serials 1 and 2) written to each."""
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(ledger, ONE, TWO)
    return ledger
