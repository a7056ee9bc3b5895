"""What would change is found by letting it change: on a copy, or in a step that is rolled back.

The very same steps are run, so nothing is foretold by other rules than those that apply.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sarabanwatch.core.judging.case import Judge
from sarabanwatch.core.judging.consequence import Consequences, of
from sarabanwatch.store import copies
from sarabanwatch.store.judgements import case
from sarabanwatch.store.ledger import open_to_read, open_to_write
from sarabanwatch.store.places import Place
from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

REMEMBER = """
    CREATE TABLE stood (code TEXT PRIMARY KEY, grp TEXT NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO stood SELECT code, grp FROM judgement;
    CREATE TABLE found (serial INTEGER PRIMARY KEY, verdict TEXT) STRICT;
    INSERT INTO found SELECT serial, verdict FROM letter;
"""
AGENCIES = """
    SELECT a.code, a.name, coalesce(s.grp, 'unknown'), j.grp, j.because
    FROM judgement j JOIN agency a USING (code) LEFT JOIN stood s USING (code)
    WHERE a.listed AND coalesce(s.grp, 'unknown') <> j.grp ORDER BY a.code
"""
LETTERS = """
    SELECT l.serial, l.code, coalesce(f.verdict, 'pending'), coalesce(l.verdict, 'pending')
    FROM letter l JOIN found f USING (serial)
    WHERE coalesce(f.verdict, 'pending') <> coalesce(l.verdict, 'pending') ORDER BY l.serial
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """An agency's group, or the verdict on a letter, that has changed since `remember`."""

    code: str
    subject: str     # the agency's name, or the letter's serial
    was: str
    now: str
    because: str = ""


def foreseen(tx: Tx, codes: Iterable[str], judge: Judge) -> Consequences:
    """Return what would become of these agencies as the ledger stands now, within a step."""
    cases = (case(tx, code) for code in codes)
    moves = [move for found in cases if found and (move := judge(found))]
    return of(moves, tx.execute("SELECT count(*) FROM agency WHERE listed").get)


@contextmanager
def copied(ledger: Place, beside: Path) -> Iterator[Path]:
    """Copy a ledger as of now into a directory of that folder, which is deleted at the end.

    The daemon may go on writing meanwhile.
    """
    with TemporaryDirectory(prefix=".rehearsal-", dir=beside) as room:
        copy = Path(room) / "ledger.db"
        if isinstance(ledger, Path):    # without the checks of a backup
            with closing(open_to_read(ledger)) as tx:
                tx.execute("VACUUM INTO ?", (str(copy),))
        else:
            copies.copy(ledger, copy)
        yield copy


def remember(copy: Path) -> None:
    """Write down in a copy the groups and verdicts as they are now."""
    with closing(open_to_write(copy)) as tx, tx:
        tx.execute(REMEMBER)


def agencies(copy: Path) -> Iterator[Changed]:
    """Yield the listed agencies whose group has changed since, by code."""
    with closing(open_to_read(copy)) as tx:
        yield from (Changed(*row) for row in ask(tx, AGENCIES))


def listed(copy: Path) -> int:
    """Count the listed agencies."""
    with closing(open_to_read(copy)) as tx:
        return int(tx.execute("SELECT count(*) FROM agency WHERE listed").get)


def letters(copy: Path) -> Iterator[Changed]:
    """Yield the letters whose verdict has changed since, by serial."""
    with closing(open_to_read(copy)) as tx:
        yield from (Changed(code, str(serial), was, now)
                    for serial, code, was, now in ask(tx, LETTERS))
