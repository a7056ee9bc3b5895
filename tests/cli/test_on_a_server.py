"""A ledger on a PostgreSQL server, by verbs: copied there and back, backed up, put back."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakes import postgres
from fakes.verbs import Run, one_line
from sarabanwatch.core.checkup import Grade
from sarabanwatch.store import halts, lease
from sarabanwatch.store.places import Server, in_words
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.schema import make
from sarabanwatch.store.server import ServerLedger
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.doctor import Patient, house


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """A server's database without a ledger."""
    yield server
    with closing(ServerSession(server)) as db:
        if db.has("engine"):
            db.execute(postgres.EMPTIED)


def on(config: Path, url: str, more: str = "") -> Path:
    """Return a configuration beside another one whose ledger is on a server."""
    other = config.with_name("server.toml")
    other.write_text(config.read_text(encoding="utf-8") + f'[ledger]\nurl = "{url}"\n{more}',
                     encoding="utf-8")
    return other


async def test_it_goes_there_and_back_and_is_halted_until_a_person_says_so(
    run: Run, imported: Path, url: str,
) -> None:
    there, file = on(imported, url), imported.parent / "ledger.db"
    code, out, _ = run("ledger", "copy", "--from", file, "-c", there, "--json")
    assert (code, json.loads(out)["to"]) == (0, url)
    assert f"PostgreSQL, {url}" in run("status", "-c", there)[1]
    assert run("agencies", "-c", there)[1] == run("agencies", "-c", imported)[1]
    with closing(ServerLedger(url)) as ledger:
        assert [halt.why for halt in await ledger.read(halts.standing)] == ["restored"]
    code, _, said = run("ledger", "copy", "--from", file, "-c", there)
    assert (code, "holds rows already" in one_line(said)) == (1, True)
    back = imported.parent / "back.db"
    assert run("ledger", "copy", "--to", back, "-c", there)[0] == 0
    code, _, said = run("ledger", "copy", "--to", back, "-c", there)
    assert (code, "cannot be written" in one_line(said)) == (74, True)


def test_a_backup_of_it_is_put_into_an_empty_database_alone(
    run: Run, imported: Path, url: str, tmp_path: Path,
) -> None:
    there = on(imported, url)
    assert run("ledger", "copy", "--from", imported.parent / "ledger.db", "-c", there)[0] == 0
    code, out, _ = run("backup", tmp_path / "b", "-c", there, "--json")
    folder = json.loads(out)["folder"]
    assert code == 0
    assert run("ledger", "check", "-c", there)[0] == run("ledger", "size", "-c", there)[0] == 0
    code, _, said = run("restore", folder, "-c", there)
    assert (code, "holds rows already" in one_line(said)) == (1, True)
    with closing(ServerSession(url)) as db:
        db.execute(postgres.EMPTIED)
    assert run("restore", folder, "-c", there)[0] == 0
    assert run("agencies", "-c", there)[1] == run("agencies", "-c", imported)[1]


def test_nothing_is_copied_where_a_daemon_leads(run: Run, imported: Path, url: str) -> None:
    there, file = on(imported, url), imported.parent / "ledger.db"
    with closing(ServerSession(url, "one")) as one:
        make(one)
        assert lease.take(one, "one") is not None
        code, _, said = run("ledger", "copy", "--from", file, "-c", there)
        assert (code, "one leads over" in one_line(said)) == (1, True)
        assert one.execute("SELECT count(*) FROM entry").get == 0


def test_no_ledger_begins_on_a_server_while_one_stands_in_the_file(
    run: Run, imported: Path, url: str,
) -> None:
    there, list_ = on(imported, url), imported.parent / "register.csv"
    code, _, said = run("register", "import", list_, "--yes", "-c", there)
    assert (code, "`ledger copy --from" in one_line(said)) == (78, True)
    (imported.parent / "ledger.db").rename(imported.parent / "old.db")
    assert run("register", "import", list_, "--yes", "-c", there)[0] == 0


