import json

from fakes.samples import REFUSALS
from sarabanwatch.core.facts.evidence import MatchedBy, Reason
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.arrival import Arrival, MailKind, Ours

OURS = Ours("probes@probe.test", "นร 1200/ท")
TOKEN = "swa" + "a" * 8 + "b" * 16


def read(text: str, subject: str = "Undelivered Mail Returned to Sender",
         sender: str = "MAILER-DAEMON@relay.test") -> Arrival:
    head = f"From: {sender}\r\nTo: probes@probe.test\r\nSubject: {subject}\r\n"
    return arrival.read((head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text).encode(),
                        OURS, REFUSALS)


def parts(*each: str, top: str = "multipart/report; report-type=delivery-status",
          subject: str = "Undelivered") -> Arrival:
    body = "".join(f"--b\r\n{part}\r\n" for part in each)
    head = (f"From: MAILER-DAEMON@relay.test\r\nSubject: {subject}\r\n"
            f"Content-Type: {top}; boundary=b\r\n\r\n")
    return arrival.read((head + body + "--b--\r\n").encode(), OURS, REFUSALS)


def failed(what: Arrival) -> list[str]:
    assert what.kind is MailKind.FAILED, what
    return [report.recipient for report in what.reports]


STATUS = "Content-Type: message/delivery-status\r\n\r\n"


def test_a_status_part_outranks_the_text() -> None:
    what = parts(
        "\r\n<other@x.test>: 550 5.2.2 over quota", STATUS + (
            "Reporting-MTA: dns; relay.test\r\n\r\nFinal-Recipient: rfc822; a@x.test\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\n"
        ),
    )
    assert failed(what) == ["a@x.test"]
    assert (what.rule, what.reports[0].reporter) == ("bounce: dsn", "relay.test")


def test_a_diagnosis_tells_more_than_its_status() -> None:
    what = parts(STATUS + "Final-Recipient: rfc822; a@x.test\r\nAction: failed\r\nStatus: 5.0.0\r\n"
                          "Diagnostic-Code: smtp; 550 5.2.2 Over quota\r\n")
    report = what.reports[0]
    assert (report.code, report.status, report.reason) == (550, "5.2.2", Reason.FULL)


def test_failed_with_a_temporary_status_is_final_and_an_envelope_expired_too() -> None:
    final = "Final-Recipient: rfc822; a@x.test\r\nAction: {}\r\nStatus: 4.4.7\r\n"
    assert parts(STATUS + final.format("failed")).kind is MailKind.FAILED
    assert parts(STATUS + final.format("delayed")).kind is MailKind.DELAYED
    assert parts("\r\na@x.test: Envelope expired",
                 STATUS + final.format("delayed")).kind is MailKind.FAILED


def test_a_recipient_of_another_kind_is_named_by_the_one_we_wrote_to() -> None:
    what = parts(
        STATUS
        + "Original-Recipient: rfc822; a@x.test\r\nFinal-Recipient: x400; /S=a/C=th/\r\n"
          "Action: failed\r\n"
    )
    assert failed(what) == ["a@x.test"]


def test_a_forwarder_who_names_our_recipient_is_believed_and_one_who_only_encloses_a_letter_is_not(
) -> None:
    fate = STATUS + "Final-Recipient: rfc822; clerk@else.test\r\nAction: failed\r\n"
    enclosed = "Content-Type: text/rfc822-headers\r\n\r\nTo: Saraban <a@x.test>\r\n"
    named = parts("\r\n<clerk@else.test> (expanded from <a@x.test>): gone", fate,
                  enclosed).reports[0]
    assert (named.recipient, named.original) == ("clerk@else.test", "a@x.test")
    assert parts(fate, enclosed).reports[0].original == ""


def test_a_bounce_in_words_that_only_encloses_the_letter_is_not_about_it_either() -> None:
    what = read(
        "<clerk@else.test>: gone\n\n--- Original message follows\n\nFrom: us@y.test\nTo: a@x.test\n"
    )
    assert [(report.recipient, report.original)
            for report in what.reports] == [("clerk@else.test", "")]


def test_an_envelope_id_of_ours_is_a_clue() -> None:
    what = parts(
        STATUS
        + f"Original-Envelope-Id: {TOKEN}\r\n\r\nFinal-Recipient: rfc822; a@x.test\r\n"
          f"Action: failed\r\n"
    )
    assert what.clues[0] == arrival.Clue(MatchedBy.ENVID, TOKEN)


def test_fields_in_the_text_are_read_like_a_status_part() -> None:
    what = read("An error occurred.\r\n\r\n  Reporting-MTA: dns; ses.test\r\n\r\n"
                "  Final-Recipient: rfc822; a@x.test\r\n"
                "  Action: failed\r\n  Diagnostic-Code: smtp; 550 5.2.2 Full\r\n")
    assert (what.rule, failed(what), what.reports[0].reporter) == ("bounce: fields", ["a@x.test"],
                                                                   "ses.test")


def test_a_notice_in_json_is_read() -> None:
    bounced = {"emailAddress": "a@x.test", "action": "failed", "status": "5.1.1",
               "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    notice = json.dumps({"notificationType": "Bounce", "bounce": {
        "bouncedRecipients": [bounced], "reportingMTA": "dns; r"}})
    what = read(notice, "AWS Notification Message", "no-reply@sns.test")
    assert (what.rule, failed(what), what.reports[0].reason) == ("bounce: notice", ["a@x.test"],
                                                                 Reason.NO_MAILBOX)
    delivered = '{"notificationType":"Delivery","delivery":{"recipients":["a@x.test"]}}'
    assert read(delivered, "AWS Notification Message",
                "no-reply@sns.test").kind is MailKind.DELIVERED


