import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from fakes.mailroom import RECEIPT, RULEBOOK, WEAK_RECEIPT, mail, mailroom
from fakes.samples import MONDAY
from sarabanwatch.cli import group
from sarabanwatch.cli.explain import facts
from sarabanwatch.cli.record import mend
from sarabanwatch.cli.terminal import line, safe
from sarabanwatch.core.facts.evidence import Evidence, Reason
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.group import Group

HOST = "mx.probe.test"
VOUCHED = mail("ได้รับหนังสือแล้ว เลขรับ 5/2569", to="probes@probe.test",
               top=f"Authentication-Results: {HOST}; dkim=pass header.d=one.go.th\r\n")
MISMATCH = mail(
    "Your message could not be delivered.\r\n\r\n<somebody@else.test>: 550 5.1.1 User unknown\r\n",
    sender="MAILER-DAEMON@relay.test", subject="Undelivered Mail Returned to Sender",
)
STRANGE = mail("\x1b]0;owned\x07 hello", to="probes@probe.test", subject="\x1b[2J")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, RECEIPT, WEAK_RECEIPT, VOUCHED, MISMATCH, STRANGE,
                    rules=replace(RULEBOOK, authserv_id=HOST))


def explained(config: Path, *words: str) -> str:
    result = CliRunner().invoke(group, ["explain", "1001", "--config", str(config), *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_each_reply_is_told_with_its_strength_and_whether_it_counts(config: Path) -> None:
    letter = json.loads(explained(config, "--json"))["letters"][0]
    strengths = {e["mail"]: (e["strength"], e["counts"], e["authentic"]) for e in letter["evidence"]
                 if e["mail"]}
    assert strengths == {
        sha256(RECEIPT).hexdigest(): ("our signed token, the sender not authenticated", True, ""),
        sha256(WEAK_RECEIPT).hexdigest(): ("the sender's address only", False, ""),
        sha256(VOUCHED).hexdigest(): ("authenticated from the declared domain", True,
                                      f"dkim of one.go.th, says {HOST}"),
        sha256(MISMATCH).hexdigest(): ("our signed token, the sender not authenticated", True, ""),
    }


def test_what_is_not_believed_and_what_waits_is_told_beside_the_letter(config: Path) -> None:
    returns = {r["mail"]: r for r in json.loads(explained(config,
                                                          "--json"))["letters"][0]["returns"]}
    assert returns[sha256(MISMATCH).hexdigest()]["refused"].startswith("mismatch")
    assert (
        returns[sha256(STRANGE).hexdigest()]["waits"]
        == "no rule understands it, and we wrote to its sender"
    )
    assert returns[sha256(RECEIPT).hexdigest()]["waits"] == ""
    said = explained(config, "--lang", "en")
    assert "not believed: mismatch" in said
    assert "waits for a person: no rule understands it" in said
    assert f"(dkim of one.go.th, says {HOST})" in said
    assert "เลขรับ" in said
    waits = {"kind": "waits", "code": None, "status": "", "text": "", "reason": "", "mail": "",
             "rule": "the agency seems to tell a new address", "receipt": "", "authentic": "",
             "in_force": True, "at": "2026-01-12T00:00:00+07:00"}
    assert "[หน่วยงานน่าจะแจ้งอีเมลใหม่" in "".join(facts([waits], "th"))


def test_words_of_strangers_are_shown_and_not_done() -> None:
    assert (
        safe("a\x1b[31mb\x07\tc\nd\u202ee\x9bf\x00") == "a\\x1b[31mb\\x07\tc\nd\\u202ee\\x9bf\\x00"
    )
    assert safe("ที่ นร ๑๒๐๐/ท ๗\u200bกก") == "ที่ นร ๑๒๐๐/ท ๗\u200bกก"
    assert line(" a\n b\tc\x1b ") == "a b c\\x1b"


def test_what_a_host_says_again_and_again_is_one_line_until_it_says_another_thing() -> None:
    said = {"kind": "put off", "code": 451, "status": "4.3.0", "text": "later",
            "reason": "temporary", "blame": "theirs for now",
            "rule": "", "receipt": "", "mail": "", "authentic": "", "in_force": True}
    evidence = [{**said, "at": f"2026-01-12T0{hour}:00:00+07:00",
                 "text": "busy" if hour == 3 else "later"} for hour in range(5)]
    told = list(facts(evidence, "en"))
    times = " × 3 until 2026-01-12 02:00 +07"
    assert [line.endswith(times) for line in told] == [True, False, False]
    assert [said in line for line, said in zip(told, ("later", "busy", "later"),
                                               strict=True)] == [True] * 3


@pytest.mark.parametrize(("reason", "own"), [
    (Reason.RESTRICTED, "Have the central mailbox take mail from outside"),
    (Reason.FULL, "Remove or archive old mail"), (Reason.TOO_LARGE, "the group's steps")])
def test_what_is_to_be_mended_begins_with_what_the_reason_of_the_last_failure_asks_for(
    reason: Reason, own: str
) -> None:
    before, last = (SimpleNamespace(serial=n, present=True,
                                    evidence=[Evidence(Fact.BOUNCED, MONDAY, reason=why)])
                    for n, why in ((1, Reason.LOOP), (2, reason)))
    told = mend(SimpleNamespace(letters=[last, before], group=Group.D3), "the group's steps.",
                 thai=False)
    assert told.startswith(own)
    assert told.endswith("the group's steps.")
    assert mend(SimpleNamespace(letters=[last], group=Group.A1), "", thai=False) == ""
