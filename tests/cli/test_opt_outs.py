"""`opt-outs`: entered by name and shown everywhere; an agency's own mail waits for a person."""

import json
import sys
from pathlib import Path

import pytest

from fakes.mailroom import digest, mail, mailroom
from sarabanwatch.cli import main

MAYBE = "ได้รับหนังสือแล้ว เลขรับ 123/2569 ทั้งนี้ ไม่ประสงค์จะรับหนังสือทดสอบอีก"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, mail(MAYBE))


def say(capsys: pytest.CaptureFixture[str], config: Path, *words: str) -> str:
    sys.argv = ["sarabanwatch", *words, "-c", str(config)]
    main()
    return capsys.readouterr().out


def test_a_receipt_that_asks_to_be_left_alone_waits_and_counts_when_a_person_has_read_it(
    config: Path, capsys
) -> None:
    assert "no such letters" in say(capsys, config, "inbox", "list")
    assert "A1" not in say(capsys, config, "explain", "1001")
    say(capsys, config, "inbox", "teach", digest(mail(MAYBE))[:12], "--kind", "receipt", "--by",
        "สมชาย")
    assert "A1" in say(capsys, config, "explain", "1001")


def test_an_opt_out_is_written_down_shown_and_ended(config: Path, capsys) -> None:
    why = ("--why", "หนังสือตอบ")
    assert "no test letter goes any more to กรมหนึ่ง" in say(
        capsys, config, "opt-outs", "add", "1001", "--by", "สมชาย", "--until", "31 ธ.ค. 2642", *why,
        "--lang", "en")
    assert "until 2099-12-31, written down by สมชาย: หนังสือตอบ" in say(capsys, config, "opt-outs",
                                                                        "list", "--lang", "en")
    explained = say(capsys, config, "explain", "1001", "--lang", "en")
    assert "no test letter is sent, as the agency asked until 2099-12-31 (สมชาย" in explained
    assert json.loads(say(capsys, config, "agency", "show", "1001",
                          "--json"))["next"]["when"] == "opted out"
    say(capsys, config, "opt-outs", "end", "1001", "--by", "สมหญิง", *why)
    assert say(capsys, config, "opt-outs", "list", "--lang",
               "en") == "no agency has opted out\n"
    listed = say(capsys, config, "opt-outs", "list", "--all", "--json")
    (gone,) = map(json.loads, listed.splitlines())
    assert (gone["code"], gone["ended_by"]) == ("1001", "สมหญิง")


@pytest.mark.parametrize(("words", "complaint"), [
    (("add", "1001", "--by", " ", "--why", "x"), "say it in words"),
    (("add", "1001", "--by", "x", "--why", "x", "--until", "2001-01-01"), "2001-01-01 is over"),
    (("add", "1001", "--by", "x", "--why", "x", "--until", "1/1/2544"), "2001-01-01 is over"),
    (("add", "1001", "--by", "x", "--why", "x", "--until", "3112-01-01"),
     "'3112-01-01' is no date; write it as"),
    (("add", "9999", "--by", "x", "--why", "x"), "no agency has the code"),
    (("end", "1001", "--by", "x", "--why", "x"), "no opt-out that stands"),
])
def test_what_cannot_be_written_down_is_refused(config: Path, capsys, words: tuple[str, ...],
                                                complaint: str) -> None:
    sys.argv = ["sarabanwatch", "opt-outs", *words, "-c", str(config)]
    with pytest.raises(SystemExit):
        main()
    assert complaint in capsys.readouterr().err


def test_the_verb_by_the_name_that_it_had_is_refused_with_its_new_one(
    capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["sarabanwatch", "wishes", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "the verb wishes is now opt-outs" in capsys.readouterr().err
