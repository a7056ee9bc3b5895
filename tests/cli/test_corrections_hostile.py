"""Hostile and broken corrections: each stays on one line of the output, none is believed."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import digest, mail, mailroom
from sarabanwatch.cli import group

NEW, OLD = "saraban@dept-one.go.th", "saraban@one.go.th"
WORDS = f"ขอแจ้งแก้ไขอีเมลกลางของหน่วยงาน เป็น {NEW}"


def notice(body: str = WORDS, *, sender: str = OLD, subject: str = "แจ้ง",
           kind: str = "text/plain; charset=utf-8") -> bytes:
    head = (f"From: {sender}\r\nTo: probes@probe.test\r\nSubject: {subject}\r\n"
            f"Content-Type: {kind}\r\n\r\n")
    return head.encode() + body.encode("cp874" if "620" in kind else "utf-8") + b"\r\n"


HOSTILE = {
    "forged sender": notice(),
    "header in the subject": notice(
        subject="=?utf-8?q?x=0D=0ABcc:_all@one.go.th=0D=0A=0D=0Abody?="),
    "formula for a name": notice(sender=f'"=HYPERLINK(1)" <{OLD}>', subject="=cmd|' /C calc'!A0"),
    "a name of 900 characters": notice(sender=f'"{"x" * 900}" <{OLD}>'),
    "HTML only": notice(f"<html><body><script>x</script><p>{WORDS}</p></body></html>",
                        kind="text/html; charset=utf-8"),
    "another charset": notice(kind="text/plain; charset=tis-620"),
    "no such charset": notice(kind="text/plain; charset=x-nonsense"),
    "our notice quoted": notice(f"{WORDS}\r\n\r\n> ที่อยู่เดิม {OLD}\r\n> saraban@other.go.th\r\n"),
    "escapes": notice(f"{WORDS}\r\n\x1b]0;owned\x07\u202e\r\n", subject="\x1b[2Jx"),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path, *HOSTILE.values())


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["corrections", *words, "-c", str(config)])


def test_each_is_one_line_of_the_list(config: Path) -> None:
    rows = run(config, "list").stdout.splitlines()
    assert len(rows) == len(HOSTILE)
    assert not any("\x1b" in row or "\u202e" in row or len(row) > 200 for row in rows)


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_shown_with_the_address_that_it_names_and_waits_for_a_persons_word(
    config: Path, name: str
) -> None:
    known = digest(HOSTILE[name])[:12]
    told = json.loads(run(config, "show", known, "--json").stdout)
    assert [a["code"] for a in told["agencies"]] == ["1001"]
    assert [a["address"] for a in told["addresses"]] == [NEW]
    assert told["proof"] is None
    shown = run(config, "show", known).stdout
    assert not set("\x1b\x07\u202e\r") & set(shown)
    assert max(map(len, shown.splitlines())) < 500
    assert run(config, "accept", known, "--by", "Somsri").exit_code == 2
    done = run(config, "accept", known, "--by", "Somsri", "--note", "โทรศัพท์")
    assert (done.exit_code, NEW in done.output) == (0, True)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_answer_to_each_goes_to_its_sender_alone(config: Path, name: str) -> None:
    known, draft = digest(HOSTILE[name])[:12], config.parent / "answer.eml"
    assert run(config, "reject", known, "--by", "Somsri", "--note", "ไม่มีประกาศ").exit_code == 0
    assert run(config, "show", known, "--answer", str(draft)).exit_code == 0
    answer = message_from_bytes(draft.read_bytes(), policy=policy.default)
    assert (answer["To"], answer["Bcc"]) == (OLD, None)
    assert len(answer["Subject"]) < 320


def test_thai_digits_are_read_and_two_addresses_are_left_to_a_person(tmp_path: Path) -> None:
    digits = mail("ขอแจ้งแก้ไขอีเมลกลาง เป็น saraban_๐๑@dept-one.go.th", to="probes@probe.test",
                  subject="แจ้ง")
    two = mail(f"{WORDS} หรือ saraban@dept-two.go.th", to="probes@probe.test", subject="แจ้ง")
    config = mailroom(tmp_path, digits, two)
    done = run(config, "accept", digest(two)[:12], "--by", "Somsri", "--note", "n")
    assert (done.exit_code, "it names 2 new addresses" in done.output) == (1, True)
    told = json.loads(run(config, "show", digest(digits)[:12], "--json").stdout)
    assert [a["address"] for a in told["addresses"]] == ["saraban_01@dept-one.go.th"]


def test_a_sender_that_cannot_be_read_is_nobody_and_gets_no_answer(tmp_path: Path) -> None:
    # raw, and many times as long as a line may be
    raw = notice(sender=f'"{"ก" * 9000}" <{OLD}>')
    config, draft = mailroom(tmp_path, raw), tmp_path / "answer.eml"
    done = run(config, "show", digest(raw)[:12], "--answer", str(draft))
    assert (done.exit_code, "nobody knows whom to answer" in done.output, draft.exists()) == (1,
                                                                                              True,
                                                                                              False)
