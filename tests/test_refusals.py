"""The shipped books of refusals hold together; a site's own are asked first.

A wrong one is refused by name.
"""

from pathlib import Path

import pytest

from fakes.samples import REFUSALS
from sarabanwatch import settings
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns import reason
from sarabanwatch.core.returns.reason import SmtpStage
from sarabanwatch.core.returns.refusals import RefusalRow, RefusalTable
from sarabanwatch.settings.refusals import EXAMPLE, idle

OWN = """
source = "our own postmaster"
[[row]]
name = "the old gateway"
reason = "temporary"
phrases = "qwertyuiop * asdfgh"
example = "550 qwertyuiop and asdfgh"
"""


def test_every_phrase_can_win_and_every_example_is_read_by_its_row() -> None:
    assert list(idle(REFUSALS.tables)) == []


REPLIES = [line.split("\t") for line in Path(__file__).with_name("corpus").joinpath(
    "refusals.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("meant", "reply"), REPLIES)
def test_each_reply_of_the_corpus_is_read_for_the_reason_that_a_person_gave_it(meant: str,
                                                                             reply: str) -> None:
    found = EXAMPLE.match(reply)
    code, status, said = found.groups("") if found else ("", "", "")
    assert reason.of(REFUSALS, int(code or 0), status, said, SmtpStage.RCPT)[0] == meant


def test_the_example_of_every_row_stands_in_the_corpus() -> None:
    examples = {row.example for table in REFUSALS.tables for row in table.rows}
    assert examples - {reply for _, reply in REPLIES} == set()


def test_a_phrase_that_stands_in_two_rows_is_seen_to_be_idle() -> None:
    first = RefusalRow("first", Reason.FULL, ("no room",), example="no room")
    second = RefusalRow("second", Reason.LOOP, ("no room", "round and round"),
                        example="round and round")
    told = list(idle([RefusalTable("", (), (first, second))]))
    assert told == ["words: second: 'no room' is decided by 'words: first'"]


def test_an_example_that_another_row_decides_is_seen() -> None:
    odd = RefusalRow("full", Reason.FULL, ("no room",), example="550 5.1.1 user unknown")
    assert any("is read as" in told for told in idle([RefusalTable("", (), (odd,))]))


def test_a_site_can_add_rows_and_they_come_first(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    table = settings.refusals([tmp_path / "own.toml"])
    said = "550 5.1.1 user unknown, qwertyuiop: asdfgh"
    assert reason.of(REFUSALS, 550, "5.1.1", said)[0] is Reason.NO_MAILBOX
    assert reason.of(table, 550, "5.1.1", said) == (Reason.TEMPORARY, "words: the old gateway")


@pytest.mark.parametrize(("was", "becomes", "told"), [
    ('reason = "temporary"', 'reason = "tempory"', "tempory"),
    ('phrases = "qwertyuiop * asdfgh"', 'phrases = ""',
     "row 'the old gateway': give it phrases, statuses or codes"),
    ('source = "our', 'system = "X"\nsource = "our', "system, marks: name both, or neither"),
    ('example = "550 qwertyuiop and asdfgh"', "", "example"),
    ("phrases =", "phrase =", "phrases"),
])
def test_a_wrong_book_is_refused_by_file_and_place(tmp_path: Path, was: str, becomes: str,
                                                   told: str) -> None:
    (tmp_path / "own.toml").write_text(OWN.replace(was, becomes), encoding="utf-8")
    with pytest.raises(settings.Misconfigured, match=told) as refused:
        settings.refusals([tmp_path / "own.toml"])
    assert str(tmp_path / "own.toml") in str(refused.value)
