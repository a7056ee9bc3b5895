from datetime import date, timedelta

import pytest

from fakes.samples import MONDAY, REFUSALS, mint
from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import Certainty, MatchedBy
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.returns import arrival, attribution
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.returns.attribution import Refused

OURS = Ours("probes@probe.test", "นร 1200/ท")
TODAY = date(2026, 1, 6)
KEY = token.Key("a", b"secret", date(2026, 12, 31))
KEYS = {"a": KEY}
TOKEN = mint(7, KEY)


def reply(**headers: str) -> bytes:
    fields = {"From": "saraban@agency.test", "To": "probes@probe.test", "Subject": "ตอบ"} | headers
    lines = (f"{name.replace('_', '-')}: {value}" for name, value in fields.items())
    return ("\r\n".join(lines) + "\r\n\r\nเรียนมาเพื่อทราบ\r\n").encode()


def claim(raw: bytes, today: date = TODAY) -> attribution.Attribution | Refused | None:
    return attribution.attribute(arrival.read(raw, OURS, REFUSALS), KEYS, today)


def attributed(raw: bytes) -> attribution.Attribution:
    found = claim(raw)
    assert isinstance(found, attribution.Attribution)
    return found


def test_a_token_is_found_wherever_our_letter_put_it() -> None:
    for name, value in (
        ("Delivered-To", f"probes+{TOKEN}@probe.test"),
        ("To", f"PROBES+{TOKEN.upper()}@PROBE.TEST"),
        ("X-Original-To", f"probes-{TOKEN}@probe.test"),
        ("To", f"SRS0=abcd=ef=probe.test=probes+{TOKEN}@forward.test"),
        ("To", f"prvs=1234567890=probes+{TOKEN}@probe.test"),
        ("In-Reply-To", f"<{TOKEN}@probe.test>"),
        ("References", f"<other@agency.test>\r\n <{TOKEN}@probe.test>"),
    ):
        found = attributed(reply(**{name.replace("-", "_"): value}))
        assert (found.serial, found.certainty) == (7, Certainty.SIGNED), name


def test_a_token_in_the_envelope_is_surer_than_one_in_the_thread() -> None:
    other = mint(8, KEY)
    found = attributed(reply(In_Reply_To=f"<{other}@probe.test>",
                             Delivered_To=f"probes+{TOKEN}@probe.test"))
    assert (found.serial, found.matched_by) == (7, MatchedBy.TOKEN)


def test_a_forged_token_is_refused_and_no_weaker_clue_takes_its_place() -> None:
    forged = TOKEN[:-1] + ("a" if TOKEN[-1] != "a" else "b")
    assert claim(reply(Delivered_To=f"probes+{forged}@probe.test",
                       Subject="ตอบ ที่ นร 1200/ท7")) == Refused("forged")


def test_a_forged_envelope_is_not_saved_by_a_letter_of_ours_quoted_in_the_mail() -> None:
    forged = TOKEN[:-1] + ("a" if TOKEN[-1] != "a" else "b")
    assert claim(reply(Delivered_To=f"probes+{forged}@probe.test",
                       In_Reply_To=f"<{TOKEN}@probe.test>")) == Refused("forged")


def test_an_old_token_in_the_thread_does_not_hide_the_present_one() -> None:
    old = mint(3, token.Key("b", b"secret", date(2025, 12, 31)))
    assert attributed(reply(References=f"<{old}@probe.test>\r\n <{TOKEN}@probe.test>")).serial == 7


def test_an_expired_token_is_refused() -> None:
    assert isinstance(claim(reply(Delivered_To=f"probes+{TOKEN}@probe.test"), date(2027, 12, 31)),
                      Refused)


def test_a_letter_number_is_likely_in_either_digits() -> None:
    for number in ("นร 1200/ท123", "นร ๑๒๐๐/ท๑๒๓", "นร๑๒๐๐/ท ๑๒๓"):
        found = attributed(reply(Subject=f"ตอบกลับ: ที่ {number}"))
        assert (found.serial, found.matched_by, found.certainty) == (123, MatchedBy.NUMBER,
                                                                     Certainty.LIKELY)


def test_a_letter_number_accuses_nobody() -> None:
    found = attributed(bounce("saraban@agency.test").replace(TOKEN.encode(), b"x").replace(
        b"Subject: Undelivered", "Subject: นร 1200/ท7 Undelivered".encode()))
    assert (found.serial, found.matched_by, found.certainty) == (7, MatchedBy.NUMBER,
                                                                 Certainty.WEAK)


def test_a_sender_alone_is_weak() -> None:
    found = attributed(reply())
    assert (found.serial, found.value, found.certainty) == (None, "saraban@agency.test",
                                                            Certainty.WEAK)


@pytest.mark.parametrize(("after", "is_it"), [(timedelta(), True), (-timedelta.resolution, False)])
def test_without_a_token_a_mail_from_before_the_letter_is_not_about_it(
    after: timedelta, is_it: bool,  # noqa: FBT001 - as the table has it
) -> None:
    letter = Letter(7, TOKEN, "1001", "หนึ่ง", "saraban@agency.test", MONDAY)
    found = attributed(reply(Subject="ตอบ ที่ นร 1200/ท7"))
    assert found.matched_by is MatchedBy.NUMBER
    assert attribution.claimed_letter(found, letter, MONDAY + after) == (letter if is_it else None)


def test_a_mail_without_any_sign_belongs_to_nobody() -> None:
    assert claim(b"Subject: x\r\n\r\nx") is None


def bounce(recipient: str, original: str = "") -> bytes:
    return (
        "From: MAILER-DAEMON@relay.test\r\n"
        f"To: probes+{TOKEN}@probe.test\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; relay.test\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\n"
        + (f"Original-Recipient: rfc822; {original}\r\n" if original else "")
        + "Action: failed\r\nStatus: 5.0.0\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b--\r\n"
    ).encode()


def test_a_bounce_that_names_us_as_failed_or_as_written_to_concerns_us() -> None:
    forwarded = arrival.read(bounce("clerk@elsewhere.test", "saraban@agency.test"), OURS, REFUSALS)
    assert attribution.reports_on(forwarded, "Saraban@agency.test")
    assert attribution.reports_on(forwarded, "clerk@elsewhere.test")


def test_a_bounce_that_names_somebody_else_does_not_concern_us() -> None:
    assert not attribution.reports_on(arrival.read(bounce("saraban@other.test"), OURS, REFUSALS),
                                      "saraban@agency.test")