def test_a_bounce_wrapped_whole_is_unwrapped() -> None:
    inner = ("Content-Type: message/rfc822\r\n\r\nFrom: postmaster@x.test\r\n"
             "Subject: Undelivered\r\n"
             "Content-Type: multipart/report; report-type=delivery-status; boundary=c\r\n\r\n"
             "--c\r\nContent-Type: message/delivery-status\r\n\r\n"
             "Final-Recipient: rfc822; a@x.test\r\nAction: failed\r\n--c--\r\n")
    what = parts(inner, top="multipart/mixed")
    assert (what.rule, failed(what)) == ("bounce: wrapped", ["a@x.test"])


def test_an_address_that_opens_a_line_outranks_one_in_a_sentence() -> None:
    assert failed(read("Delivery to b@x.test was tried first.\n\n<a@x.test>:\nUser unknown\n")) == [
        "a@x.test"
    ]


def test_a_labelled_address_outranks_any_other() -> None:
    assert failed(read("Our site b@x.test says: undeliverable to a@x.test at last")) == ["a@x.test"]


def test_nobody_who_is_to_be_asked_for_help_is_blamed() -> None:
    assert failed(
        read("Could not be delivered. Please contact help@x.test. It was for you, a@x.test")
    ) == ["a@x.test"]


def test_where_no_address_stands_the_quoted_original_tells() -> None:
    assert failed(
        read(
            "Your message was not delivered.\n\n--- Original message follows\n\nFrom: us@y.test\n"
            "To: a@x.test\n"
        )
    ) == ["a@x.test"]


def test_several_recipients_each_have_their_own_reason() -> None:
    what = read("<a@x.test>:\n550 5.1.1 user unknown\n\n<b@x.test>:\n552 5.2.2 mailbox full\n")
    assert [(report.recipient, report.reason) for report in what.reports] == [
        ("a@x.test", Reason.NO_MAILBOX), ("b@x.test", Reason.FULL)]


def test_a_failed_recipients_header_names_them() -> None:
    raw = ("From: MAILER-DAEMON@x.test\r\nX-Failed-Recipients: a@x.test, b@x.test\r\n"
           "Subject: x\r\n\r\n"
           "c@x.test cares; a@x.test: quota exceeded")
    assert failed(arrival.read(raw.encode(), OURS, REFUSALS)) == ["a@x.test", "b@x.test"]


def test_a_forwarded_bounce_is_read_beneath_its_marks() -> None:
    what = read("See below.\n\n> From: Mail Delivery Subsystem <MAILER-DAEMON@x.test>\n"
                "> Subject: Returned mail\n>\n"
                "> ----- The following addresses had permanent fatal errors -----\n> <a@x.test>\n"
                ">  (reason: 550 5.1.1 Unknown)\n",
                "Fwd: Returned mail: see transcript for details", "clerk@agency.test")
    assert failed(what) == ["a@x.test"]


def test_a_postmaster_who_is_away_is_no_bounce() -> None:
    what = read("I am out of office; mail could not be delivered to my desk",
                "Out of office: Undeliverable letters", "postmaster@agency.test")
    assert what.kind is MailKind.AUTOMATIC


def test_a_disposition_is_told_whatever_it_is() -> None:
    mdn = ("Content-Type: message/disposition-notification\r\n\r\n"
           "Final-Recipient: rfc822; a@x.test\r\n"
           f"Original-Message-ID: <{TOKEN}@probe.test>\r\n"
           f"Disposition: automatic-action/MDN-sent-automatically; deleted\r\n")
    what = parts(mdn, top="multipart/report; report-type=disposition-notification",
                 subject="Deleted: letter")
    assert (what.kind, what.clues[0].matched_by) == (MailKind.DISPLAYED, MatchedBy.MESSAGE_ID)


def test_a_complaint_without_a_report_is_feedback() -> None:
    assert read("see attached", "complaint about message from 192.0.2.1",
                "staff@mail.test").kind is MailKind.FEEDBACK


def test_a_domain_not_found_under_a_status_that_tells_nothing_is_not_dead() -> None:
    what = parts(STATUS + "Final-Recipient: rfc822; a@x.test\r\nAction: failed\r\nStatus: 4.0.0\r\n"
                          "Diagnostic-Code: smtp; DNS Error: NXDOMAIN Domain name not found: "
                          "x.test\r\n")
    assert what.reports[0].reason is Reason.TEMPORARY


def test_whom_a_letter_was_passed_on_from_did_not_fail() -> None:
    assert failed(read("<clerk@else.test> (expanded from\n    <a@x.test>): quota exceeded\n")) == [
        "clerk@else.test"
    ]


def test_a_letter_to_ourselves_may_come_back_too() -> None:
    assert failed(read("Delivery was aborted:\n\n  * probes@probe.test\n")) == ["probes@probe.test"]


def test_a_report_on_a_letter_to_several_does_not_say_which_of_them_was_written_to() -> None:
    fate = "Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: {}\r\n\r\n"
    enclosed = "Content-Type: text/rfc822-headers\r\n\r\nTo: a@x.test, b@x.test\r\n"
    fates = fate.format("a@x.test", "5.1.1") + fate.format("b@x.test", "5.2.2")
    what = parts("\r\n<a@x.test> <b@x.test>", STATUS + fates, enclosed)
    assert [(report.recipient, report.original) for report in what.reports] == [("a@x.test", ""),
                                                                                ("b@x.test", "")]
