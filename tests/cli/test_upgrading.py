"""`ledger migrate`, `ledger downgrade`; what all other verbs say of an older or newer ledger."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.verbs import Run, one_line
from sarabanwatch.store import schema, upgrade
from sarabanwatch.store.lock import keeping

LATER = "CREATE TABLE stamp (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"
NOT_THERE_YET, REFUSED, WRONG = 69, 1, 78
OTHERS = [("agencies",), ("census",), ("explain", "1001"), ("register", "history"),
          ("register", "import", "register.csv"), ("register", "undo"), ("ledger", "size"),
          ("backup", "b"), ("opt-outs", "list"),
          ("opt-outs", "add", "1001", "--by", "ก", "--why", "ข")]


@pytest.fixture
def newer(imported: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A configuration whose ledger is of an older version than the one that runs."""
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
        yield imported


@pytest.mark.parametrize("verb", OTHERS, ids=" ".join)
def test_no_other_verb_brings_it_up_and_each_says_what_does(run: Run, newer: Path,
                                                            verb: tuple[str, ...]) -> None:
    ledger = newer.parent / "ledger.db"
    before = ledger.read_bytes()
    words = [str(newer.parent / word) if word == "register.csv" else word for word in verb]
    code, _, said = run(*words, "-c", newer)
    assert code == NOT_THERE_YET
    assert f"schema {schema.newest() - 1} is an older version's" in one_line(said)
    assert "ledger migrate" in said
    assert ledger.read_bytes() == before


def test_it_is_brought_up_by_name_and_says_where_the_copy_is(run: Run, newer: Path) -> None:
    code, out, _ = run("ledger", "migrate", "--json", "-c", newer)
    told = json.loads(out)
    assert (code, told["was"], told["now"]) == (0, schema.newest() - 1, schema.newest())
    assert Path(told["copy"]).is_file()
    assert run("agencies", "-c", newer)[0] == 0
    code, out, _ = run("ledger", "migrate", "--lang", "en", "-c", newer)
    assert code == 0
    assert out == f"the ledger has schema {schema.newest()} already; there is nothing to do\n"


def test_a_running_daemon_is_left_alone(run: Run, newer: Path) -> None:
    with keeping(newer.parent / "ledger.db"):
        for verb in ("migrate", "downgrade"):
            code, _, said = run("ledger", verb, "-c", newer)
            assert (code, "another daemon runs" in one_line(said)) == (WRONG, True)
    assert upgrade.copies_of(newer.parent / "ledger.db") == []


def test_going_back_is_asked_for_and_tells_what_is_lost(run: Run, newer: Path) -> None:
    run("ledger", "migrate", "-c", newer)
    assert run("opt-outs", "add", "1001", "--by", "ก", "--why", "ข", "-c", newer)[0] == 0
    code, out, said = run("ledger", "downgrade", "--lang", "en", "-c", newer)
    assert (code, "nothing was changed" in one_line(said)) == (REFUSED, True)
    assert "commits since are not in the copy" in out
    code, out, _ = run("ledger", "downgrade", "--yes", "--json", "-c", newer)
    told = json.loads(out)
    assert (code, told["schema"]) == (0, schema.newest() - 1)
    assert told["commits"] > 0
    assert Path(told["moved_aside"]).is_file()
    assert run("agencies", "-c", newer)[0] == NOT_THERE_YET     # the older version reads it again


def test_the_older_version_says_what_to_do_with_a_newer_ledger(run: Run, imported: Path,
                                                               monkeypatch: pytest.MonkeyPatch,
                                                               ) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
        run("ledger", "migrate", "-c", imported)
    code, _, said = run("agencies", "-c", imported)
    assert code == WRONG
    assert "install the newer version, or go back" in one_line(said)
    assert run("ledger", "downgrade", "--yes", "-c", imported)[0] == 0
    assert run("agencies", "-c", imported)[0] == 0
