import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes.mailroom import MAILS, RECEIPT, RULEBOOK, mailroom
from sarabanwatch.cli import group
from sarabanwatch.core.facts.token import Key

UNBELIEVING = replace(RULEBOOK, keys={"a": Key("a", b"another secret..", RULEBOOK.keys["a"].until)})


def run(config: Path, *words: str) -> str:
    result = CliRunner().invoke(group, [*words, "--config", str(config)])
    assert result.exit_code == 0, result.output
    return result.output


def told(config: Path, *words: str) -> list[dict]:
    return [json.loads(line) for line in run(config, "replay", "--json", *words).splitlines()]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, *MAILS, rules=UNBELIEVING)


def test_what_would_change_group_is_told_and_nothing_is_changed(config: Path) -> None:
    before = (config.parent / "ledger.db").read_bytes()
    *turns, counts = told(config)
    mails = {turn["mail"]: turn for turn in turns if "mail" in turn}
    assert mails[sha256(RECEIPT).hexdigest()]["was"] == "receipt (forged)"
    assert mails[sha256(RECEIPT).hexdigest()]["now"] == "receipt"
    assert {"letter": "1", "code": "1001", "was": "pending", "now": "proven",
            "because": ""} in turns
    assert [(t["was"], t["now"]) for t in turns if "agency" in t] == [("unknown", "A1")]
    assert (counts["mails"], counts["changed"], counts["applied"]) == (4, 2, False)
    assert counts["counts"]["agency: unknown -> A1"] == 1
    assert sum(n for what, n in counts["counts"].items() if what.startswith("mail: ")) == 2
    assert (config.parent / "ledger.db").read_bytes() == before
    assert not list(config.parent.glob(".rehearsal-*"))
    assert told(config) == [*turns, counts]                     # and says so again


def test_what_is_applied_is_what_was_told_and_there_is_nothing_left_to_tell(config: Path) -> None:
    rehearsed = told(config)
    applied = told(config, "--apply")
    assert applied[:-1] == rehearsed[:-1]
    assert applied[-1] == rehearsed[-1] | {"applied": True}
    assert json.loads(run(config, "explain", "1001", "--json"))["group"] == "A1"
    assert told(config) == told(config, "--apply") == [{"mails": 4, "changed": 0, "applied": False,
                                                        "counts": {}}]


def test_a_person_reads_it_in_lines(config: Path) -> None:
    said = run(config, "replay", "--apply")
    assert f"mail {sha256(RECEIPT).hexdigest()[:12]}  receipt (forged) -> receipt" in said
    assert "agency กรมหนึ่ง (1001)  unknown -> A1" in said
    assert "4 mails read again, 2 read otherwise; applied" in said
    assert "nothing would change" in run(config, "replay")


def test_a_ruling_stands_against_a_replay(config: Path) -> None:
    digest = sha256(RECEIPT).hexdigest()
    run(config, "inbox", "teach", digest, "--kind", "automatic", "--letter", "1", "--by", "Somsri")
    assert digest not in {turn.get("mail") for turn in told(config, "--apply")}
    (returned,) = [r for r in json.loads(run(config, "explain", "1001",
                                             "--json"))["letters"][0]["returns"]
                   if r["mail"] == digest]
    assert returned["rulings"][0]["by"] == "Somsri"


def test_no_ledger_is_told_before_anything_is_made(tmp_path: Path, config: Path) -> None:
    for name in ("ledger.db", "ledger.witness", "ledger.db.lock"):
        (tmp_path / name).unlink()
    result = CliRunner().invoke(group, ["replay", "--config", str(config)])
    assert "no ledger yet" in result.output
    assert not list(tmp_path.glob("*.db"))
