"""A campaign over 300 agencies by Postfix and Dovecot, compared with the land's truth."""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from real.mail import lab
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.group import Group
from sarabanwatch.store import letters, queries

AGENCIES, SEED = 300, 2568
# an hour in 2/3 s: Postfix gives up well within the first window, and two windows last a minute
RATE = 5400
# For a person: not yet known is not wrong.
WAITS = "SELECT letter.code FROM letter JOIN evidence USING (serial) WHERE evidence.kind = ?"
OURS = re.compile(r"message-id=<(sw[a-z2-7]{31})@probe\.test>")

pytestmark = pytest.mark.real


@pytest.fixture
def played(tmp_path: Path) -> Path:
    """The folder after a campaign."""
    lacking = lab.missing()
    if lacking:
        pytest.skip(f"no Postfix and Dovecot in a lab: {lacking}")
    command = (sys.executable, "-m", "real.mail.stage", str(tmp_path), str(AGENCIES), str(SEED),
               str(RATE))
    assert lab.run(tmp_path / "stage.log", *command) == 0, (tmp_path / "stage.log").read_text()
    return tmp_path


def test_the_census_is_the_truth_and_no_letter_is_lost_or_doubled(played: Path) -> None:
    truth = json.loads((played / "truth.json").read_text())["agencies"]
    at_relay = Counter(OURS.findall((played / "maillog").read_text()))
    with queries.asking(played / "ledger.db") as db:
        found = {row.code: row.group for row in queries.listed(db)}
        round_ = letters.round_of(db, 0, letters_at_most=1)
        returns = queries.arrivals(db)
        waiting = {code for code, in db.execute(WAITS, (FactKind.WAITS,))}
        written = dict(db.execute("SELECT token, code FROM letter"))
        of_the_round = [
            token for (token,) in db.execute("SELECT token FROM letter WHERE purpose = 'round'")
        ]
    # the rest are canaries; some confirm what others found
    tokens = {token for token, code in written.items() if code}
    assert found.keys() == truth.keys()
    assert {code: (body["group"], found[code], body["plays"]) for code, body in truth.items()
            if body["group"] != found[code]
            and not (found[code] == Group.UNKNOWN and code in waiting)} == {}
    assert round_.planned == round_.sent == len(of_the_round)
    assert tokens <= at_relay.keys() <= written.keys()
    assert max(at_relay.values()) == 1
    assert {"canary", "failed", "delayed", "receipt", "answer", "automatic", "displayed",
            "stranger"} <= returns.keys()
