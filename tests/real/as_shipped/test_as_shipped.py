"""As a ministry has it: unit and configuration unedited, clock at rate 1, real mail servers."""

import json
import re
import time
from itertools import pairwise

import pytest

from real.as_shipped.conftest import Shipped
from real.as_shipped.machine import AGENCIES, CONFIG, PASSWORD, PROGRAM, UNIT, users
from real.as_shipped.mails import bounced, replied

pytestmark = pytest.mark.real
LASTS = 300.0       # wall seconds that the daemon is watched for, at least
LOOKS = 3.0         # wall seconds between two looks at when the watchdog was fed
WATCHDOG = 120.0    # WatchdogSec of the unit
*WRITTEN, LATER = AGENCIES
OURS = re.compile(rb"probes\+\w+@watch\.go\.th")


@pytest.fixture(scope="module")
def written(shipped: Shipped) -> Shipped:
    """The machine, when each agency but one has the letter that a person asked for."""
    with shipped.lab.journal(UNIT) as journal:
        journal.until(f'"good": {len(AGENCIES)}')
        for code in WRITTEN:
            shipped.verb("probe", code, "--now")
            journal.until(f'"serial": {2 + int(code[-1])}, "outcome": "taken"')
    return shipped


def facts(shipped: Shipped, code: str, what: str) -> list[object]:
    """Return one part of every fact that is known of an agency's letters."""
    return [fact[what] for letter in shipped.explained(code)["letters"]
            for fact in letter["evidence"] if fact[what]]


def test_the_list_is_read_from_a_workbook_and_letters_to_ourselves_come_home_and_come_back(
    shipped: Shipped,
) -> None:
    with shipped.lab.journal(UNIT) as journal:
        journal.until(f'"good": {len(AGENCIES)}')
        journal.until('"came home"')
        journal.until('"bounced"')


def test_the_letter_has_its_paper(written: Shipped) -> None:
    assert b"Content-Type: application/pdf" in written.letter("replies.go.th")


def test_a_letter_to_nobody_comes_back(written: Shipped) -> None:
    with written.lab.journal(UNIT) as journal:
        journal.until('"serial": 6, "outcome": "taken"')
        journal.until('"kind": "failed", "serial": 6')
    assert facts(written, "1004", "reason") == ["no such mailbox"]


def test_a_large_return_and_a_larger_reply_are_read_by_the_process_that_may_be_killed(
    written: Shipped,
) -> None:
    return_ = bounced(written.letter("bounces.go.th"), AGENCIES["1001"], 106_000)
    letter = written.letter("replies.go.th")
    reply = replied(letter, AGENCIES["1002"], "991/2569", 5_000_000)
    for mail, sender, marked in ((return_, "", return_), (reply, AGENCIES["1002"], letter)):
        found = OURS.search(marked)
        assert found
        written.comes(mail, sender, found[0].decode())
    with written.lab.journal(UNIT) as journal:
        journal.until('"kind": "failed", "serial": 3')
        journal.until('"serial": 4, "mail"')
    assert facts(written, "1001", "reason") == ["no such mailbox"]
    assert written.metrics()['sarabanwatch_arrivals_total{kind="unread"}'] == 0


def test_the_nightly_backup_is_taken_while_the_daemon_runs_as_its_user_and_watched(
    written: Shipped,
) -> None:
    lab = written.lab
    lab.run("systemctl", "start", "sarabanwatch-backup.timer", "sarabanwatch-backup.service")
    assert lab.shown("sarabanwatch-backup.service", "Result") == "success"
    (taken,) = lab.run("ls", "/var/lib/sarabanwatch-backups").split()
    found = json.loads(lab.run("cat", f"/var/lib/sarabanwatch-backups/{taken}/manifest.json"))
    assert found["rows"]["letter"] >= len(WRITTEN)
    assert set(found["files"]) == {"ledger.db", "configuration/sarabanwatch.toml",
                                   "configuration/register.xlsx"}
    assert json.loads(written.verb("ledger", "check", "--json"))["disagreements"] == {}
    assert lab.shown(UNIT, "NRestarts") == "0"


