"""A ledger, empty or with two letters written in it.

A test that names no `file` runs on either engine: on SQLite, and on PostgreSQL where the machine
has it.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from fakes import postgres
from fakes.books import ONE, TWO, draft
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.store import FileLedger, Ledger
from sarabanwatch.store.places import Place, Server
from sarabanwatch.store.server import ServerLedger


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        both = "file" not in metafunc.fixturenames
        metafunc.parametrize("engine", ["sqlite", "postgresql"] if both else ["sqlite"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest) -> Place:
    """Where the ledger stands: a file, or a server."""
    if engine == "sqlite":
        return request.getfixturevalue("file")      # type: ignore[no-any-return]  # a Path
    return Server(request.getfixturevalue("server"))


@contextmanager
def opened(place: Place, at: datetime | None = None) -> Iterator[Ledger]:
    """Open an empty ledger; what a server has of it is gone afterwards."""
    if isinstance(place, Path):
        with closing(FileLedger(place, at=at)) as ledger:
            yield ledger
        return
    with closing(ServerLedger(place.url, at=at)) as ledger:
        yield ledger
        ledger._db.execute(postgres.EMPTIED)


@pytest.fixture
def bare(place: Place) -> Iterator[Ledger]:
    with opened(place) as ledger:
        yield ledger


@pytest.fixture
def ledger(bare: Ledger) -> Ledger:
    return bare


@pytest.fixture
async def written(ledger: Ledger) -> Ledger:
    """A ledger of two agencies, a letter (serials 1 and 2) written to each."""
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(ledger, ONE, TWO)
    return ledger
