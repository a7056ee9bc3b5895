"""Any mail gets an answer and raises nothing. tests/bench/hostile.py measures how long it takes."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import hostile
from fakes.samples import REFUSALS, mint
from sarabanwatch.core.facts import token
from sarabanwatch.core.returns import arrival, attribution
from sarabanwatch.core.returns.arrival import Arrival, MailKind, Ours

OURS = Ours("probes@probe.test", "นร 1200/ท")
TODAY = date(2026, 1, 6)
KEY = token.Key("a", b"secret", date(2026, 12, 31))
THEIRS, OTHER = mint(7, KEY), mint(8, KEY)
MAIL = (
    f"Return-Path: <>\r\nDelivered-To: probes+{THEIRS}@probe.test\r\n"
    f"From: MAILER-DAEMON@relay.test\r\n"
    "Subject: =?utf-8?b?4LmE4Lih4LmI4Liq4Liy4Lih4Liy4Lij4LiW4Liq4LmI4LiH4LmE4LiU4LmJ?=\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "ไม่สามารถส่งถึง <saraban@agency.test>: 550 5.1.1 User unknown\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    f"Reporting-MTA: dns; relay.test\r\nOriginal-Envelope-Id: {THEIRS}\r\n\r\n"
    "Final-Recipient: rfc822; saraban@agency.test\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
    f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{THEIRS}@probe.test>\r\n"
    f"To: saraban@agency.test\r\n\r\nx\r\n--b--\r\n"
).encode()


def serials(what: Arrival) -> set[int | None]:
    """The letters against which a mail could be evidence."""
    claim = attribution.attribute(what, {"a": KEY}, TODAY)
    return {claim.serial} if isinstance(claim, attribution.Attribution) else set()


def test_there_are_enough_of_them() -> None:
    assert len(hostile.MAILS) >= 60


@pytest.mark.parametrize("name", hostile.MAILS)
def test_a_hostile_mail_is_answered(name: str) -> None:
    what = arrival.read(hostile.MAILS[name](), OURS, REFUSALS)
    assert what.kind in MailKind
    assert len(what.text) <= arrival.LONGEST_TEXT
    assert serials(what) <= {None, *range(100)} - {7, 8} or name == "letter numbers without end"


def test_a_limit_is_named() -> None:
    assert arrival.read(hostile.MAILS["ten thousand parts"](), OURS,
                        REFUSALS) == Arrival(MailKind.UNREAD, "limit: too many parts")
    assert arrival.read(hostile.MAILS["ten thousand headers"](), OURS,
                        REFUSALS).rule == "limit: too many headers"
    assert arrival.read(hostile.MAILS["nested in multiparts"](), OURS,
                        REFUSALS).rule == "limit: nested too deep"
    assert arrival.read(hostile.MAILS["one endless header"](), OURS,
                        REFUSALS).rule == "limit: header block too large"


@given(st.binary(max_size=2_000))
def test_any_octets_are_answered_and_accuse_nobody(raw: bytes) -> None:
    assert serials(arrival.read(raw, OURS, REFUSALS)) <= {None}


@settings(max_examples=400)
@given(st.integers(0, len(MAIL)), st.integers(0, len(MAIL)), st.binary(max_size=60))
def test_a_mail_cut_and_garbled_anywhere_accuses_only_whose_token_it_carries(start: int, end: int,
                                                                             noise: bytes) -> None:
    first, last = sorted((start, end))
    assert serials(arrival.read(MAIL[:first] + noise + MAIL[last:], OURS, REFUSALS)) <= {7, None}


@given(st.integers(0, len(THEIRS) - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_token_with_any_letter_changed_is_no_evidence(place: int, letter: str) -> None:
    changed = THEIRS[:place] + letter + THEIRS[place + 1:]
    claims = serials(arrival.read(MAIL.replace(THEIRS.encode(), changed.encode()), OURS, REFUSALS))
    assert claims <= ({7} if changed == THEIRS else {None})
