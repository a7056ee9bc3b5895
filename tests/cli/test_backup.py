"""`backup`, `restore`, `ledger check`, `ledger size`: what is kept, refused and restored."""

import asyncio
import fcntl
import json
import os
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from fakes.samples import MONDAY
from fakes.verbs import CONFIG, Run, one_line
from sarabanwatch.core.section import Section
from sarabanwatch.settings import Settings, named
from sarabanwatch.store import FileLedger, copies, lock, queries
from sarabanwatch.store.copies import Noted
from sarabanwatch.wiring import Components
from sarabanwatch.wiring import backup as backups


@pytest.fixture
def taken(run: Run, imported: Path, tmp_path: Path) -> Path:
    """A backup of a ledger that has a register."""
    assert run("backup", tmp_path / "backups", "-c", imported)[0] == 0
    (folder,) = backups.kept(tmp_path / "backups")
    return folder


def elsewhere(imported: Path, to: Path) -> Path:
    """Lay the configuration out on a new machine, without a ledger."""
    to.mkdir()
    for name in ("x.toml", "imap-password", "token.keys"):
        shutil.copy(imported.parent / name, to)
    return to / "x.toml"


def test_a_backup_holds_ledger_and_configuration_and_no_secret(run: Run, imported: Path,
                                                               taken: Path) -> None:
    held = {str(file.relative_to(taken)) for file in taken.rglob("*") if file.is_file()}
    assert held == {"ledger.db", "manifest.json", "configuration/x.toml"}
    assert backups.read(taken).contents.rows["import"] == 1
    assert taken.stat().st_mode & 0o777 == 0o700
    with queries.asking(imported.parent / "ledger.db") as db:
        last = copies.last(db)
    assert last is not None
    assert Path(last.folder) == taken


def test_keys_and_named_files_come_along_when_asked(run: Run, imported: Path,
                                                    tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "letter.txt").write_text("ถึง $name")
    with imported.open("a", encoding="utf-8") as config:
        config.write('[letter]\ntext = "own/letter.txt"\n')
    code, out, _ = run("backup", tmp_path / "b", "--with-keys", "--json", "-c", imported)
    folder = Path(json.loads(out)["folder"])
    held = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert code == 0
    assert held == {"ledger.db", "manifest.json", "configuration/x.toml",
                    "configuration/own/letter.txt", "keys/imap-password", "keys/token.keys"}
    assert {file.stat().st_mode & 0o77 for file in folder.rglob("*")} == {0}


def test_only_the_newest_are_kept_and_what_was_broken_off_is_swept_away(
    run: Run, imported: Path, tmp_path: Path,
) -> None:
    into = tmp_path / "backups"
    for name in ("2026-01-01T000000Z", "2026-01-02T000000Z"):
        (into / name).mkdir(parents=True)
        (into / name / "manifest.json").write_text("{}")
    (into / ".unfinished-2026-01-03T000000Z").mkdir()
    (into / "somebody's own").mkdir()
    code, out, _ = run("backup", into, "--keep", "2", "--json", "-c", imported)
    assert code == 0
    assert [Path(each).name for each in json.loads(out)["removed"]] == ["2026-01-01T000000Z"]
    assert sorted(each.name for each in into.iterdir())[:2] == ["2026-01-02T000000Z",
                                                                Path(json.loads(out)["folder"]).name]
    assert (into / "somebody's own").exists()


def test_a_ledger_is_put_back_on_a_new_machine_and_sends_nothing_unasked(
    run: Run, imported: Path, taken: Path, tmp_path: Path,
) -> None:
    config = elsewhere(imported, tmp_path / "new")
    code, out, _ = run("restore", taken, "--json", "-c", config)
    told = json.loads(out)
    assert (code, told["missing"], told["moved_aside"], told["differs"]) == (0, None, None, [])
    with closing(FileLedger(config.parent / "ledger.db")):
        pass
    assert run("halts", "list", "-c", config)[0] == 1
    assert run("agencies", "--json", "-c", config)[1] == run("agencies", "--json", "-c",
                                                             imported)[1]


def test_on_a_new_machine_the_ledgers_folder_is_made_for_its_owner_alone(
    run: Run, imported: Path, taken: Path, tmp_path: Path,
) -> None:
    config = elsewhere(imported, tmp_path / "new")
    state = tmp_path / "var/lib/sarabanwatch"
    with config.open("a", encoding="utf-8") as more:
        more.write(f'[ledger]\nfile = "{state}/ledger.db"\n')
    assert run("restore", taken, "-c", config)[0] == 0
    assert (state / "ledger.db").stat().st_size > 0
    assert state.stat().st_mode & 0o777 == 0o700


