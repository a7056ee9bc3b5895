"""`audit list`, `audit verify`: who did what; and where somebody changed that afterwards."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from fakes.verbs import Run
from sarabanwatch.cli import acting
from sarabanwatch.wiring import backup as backups


def acts(run: Run, config: Path) -> list[dict[str, Any]]:
    code, out, _ = run("audit", "list", "--json", "-c", config)
    assert code == 0
    return [json.loads(each) for each in out.splitlines()]


def test_a_name_that_is_given_is_told_beside_the_user_of_the_system(run: Run,
                                                                    imported: Path) -> None:
    run("opt-outs", "add", "1001", "--by", "สมชาย", "--why", "โทรศัพท์", "-c", imported)
    run("opt-outs", "end", "1001", "--why", "แจ้งใหม่", "-c", imported)
    first, named, unnamed = acts(run, imported)
    assert (first["what"], first["user"], first["named"]) == ("register import", acting.user(), "")
    assert (named["what"], named["user"]) == ("opt-outs add", acting.user())
    assert named["named"] == "สมชาย"
    assert (named["given"], named["why"]) == ({"agency": "1001"}, "โทรศัพท์")
    assert (unnamed["user"], unnamed["named"]) == (acting.user(), "")
    assert unnamed["after"]["opt_out"][0]["ended_by"] == acting.user()
    text = run("audit", "list", "--lang", "en", "--last", "1", "--whole", "-c", imported)[1]
    assert f"{acting.user()}: opt-outs end agency=1001; แจ้งใหม่" in text
    assert "before:" in text


def test_what_only_shows_is_no_act(run: Run, imported: Path) -> None:
    before = acts(run, imported)
    for verb in (("agencies",), ("register", "import", imported.parent / "register.csv"),
                 ("register", "undo"), ("ledger", "check"), ("audit", "verify")):
        run(*verb, "-c", imported)
    assert acts(run, imported) == before


def test_a_change_afterwards_is_found_and_a_head_of_a_backup_tells_a_rewritten_chain(
    run: Run, imported: Path, tmp_path: Path,
) -> None:
    run("backup", tmp_path / "b", "-c", imported)
    head = backups.read(backups.kept(tmp_path / "b")[0]).contents.head
    assert head == acts(run, imported)[0]["digest"]
    for known in (head, head[:12]):
        assert run("audit", "verify", "--head", known, "-c", imported)[0] == 0
    last = acts(run, imported)[-1]["digest"]
    assert run("audit", "verify", "--lang", "en", "-c", imported)[1].endswith(f" {last[:12]}\n")
    with closing(apsw.Connection(str(imported.parent / "ledger.db"))) as db:
        db.execute("DROP TRIGGER act_stays; UPDATE act SET who = 'nobody' WHERE id = 2")
    code, out, _ = run("audit", "verify", "--lang", "en", "-c", imported)
    assert code == 1
    assert out == "the chain is broken at act 2: it was changed after it was written down\n"
    with closing(apsw.Connection(str(imported.parent / "ledger.db"))) as db:
        db.execute("DROP TRIGGER act_kept; DELETE FROM act")
    assert run("audit", "verify", "-c", imported)[0] == 0
    assert run("audit", "verify", "--head", head, "-c", imported)[0] == 1


def test_what_a_backup_has_and_the_chain_has_not_is_told_act_by_act(run: Run, imported: Path,
                                                                    tmp_path: Path) -> None:
    run("backup", tmp_path / "b", "-c", imported)
    (old,) = backups.kept(tmp_path / "b")
    run("opt-outs", "add", "1001", "--by", "สมชาย", "--why", "โทรศัพท์", "-c", imported)
    run("backup", tmp_path / "c", "-c", imported)
    (new,) = backups.kept(tmp_path / "c")
    for folder, since in ((old, 3), (new, 1)):
        code, out, _ = run("audit", "verify", "--against", folder, "--lang", "en", "-c", imported)
        assert code == 0
        assert out.endswith(f" acts all stand here; {since} came since\n")
    run("restore", old, "--replace", "-c", imported)
    assert run("audit", "verify", "--against", old, "-c", imported)[0] == 0
    code, out, _ = run("audit", "verify", "--against", new, "--lang", "en", "-c", imported)
    head, parted, *rest = out.splitlines()
    assert (code, head.startswith("the chain of 2 acts holds")) == (1, True)
    assert parted.endswith("its first 1 agree, 2 are missing:")
    assert [each for each in rest if "opt-outs add agency=1001; โทรศัพท์" in each]
    assert f"{acting.user()}: restore " in rest[-1]
    found = json.loads(run("audit", "verify", "--against", new, "--json", "-c", imported)[1])
    assert len(found["against"]["missing"]) == 2


def test_a_ledger_that_is_put_back_says_who_put_it_there(run: Run, imported: Path,
                                                         tmp_path: Path) -> None:
    run("backup", tmp_path / "b", "-c", imported)
    (folder,) = backups.kept(tmp_path / "b")
    assert run("restore", folder, "--replace", "-c", imported)[0] == 0
    last = acts(run, imported)[-1]
    assert (last["what"], last["user"]) == ("restore", acting.user())
    assert last["after"] == {"ledger": str(folder / "ledger.db")}
    assert run("audit", "verify", "-c", imported)[0] == 0


@pytest.mark.parametrize("logged_in", ["4294967295", "0", ""])
def test_the_user_is_the_systems_never_the_environments(monkeypatch: pytest.MonkeyPatch,
                                                        logged_in: str) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: logged_in)
    monkeypatch.setenv("LOGNAME", "somebody")
    monkeypatch.setenv("USER", "somebody")
    assert "somebody" not in acting.user()
