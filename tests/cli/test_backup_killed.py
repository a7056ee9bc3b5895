"""Backup and restore, killed before every step: no half of one passes for a whole one."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.dying import deaths
from fakes.verbs import Run
from sarabanwatch.core.errors import Unusable
from sarabanwatch.core.facts.act import ACTING, Actor
from sarabanwatch.store import copies, queries
from sarabanwatch.wiring import Components
from sarabanwatch.wiring import backup as backups

SOMEBODY = Actor("root", "", "restore", "{}", "")
ENOUGH = 20     # steps at the very least: fewer would mean that they are not seen any more


@pytest.fixture
def somebody() -> Iterator[None]:
    """A person acts, as where the verb is used."""
    before = ACTING.set(lambda: SOMEBODY)
    yield
    ACTING.reset(before)


def opted_out(ledger: Path) -> set[str]:
    """By whose act each ledger of these tests is told from another."""
    with closing(apsw.Connection(str(ledger), flags=apsw.SQLITE_OPEN_READWRITE)) as db:
        assert db.pragma("integrity_check") == "ok"
        return {code for code, in db.execute("SELECT code FROM opt_out")}


def backup_of(run: Run, config: Path, code: str) -> Path:
    """Opt an agency out, and take a backup that knows of it."""
    assert run("opt-outs", "add", code, "--by", "x", "--why", "y", "-c", config)[0] == 0
    return backups.take(Components(config), config.parent / "backups").folder


def test_a_backup_that_is_killed_is_none_and_the_next_one_sweeps_it_away(run: Run,
                                                                         imported: Path) -> None:
    components, into = Components(imported), imported.parent / "backups"
    seen, whole = list[int](), 0
    for step in deaths(lambda: backups.take(components, into)):
        seen.append(step)
        whole = len(backups.kept(into))
        for each in backups.kept(into):     # killed between its name and the end of the verb
            assert backups.read(each).contents.rows["import"] == 1
    assert len(seen) > ENOUGH
    assert len(backups.kept(into)) == whole + 1
    assert [each for each in into.iterdir() if each.name.startswith(".")] == []
    assert copies.checked(components.ledger_file).rows["import"] == 1


@pytest.mark.usefixtures("somebody")
def test_a_restore_that_is_killed_leaves_the_old_ledger_or_none_or_the_new_one(
    run: Run, imported: Path, tmp_path: Path,
) -> None:
    first, second = backup_of(run, imported, "1001"), backup_of(run, imported, "1002")
    old, here = imported.parent, tmp_path / "here"
    states = list[str]()
    shutil.copytree(old, here, ignore=shutil.ignore_patterns("backups", "here"))
    components = Components(here / imported.name)
    ledger = components.ledger_file

    for _ in deaths(lambda: backups.restore(components, first, replace=True)):
        if ledger.exists():
            states.append("old" if opted_out(ledger) == {"1001", "1002"} else "new")
        else:
            states.append("none")
            with pytest.raises(Unusable, match="put it back from a backup"):
                queries.there(ledger)
            (aside,) = here.glob("ledger.db.before-*Z")
            assert opted_out(aside) == {"1001", "1002"}
        # another backup than the one that was broken off: nothing of that gets into it
        backups.restore(components, second, replace=True)
        rows = backups.read(second).contents.rows
        assert copies.checked(ledger).rows == {**rows, "act": rows["act"] + 1}
        assert opted_out(ledger) == {"1001", "1002"}
        for left in here.glob("ledger.db.before-*"):
            left.unlink()
    assert set(states) == {"old", "none", "new"}
    assert len(states) > ENOUGH
    assert opted_out(ledger) == {"1001"}
    assert list(here.glob("*.restoring*")) == []
