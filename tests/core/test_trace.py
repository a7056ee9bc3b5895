"""Who made a mail is shown by its route, to which a stranger can only add."""

from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.returns.trace import maker, makers

BY_MX = ("from relay.test (relay.test [192.0.2.7]) by mx.probe.test (Postfix) with ESMTPS id {id} "
         "for <{to}>; {day}")
MADE = "by relay.test (Postfix) id {id}; {day}"
BY_LMTP = ("from relay.test ([127.0.0.1]) by box with LMTP id {id} (envelope-from <{by}>) for "
           "<{to}>; {day}")
OUR_OWN = (
    "from watch (watch [10.0.0.2]) by relay.test (Postfix) with ESMTPSA id {id} for <{to}>; {day}"
)
STRANGER = BY_MX.replace("192.0.2.7", "203.0.113.66")


def mail(*received: str, body: str = "x", **varies: str) -> bytes:
    told = {"id": "4X1", "to": "probes+t@probe.test", "day": "Mon, 5 Jan 2026 10:00:00 +0700",
            "by": "", **varies}
    lines = "".join(f"Received: {line.format(**told)}\r\n" for line in received)
    return f"Return-Path: <>\r\n{lines}From: MAILER-DAEMON@relay.test\r\n\r\n{body}\r\n".encode()


OURS = makers(mail(BY_MX, OUR_OWN))


def test_our_relays_report_is_made_by_a_host_on_the_way_of_our_own_letter() -> None:
    assert len(OURS) == 2
    assert maker(mail(BY_MX, MADE)) in OURS
    # our receiving host may report, too
    assert maker(mail("by MX.probe.test id {id}; {day}")) in OURS


def test_ids_recipients_dates_and_folds_are_no_part_of_the_way() -> None:
    other = mail(BY_MX, MADE, id="AbC9.1+/=_-z", to="probes+other@probe.test",
                 day="6 Jan 2026 09:00 +0000 (ICT)", body="y")
    assert maker(other) == maker(mail(BY_MX.replace(" by", "\r\n\tby"), MADE)) == maker(mail(BY_MX,
                                                                                             MADE))


def test_neither_are_the_sender_and_the_number_that_a_mailbox_writes_down() -> None:
    ours = makers(mail(BY_LMTP, OUR_OWN, by="probes+t@probe.test"))
    assert maker(mail(BY_LMTP, MADE, id="sM1UBWe2:T3")) in ours


def test_what_comes_from_another_or_through_another_or_was_handed_in_is_made_by_none_of_ours() -> (
    None
):
    ways = [(STRANGER, MADE), (STRANGER, BY_MX, MADE), (STRANGER,), (BY_MX, BY_MX, MADE),
            (BY_MX, STRANGER, MADE), (MADE, BY_MX),
            (BY_MX, OUR_OWN), (BY_MX, OUR_OWN, MADE), (BY_MX,),
            (BY_MX, MADE.replace("relay", "other"))]
    assert not {maker(mail(*way)) for way in ways} & set(OURS)


def test_a_mail_that_names_no_host_was_made_by_nobody_known() -> None:
    nameless = b"From: x@y.test\r\n\r\nReceived: by relay.test; Mon\r\n"
    assert (maker(nameless), makers(nameless), maker(b""), makers(b"")) == ("", (), "", ())


PIECES = st.sampled_from(["relay.test", "(relay.test [192.0.2.7])", "by", "mx.probe.test",
                          "(Postfix)", "with", "ESMTPS", "id",
                          "4X1", "for", "<probes@probe.test>", "<", ">", ";", "from", "("])


@given(st.lists(PIECES, max_size=24).map(" ".join))
def test_whatever_a_stranger_calls_itself_it_is_none_of_ours(name: str) -> None:
    line = (f"from {name} (unknown [203.0.113.66]) by mx.probe.test (Postfix) with ESMTPS id 4X1 "
            f"for <probes@probe.test>; Mon")
    for rest in ((), (MADE,), (BY_MX, MADE), (OUR_OWN,)):
        lines = "".join(f"Received: {each.format(id='4X1', to='x', day='Mon')}\r\n"
                        for each in rest)
        assert maker(f"Received: {line}\r\n{lines}\r\n".encode()) not in OURS


@given(st.binary(max_size=300))
def test_any_octets_were_made_somewhere(raw: bytes) -> None:
    assert len(maker(raw)) in {0, 32}
    assert all(len(each) == 32 for each in makers(raw))