def test_a_renewed_password_and_another_pace_are_taken_by_a_reload(written: Shipped) -> None:
    lab, was = written.lab, written.lab.shown(UNIT, "MainPID")
    new = f"{PASSWORD} ใหม่"
    written.writes("/srv/dovecot/users", users(new))
    for name in ("imap-password", "relay-password"):
        written.writes(f"/etc/sarabanwatch/credentials/{name}", f"{new}\n")
    lab.run("sed", "-i", "s/^a_minute = 20$/a_minute = 25/", CONFIG)
    lab.run("systemctl", "reload", UNIT)
    with lab.journal(UNIT) as journal:
        assert '"changed": ["pace.a_minute"], "needs_restart": []' in journal.until(
            '"event": "reloaded"'
        )
        # needs a log-in of its own at the relay, and at the inbox for its report
        written.verb("probe", LATER, "--now")
        journal.until('"serial": 7, "outcome": "taken"')
        journal.until('"kind": "delivered", "serial": 7')
    assert (lab.shown(UNIT, "MainPID"), lab.shown(UNIT, "ActiveState")) == (was, "active")


def test_what_is_wrong_fails_the_reload_and_the_daemon_goes_on(written: Shipped) -> None:
    lab = written.lab
    right = lab.run("cat", CONFIG)
    written.writes(CONFIG, f"{right}[relais]\n")
    with pytest.raises(AssertionError, match=r"systemctl reload sarabanwatch exits 1"):
        lab.run("systemctl", "reload", UNIT)
    with lab.journal(UNIT) as journal:
        journal.until("relais: no such key")
    written.writes(CONFIG, right)
    lab.run("systemctl", "reload", UNIT)
    assert "watching" in lab.shown(UNIT, "StatusText")


def test_for_five_minutes_the_watchdog_is_fed_in_half_of_its_time_and_nothing_fails(
    written: Shipped,
) -> None:
    fed, ends = {written.fed_at()}, time.monotonic() + LASTS
    while time.monotonic() < ends:
        time.sleep(LOOKS)       # nobody is told when a watchdog is fed
        fed.add(written.fed_at())
    assert max(after - before for before, after in pairwise(sorted(fed))) < WATCHDOG / 2 * 1e6
    assert written.lab.shown(UNIT, "NRestarts") == "0"
    counted = written.metrics()
    assert {name: value for name, value in counted.items()
            if name.startswith("sarabanwatch_errors_total") and value} == {}
    assert counted["sarabanwatch_mailbox_up"] == counted["sarabanwatch_path_whole"] == 1


def test_the_doctor_finds_well_what_is_and_shows_no_secret(written: Shipped) -> None:
    told = written.lab.run("sh", "-c", f"{PROGRAM} doctor --json --config {CONFIG}; true")
    found = json.loads(told)
    well = ("configuration", "secrets", "token keys", "ledger", "daemon", "relay",
            "there and back", "ports")
    assert {name: found[name] for name in well if found[name]["grade"] != "ok"} == {}
    assert found["metrics"]["grade"] != "fail"      # nobody fetches them here, but they are there
    assert "reports of delivery (DSN)" in str(found["relay"])
    odd = [each["en"] for each in found["inbox"]["found"] if each["grade"] != "ok"]
    assert odd == []    # a folder that is named by its use need not be there
    assert PASSWORD not in told


def test_stopped_it_drains(written: Shipped) -> None:
    written.lab.run("systemctl", "stop", UNIT)
    with written.lab.journal(UNIT) as journal:
        journal.until('"event": "stopped"')
    assert written.lab.shown(UNIT, "Result") == "success"


def test_where_no_daemon_runs_the_doctors_own_letter_goes_there_and_back(shipped: Shipped) -> None:
    shipped.lab.run("systemctl", "stop", UNIT)
    told = shipped.lab.run("sh", "-c", f"{PROGRAM} doctor --json --config {CONFIG}; true")
    (found,) = json.loads(told)["there and back"]["found"]
    assert found["grade"] == "ok"
    assert re.fullmatch(r"a letter to probes\+doctor\w+@watch\.go\.th came home, into 'INBOX'",
                        found["en"])
