"""The real daemon lives and dies in the real, hardened unit, while it plays a campaign."""

import json
from collections import Counter

import pytest

from real.systemd.lab import Lab

pytestmark = pytest.mark.real
UNIT, PROGRAM = "sarabanwatch", "/opt/sarabanwatch/bin/sarabanwatch"


def refuses_to_start(machine: Lab) -> bool:
    with pytest.raises(AssertionError, match="exits 1"):
        machine.run("systemctl", "start", UNIT)
    return machine.shown(UNIT, "ActiveState") != "active"


def test_it_is_started_once_it_says_ready_and_tells_how_it_is(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    assert machine.shown(UNIT, "SubState") == "running"
    assert machine.shown(UNIT, "StatusText")
    fetch = ("import urllib.request as r; "
             "print(r.urlopen('http://127.0.0.1:9725/metrics').read().decode())")
    assert "sarabanwatch_build_info" in machine.run("/usr/bin/python3", "-c", fetch)


def test_it_runs_as_nobody_in_particular_and_keeps_its_ledger_to_itself(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    mode, owner = machine.run("stat", "--format=%A %u",
                              "/var/lib/private/sarabanwatch/ledger.db").split()
    assert mode == "-rw-------"
    assert int(owner) >= 61184    # systemd.exec(5): dynamic users are 61184-65519


def test_it_needs_no_relay_password_where_the_relay_asks_for_none(machine: Lab) -> None:
    machine.run("test", "!", "-e", "/etc/sarabanwatch/credentials/relay-password")
    machine.run("systemctl", "start", UNIT)


def test_it_does_not_start_without_the_inbox_password(machine: Lab) -> None:
    machine.run("rm", "/etc/sarabanwatch/credentials/imap-password")
    assert refuses_to_start(machine)


def test_a_wrong_configuration_keeps_it_down_and_is_named(machine: Lab) -> None:
    machine.run("sh", "-c", "echo '[relais]' >> /etc/sarabanwatch/sarabanwatch.toml")
    assert refuses_to_start(machine)
    assert machine.shown(UNIT, "ExecMainStatus") == "78"
    assert machine.shown(UNIT, "SubState") == "failed"
    with machine.journal(UNIT) as journal:
        journal.until("relais")


def test_killed_and_hung_it_goes_on_and_stopped_it_drains(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until('"event": "sent"')
        machine.signal(UNIT, "KILL")
        journal.until("status=9/KILL")
        journal.until('"event": "started"')
        journal.until('"event": "received"')
        machine.signal(UNIT, "STOP")
        journal.until("Watchdog timeout")
        journal.until('"event": "started"')
        journal.until('"event": "closed"')
        assert machine.shown(UNIT, "NRestarts") == "2"
        machine.run("systemctl", "stop", UNIT)
        journal.until('"event": "stopped"')
        journal.until("ended success exited 0")
    letters = machine.run("cat", "/etc/sarabanwatch/letters.jsonl").splitlines()
    assert set(Counter(json.loads(letter)["message_id"] for letter in letters).values()) == {1}
    census = json.loads(machine.run("/opt/sarabanwatch/bin/sarabanwatch", "census", "--json"))
    assert census["total"] == 50


def test_it_tells_how_it_stands_to_root_and_to_its_group_and_to_nobody_else(machine: Lab) -> None:
    machine.run("sh", "-ec", f"""
        mkdir -p /etc/systemd/system/{UNIT}.service.d
        printf '[Service]\\nGroup=mail\\n' > /etc/systemd/system/{UNIT}.service.d/group.conf
        systemctl daemon-reload
    """)
    machine.run("systemctl", "start", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until('"event": "sent"')
    told = json.loads(machine.run(PROGRAM, "status", "--json"))
    assert told["running"]["ledger"] == "/var/lib/sarabanwatch/ledger.db"
    assert told["addressed"] > 0
    assert told["restarts"] == 0
    assert "round " in machine.shown(UNIT, "StatusText")
    ask = f"{PROGRAM} status --line --lang en; echo exit code $?"
    for group, said in (("mail", " of "), ("nogroup", "UNKNOWN: ")):
        answer = machine.run("setpriv", "--reuid=nobody", f"--regid={group}", "--clear-groups",
                             "sh", "-c", ask)
        assert said in answer, answer
        assert ("exit code 3" in answer) is (group == "nogroup")


def test_verbs_work_beside_the_unit_without_a_copy_of_its_secrets(machine: Lab) -> None:
    machine.run("sh", "-ec", f"""
        mv /etc/sarabanwatch/credentials /srv/secrets
        mkdir -p /etc/systemd/system/{UNIT}.service.d
        printf '[Service]\\nLoadCredential=\\nLoadCredential=secret:/srv/secrets\\n' \
            > /etc/systemd/system/{UNIT}.service.d/secrets.conf
        systemctl daemon-reload
    """)
    machine.run("systemctl", "start", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until('"event": "received"')
    code = json.loads(machine.run(PROGRAM, "agencies", "--json").splitlines()[0])["code"]
    reading = [("explain", code), ("agency", "show", code), ("probe", code), ("census",)]
    for verb in (*reading, ("replay",)):        # which needs the keys: those that the unit holds
        assert machine.run(PROGRAM, *verb)
    machine.run("systemctl", "stop", UNIT)
    for verb in reading:
        assert machine.run(PROGRAM, *verb)
    with pytest.raises(AssertionError, match=r"(?s)exits 78: .*token\.key_file: no file"):
        machine.run(PROGRAM, "replay")
    answer = machine.run(
        "systemd-run", "--pipe", "--wait", "--collect", "--property=DynamicUser=yes",
        f"--property=User={UNIT}", f"--property=StateDirectory={UNIT}",
        "--property=LoadCredential=secret:/srv/secrets", PROGRAM, "replay")
    assert "mails read again" in answer
