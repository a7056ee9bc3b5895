"""`read` as officers, writers of rules and corpora ask it: no configuration, no ledger, one line
for each mail or answer.
"""

import json

import pytest
from click.testing import CliRunner

from sarabanwatch.cli.read import read

TOKEN = "swa" + "a" * 8 + "b" * 16
KEYS = ["kind", "weight", "reason", "rule", "receipt", "text"]
RECEIPT = f"""From: saraban@agency.test
To: probes+{TOKEN}@probe.test
In-Reply-To: <{TOKEN}@probe.test>
Subject: Re: letter
Content-Type: text/plain; charset=utf-8

เลขรับที่ 152/2569 ค่ะ
"""
BOUNCE = f"""From: MAILER-DAEMON@relay.test
To: probes+{TOKEN}@probe.test
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.test

Final-Recipient: rfc822; saraban@agency.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""


def ask(*words):
    return CliRunner().invoke(read, [str(word) for word in words])


@pytest.fixture
def mails(tmp_path):
    paths = [tmp_path / "receipt.eml", tmp_path / "bounce.eml"]
    for path, text in zip(paths, (RECEIPT, BOUNCE), strict=True):
        path.write_text(text, "utf-8")
    return paths


def test_each_mail_is_one_line_of_json_with_its_kind_weight_reason_rule_receipt_and_words(mails):
    done = ask(*mails, "--to", "saraban@agency.test", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(each) for each in told] == [KEYS, KEYS]
    assert [(each["kind"], each["weight"], each["reason"], each["receipt"]) for each in told] == [
        ("receipt", "proven", None, "152/2569"), ("failed", "good", "no such mailbox", "")]


def test_a_report_on_another_than_the_one_we_wrote_to_waits_for_a_person(mails):
    done = ask(mails[1], "--to", "clerk@other.test", "--json")
    assert json.loads(done.stdout)["weight"] == "wait"


@pytest.mark.parametrize(("stage", "text", "weight"), [
    ("RCPT", "550-5.1.1 No such\n550 5.1.1 user here", "good"),
    ("rcpt to", "552 5.2.2 Mailbox full", "now"),
    ("EHLO", "554 5.7.1 your address is on a blocklist", "ours"),
    ("final dot", "451 4.3.0 try again later", "now"),
    ("final dot", "250 2.0.0 queued", "none"),
])
def test_an_answer_of_a_host_is_weighed_by_its_stage_and_words(stage, text, weight):
    told = json.loads(ask("--answer", stage, text, "--json").stdout)
    assert list(told) == KEYS
    assert told["weight"] == weight


def test_people_are_told_in_both_languages_on_one_line(mails):
    done = ask(mails[0], "--to", "saraban@agency.test")
    assert "proven · เจ้าหน้าที่ได้รับแล้ว" in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(("words", "remedy"), [
    ((), "give mails with --to ADDRESS, or --answer STAGE TEXT"),
    (("--answer", "VRFY", "550 no"), "is no stage: say connect, EHLO, MAIL, RCPT"),
    (("--answer", "RCPT", "no such user"), "each line begins with the same three digits"),
    (("--answer", "RCPT", "550-no\n250 such"), "each line begins with the same three digits"),
])
def test_what_cannot_be_read_is_refused_with_the_remedy(words, remedy):
    done = ask(*words)
    assert done.exit_code == 2
    assert remedy in done.output


def test_mails_without_the_address_written_to_are_refused(mails):
    assert "--to: say which address" in ask(mails[0]).output


def test_a_mail_is_held_against_our_own_address_as_its_mark_shows_it(tmp_path):
    canary = tmp_path / "canary.eml"
    canary.write_text(
        f"From: probes@probe.test\nTo: probes+{TOKEN}@probe.test\nX-Saraban-Letter: {TOKEN}\n\n"
        "our letter\n"
    )
    assert json.loads(ask(canary, "--to", "a@agency.test", "--json").stdout)["kind"] == "canary"
