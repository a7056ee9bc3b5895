"""`doctor`: each thing is checked by itself, within its time, and reported with its remedy."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import trustme
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from fakes.verbs import Run
from sarabanwatch.cli.doctor import CHECKS
from sarabanwatch.core.checkup import Finding, Grade, fail, ok, warn, worst
from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.edge import metrics_endpoint, web, web_access
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.doctor import Check, Patient, examine, house

SECRET = "0123456789abcdef"


async def fine(_patient: Patient) -> list[Finding]:
    return [ok("well")]


async def hangs(_patient: Patient) -> list[Finding]:
    await asyncio.Event().wait()
    raise AssertionError


async def refused(_patient: Patient) -> list[Finding]:
    raise UnavailableError("nobody is there")


async def breaks(_patient: Patient) -> list[Finding]:
    raise LookupError("a fault of ours")


async def test_one_check_that_fails_or_hangs_hides_no_other(config: Path) -> None:
    checks = {"hangs": Check(hangs, 0.05), "refused": Check(refused), "breaks": Check(breaks),
              "fine": Check(fine)}
    assert await examine(config, checks, letter=False) == {
        "hangs": [fail("ไม่มีคำตอบภายใน 0.05 วินาที", "no answer within 0.05 s")],
        "refused": [fail("nobody is there")],
        "breaks": [fail("LookupError: a fault of ours")],
        "fine": [ok("well")]}


def test_the_worst_gives_the_exit_code() -> None:
    assert worst([]) is Grade.OK
    assert worst([ok("a"), warn("b")]) is Grade.WARN


def test_with_no_server_there_every_thing_is_told_and_no_secret(run: Run, config: Path) -> None:
    code, out, err = run("doctor", "--no-letter", "--json", "-c", config)
    found = json.loads(out)
    assert (code, err) == (2, "")
    assert list(found) == list(CHECKS)
    assert found["configuration"]["grade"] == "ok"
    assert {found[name]["grade"] for name in ("relay", "inbox")} == {"fail"}
    assert {found[name]["grade"] for name in ("daemon", "backup", "there and back")} == {"warn"}
    assert all(each["remedy"] is None for each in found.values() if each["grade"] == "ok")
    assert all(re.search("[ก-๛]", each["remedy"]["th"]) and each["remedy"]["en"]
               for each in found.values() if each["grade"] != "ok" and each["remedy"])
    assert SECRET not in out
    assert "secret\n" not in out


def test_it_is_told_to_people_in_both_languages(run: Run, config: Path) -> None:
    thai, english = (run("doctor", "--no-letter", "--lang", lang, "-c", config)[1]
                     for lang in ("th", "en"))
    assert "ผิดปกติ   เครื่องส่งต่อ\n" in thai
    assert "วิธีแก้: " in thai
    assert "fail    relay\n        ! relay 127.0.0.1:1: " in english
    *_, counted, first = english.splitlines()
    assert counted.endswith(" fail")
    assert first == "begin with: secrets"


def test_a_configuration_that_cannot_be_read_is_all_that_is_told(run: Run, config: Path) -> None:
    config.write_text("[[[")
    code, out, _ = run("doctor", "--json", "-c", config)
    found = json.loads(out)
    assert code == 2
    assert list(found) == ["configuration"]
    assert "not TOML" in found["configuration"]["found"][0]["en"]


def test_a_damaged_ledger_is_told_once_and_what_hangs_on_it_has_no_remedy_of_its_own(
    run: Run, config: Path,
) -> None:
    (config.parent / "ledger.db").write_bytes(b"no ledger" * 99)
    for secret in ("imap-password", "token.keys"):
        (config.parent / secret).chmod(0o600)
    code, out, _ = run("doctor", "--no-letter", "--json", "-c", config)
    found = json.loads(out)
    told = [name for name, each in found.items()
            if any("is damaged" in finding["en"] for finding in each["found"])]
    unseen = [name for name, each in found.items()
              if any("ledger cannot be read" in finding["en"] for finding in each["found"])]
    assert (code, told) == (2, ["ledger"])
    assert {"daemon", "backup"} <= set(unseen)
    assert {found[name]["remedy"] for name in unseen} == {None}
    assert "begin with: ledger" in run("doctor", "--no-letter", "--lang", "en", "-c", config)[1]


def test_every_check_has_its_words_in_both_languages() -> None:
    for row in CHECKS.values():
        assert re.search("[ก-๛]", row.name[0])
        assert not re.search("[ก-๛]", "".join((row.name[1], row.remedy[1])))


async def test_a_secret_that_others_may_read_is_wrong_and_one_that_is_not_there(
        config: Path) -> None:
    patient = Patient(Components(config))
    for name in ("imap-password", "token.keys"):
        (config.parent / name).chmod(0o600)
    assert worst(await house.secrets(patient)) is Grade.OK
    (config.parent / "imap-password").chmod(0o640)
    (found,) = [each for each in await house.secrets(patient) if each.grade is Grade.FAIL]
    assert found.english.endswith(f"chmod 600 {config.parent / 'imap-password'}")
    (config.parent / "imap-password").unlink()
    assert "imap-password: there is no such file" in str(await house.secrets(patient))


@pytest.mark.parametrize(("kept", "grade"), [(True, Grade.OK), (False, Grade.WARN),
                                             (None, Grade.WARN)])
async def test_a_clock_that_nobody_keeps_or_of_which_nobody_knows_is_to_be_seen_to(
    config: Path, monkeypatch: pytest.MonkeyPatch, kept, grade,
) -> None:
    monkeypatch.setattr(house, "is_clock_synchronized", lambda: kept)
    assert worst(await house.clock(Patient(Components(config)))) is grade


@pytest.mark.parametrize(("free", "grade"), [(house.LOW, Grade.OK), (house.LOW - 1, Grade.WARN),
                                             (house.SCANT - 1, Grade.FAIL)])
async def test_a_disk_that_fills_is_told_in_time(
    config: Path, monkeypatch: pytest.MonkeyPatch, free: int, grade: Grade,
) -> None:
    class Usage:
        def __init__(self, _place):
            self.free = free

    monkeypatch.setattr(house.shutil, "disk_usage", Usage)
    assert worst(await house.disk(Patient(Components(config)))) is grade


async def test_metrics_over_tls_are_looked_at_and_how_long_their_certificate_lasts(
    tmp_path: Path,
) -> None:
    ours = trustme.CA().issue_cert("127.0.0.1", not_after=datetime(2027, 1, 1, tzinfo=UTC))
    ours.private_key_pem.write_to_path(tmp_path / "our.key")
    ours.cert_chain_pems[0].write_to_path(tmp_path / "our.crt")
    (tmp_path / "web.yml").write_text(
        f"tls_server_config: {{cert_file: our.crt, key_file: our.key}}\n"
        f"basic_auth_users: {{a: {web_access.NOBODY.decode()}}}\n")
    access = web_access.read(tmp_path / "web.yml", lambda _name: None)
    metrics = web_access.guarded(metrics_endpoint.app(CollectorRegistry, AsyncMock()),
                                 lambda: access)
    with web.listen("127.0.0.1", 0, "metrics") as listening:
        door = asyncio.create_task(web.serve(metrics, listening, tls=lambda: access.tls))
        port = listening.getsockname()[1]
        ends = await asyncio.to_thread(house._fetched, "127.0.0.1", port, access)
        door.cancel()
    assert ends == datetime(2027, 1, 1, tzinfo=UTC)
    (found,) = house._guarded("0.0.0.0", access, timedelta(days=20))
    assert (found.grade, found.english) == (Grade.WARN, "their certificate lasts 20 days more")


@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False)])
def test_metrics_that_anybody_may_read_from_elsewhere_are_told(host: str, *, warned: bool) -> None:
    assert bool(list(house._guarded(host, web_access.WebAccess(), None))) is warned


async def test_a_ledger_that_is_damaged_is_told(imported: Path) -> None:
    patient = Patient(Components(imported))
    assert await house.ledger(patient) == [ok("สมบูรณ์", "whole")]
    ledger = imported.parent / "ledger.db"
    ledger.write_bytes(b"nonsense" * 1000)
    checks = {"ledger": Check(house.ledger)}
    (found,) = (await examine(imported, checks, letter=False))["ledger"]
    assert found.grade is Grade.FAIL


def test_what_is_found_is_told_in_the_language_that_is_wanted(run: Run, config: Path) -> None:
    thai, english = (run("doctor", "--no-letter", "--lang", lang, "-c", config)[1]
                     for lang in ("th", "en"))
    assert not re.search("[ก-๛]", english)
    own = [line for line in thai.splitlines() if line.startswith(" " * 7)
           and not re.search("[ก-๛]", line)]
    assert all("relay " in line or "inbox " in line for line in own), own    # servers' own words


async def test_before_the_first_start_the_disk_is_looked_at_where_the_ledger_will_stand(
        config: Path) -> None:
    chosen = Components(config).settings
    later = replace(chosen, ledger=replace(chosen.ledger, file="not/yet/ledger.db"))
    (found,) = await house.disk(Patient(Components(config, later)))
    assert found.english.endswith(f"GB free at {config.parent}")
