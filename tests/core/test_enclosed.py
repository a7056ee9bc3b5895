"""A report on one recipient that encloses a letter to another is not about that letter."""

from fakes.samples import REFUSALS
from sarabanwatch.core.returns.arrival import Ours, read
from sarabanwatch.core.returns.attribution import reports_on

WROTE_TO = "saraban_06390202@dla.go.test"
OURS = Ours("probes@probe.test", "นร 1200/ท")


def report(words: str, orcpt: str = "") -> bytes:
    return f"""From: MAILER-DAEMON@mx.test
To: probes+swaaaaaaae46z3kwck2dsqmtjla@probe.test
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

{words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; other@elsewhere.test
{orcpt}Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

From: probes@probe.test
To: {WROTE_TO}
Subject: test

--b--
""".replace("\n", "\r\n").encode()


def test_merely_enclosing_our_letter_is_no_proof():
    assert not reports_on(read(report("<other@elsewhere.test>: no such user"), OURS, REFUSALS),
                          WROTE_TO)


def test_a_forwarder_that_names_both_in_words_is_believed():
    told = f"<other@elsewhere.test> (expanded from <{WROTE_TO}>): no such user"
    assert reports_on(read(report(told), OURS, REFUSALS), WROTE_TO)


def test_a_forwarder_that_gives_the_original_recipient_is_believed():
    told = report("<other@elsewhere.test>: no such user",
                  f"Original-Recipient: rfc822;{WROTE_TO}\r\n")
    assert reports_on(read(told.replace(b"\r\r\n", b"\r\n"), OURS, REFUSALS), WROTE_TO)
