"""Parts of the inbox, without a server: responses, refusals, pauses, stand-ins."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.errors import Barred
from sarabanwatch.core.sending.backoff import LOG_INS, Backoff
from sarabanwatch.edge.imap import FIRST, HEALTHY, Visit, answers, framing, refusal
from sarabanwatch.edge.imap.framing import Framer, Garbled
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.standin import is_stand_in

# --- framing -------------------------------------------------------------------------------------

MAIL = b'From: "a (b" <a@b.test>\r\nSubject: ) {3}\r\n\r\n* not ours\r\nA1 OK not ours\r\n)\r\n'
SAID = b"".join(
    (
        b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\n" % (len(MAIL), MAIL),
        b"* 2 FETCH (BODY[] {0}\r\n UID 2)\r\n",
        b"* 3 FETCH (UID 3 X {1+}\r\n(BODY[]<0> {3}\r\nx\r\n)\r\n",
        b"* OK still here {7}\n",
        b"A1 OK done {3}\r\n",
    )
)
HEARD = [
    [b"* 1 FETCH (UID 1 BODY[] {%d}" % len(MAIL), MAIL, b")"],
    [b"* 2 FETCH (BODY[] {0}", b"", b" UID 2)"],
    [b"* 3 FETCH (UID 3 X {1+}", b"(", b"BODY[]<0> {3}", b"x\r\n", b")"],
    [b"* OK still here {7}"],
    [b"A1 OK done {3}"],
]


@given(st.lists(st.integers(0, len(SAID)), max_size=20))
def test_responses_are_the_same_wherever_they_are_cut(cuts: list[int]) -> None:
    framer, places = Framer(), [0, *sorted(cuts), len(SAID)]
    portions = [SAID[a:b] for a, b in pairwise(places)]
    assert [response for portion in portions for response in framer.feed(portion)] == HEARD
    assert framer.empty


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5), st.integers(1, 50))
def test_any_octets_in_a_literal_come_back_as_they_are(mails: list[bytes], step: int) -> None:
    said = b"".join(
        b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (n, n, len(m), m)
        for n, m in enumerate(mails, start=1)
    )
    framer = Framer()
    heard = [one for i in range(0, len(said), step) for one in framer.feed(said[i : i + step])]
    assert [response[1] for response in heard] == mails
    assert answers.mails([[line[2:], *rest] for line, *rest in heard]) == {
        uid: raw for uid, raw in enumerate(mails, start=1) if raw
    }


def test_something_that_has_begun_is_not_empty() -> None:
    framer = Framer()
    assert list(framer.feed(b"* 1 FETCH (UID 1 X {3}\r\n")) == []
    assert not framer.empty


@pytest.mark.parametrize(
    ("bound", "said"),
    [("LINE_AT_MOST", b"* SEARCH 1 2 3"), ("LITERAL_AT_MOST", b"* 1 FETCH (X {11}\r\n")],
)
def test_what_is_too_long_is_refused(
    bound: str, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, bound, 10)
    with pytest.raises(Garbled):
        list(Framer().feed(said))


# --- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "given"),
    [
        ([b"1 FETCH (UID 7 BODY[] {3}", b"abc", b")"], {7: b"abc"}),
        ([b"1 fetch (BODY[]<0> {3}", b"abc", b" FLAGS () UID 7)"], {7: b"abc"}),
        ([b"1 FETCH (X {5}", b"UID 9", b" UID 7 BODY[] {3}", b"abc", b")"], {7: b"abc"}),
        ([rb'1 FETCH (UID 7 BODY[] "say \"UID 9\"")'], {7: b'say "UID 9"'}),
        ([rb'1 FETCH (BODY[] "UID 9 \\" UID 7)'], {7: b"UID 9 \\"}),
        ([b"1 FETCH (UID 7 BODY[] NIL)"], {}),
        ([b"1 FETCH (UID 7 BODY[] {0}", b"", b")"], {}),
        ([b'1 FETCH (UID 7 BODY[] "")'], {}),
        ([b"1 FETCH (UID 7 FLAGS (\\Seen))"], {}),
        ([b"1 FETCH (BODY[] {3}", b"abc", b")"], {}),
        ([b"1 FETCH (UID 99999999999 BODY[] {3}", b"abc", b")"], {}),
        ([b"SEARCH UID 7 BODY[] {3}", b"abc", b")"], {}),
    ],
)
def test_a_mail_is_taken_from_an_answer(response: list[bytes], given: dict[int, bytes]) -> None:
    assert answers.mails([response]) == given


def test_a_size_is_taken_from_an_answer_on_either_side_of_the_uid() -> None:
    assert answers.sizes(
        [
            [b"1 FETCH (UID 7 RFC822.SIZE 3)"],
            [b"2 FETCH (RFC822.SIZE 4 UID 8)"],
            [b'3 FETCH (X "UID 5" RFC822.SIZE 4)'],
            [b"OK UID 9 RFC822.SIZE 9"],
        ]
    ) == {7: 3, 8: 4}


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([b"SEARCH 3 1", b"search 2 3"], [1, 2, 3]),
        ([b"SEARCH"], []),
        ([], None),
        ([b"OK SEARCH 1"], None),
    ],
)
def test_a_search_says_what_it_found_or_that_it_found_nothing(
    lines: list[bytes], found: list[int] | None
) -> None:
    assert answers.found([[line] for line in lines]) == found


@pytest.mark.parametrize(
    "word", [b"0", b"x", b"-1", b"4294967296", b"1:3", b"9" * 5000, "๑".encode()]
)
def test_what_is_no_uid_is_not_found(word: bytes) -> None:
    with pytest.raises(Garbled):
        answers.found([[b"SEARCH 1 " + word]])


def test_the_largest_uid_is_one() -> None:
    assert answers.found([[b"SEARCH 4294967295"]]) == [4294967295]


@pytest.mark.parametrize(
    ("line", "validity"),
    [
        (b"OK [UIDVALIDITY 7] valid", 7),
        (b"ok [uidvalidity 7]", 7),
        (b"OK [UIDNEXT 7] next", None),
        (b"NO [UIDVALIDITY 7] x", None),
        (b"OK [UIDVALIDITY x]", None),
    ],
)
def test_the_numbering_is_named_by_a_code(line: bytes, validity: int | None) -> None:
    assert answers.validity([[b"3 EXISTS"], [line]]) == validity


def test_what_a_server_can_is_read_in_capitals() -> None:
    assert answers.offers([[b"3 EXISTS"], [b"CAPABILITY imap4rev1 Idle \xff"]]) == {
        "IMAP4REV1",
        "IDLE",
        "\ufffd",
    }


# --- refusals ------------------------------------------------------------------------------------

FOR_NOW = (
    "NO [UNAVAILABLE] Temporary authentication failure.",  # Dovecot, its directory away
    "NO [AUTHENTICATIONFAILED] Temporary authentication failure",
    "NO [ALERT] Too many simultaneous connections. (Failure)",  # Gmail
    "NO [LIMIT] Rate limit hit",
    "NO [INUSE] Mailbox in use",
    "NO [SERVERBUG] Internal error",
    "NO [OVERQUOTA] full",
    "NO Server Unavailable. 15",  # Exchange
    # Dovecot
    "NO Maximum number of connections from user+IP exceeded (mail_max_userip_connections=2)",
    "NO Command Error. 12, please try again",
    "NO Connection timed out",
    "NO ระบบไม่ว่าง กรุณาลองใหม่ภายหลัง",
    "BAD User is authenticated but not connected.",
    "BAD [AUTHENTICATIONFAILED] no",
)
FOR_GOOD = (
    "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
    "NO [AUTHORIZATIONFAILED] not yours",
    "NO [EXPIRED] no",
    "NO [CONTACTADMIN] no",
    "NO [PRIVACYREQUIRED] no",
    "NO LOGIN failed.",
    "NO AUTHENTICATE failed.",
    "NO",
    "NO รหัสผ่านไม่ถูกต้อง",
)


@pytest.mark.parametrize("answer", FOR_NOW)
def test_a_log_in_is_put_off(answer: str) -> None:
    result, _, words = answer.partition(" ")
    error = refusal.of_log_in("inbox a:1", "u", result, refusal.response_text(words.encode()),
                              "see inbox.user", another=False)
    assert isinstance(error, Unavailable)
    assert str(error) == f"inbox a:1 refuses the log-in of 'u' for now: {words}"


@pytest.mark.parametrize("answer", FOR_GOOD)
def test_a_log_in_is_refused_for_good_unless_there_is_another_secret(answer: str) -> None:
    result, _, words = answer.partition(" ")
    said = refusal.response_text(words.encode())
    error = refusal.of_log_in("inbox a:1", "u", result, said, "see inbox.user", another=False)
    assert isinstance(error, Barred)
    assert f"refuses the log-in of 'u': {words or 'without a word'}; see inbox.user" in str(error)
    assert isinstance(refusal.of_log_in("inbox a:1", "u", result, said, "see inbox.user",
                                        another=True), Unavailable)


def test_a_servers_words_are_made_fit_to_show() -> None:
    shown = refusal.response_text(
        b"[X-CODE 1 2] \x1b[31mno\x00\r\n" + "ไม่พบ".encode("cp874") + b" " + b"x" * 9999
    )
    assert shown.code == "X-CODE"
    assert shown.words.startswith("[X-CODE 1 2] [31mno")
    assert not re.search(r"[\x00-\x1f]", shown.words)
    assert len(shown.words) <= refusal.LONGEST


# --- pauses --------------------------------------------------------------------------------------

LIVES = st.tuples(st.floats(0, 3 * HEALTHY), st.booleans(), st.booleans())


@given(st.lists(LIVES, max_size=60), st.lists(st.floats(0, 0.999), min_size=60, max_size=60))
def test_no_more_than_a_few_log_ins_begin_in_a_minute_whatever_happens(
    lives: list[tuple[float, bool, bool]], chances: list[float],
) -> None:
    backoff, now, begun = Backoff(FIRST), 0.0, list[float]()
    for (lived, gave, barred), chance in zip(lives, chances, strict=False):
        begun.append(now)
        backoff.tried(now, log_in=True)
        now += lived
        now += Visit(begun[-1], gave, barred).pause(backoff, now, chance)
    assert all(b - a >= 60 - 1e-6 for a, b in zip(begun, begun[LOG_INS:], strict=False))
    assert all(b > a for a, b in pairwise(begun))


def pauses(*visits: tuple[float, bool, bool]) -> list[float]:
    """Return the pauses after connections that lived so long, gave mail, were refused for good."""
    backoff, now, found = Backoff(FIRST), 0.0, list[float]()
    for lived, gave, barred in visits:
        backoff.tried(now, log_in=True)
        visit = Visit(now, gave, barred)
        found.append(round(visit.pause(backoff, now + lived, 0.5), 3))
        now += lived + found[-1]
    return found


def test_pauses_grow_and_stay_at_the_longest() -> None:
    assert pauses(*[(1, False, False)] * 10) == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_pauses_begin_anew_only_after_a_connection_that_lived() -> None:
    short, long = (HEALTHY - 1, False, False), (HEALTHY, False, False)
    assert pauses(short, short, long, short) == [2, 4, 2, 4]


def test_a_server_that_gives_mail_and_breaks_is_come_back_to_at_a_middle_pace() -> None:
    assert pauses(*[(1, True, False)] * 8) == [2, 4, 8, 16, 32, 32, 32, 32]


def test_one_that_refuses_us_for_good_is_tried_rarely() -> None:
    refused = (1, False, True)
    assert pauses(*[refused] * 6) == [300, 600, 1200, 2400, 3600, 3600]


# --- stand-ins -----------------------------------------------------------------------------------

EXCHANGE = (
    b"From: Microsoft Exchange Server 2016\r\n"
    b"Subject: =?utf-8?q?Retrieval_using_the_IMAP4_protocol_failed_for?=\r\n"
    b" =?utf-8?q?_the_following_message=3A_20004?=\r\n\r\n"
    b"The server couldn't retrieve the following message:\r\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        EXCHANGE,
        EXCHANGE.replace(b"\r\n", b"\n"),
        b'from: "microsoft exchange server" <x@y>\r\n\r\n',
        b"Subject: Retrieval using the IMAP4 protocol failed for the following message: 1\r\n\r\n",
    ],
)
def test_a_stand_in_is_known(raw: bytes) -> None:
    assert is_stand_in(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"Received: from a by b\r\n" + EXCHANGE,  # somebody sent it
        EXCHANGE.replace(b"\r\nSubject", b"\r\nreceived: x\r\nSubject"),
        b"From: a@b.test\r\n\r\n" + EXCHANGE,  # a person quotes it
        b"From: a@b.test\r\nSubject: Re: IMAP4\r\n\r\n",
        b"",
        b"\r\n\r\n",
    ],
)
def test_what_somebody_wrote_is_no_stand_in(raw: bytes) -> None:
    assert not is_stand_in(raw)
