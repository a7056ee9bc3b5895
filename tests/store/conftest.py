"""A ledger, empty or with two letters written in it.

A test that names no `file` runs on either engine: on SQLite, and on PostgreSQL where the machine
has it.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakes import postgres
from fakes.books import ONE, TWO, draft
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.store import Ledger
from sarabanwatch.store.server import ServerLedger


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        both = "file" not in metafunc.fixturenames
        metafunc.parametrize("engine", ["sqlite", "postgresql"] if both else ["sqlite"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server's database, one for all tests of a worker."""
    if why := postgres.lacking():
        pytest.skip(why)
    with postgres.server() as (url, _):
        yield url


@pytest.fixture
def ledger(engine: str, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    if engine == "sqlite":
        opened = Ledger(request.getfixturevalue("file"))
    else:
        opened = ServerLedger(request.getfixturevalue("server"))
    with closing(opened):
        yield opened
        if engine == "postgresql":
            opened._db.execute(postgres.EMPTIED)


@pytest.fixture
async def written(ledger: Ledger) -> Ledger:
    """A ledger of two agencies, a letter (serials 1 and 2) written to each."""
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(ledger, ONE, TWO)
    return ledger
