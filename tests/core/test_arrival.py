import tomllib
from pathlib import Path

import pytest

from fakes.samples import REFUSALS
from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import MatchedBy
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.arrival import MailKind, Ours

OURS = Ours("probes@probe.test", "นร 1200/ท")
CORPUS = Path(__file__).parents[1] / "corpus" / "mail"
EXPECTED = sorted(CORPUS.glob("*/*.expect"))
TOKEN = "swa" + "a" * 8 + "b" * 16


def mail(subject: str = "x", body: str = "x", **headers: str) -> bytes:
    fields = {"From": "a@agency.test", "To": f"probes+{TOKEN}@probe.test",
              "Subject": subject} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode()


def kind(raw: bytes) -> MailKind:
    return arrival.read(raw, OURS, REFUSALS).kind


def test_the_corpus_is_there() -> None:
    assert len(EXPECTED) > 150


@pytest.mark.parametrize("expect", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_mail_of_the_corpus_is_read_as_it_is(expect: Path) -> None:
    wanted = tomllib.loads(expect.read_text("utf-8"))
    read = arrival.read(expect.with_suffix(".eml").read_bytes(), OURS, REFUSALS)
    got = {"kind": read.kind.value, "receipt": read.receipt}
    if read.reports:
        got |= {"recipient": read.reports[0].recipient, "reason": read.reports[0].reason.value}
    assert {key: got.get(key) for key in wanted} == wanted


def test_every_kind_that_a_rule_finds_but_two_stands_in_the_corpus() -> None:
    kinds = {tomllib.loads(path.read_text("utf-8"))["kind"] for path in EXPECTED}
    without = {MailKind.FEEDBACK.value, MailKind.UNREAD.value, MailKind.OPT_OUT.value}
    assert {kind.value for kind in MailKind} - kinds == without


def test_a_bounce_is_a_bounce_though_it_is_marked_as_automatic_and_has_our_token_in_its_subject(
) -> None:
    body = ("I'm sorry to inform you that your message could not be delivered.\n\n"
            "<a@agency.test>: 550 5.1.1 User unknown\n")
    raw = mail(f"Undelivered: {TOKEN}", body, From="MAILER-DAEMON@relay.test",
               Auto_Submitted="auto-replied")
    assert kind(raw) is MailKind.FAILED


def test_a_vacation_is_no_bounce_though_the_null_sender_sent_it() -> None:
    assert kind(mail("Out of office: letter", "I am out of the office.",
                     Return_Path="<>")) is MailKind.AUTOMATIC


def test_a_person_who_quotes_a_bounce_is_a_person() -> None:
    quoted = ("We moved.\n\n> Your message could not be delivered to\n"
              "> <a@agency.test>: 550 5.1.1 User unknown\n")
    assert kind(mail("Re: Undelivered Mail Returned to Sender", quoted)) is MailKind.ANSWER


def test_a_person_who_attaches_a_mail_is_a_person() -> None:
    raw = mail("Re: letter").replace(
        b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b"
    ) + (
        b"\r\n--b\r\n\r\nsee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Subject: Undelivered Mail\r\n\r\nx\r\n--b--"
    )
    assert kind(raw) is MailKind.ANSWER


def test_the_gravest_of_several_fates_decides() -> None:
    status = "".join(
        f"\r\nFinal-Recipient: rfc822; {n}@x.test\r\nAction: {action}\r\nStatus: 5.0.0\r\n"
        for n, action in enumerate(("delivered", "delayed", "failed"))
    )
    raw = (
        b"From: MAILER-DAEMON@relay.test\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; r\r\n"
        + status.encode()
    )
    assert kind(raw) is MailKind.FAILED
    assert [report.action for report in arrival.read(raw, OURS, REFUSALS).reports] == ["delivered",
                                                                                       "delayed",
                                                                                       "failed"]


def test_an_expansion_and_a_complaint_are_told() -> None:
    expanded = (b"Content-Type: message/delivery-status\r\n\r\n"
                b"Final-Recipient: rfc822; a@x.test\r\nAction: expanded\r\n")
    assert kind(expanded) is MailKind.EXPANDED
    assert (
        kind(b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n")
        is MailKind.FEEDBACK
    )


def test_clues_stand_surest_first_and_each_once() -> None:
    raw = mail("ที่ นร ๑๒๐๐/ท๗", In_Reply_To=f"<{TOKEN}@probe.test>")
    clues = arrival.read(raw, OURS, REFUSALS).clues
    assert [clue.matched_by for clue in clues] == [MatchedBy.TOKEN, MatchedBy.NUMBER,
                                                   MatchedBy.SENDER]
    assert [clue.value for clue in clues] == [TOKEN, "7", "a@agency.test"]


def test_a_token_is_found_in_a_returned_original_cut_short() -> None:
    raw = (
        b"From: MAILER-DAEMON@relay.test\r\nSubject: failure notice\r\n\r\n<a@agency.test>:\r\n"
        b"no mailbox here\r\n\r\n"
        b"--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <" + TOKEN.encode()
        + b"@probe.test>\r\nSubj"
    )
    clues = arrival.read(raw, OURS, REFUSALS).clues
    assert (clues[0].matched_by, clues[0].value) == (MatchedBy.HEADER, TOKEN)


def test_a_token_is_one_of_our_shape() -> None:
    assert list(token.tokens_in(TOKEN)) == [TOKEN]


def test_what_is_said_is_short_and_on_one_line() -> None:
    said = arrival.read(mail(body="one\n two\t three " + "x" * 2_000), OURS, REFUSALS).text
    assert said.startswith("one two three x")
    assert len(said) == arrival.LONGEST_TEXT