def test_a_ledgers_folder_that_cannot_be_made_is_told_in_a_line(
    run: Run, imported: Path, taken: Path, tmp_path: Path,
) -> None:
    config = elsewhere(imported, tmp_path / "new")
    state = tmp_path / "state"
    state.symlink_to(tmp_path / "gone")
    with config.open("a", encoding="utf-8") as more:
        more.write(f'[ledger]\nfile = "{state}/ledger.db"\n')
    code, _, said = run("restore", taken, "-c", config)
    assert (code, f"{state} cannot be written (File exists)" in one_line(said)) == (74, True)


def test_what_is_missing_is_told_where_the_witness_knows_it(run: Run, imported: Path,
                                                            taken: Path) -> None:
    assert run("backup", taken.parent, "-c", imported)[0] == 0      # the ledger notes it
    code, out, _ = run("restore", taken, "--replace", "--json", "-c", imported)
    told = json.loads(out)
    assert code == 0
    assert told["missing"] == {"commits": 2, "letters": 0}      # the note of each backup
    assert Path(told["moved_aside"]).exists()
    assert run("register", "history", "-c", imported)[0] == 0
    with closing(FileLedger(imported.parent / "ledger.db")):
        pass
    assert "commits are missing" in run("halts", "list", "--lang", "en", "-c", imported)[1]


def test_a_ledger_that_stands_is_not_overwritten(run: Run, imported: Path, taken: Path) -> None:
    before = (imported.parent / "ledger.db").read_bytes()
    code, _, said = run("restore", taken, "-c", imported)
    assert (code, "--replace" in one_line(said)) == (1, True)
    with lock.keeping(imported.parent / "ledger.db"):
        code, _, said = run("restore", taken, "--replace", "-c", imported)
    assert (code, "another daemon" in one_line(said)) == (78, True)
    assert (imported.parent / "ledger.db").read_bytes() == before


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda folder: (folder / "ledger.db").write_bytes(b"x"), "changed since the backup was made"),
    (lambda folder: (folder / "configuration" / "x.toml").unlink(), "is gone since the backup"),
    (lambda folder: (folder / "manifest.json").unlink(), "is no backup"),
    (lambda folder: (folder / "manifest.json").write_text("[]"), "is no backup"),
])
def test_a_backup_that_is_not_as_it_was_made_is_refused(
    run: Run, imported: Path, taken: Path, tmp_path: Path, spoil, said: str,
) -> None:
    spoil(taken)
    config = elsewhere(imported, tmp_path / "new")
    code, _, err = run("restore", taken, "-c", config)
    assert (code, said in one_line(err)) == (65, True)
    assert not (config.parent / "ledger.db").exists()


