"""Every end of a letter behind Postfix, read from Dovecot, compared with the table."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from fakes.once import once
from real.mail import lab
from real.mail.ends import ENDS, End
from sarabanwatch.core.facts.evidence import BLAME
from sarabanwatch.core.judging import verdict
from sarabanwatch.store import dossiers, queries

pytestmark = pytest.mark.real
Found = tuple[frozenset[str], str, str, str]       # kinds that came home, reason, blame, verdict
TO = re.compile(r" ([0-9A-F]+): (?:to=<\S+, orig_)?to=<saraban@([\w.-]+)>")
WARNED = re.compile(r" ([0-9A-F]+): sender delay notification:")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder after one round."""
    lacking = lab.missing()
    if lacking:
        pytest.skip(f"no Postfix and Dovecot in a lab: {lacking}")

    def play(place: Path) -> None:
        words = place / "stage.log"
        assert lab.run(words, sys.executable, "-m", "real.mail.ends",
                       str(place)) == 0, words.read_text()

    return once(tmp_path_factory, worker_id, "ends", play)


@pytest.fixture
def ledger(folder: Path) -> Iterator[apsw.Connection]:
    """Its ledger."""
    with queries.asking(folder / "ledger.db") as db:
        yield db


@pytest.fixture
def back(folder: Path) -> dict[str, frozenset[str]]:
    """The kinds of mail that should have come home of each end's first letter.

    Postfix warns of a delay only where it tries a letter between the two moments of main.cf: a
    machine that stood still meanwhile gives up without a warning. Its own log says of which letters
    it warned.
    """
    log = (folder / "maillog").read_text()
    warned, firsts = set(WARNED.findall(log)), {}
    for queued, domain in TO.findall(log):
        firsts.setdefault(domain, queued)
    return {end.name: end.back if firsts[end.domain] in warned else end.back - {"delayed"}
            for end in ENDS}


def test_every_end_is_told_and_means_what_it_should(ledger: apsw.Connection,
                                                    back: dict[str, frozenset[str]]) -> None:
    found = {end.name: _found(ledger, f"C{number:04d}") for number, end in enumerate(ENDS, start=1)}
    wanted = {end.name: _wanted(end, back[end.name]) for end in ENDS}
    assert {name: (found[name], wanted[name]) for name in wanted
            if found[name] != wanted[name]} == {}
    assert any("delayed" in kinds for kinds in back.values())


MADE = """
    SELECT count(*), count(*) FILTER (WHERE maker IN (SELECT maker FROM own_maker)) FROM mail
    WHERE kind IN ('failed', 'delayed') AND digest IN (
        SELECT r.mail FROM reading r JOIN letter USING (serial) WHERE purpose = 'round')
"""


def test_our_letters_home_prove_which_reports_are_the_relays_own(
        ledger: apsw.Connection, back: dict[str, frozenset[str]]) -> None:
    (reports, proven), = ledger.execute(MADE)
    assert reports == proven == sum(len(kinds & {"failed", "delayed"}) for kinds in back.values())


def _wanted(end: End, back: frozenset[str]) -> Found:
    blame = BLAME[end.reason] if end.reason else ""
    return back, end.reason or "", blame, end.verdict


def _found(db: apsw.Connection, code: str) -> Found:
    """What came home of an agency's letter of the round, and what was made of it.

    Others may confirm what that one found.
    """
    letter = dossiers.dossier(db, code).letters[0]
    back = frozenset(kind for kind, in db.execute("SELECT kind FROM reading WHERE serial = ?",
                                                  (letter.serial,)))
    failure = next((fact for fact in letter.evidence if fact.reason), None)
    reason, blame = (failure.reason, failure.blame) if failure else ("", "")
    return back, reason, blame, verdict.rule_for(letter.evidence).verdict
