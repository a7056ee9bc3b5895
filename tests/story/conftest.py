"""Where the ledgers of stories stand: in a file of the land's folder; or, where LEDGER=server says
so, each in a database of its own on a PostgreSQL server.
"""

import os
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from story import programs

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def ledger(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have the land's daemon keep its ledger where the surroundings say."""
    if os.environ.get("LEDGER") != "server":
        yield
        return
    url, name = request.getfixturevalue("server"), f"story{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    programs.LEDGER["url"] = url.replace("/postgres?", f"/{name}?")
    yield
    programs.LEDGER.clear()
