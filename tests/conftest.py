"""What all tests share: properties are tried on the same cases everywhere, untimed.

`HYPOTHESIS=search` seeks new ones.

What waits longest for other programs, or takes longest itself, begins first, a file of it at each
worker in turn, so that none is alone at the end.
"""

import gc
import os
from functools import cache
from itertools import groupby, islice
from pathlib import Path

import pytest
from hypothesis import settings

from fakes import postgres
from house import mirror

settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))

TESTS = Path(__file__).parent
# the first lasts five minutes, the next three some minutes; what is last fills what is left
FIRST = ("real/as_shipped", "real/install", "real/mail", "real/prometheus", "story", "real",
         "cli/test_demo.py", "documents/test_commands.py", "simulation")


@cache
def _place(path):
    where = path.relative_to(TESTS)
    return next((at for at, place in enumerate(FIRST) if where.is_relative_to(place)), len(FIRST))


def _rank(item):
    return _place(item.path)


def _waits(item):
    return _rank(item) < len(FIRST)


def pytest_collection_modifyitems(items):
    """Deal the tests into hands.

    Xdist (worksteal) gives each worker an equal share of them, in the order that stands here.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ranked = sorted(items, key=_rank)
    slow = [list(tests) for _, tests in groupby(filter(_waits, ranked), key=lambda item: item.path)]
    quick, dealt = (item for item in ranked if not _waits(item)), []
    for worker in range(workers):
        share = (len(items) - len(dealt)) // (workers - worker)
        hand = [item for file in slow[worker::workers] for item in file]
        dealt += hand + list(islice(quick, max(0, share - len(hand))))
    items[:] = [*dealt, *quick]


def pytest_collection_finish():
    """Let no garbage collection search the thousands of tests that were collected."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    """Show the house in figures, where they were taken."""
    for title, figures in (taken for reports in terminalreporter.stats.values() for each in reports
                           for taken in getattr(each, "user_properties", ())):
        if title == mirror.TITLE:
            terminalreporter.section(title)
            terminalreporter.line(figures)


@pytest.fixture(scope="session")
def server():
    """The URL of a PostgreSQL server's database, one for all tests of a worker."""
    if why := postgres.lacking():
        pytest.skip(why)
    with postgres.server() as (url, _):
        yield url
