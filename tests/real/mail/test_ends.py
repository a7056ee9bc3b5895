"""Every way in which a letter may end behind Postfix, read from Dovecot, held against the table."""

import sys
from collections.abc import Iterator

import apsw
import pytest

from real.mail import lab
from real.mail.ends import ENDS, End
from sarabanwatch.core.facts.evidence import BLAME
from sarabanwatch.core.judging import verdict
from sarabanwatch.store import queries

pytestmark = [pytest.mark.real, pytest.mark.timeout(150)]
Found = tuple[frozenset[str], str, str, str]       # kinds that came home, reason, blame, verdict


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """The ledger that one round leaves."""
    lacking = lab.missing()
    if lacking:
        pytest.skip(f"no Postfix and Dovecot in a lab: {lacking}")
    folder = tmp_path_factory.mktemp("ends")
    words = folder / "stage.log"
    assert lab.run(words, sys.executable, "-m", "real.mail.ends", str(folder)) == 0, words.read_text()
    with queries.asking(folder / "ledger.db") as db:
        yield db


def test_every_end_is_told_and_means_what_it_should(ledger: apsw.Connection) -> None:
    found = {end.name: _found(ledger, f"C{number:04d}") for number, end in enumerate(ENDS, start=1)}
    assert {name: (is_, wanted) for name, is_, wanted in ((e.name, found[e.name], _wanted(e)) for e in ENDS) if is_ != wanted} == {}


MADE = """
    SELECT count(*), count(*) FILTER (WHERE maker IN (SELECT maker FROM own_maker)) FROM mail
    WHERE kind IN ('failed', 'delayed') AND digest IN (
        SELECT r.mail FROM reading r JOIN letter USING (serial) WHERE purpose = 'round')
"""


def test_our_letters_home_prove_which_reports_are_the_relays_own(ledger: apsw.Connection) -> None:
    (reports, proven), = ledger.execute(MADE)
    assert reports == proven == sum(len(end.back & {"failed", "delayed"}) for end in ENDS)


def _wanted(end: End) -> Found:
    blame = BLAME[end.reason] if end.reason else ""
    return end.back, end.reason or "", blame, end.verdict


def _found(db: apsw.Connection, code: str) -> Found:
    """What came home of an agency's letter of the round, and what was made of it; others may confirm what that one found."""
    letter = queries.dossier(db, code).letters[0]
    back = frozenset(kind for kind, in db.execute("SELECT kind FROM reading WHERE serial = ?", (letter.serial,)))
    failure = next((fact for fact in letter.evidence if fact.reason), None)
    reason, blame = (failure.reason, failure.blame) if failure else ("", "")
    return back, reason, blame, verdict.judge(letter.evidence).verdict