def test_broken_off_half_way_it_is_done_again(run: Run, imported: Path, taken: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the old ledger was moved aside, and before the other was in its place."""
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _once(Path.rename))
        assert run("restore", taken, "--replace", "-c", imported)[0] == 74
    ledger = imported.parent / "ledger.db"
    assert not ledger.exists()
    code, _, said = run("census", "-c", imported)
    assert (code, "put it back from a backup" in one_line(said)) == (78, True)
    assert run("restore", taken, "-c", imported)[0] == 0
    assert ledger.exists()


def _once(rename):
    """Rename as `rename` does, but for the last step, which fails as a disk does."""
    def renamed(file: Path, to: Path) -> Path:
        if file.name.endswith(".restoring"):
            raise OSError(5, "Input/output error")
        return rename(file, to)

    return renamed


def test_a_log_of_a_ledger_that_is_gone_is_not_written_into_the_one_put_back(
    run: Run, imported: Path, taken: Path,
) -> None:
    """The ledger was removed by hand, and its write-ahead log was not."""
    ledger = imported.parent / "ledger.db"
    log = ledger.with_name("ledger.db-wal")
    assert run("backup", taken.parent, "-c", imported)[0] == 0      # other commits than the copy's
    with closing(FileLedger(ledger)) as opened:
        asyncio.run(opened.write(copies.note, Noted(MONDAY, "not in the copy", "d", 1)))
        left = log.read_bytes()
    assert left
    ledger.unlink()
    log.write_bytes(left)
    assert run("restore", taken, "-c", imported)[0] == 0
    assert not log.exists()
    rows = backups.read(taken).contents.rows
    assert copies.checked(ledger).rows == {**rows, "act": rows["act"] + 1}      # putting it back


def test_killed_while_old_backups_go_no_half_of_one_is_left_for_a_whole_one(
    run: Run, imported: Path, taken: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            backups.thin_out(taken.parent, 0)
    assert backups.kept(taken.parent) == []
    assert run("backup", taken.parent, "-c", imported)[0] == 0
    assert [each.name[0] for each in taken.parent.iterdir()] == ["2"]       # and none with a dot


def test_two_at_once_do_not_sweep_each_other_away(run: Run, imported: Path, taken: Path) -> None:
    held = os.open(taken.parent, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    (taken.parent / ".unfinished-of-the-other").mkdir()
    code, _, said = run("backup", taken.parent, "-c", imported)
    assert (code, "another backup is being taken" in one_line(said)) == (69, True)
    assert (taken.parent / ".unfinished-of-the-other").exists()
    os.close(held)
    assert run("backup", taken.parent, "-c", imported)[0] == 0


def test_files_that_differ_from_the_backup_are_named(run: Run, imported: Path, taken: Path,
                                                     tmp_path: Path) -> None:
    config = elsewhere(imported, tmp_path / "new")
    config.write_text(CONFIG.format(relay=2, inbox=1, metrics=0), encoding="utf-8")
    assert json.loads(run("restore", taken, "--json", "-c", config)[1])["differs"] == [
        "configuration/x.toml"]


def test_a_whole_ledger_says_so_and_its_size(run: Run, imported: Path) -> None:
    assert json.loads(run("ledger", "check", "--json", "-c", imported)[1])["disagreements"] == {}
    told = json.loads(run("ledger", "size", "--json", "-c", imported)[1])
    assert (told["letters"], told["octets_a_year"], told["octets_in_a_year"]) == (0, None, None)
    assert (told["full_at"], told["days_left"], told["disk_known"]) == (None, None, False)
    assert told["octets"] > 0
    assert "ขนาด: " in run("ledger", "size", "-c", imported)[1]
    said = run("ledger", "size", "--lang", "en", "-c", imported)[1]
    assert "comes in a year, about: not known yet, before a whole round\n" in said
    assert "when its disk will be full is not known yet" in said


def test_days_are_left_until_sending_stops_for_want_of_room_or_none_are_counted(
        run: Run, imported: Path) -> None:
    def told(free: int) -> tuple[int | None, str]:
        with closing(apsw.Connection(str(imported.parent / "ledger.db"))) as db:
            db.execute("DELETE FROM room; INSERT INTO room (at, free) VALUES (?, ?)",
                       ((datetime.now(UTC) - timedelta(days=10)).isoformat(), free))
        days: int | None = json.loads(run("ledger", "size", "--json", "-c", imported)[1])[
            "days_left"]
        return days, run("ledger", "size", "--lang", "en", "-c", imported)[1].splitlines()[-1]

    days, line = told(10**15)
    assert days == 0
    assert line.endswith("(in 0 days)")
    assert told(1) == (None, "its disk did not fill in the last two weeks")


def test_a_damaged_ledger_is_no_backup(run: Run, imported: Path, tmp_path: Path) -> None:
    ledger = imported.parent / "ledger.db"
    octets = ledger.read_bytes()
    ledger.write_bytes(octets[:8192] + b"\xff" * 8192 + octets[16384:])
    assert run("ledger", "check", "-c", imported)[0] == 78
    assert run("backup", tmp_path / "b", "-c", imported)[0] in {74, 78}
    assert backups.kept(tmp_path / "b") == []


def test_every_key_that_names_a_file_is_known_for_one() -> None:
    """A key that ends in `file` or `files`, or whose comment says that it names one, is in one of
    the two lists.
    """
    looks_so = {key for key in _keys(Settings)
                if key.rpartition(".")[2].rstrip("s").endswith("file")}
    known = {key for key in looks_so
             if key in named.FILES or key.rpartition(".")[2] in named.FILES | named.SECRETS}
    assert looks_so - known == {"ledger.file"}
    assert {key for key in named.FILES if "." in key} <= set(_keys(Settings))


def _keys(section: type[Section], within: str = "") -> list[str]:
    import typing

    found = []
    for name, hint in typing.get_type_hints(section).items():
        inner = [each for each in (hint, *typing.get_args(hint))
                 if isinstance(each, type) and issubclass(each, Section)]
        found += _keys(inner[0], f"{within}{name}.") if inner else [f"{within}{name}"]
    return found


def test_the_configuration_of_a_demo_can_be_used_as_it_was_backed_up(taken: Path) -> None:
    assert Components(taken / "configuration" / "x.toml").settings.sender.helo == "watch.probe.test"
