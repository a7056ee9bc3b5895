"""The unit lives and dies under a real systemd."""

import pytest

from real.systemd.lab import Lab

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]
UNIT = "sarabanwatch"


def test_it_is_started_once_it_says_ready(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    assert machine.shown(UNIT, "SubState") == "running"
    assert machine.shown(UNIT, "StatusText")


def test_it_runs_as_nobody_in_particular_and_keeps_its_ledger_to_itself(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    ledger = machine.run("sh", "-c", "stat --format='%A %u' /var/lib/private/sarabanwatch/*sqlite*").split()
    assert ledger[0] == "-rw-------"
    assert int(ledger[1]) >= 61184    # systemd.exec(5): dynamic users are 61184-65519


def test_it_needs_no_relay_password_where_the_relay_asks_for_none(machine: Lab) -> None:
    machine.run("test", "!", "-e", "/etc/sarabanwatch/credentials/relay-password")
    machine.run("systemctl", "start", UNIT)


def test_it_does_not_start_without_the_inbox_password(machine: Lab) -> None:
    machine.run("rm", "/etc/sarabanwatch/credentials/imap-password")
    with pytest.raises(AssertionError, match="exits 1"):
        machine.run("systemctl", "start", UNIT)


def test_killed_it_is_started_again(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until("Started")
        machine.signal(UNIT, "KILL")
        journal.until("status=9/KILL")
        journal.until("Started")
    assert machine.shown(UNIT, "NRestarts") == "1"


def test_hung_it_is_ended_by_the_watchdog_and_started_again(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until("Started")
        machine.signal(UNIT, "STOP")
        journal.until("Watchdog timeout")
        journal.until("Started")
    assert machine.shown(UNIT, "NRestarts") == "1"


def test_stopped_it_drains_and_ends_well(machine: Lab) -> None:
    machine.run("systemctl", "start", UNIT)
    machine.run("systemctl", "stop", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until("ended success exited 0")


def test_a_wrong_configuration_is_not_tried_again_and_again(machine: Lab) -> None:
    machine.run("sh", "-c", "echo 'broken = true' > /etc/sarabanwatch/sarabanwatch.toml")
    with pytest.raises(AssertionError, match="exits 1"):
        machine.run("systemctl", "start", UNIT)
    assert machine.shown(UNIT, "ExecMainStatus") == "78"
    assert machine.shown(UNIT, "SubState") == "failed"
