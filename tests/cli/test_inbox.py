import asyncio
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import CAME, RECEIPT, RIDDLE, STRANGER, WEAK_RECEIPT, digest, mail, mailroom
from sarabanwatch import store
from sarabanwatch.cli import group
from sarabanwatch.core.returns.mailbox import Cursor, FetchFailure, FetchReport, MissingMail
from sarabanwatch.store import FileLedger

ESCAPES = mail("\x1b[2J\x1b]0;owned\x07\u202egnp.exe เลขรับ", to="probes@probe.test",
               subject="\x1b[31mred")


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, [*words, "--config", str(config)])


def done(config: Path, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 0, result.output
    return result.output


def waiting(config: Path, *words: str) -> dict[str, str]:
    rows = map(json.loads, done(config, "inbox", "list", "--json", *words).splitlines())
    return {row["digest"]: row["waits"] for row in rows}


def told(config: Path, code: str = "1001") -> dict:
    return json.loads(done(config, "explain", code, "--json"))


def refused(config: Path, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 1, result.output
    return result.output


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, RECEIPT, WEAK_RECEIPT, RIDDLE, STRANGER)


def test_what_no_rule_understands_waits_and_nothing_else(config: Path) -> None:
    assert waiting(config) == {
        digest(WEAK_RECEIPT): "only the sender's address says that it answers us",
        digest(RIDDLE): "it came back for a reason that no rule can read",
    }
    assert set(waiting(config, "--kind", "failed")) == {digest(RIDDLE)}
    assert digest(RIDDLE)[:12] in done(config, "inbox", "list")


def test_a_mail_is_shown_with_all_that_is_said_of_it(config: Path) -> None:
    shown = done(config, "inbox", "show", digest(RIDDLE)[:10])
    assert "การตีกลับ · failed (ไม่ทราบเหตุ · unknown)" in shown
    assert "next: sarabanwatch inbox teach" in shown
    assert "554 qwertyuiop" in shown
    assert "554 qwertyuiop" in done(config, "inbox", "show", digest(RIDDLE), "--raw")
    assert json.loads(done(config, "inbox", "show", digest(RIDDLE),
                           "--json"))["readings"][0]["reason"] == "unknown"


def test_a_strangers_mail_does_not_drive_the_terminal(tmp_path: Path) -> None:
    config = mailroom(tmp_path, ESCAPES)
    for words in (["show", digest(ESCAPES)], ["show", digest(ESCAPES), "--raw"], ["list"]):
        said = done(config, "inbox", *words)
        assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert r"\x1b[2J" in done(config, "inbox", "show", digest(ESCAPES), "--raw")


def test_a_ruling_becomes_evidence_under_a_name_and_the_agency_is_judged_anew(config: Path) -> None:
    assert told(config)["letters"][0]["verdict"] == "proven"      # by the signed receipt
    done(config, "inbox", "teach", digest(RECEIPT), "--kind", "stranger", "--by", "Somsri")
    assert told(config)["letters"][0]["verdict"] == "unknown"
    done(config, "inbox", "teach", digest(RIDDLE), "--kind", "failed", "--reason",
         "no such mailbox", "--by", "Somsri", "--note", "called them")
    after = told(config)
    assert after["letters"][0]["verdict"] == "refuses"
    # one letter: others are to confirm it
    assert (after["downgrade"]["to"], after["downgrade"]["confirmed"]) == ("D2", False)
    rulings = {r["mail"]: r["rulings"] for r in after["letters"][0]["returns"]}[digest(RIDDLE)]
    said = ("Somsri", "failed", "no such mailbox", "called them")
    assert [(r["by"], r["kind"], r["reason"], r["note"]) for r in rulings] == [said]
    assert digest(RIDDLE) not in waiting(config)


def test_the_later_ruling_counts_and_both_are_kept(config: Path) -> None:
    for by, kind in (("Somsri", "receipt"), ("Somchai", "automatic")):
        done(config, "inbox", "teach", digest(WEAK_RECEIPT), "--kind", kind, "--by", by)
    letter = told(config)["letters"][0]
    said = [(e["rule"], e["in_force"]) for e in letter["evidence"]
            if e["mail"] == digest(WEAK_RECEIPT)]
    assert said[1:] == [("ruled by Somsri", False), ("ruled by Somchai", True)]
    assert [r["by"] for m in letter["returns"] if m["mail"] == digest(WEAK_RECEIPT)
            for r in m["rulings"]] == ["Somsri", "Somchai"]
    human = done(config, "explain", "1001", "--lang", "en")
    assert "ruled by Somsri: receipt" in human
    assert "ruled by Somchai: automatic" in human
    assert "set aside: a later ruling or reading counts" in human


def test_a_mail_can_be_given_to_another_agency_and_leaves_the_first(config: Path) -> None:
    done(config, "inbox", "teach", digest(RECEIPT), "--kind", "receipt", "--agency", "1002", "--by",
         "Somsri")
    assert told(config, "1002")["letters"][0]["verdict"] == "proven"
    # what is left is the riddle
    assert told(config, "1001")["letters"][0]["verdict"] == "unknown"
    done(config, "inbox", "teach", digest(RECEIPT), "--kind", "receipt", "--letter", "นร ๑๒๐๐/ท๑",
         "--by", "Somsri")
    assert told(config, "1002")["letters"][0]["verdict"] == "pending"
    assert told(config, "1001")["letters"][0]["verdict"] == "proven"


@pytest.mark.parametrize(("words", "complaint"), [
    (["--kind", "failed", "--by", "S"], "--reason"),
    (["--kind", "receipt", "--reason", "unknown", "--by", "S"], "--reason"),
    (["--kind", "unread", "--by", "S"], "says nothing of a mail"),
    (["--kind", "receipt", "--by", "S"], "--agency CODE or --letter NUMBER"),
    (["--kind", "receipt", "--by", "S", "--letter", "99"], "no letter of number 99"),
    (["--kind", "receipt", "--by", "S", "--agency", "9999"], "no letter to 9999"),
])
def test_a_ruling_that_is_none_is_refused_with_the_remedy(config: Path, words: list[str],
                                                          complaint: str) -> None:
    assert complaint in refused(config, "inbox", "teach", digest(STRANGER), *words)
    assert "rulings" not in done(config, "inbox", "show", digest(STRANGER), "--json")


def test_a_ruling_has_a_name(config: Path) -> None:
    words = ("--kind", "receipt", "--by", " ")
    result = run(config, "inbox", "teach", digest(STRANGER), *words)
    assert (result.exit_code, "--by" in result.output) == (2, True)


def test_a_ruling_is_offered_as_a_case_without_anybodys_address(config: Path,
                                                                tmp_path: Path) -> None:
    done(config, "inbox", "teach", digest(RIDDLE), "--kind", "failed", "--reason",
         "policy about content", "--by", "Somsri", "--case", str(tmp_path / "case"))
    case = tmp_path / "case" / f"{digest(RIDDLE)[:12]}"
    assert b"one.go.th" not in case.with_suffix(".eml").read_bytes()
    expected = case.with_suffix(".expect").read_text("utf-8")
    assert 'kind = "failed"\nreason = "policy about content"\nrecipient = "person' in expected


def test_an_unknown_digest_and_a_missing_ledger_are_told_in_a_line(config: Path,
                                                                   tmp_path: Path) -> None:
    assert "digest beginning 'ffff'" in refused(config, "inbox", "show", "ffff")
    assert "digest beginning 'ffff'" in refused(config, "inbox", "teach", "ffff", "--kind",
                                                "stranger", "--by", "S")
    (tmp_path / "ledger.db").unlink()
    ran = subprocess.run([sys.executable, "-m", "sarabanwatch", "inbox", "teach", "ff", "--kind",
                          "stranger", "--by", "S",
                          "--config", str(config)], capture_output=True, text=True, check=False)
    assert (ran.returncode, "ledger.db is gone, and a ledger stood here" in ran.stderr) == (78,
                                                                                            True)
    assert not (tmp_path / "ledger.db").exists()


async def not_given(file: Path) -> None:
    """Let a server name two mails without giving them; one comes later."""
    with closing(FileLedger(file)) as ledger:
        lack = [MissingMail(5, FetchFailure.REFUSED, "NO [SERVERBUG] \x1b[31mno"),
                MissingMail(6, FetchFailure.SILENT, "OK without it")]
        await ledger.write(store.arrivals.take_in, "INBOX", [], Cursor(7, 9),
                           FetchReport(CAME, lacking=lack))
        await ledger.write(store.arrivals.take_in, "INBOX", [], Cursor(7, 9),
                           FetchReport(CAME, given=[6]))


def test_what_the_server_named_and_never_gave_is_listed_with_its_words(config: Path) -> None:
    assert "no mail is lacking" in done(config, "inbox", "lacking")
    asyncio.run(not_given(config.parent / "ledger.db"))
    (row,) = map(json.loads, done(config, "inbox", "lacking", "--json").splitlines())
    assert (row["mailbox"], row["uid"], row["why"], row["ended"]) == ("INBOX", 5, "refused", "")
    (said,) = done(config, "inbox", "lacking").splitlines()
    assert "INBOX UID 5: refused: NO [SERVERBUG]" in said
    assert "\x1b" not in said
    assert [line.partition("UID ")[2][:1]
            for line in done(config, "inbox", "lacking", "--all").splitlines()] == ["5", "6"]
    assert "(given, " in done(config, "inbox", "lacking", "--all")
