"""The verbs for people and programs: an error is one line with a remedy, and an exit code."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import apsw
import pytest

from fakes.verbs import Run, one_line
from sarabanwatch.cli import SHORT, VERBS
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.papers.print import installed

# --- what is said when something is wrong ---------------------------------------------------------


def changed(config: Path, old: str, new: str) -> Path:
    config.write_text(config.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return config


@pytest.mark.parametrize("verb", ["run", "check-config"])
def test_an_unknown_key_is_78_and_named(run: Run, config: Path, verb: str) -> None:
    code, _, err = run(verb, "-c", changed(config, "tls =", "tsl ="))
    assert (code, one_line(err)) == (78, f"{config}: relay.tsl: no such key; did you mean 'tls'?")


@pytest.mark.parametrize("verb", ["run", "check-config"])
@pytest.mark.parametrize(("name", "key"), [("imap-password", "inbox.password_file"),
                                           ("token.keys", "token.key_file")])
def test_a_missing_secret_is_78_and_named(run: Run, config: Path, verb: str, name: str,
                                          key: str) -> None:
    (config.parent / name).unlink()
    code, _, err = run(verb, "-c", config)
    where = f"{config.parent / 'credentials'} or {config.parent}"
    assert (code, one_line(err)) == (
        78, f"{key}: no file {name!r} in {where}; put the secret there, mode 0600",
    )


@pytest.mark.parametrize("verb", ["run", "check-config"])
def test_a_relay_outside_that_is_spoken_to_in_clear_is_78_live_or_not(run: Run, config: Path,
                                                                      verb: str) -> None:
    code, _, err = run(verb, "-c", changed(config,
                                           'host = "127.0.0.1"\nport = 1\ntls = "none"\n[inbox]',
                                           'host = "mail.one.go.th"\ntls = "none"\n[inbox]'))
    assert code == 78
    assert "none sends everything in clear to mail.one.go.th" in one_line(err)


def test_a_relay_outside_can_be_rehearsed_with_before_live(run: Run, config: Path) -> None:
    code, out, _ = run("check-config", "-c", changed(
        config, 'host = "127.0.0.1"\nport = 1\ntls = "none"\n[inbox]',
        'host = "mail.one.go.th"\n[inbox]'))
    assert (code, "letters go to ourselves alone" in out) == (0, True)


@pytest.mark.parametrize(("text", "told"), [("$nmae", "'nmae'"), ("$ 5",
                                                "Invalid placeholder in string: line 1, col 1")])
def test_a_name_that_no_letter_fills_in_is_78(run: Run, config: Path, text: str, told: str) -> None:
    (config.parent / "letter.txt").write_text(text)
    code, _, err = run("check-config", "-c",
                       changed(config, "[relay]", '[letter]\ntext = "letter.txt"\n[relay]'))
    known = ("no such name; a letter fills in $number, $name, $address, $office, $replaces, "
             "$confirm, $check, $link")
    assert (code, one_line(err)) == (78, f"{config}: letter.text: {told}: {known}")


def test_no_configuration_is_78_and_says_how_to_name_one(run: Run, tmp_path: Path) -> None:
    code, _, err = run("census", "-c", tmp_path / "none.toml")
    assert (code, one_line(err)) == (
        78,
        (f"{tmp_path / 'none.toml'}: No such file or directory; "
         "name a configuration with --config FILE"),
    )


@pytest.mark.parametrize("words", [("census",), ("agencies",), ("explain", "1001")])
def test_no_ledger_is_69_and_says_how_to_get_one(run: Run, config: Path,
                                                 words: tuple[str, ...]) -> None:
    code, _, err = run(*words, "-c", config)
    how = "start `sarabanwatch run`, or `sarabanwatch register import FILE`"
    assert (code, one_line(err)) == (69, f"{config.parent / 'ledger.db'}: no ledger yet; {how}")
    assert not (config.parent / "ledger.db").exists()


@pytest.mark.parametrize(("raw", "told"), [
    (b"", ": it is empty; give a register with a heading line"),
    ("ก".encode() + b"\xe0\n", ", line 1: not UTF-8; mixed encodings"),
    (b"a,b\n", ": no column")])
def test_an_unreadable_register_is_65_and_named(run: Run, config: Path, raw: bytes,
                                                told: str) -> None:
    file = config.parent / "register.csv"
    file.write_bytes(raw)
    code, _, err = run("register", "import", file, "-c", config)
    assert code == 65
    assert one_line(err).startswith(f"{file}{told}")


def test_checking_a_configuration_that_names_an_unreadable_register_is_65(run: Run,
                                                                          config: Path) -> None:
    (config.parent / "register.csv").write_bytes(b"")
    changed(config, "[metrics]", '[register]\nfile = "register.csv"\n[metrics]')
    assert run("check-config", "-c", config)[0] == 65


def test_a_ledger_of_a_newer_version_is_78(run: Run, imported: Path) -> None:
    db = apsw.Connection(str(imported.parent / "ledger.db"))
    db.pragma("user_version", 999)
    db.close()
    code, _, err = run("census", "-c", imported)
    assert code == 78
    assert "install the newer version" in one_line(err)


def test_wrong_words_are_2_with_a_hint(run: Run, config: Path) -> None:
    assert run("nothing")[0] == run("census", "--quux")[0] == 2
    code, _, err = run("agencies", "--group", "Z9", "-c", config)
    assert code == 2
    assert "'Z9' is no group; use one of A1, A2" in err


def test_an_agency_that_is_not_there_is_1_and_says_where_to_look(run: Run, imported: Path) -> None:
    code, _, err = run("explain", "9999", "-c", imported)
    assert code == 1
    assert "`agencies` lists all" in err


def test_a_name_that_several_have_is_1_and_lists_them(run: Run, imported: Path) -> None:
    code, _, err = run("explain", "กรม", "-c", imported)
    assert code == 1
    assert "1001  กรมหนึ่ง\n  1002  กรมสอง" in err


def test_a_raw_message_that_is_not_there_is_1(run: Run, imported: Path) -> None:
    code, _, err = run("explain", "1001", "--raw", "abc", "-c", imported)
    assert code == 1
    assert "no mail has a digest beginning 'abc'" in err


# --- what is said when all is well ----------------------------------------------------------------


def test_a_configuration_that_can_be_used_is_said_so_and_nothing_is_written(run: Run,
                                                                            config: Path) -> None:
    before = set(config.parent.iterdir())
    code, out, _ = run("check-config", "-c", config)
    assert (code, "not live: letters go to ourselves alone" in out) == (0, True)
    told = json.loads(run("check-config", "--json", "-c", config)[1])
    assert told == {"config": str(config), "live": False, "usable": True, "pdf": installed(),
                    "keys_end": {}, "ledger": f"SQLite, {config.parent / 'ledger.db'}",
                    "timetable": {"refused": ""}}
    assert set(config.parent.iterdir()) == before


def test_an_import_says_how_many_and_what_is_wrong_with_the_others(run: Run, config: Path) -> None:
    file = config.parent / "register.csv"
    code, out, _ = run("register", "import", file, "-c", config)
    assert code == 0
    assert (
        "register.csv:4: ช่อง รหัสหน่วยงาน ว่าง ต้องกรอก · "
        "the cell รหัสหน่วยงาน is empty; fill it in; nothing else tells agencies apart"
        in out
    )
    told = json.loads(run("register", "import", "--json", file, "-c", config)[1])
    assert {name: told[name] for name in ("rows", "good")} == {"rows": 3, "good": 2}
    assert [bad["line"] for bad in told["bad"]] == [4]


def test_a_census_adds_up_for_machines_and_for_people(run: Run, imported: Path) -> None:
    told = json.loads(run("census", "--json", "-c", imported)[1])
    assert told["total"] == sum(told["buckets"].values()) == 2
    assert sum(told["shares"].values()) == 100.0
    code, out, _ = run("census", "-c", imported)
    assert code == 0
    assert "รวม (total)" in out


def test_agencies_are_listed_one_json_value_a_line(run: Run, imported: Path) -> None:
    rows = [json.loads(line) for line in run("agencies", "--json", "-c", imported)[1].splitlines()]
    assert [(row["code"], row["group"]) for row in rows] == [("1001", "unknown"),
                                                             ("1002", "unknown")]
    assert run("agencies", "--group", "A1", "-c", imported)[1] == ""
    assert run("agencies", "-c", imported)[1].splitlines()[0].split() == [
        "unknown", "1001", "-", "กรมหนึ่ง", "saraban@one.go.th"]


@pytest.mark.parametrize("lang", ["th", "en"])
def test_an_agency_is_explained_by_code_and_by_name_down_to_the_line_of_the_register(
    run: Run, imported: Path, lang: str,
) -> None:
    for wanted in ("1001", "หนึ่ง"):
        told = json.loads(run("explain", wanted, "--json", "--lang", lang, "-c", imported)[1])
        assert (told["code"], told["group"], told["register"]) == ("1001", "unknown",
                                                                   {"source": "register.csv",
                                                                    "line": 2})
    code, out, _ = run("explain", "1001", "--lang", lang, "-c", imported)
    assert code == 0
    assert out.startswith("กรมหนึ่ง (1001)")


def test_help_names_every_verb(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert set(SHORT) == set(VERBS)
    assert all(f"  {verb} " in out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_be_asked_for_help(run: Run, verb: str) -> None:
    code, out, _ = run(verb, "--help")
    assert code == 0
    assert out.startswith("Usage: ")


def test_agencies_are_narrowed_by_each_option(run: Run, imported: Path) -> None:
    def found(*options: str) -> list[str]:
        return [line.split()[1] for line in run("agencies", *options, "-c",
                                                imported)[1].splitlines()]

    db = apsw.Connection(str(imported.parent / "ledger.db"))
    db.execute("UPDATE entry SET superior = 'กระทรวงหนึ่ง', province = 'น่าน' WHERE code = '1001'")
    db.execute("UPDATE entry SET kind = 'องค์การบริหารส่วนตำบล' WHERE code = '1002'")
    db.execute(
        "INSERT INTO domain (name, mail_host, asked_at) "
        "VALUES ('two.go.th', 'MX.two.go.th', '2026-01-01')"
    )
    db.execute(
        "INSERT INTO judgement "
        "VALUES ('1002', 'E', '', 'untried', NULL, '2026-03-01T17:00:00.000+00:00')"
    )
    db.close()
    assert found() == ["1001", "1002"]
    assert found("--ministry", "ทรวงหนึ่ง") == found("--province", "น่าน") == ["1001"]
    assert (
        found("--kind", "อบต.")
        == found("--kind", "องค์การบริหารส่วนตำบล")
        == found("--host", "mx.two.go.th")
        == ["1002"]
    )
    # midnight in Bangkok, not in Greenwich
    assert found("--group", "E", "--since", "2026-03-02") == ["1002"]
    assert found("--since", "2026-03-03") == found("--group", "E", "--province", "น่าน") == []


def test_a_kind_that_is_none_is_refused_by_name(run: Run, imported: Path) -> None:
    code, _, err = run("agencies", "--kind", "หอ", "-c", imported)
    assert code == 2
    assert "'หอ' is no kind; use one of กระทรวง" in err


@pytest.mark.parametrize(("days", "told"),
                         [(28, "then nothing is signed and no letter leaves; add a line such as"),
                          (32, "")])
def test_a_key_that_ends_within_a_month_is_told(run: Run, config: Path, days: int,
                                                told: str) -> None:
    last = datetime.now(BANGKOK).date() + timedelta(days=days)
    (config.parent / "token.keys").write_text(f"a {'0123456789abcdef' * 2} {last}\n")
    code, said, _ = run("check-config", "-c", config)
    assert (code, "token key" in said) == (0, bool(told))
    assert told in said
    code, said, _ = run("check-config", "-c", config, "--json")
    assert json.loads(said)["keys_end"] == ({"a": str(last)} if told else {})


def test_a_configuration_none_of_whose_keys_lives_is_78_and_the_remedy_is_said(
    run: Run, config: Path
) -> None:
    (config.parent / "token.keys").write_text(f"a {'0123456789abcdef' * 2} 2026-01-01\n")
    code, _, err = run("check-config", "-c", config)
    assert code == 78
    assert one_line(err).startswith(
        "token.key_file: every key has ended, and no letter can be signed; add a line such as: echo"
    )
