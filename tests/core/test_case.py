import tomllib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.mailroom import OURS, RECEIPT, RIDDLE, mail
from fakes.samples import KEY, MONDAY, REFUSALS
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import Evidence, Reason
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.returns.arrival import MailKind, read
from sarabanwatch.core.returns.case import ADDRESS, expectation, redacted
from sarabanwatch.core.returns.review import MailVerdict


def said(kind: MailKind, reason: Reason | None = None, seen: Evidence | None = None) -> MailVerdict:
    return MailVerdict(kind, "ruled by S", reason, 7, "", "", seen, "S")


def foreign(raw: bytes) -> list[bytes]:
    return [m[0] for m in ADDRESS.finditer(raw) if not m[1].endswith(b".test")]


@pytest.mark.parametrize("raw", [RECEIPT, RIDDLE])
def test_a_case_names_nobody_and_reads_as_the_mail_did(raw: bytes) -> None:
    clean = redacted(raw, OURS)
    assert foreign(raw)
    assert not foreign(clean)
    before, after = read(raw, OURS, REFUSALS), read(clean, OURS, REFUSALS)
    assert (after.kind, after.rule, after.receipt) == (before.kind, before.rule, before.receipt)
    assert len(after.reports) == len(before.reports)


def test_the_same_address_is_replaced_by_the_same_and_others_by_others() -> None:
    clean = redacted(mail("<A@one.go.th> a@ONE.go.th b@one.go.th a@two.go.th keep@up.test",
                          sender="x@three.go.th"), OURS)
    one, again, other, elsewhere, kept = (m[0] for m in list(ADDRESS.finditer(clean))[-5:])
    assert one == again
    assert one.split(b"@")[1] == other.split(b"@")[1] != elsewhere.split(b"@")[1]
    assert len({one, other, elsewhere}) == 3
    assert kept == b"keep@up.test"


def test_a_token_that_we_signed_does_not_leave_us() -> None:
    clean = redacted(RECEIPT, OURS).decode()
    (mark,) = token.tokens_in(clean)
    with pytest.raises(token.BadToken):
        token.read(mark, {KEY.kid: KEY}, MONDAY.date())


@pytest.mark.parametrize("raw", [
    b"From: a@up.test\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b64encode(b"write to me@one.go.th please"),
    b"From: a@up.test\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nme=40one.go.th",
    b"From: a@up.test\r\nSubject: =?utf-8?b?" + b64encode(b"me@one.go.th") + b"?=\r\n\r\nx",
    (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
     b"Content-Type: application/pdf\r\n\r\n%PDF\r\n--x--\r\n"),
    b"Content-Type: image/png\r\n\r\nx",
    b"Subject: x\r\n" * 2000 + b"\r\n",
])
def test_what_cannot_be_cleaned_for_sure_is_refused(raw: bytes) -> None:
    with pytest.raises(RequestError, match="by hand"):
        redacted(raw, OURS)


@given(st.binary(max_size=200))
def test_no_address_is_left_in_any_octets(octets: bytes) -> None:
    try:
        clean = redacted(b"From: me@one.go.th\r\n\r\n" + octets, OURS)
    except RequestError:
        return
    assert not foreign(clean)


def test_a_case_expects_what_the_person_said() -> None:
    clean = redacted(RIDDLE, OURS)
    told = tomllib.loads(expectation(said(MailKind.FAILED, Reason.CONTENT), clean, OURS, REFUSALS))
    recipient = read(clean, OURS, REFUSALS).reports[0].recipient
    assert told == {"kind": "failed", "reason": "policy about content", "recipient": recipient}
    receipt = Evidence(Fact.RECEIPT, MONDAY, receipt='๑๒ "/2569')
    assert tomllib.loads(expectation(said(MailKind.RECEIPT, None, receipt), redacted(RECEIPT, OURS),
                                     OURS, REFUSALS)) == {
        "kind": "receipt", "receipt": '๑๒ "/2569'}
