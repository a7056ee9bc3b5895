"""What the ledger's own writer has reported as written survives a loss of power."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.books import ONE, TWO, draft, mail, send
from fakes.platter import Platter, beneath
from fakes.samples import MONDAY, RULES, fact, register
from sarabanwatch import store
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import FileLedger, Ledger


@pytest.fixture
def platter(tmp_path: Path) -> Platter:
    return Platter(tmp_path / "platter")


@pytest.fixture
def ledger(file: Path, platter: Platter) -> Iterator[Ledger]:
    with beneath(platter):
        opened = FileLedger(file)
    with closing(opened):
        yield opened


@pytest.fixture
def found(platter: Platter, file: Path, tmp_path: Path):
    """Read the ledger as it would be found if the power failed now."""
    def ask(question: str) -> object:
        after = tmp_path / "after"
        shutil.rmtree(after, ignore_errors=True)
        shutil.copytree(platter.folder, after)
        with closing(apsw.Connection(str(after / file.name))) as db:
            return db.execute(question).get
    return ask


async def test_whatever_was_told_as_written_is_found_after_the_power_went(ledger: Ledger,
                                                                          found) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    assert found("SELECT count(*) FROM agency") == 2
    await draft(ledger, ONE, TWO)
    assert found("SELECT count(*) FROM letter WHERE state = 'drafted'") == 2
    await ledger.write(store.letters.pick, 1, MONDAY)
    # before a word is said
    assert found("SELECT state FROM letter WHERE serial = 1") == "sending"
    await send(ledger, 2)
    assert found("SELECT state FROM letter WHERE serial = 2") == "accepted"
    await ledger.write(store.arrivals.take_in, "INBOX",
                       [mail(b"a reply", seen=fact(Fact.ANSWERED))], Cursor(1, 7))
    assert found("SELECT uid FROM cursor") == 7
    assert found("SELECT count(*) FROM mail JOIN evidence e ON e.kind = 'answered'") == 1


async def test_so_is_a_ledger_that_was_just_made(ledger: Ledger, found) -> None:
    assert found("SELECT count(*) FROM epoch") == 1
