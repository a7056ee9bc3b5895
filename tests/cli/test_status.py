"""`status`: from the daemon, or from the ledger."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.mailroom import mailroom
from fakes.standing import WELL
from fakes.verbs import Run
from sarabanwatch.store.lock import keeping
from sarabanwatch.wiring import status as standing

LEDGER = "by the ledger, for no daemon runs"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A ledger with two agencies, a letter to each and mails; no daemon, and no secret either."""
    return mailroom(tmp_path)


def test_where_no_daemon_runs_the_ledger_tells_and_that_is_said(run: Run, config: Path) -> None:
    code, out, err = run("status", "-c", config, "--lang", "en")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].endswith(LEDGER)
    assert out.startswith("CRITICAL · ")
    assert " +07 · " in out
    assert "no daemon runs: systemctl start sarabanwatch" in out


def test_thai_comes_first(run: Run, config: Path) -> None:
    assert run("status", "-c", config)[1].startswith("ต้องดูทันที · ")


def test_a_line_has_the_level_as_word_and_as_exit_code(run: Run, config: Path) -> None:
    code, out, _ = run("status", "--line", "-c", config, "--lang", "en")
    assert code == 2
    assert out.startswith("SARABANWATCH CRITICAL: no daemon runs")
    assert len(out.splitlines()) == 1
    assert " | sent=" in out


@pytest.mark.parametrize("wrong", ["no such file", "no ledger", "no TOML"])
def test_where_nothing_can_be_found_out_the_line_says_unknown(run: Run, tmp_path: Path,
                                                              config: Path, wrong: str) -> None:
    named = tmp_path / "other.toml"
    if wrong == "no ledger":
        named.write_text(config.read_text() + '[ledger]\nfile = "none.db"\n')
    if wrong == "no TOML":
        named.write_text("[[[")
    code, out, err = run("status", "--line", "-c", named)
    assert (code, err) == (3, "")
    assert out.startswith("SARABANWATCH UNKNOWN: ")
    assert len(out.splitlines()) == 1


def test_machines_are_told_all_of_it(run: Run, config: Path) -> None:
    code, out, _ = run("status", "--json", "-c", config)
    told = json.loads(out)
    assert code == 0
    assert told["level"] == "critical"
    assert told["running"] is None
    assert told["addressed"] == 2
    assert {each["level"] for each in told["complaints"]} >= {"critical"}


def test_a_daemon_that_runs_and_does_not_answer_is_told(run: Run, config: Path) -> None:
    with keeping(config.parent / "ledger.db"):
        code, out, _ = run("status", "--line", "-c", config, "--lang", "en")
    assert code == 2
    assert "the daemon runs and does not answer" in out


def test_another_daemons_answer_is_not_believed(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standing.status_client, "ask", lambda _path, _seconds: WELL)
    assert LEDGER in run("status", "-c", config, "--lang", "en")[1]


def test_what_the_daemon_waits_for_and_does_is_told_by_it(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = replace(WELL.running, ledger=str(config.parent / "ledger.db"),
                   waits={"relay": "it does not\x1banswer"})
    told = replace(WELL, running=ours, open_hosts=tuple(f"mx{n}.test" for n in range(7)))
    monkeypatch.setattr(standing.status_client, "ask", lambda _path, _seconds: told)
    out = run("status", "-c", config, "--lang", "en")[1]
    assert out.startswith("WARNING · 2026-03-02 10:00 +07 · as the running daemon tells\n")
    assert "refuse us 7: mx0.test, mx1.test, mx2.test, mx3.test +3 · slowed 1: mx.slow.test" in out
    assert "relay: it does not\\x1banswer" in out
    assert "3,000 of 8,000 addresses written to · 20 to be sent · 400 awaited" in out