async def test_one_that_stands_by_is_not_taken_for_one_that_is_down(
    run: Run, imported: Path, url: str,
) -> None:
    there = on(imported, url)
    assert run("ledger", "copy", "--from", imported.parent / "ledger.db", "-c", there)[0] == 0
    with closing(ServerSession(url, "one")) as one:
        assert lease.take(one, "one") is not None
        found, = await house.daemon(Patient(Components(there), letter=False))
        assert (found.grade, found.english[:10]) == (Grade.OK, "one leads;")


def test_a_role_that_may_not_is_told_whose_turn_it_is(
    run: Run, imported: Path, url: str,
) -> None:
    with closing(ServerSession(url)) as owner:
        owner.execute("CREATE ROLE nobody LOGIN")
        make(owner)
        try:
            there = on(imported, url.replace("watch@", "nobody@"))
            code, _, said = run("ledger", "copy", "--from", imported.parent / "ledger.db", "-c",
                                there)
            line = one_line(said)
            assert (code, "name the owner of the tables in ledger.url" in line) == (69, True)
        finally:
            owner.execute("DROP ROLE nobody")


def test_where_both_keys_are_set_it_is_said_which_counts(
    run: Run, imported: Path, url: str,
) -> None:
    for file, said in (("ledger.db", False), ("/var/lib/other.db", True)):
        there = on(imported, url, f'file = "{file}"')
        told = run("check-config", "--without-register", "-c", there)[1]
        assert ("ledger.url goes before ledger.file: of /var/lib/other.db" in told) is said


def test_a_role_is_given_its_rights_by_a_verb(run: Run, imported: Path, url: str) -> None:
    there = on(imported, url)
    with closing(ServerSession(url)) as owner:
        make(owner)
    code, _, said = run("ledger", "grant", "grafana", "--as", "board", "-c", there)
    assert (code, "no role grafana" in one_line(said)) == (1, True)
    code, _, said = run("ledger", "grant", "grafana", "--as", "board", "-c", imported)
    assert (code, "ledger.url is empty" in one_line(said)) == (1, True)
    with closing(ServerSession(url)) as owner:
        owner.execute("CREATE ROLE grafana")
        try:
            code, out, _ = run("ledger", "grant", "grafana", "--as", "board", "-c", there,
                               "--json")
            assert (code, json.loads(out)) == (0, {"role": "grafana", "as": "board", "at": url})
        finally:
            owner.execute("DROP OWNED BY grafana; DROP ROLE grafana")


@pytest.mark.parametrize(("url", "more", "said"), [
    ("postgresql://watch:secret@db/saraban", "", r"ledger\.url: holds a password.*password_file"),
    ("postgresql://db/saraban?password=secret", "", r"ledger\.url: holds a password"),
    ("mysql://db/saraban", "", r"ledger\.url: a PostgreSQL database, as postgresql://"),
    ("", 'password_file = "x"', r"ledger\.password_file: belongs to ledger\.url"),
    ("postgresql://db/saraban", 'password_file = "gone"', r"ledger\.password_file"),
])
def test_what_is_wrong_with_its_keys_is_said_with_the_remedy(
    run: Run, config: Path, url: str, more: str, said: str,
) -> None:
    code, _, told = run("check-config", "--without-register", "-c", on(config, url, more))
    assert (code, bool(re.search(said, told)), "secret@" in told) == (78, True, False)


def test_a_servers_password_is_never_shown() -> None:
    place = Server("postgresql://watch@db/saraban?sslmode=require", "s3cret/ &")
    assert "s3cret" not in in_words(place) + repr(place)
    assert place.login.endswith("?sslmode=require&password=s3cret%2F%20%26")
    assert Server("postgresql://watch@db/saraban", "a").login.endswith("/saraban?password=a")


def test_a_server_that_is_not_there_is_told_in_a_line_with_what_to_see_to(
    run: Run, imported: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"postgresql://watch@127.0.0.1:{taken.getsockname()[1]}/watch"
    code, _, said = run("status", "-c", on(imported, nobody))
    assert code == 69
    assert said.count("\n") == 2       # in Thai, then in English
    assert "does not answer" in said
    assert "ledger.url and ledger.password_file" in said
    found = json.loads(run("doctor", "--no-letter", "--json", "-c", on(imported, nobody))[1])
    assert [name for name, check in found.items()
            if "does not answer" in str(check["found"])] == ["ledger"]
