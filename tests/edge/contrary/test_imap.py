"""IMAP servers that misbehave: what happens to mail, cursor, log and metrics.

Each row is played by the real inbox into a real ledger. Pauses are cut to nothing here;
`tests/edge/test_imap_parts.py` tests that they are kept.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from fakes.acts import cuts_off, hangs_up, octet_by_octet, said_back, silence
from fakes.listening import Listener
from fakes.mailbox import Answer, Box
from fakes.post import Password
from fakes.wire import playing
from sarabanwatch.core.returns.mailbox import Bookmarks, Cursor, FetchFailure
from sarabanwatch.edge.imap import Mailbox, Visit, folder, framing, opening, protocol
from sarabanwatch.edge.imap.folder import STUBBORN
from sarabanwatch.ports import Secret

PASSWORD = "s3cret"
BRIEF = 2.0  # seconds of silence, in rows that wait for a server that says nothing
THREE = (1, 2, 3)
WITHHELD, REFUSED = FetchFailure.SILENT, FetchFailure.REFUSED
GONE, STAND_IN = FetchFailure.GONE, FetchFailure.STAND_IN


def mail(n: int) -> bytes:
    """Return a mail whose text looks like IMAP responses."""
    return b"From: a@b.test\r\nSubject: mail %d\r\n\r\nUID 99 (* %d) {3}\r\nA1 OK\r\n" % (n, n)


STOOD_IN = (
    b"From: Microsoft Exchange Server\r\nSubject: Retrieval using the IMAP4 protocol failed\r\n\r\n"
)
FETCHED = b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n"

Says = Mapping[str, Callable[[], Iterable[Answer | None]]]


def always(answer: Answer) -> Callable[[], Iterable[Answer | None]]:
    """Always answer this."""
    return lambda: repeat(answer)


def first(*answers: Answer | None) -> Callable[[], Iterable[Answer | None]]:
    """Answer these in order, then correctly; None: a correct answer."""
    return lambda: answers


def after(n: int, *answers: Answer) -> Callable[[], Iterable[Answer | None]]:
    """Answer correctly so many times, then these, then correctly."""
    return lambda: chain(repeat(None, n), answers)


@dataclass(frozen=True)
class Row:
    """A behaviour of a server that holds three mails, and what is expected.

    `mails` are kept, in this order; the cursor ends at `cursor`. `lost` and `barred` are words of
    each connection that broke, in order. `through`: in the end the mailbox is read to its end.
    """

    name: str
    says: Says = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    mails: tuple[int, ...] = THREE
    cursor: int = 3
    lacking: Mapping[int, FetchFailure] = field(default_factory=dict)
    through: bool = True
    has: tuple[int, ...] = THREE
    withholds: frozenset[int] = frozenset()
    refuses: frozenset[int] = frozenset()
    breaks: frozenset[int] = frozenset()
    offers: bytes = b""
    idles: bool = True
    read: int = 0  # the UID up to which it was read before
    validity: int = 7
    visits: int = 0  # connections; 0: one more than those that broke
    waits: bool = False  # for a server that says nothing
    secret: Callable[[], Secret] = lambda: Password(PASSWORD)
    auth: str = "auto"

    def box(self) -> Box:
        """Return a new server."""
        says: dict[str, Iterator[Answer | None]] = {
            what: iter(turns()) for what, turns in self.says.items()
        }
        return Box(
            {uid: mail(uid) for uid in self.has},
            says=says,
            withholds=set(self.withholds),
            refuses=set(self.refuses),
            breaks=set(self.breaks),
            offers=self.offers,
            idles=self.idles,
        )


class Tokens(Password):
    """A Secret that gives another token each time."""

    def __init__(self) -> None:
        self._tokens = (f"token-{n}" for n in count(1))

    async def get(self) -> str:
        """Return the next."""
        return next(self._tokens)


class Renewed(Password):
    """A password that was renewed after it was refused."""

    def refused(self) -> bool:
        """Return True: there is another."""
        return True


def no(words: bytes) -> bytes:
    """Refuse."""
    return b"TAG NO " + words + b"\r\n"


def bad(words: bytes) -> bytes:
    """Say that this is no IMAP."""
    return b"TAG BAD " + words + b"\r\n"


EXPLAINS = (b"+ \r\n", said_back, b"+ eyJzdGF0dXMiOiAiaW52YWxpZF90b2tlbiJ9\r\n", said_back)
ALL = tuple(FETCHED % (uid, len(mail(uid)), mail(uid)) for uid in THREE)
ANSWER = b"".join(ALL)
OK = b"TAG OK done\r\n"

ROWS = (
    # connecting
    Row(
        "it sends us away with a BYE, twice",
        {"GREETING": first(*[(b"* BYE [UNAVAILABLE] Too many connections\r\n", hangs_up())] * 2)},
        lost=("refuses the connection: [UNAVAILABLE] Too many connections",) * 2,
    ),
    Row(
        "its BYE is in the Thai code page",
        {"GREETING": first((b"* BYE " + "ระบบไม่ว่าง".encode("cp874") + b"\r\n", hangs_up()))},
        lost=("refuses the connection: ระบบไม่ว่าง",),
    ),
    Row(
        "it hangs up before a greeting",
        {"GREETING": first(hangs_up())},
        lost=("no greeting: the server closed",),
    ),
    Row(
        "it resets the connection before a greeting",
        {"GREETING": first(cuts_off())},
        lost=("no greeting",),
    ),
    Row(
        "it says nothing at all",
        {"GREETING": first(silence)},
        lost=("no greeting within",),
        waits=True,
    ),
    Row(
        "it is a mail host, not a mailbox",
        {"GREETING": first(b"220 mx.test ESMTP\r\n")},
        lost=("speaks no IMAP: 220 mx.test ESMTP",),
    ),
    Row(
        "it has logged us in already",
        {"GREETING": always(b"* PREAUTH welcome\r\n"), "LOGIN": always(bad(b"logged in already"))},
    ),
    Row(
        "it refuses to say what it can",
        {"CAPABILITY": first(no(b"[SERVERBUG] ask later"))},
        lost=("answers CAPABILITY with NO [SERVERBUG] ask later",),
    ),
    # the log-in (RFC 5530)
    Row(
        "its directory of passwords is away",  # Dovecot
        {"LOGIN": first(no(b"[UNAVAILABLE] Temporary authentication failure."))},
        lost=("of 'probes' for now: [UNAVAILABLE] Temporary authentication failure.",),
    ),
    Row(
        "it says of its own fault that our log-in is wrong",
        {"LOGIN": first(no(b"[AUTHENTICATIONFAILED] Temporary authentication failure"))},
        lost=("of 'probes' for now",),
    ),
    Row(
        "it has too many connections of ours",  # Gmail
        {"LOGIN": first(no(b"[ALERT] Too many simultaneous connections. (Failure)"))},
        lost=("[ALERT] Too many simultaneous connections. (Failure)",),
    ),
    Row("it limits us", {"LOGIN": first(no(b"[LIMIT] come back"))}, lost=("of 'probes' for now",)),
    Row(
        "the mailbox is in use",
        {"LOGIN": first(no(b"[INUSE] locked"))},
        lost=("of 'probes' for now",),
    ),
    Row(
        "it does not understand our log-in",
        {"LOGIN": first(bad(b"User is authenticated but not connected."))},
        lost=("of 'probes' for now",),
    ),
    Row(
        "it says BYE to the log-in",
        {"LOGIN": first((b"* BYE server is shutting down\r\n", hangs_up()))},
        lost=("broke off at LOGIN: the server closed the connection: server is shutting down",),
    ),
    Row(
        "it is silent at the log-in",
        {"LOGIN": first(silence)},
        lost=("no whole answer to LOGIN in time",),
        waits=True,
    ),
    *(
        Row(
            f"it refuses our log-in: {code}",
            {"LOGIN": always(no(f"[{code}] no".encode()))},
            barred=(f"refuses the log-in of 'probes': [{code}] no; see inbox.user",),
            mails=(),
            cursor=0,
            through=False,
        )
        for code in (
            "AUTHENTICATIONFAILED",
            "AUTHORIZATIONFAILED",
            "EXPIRED",
            "CONTACTADMIN",
            "PRIVACYREQUIRED",
        )
    ),
    Row(
        "it refuses our log-in without a code",
        {"LOGIN": always(no(b"LOGIN failed."))},  # Exchange
        barred=("refuses the log-in of 'probes': LOGIN failed.",),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "it says our password aloud",
        {"LOGIN": always(no(b"s3cret is wrong"))},
        barred=("(hidden) is wrong",),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "it refuses a password that is renewed meanwhile",
        {"LOGIN": first(no(b"[AUTHENTICATIONFAILED] no"))},
        lost=("of 'probes' for now",),
        secret=lambda: Renewed(PASSWORD),
    ),
    Row(
        "it refuses us for good, and takes us an hour later",
        {"LOGIN": first(no(b"[AUTHENTICATIONFAILED] no"))},
        barred=("refuses the log-in",),
    ),
    Row(
        "it takes no password in clear",
        offers=b"LOGINDISABLED",
        barred=("(LOGINDISABLED)",),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "it takes a password, but not by LOGIN",
        {"LOGIN": always(no(b"disabled"))},
        offers=b"LOGINDISABLED AUTH=PLAIN",
    ),
    # tokens (RFC 7628)
    Row(
        "it refuses a token, and explains",
        {"AUTHENTICATE": always((*EXPLAINS, no(b"AUTHENTICATE failed.")))},
        offers=b"AUTH=XOAUTH2",
        auth="bearer",
        barred=("refuses the log-in of 'probes': AUTHENTICATE failed. (status invalid_token)",),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "it refuses a token of which another may do",
        {"AUTHENTICATE": first((*EXPLAINS, no(b"AUTHENTICATE failed.")))},
        offers=b"AUTH=OAUTHBEARER",
        auth="bearer",
        secret=lambda: Renewed("token"),
        lost=("of 'probes' for now: AUTHENTICATE failed. (status invalid_token)",),
    ),
    Row(
        "it takes no tokens",
        auth="bearer",
        barred=("takes no access token (XOAUTH2 or OAUTHBEARER)",),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "our token ends while we idle, twice",  # Exchange
        {
            "IDLE": first(
                *[(b"+ idling\r\n* BYE Session invalidated - AccessTokenExpired\r\n", hangs_up())]
                * 2
            )
        },
        offers=b"AUTH=XOAUTH2",
        auth="bearer",
        secret=Tokens,
        lost=("Session invalidated - AccessTokenExpired",) * 2,
    ),
    Row(
        "it goes on challenging us for ever",
        {"AUTHENTICATE": first((*[b"+ bW9yZQ==\r\n", said_back] * 5, no(b"enough, temporarily")))},
        offers=b"AUTH=XOAUTH2",
        auth="bearer",
        lost=("of 'probes' for now",),
    ),
    # opening
    *(
        Row(
            f"it will not open the folder: {words.decode()}",
            {"SELECT": first(words)},
            lost=("answers SELECT INBOX with",),
        )
        for words in (
            bad(b"User is authenticated but not connected."),
            no(b"[SERVERBUG] internal"),
            no(b"[INUSE] in use"),
            no(b"Server Unavailable. 15"),
        )
    ),
    Row(
        "it will not open a folder that it lists",
        {"SELECT": first(no(b"no"))},
        lost=("answers SELECT INBOX with NO no",),
    ),
    Row(
        "there is no such folder",
        {"SELECT": always(no(b"[NONEXISTENT] Unknown Mailbox")), "LIST": always(OK)},
        barred=("has no mailbox 'INBOX' for 'probes': [NONEXISTENT] Unknown Mailbox",),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "it does not say how it numbers mails",
        {"SELECT": first(OK)},
        lost=("names no UIDVALIDITY",),
    ),
    Row("it numbers its mails anew", read=2, validity=6),
    # searching
    Row(
        "it refuses to search, thrice",
        {"SEARCH": first(*[no(b"Server Unavailable. 15")] * 3)},
        lost=("answers UID SEARCH with NO Server Unavailable. 15",) * 3,
    ),
    Row(
        "it does not understand a search",
        {"SEARCH": first(bad(b"what?"))},
        lost=("answers UID SEARCH with BAD what?",),
    ),
    Row(
        "it searches, and says nothing of what it found",
        {"SEARCH": first(OK)},
        lost=("answers UID SEARCH with OK, and does not say what it found",),
    ),
    Row(
        "it finds what are no UIDs",
        {"SEARCH": first(b"* SEARCH 1 99999999999 x\r\n" + OK)},
        lost=("names something that is not a UID",),
    ),
    Row(
        "it finds a number of a million digits",
        {"SEARCH": first((b"* SEARCH " + b"9" * 10**6 + b"\r\n", OK))},
        lost=("names something that is not a UID",),
    ),
    Row(
        "it finds in several lines, twice, in small letters, with noise between",
        {
            "SEARCH": first(
                b"* search 3 1\r\n* 4 RECENT\r\n* OK [ALERT] still here\r\n* SEARCH\r\n"
                b"* SEARCH 2 3\r\nTAG ok done\r\n"
            )
        },
    ),
    Row(
        "it names old mails, a megabyte of them",
        {
            "SEARCH": first(
                (b"* SEARCH " + b" ".join(b"%d" % n for n in range(1, 150_001)) + b"\r\n", OK)
            )
        },
        has=(*THREE, 150_000),
        read=149_999,
        mails=(150_000,),
        cursor=150_000,
    ),
    Row(
        "it breaks off in the middle of what it found",
        {"SEARCH": first(hangs_up(b"* SEARCH 1 2"))},
        lost=("broke off at SEARCH",),
    ),
    Row(
        "it sends a line that does not end",
        {"SEARCH": first(b"* SEARCH " + b"1 " * 2**20 + b"\r\n" + OK)},
        lost=("a line of more than 1,048,576 octets",),
    ),
    Row(
        "it answers a command that we did not give",
        {"SEARCH": first(b"XX OK done\r\n")},
        lost=("speaks no IMAP",),
    ),
    Row(
        "it says what is no IMAP",
        {"SEARCH": first(b"<html>500</html>\r\n")},
        lost=("speaks no IMAP: <html>500</html>",),
    ),
    # fetching
    Row(
        # Exchange; three refusals once meant that a bounce was passed over
        "it refuses to give mails, thrice",
        {"FETCH": first(*[no(b"Server Unavailable. 15")] * 3)},
        lost=("answers UID FETCH with NO Server Unavailable. 15",) * 3,
    ),
    Row(
        "it refuses to say how large mails are",
        {"SIZES": first(no(b"no"))},
        lost=("answers UID FETCH with NO no",),
    ),
    Row("it does not say how large mails are", {"SIZES": always(OK)}),
    Row(
        "it withholds one mail for ever",
        withholds=frozenset({2}),
        mails=(1, 3),
        lacking={2: WITHHELD},
    ),
    Row(
        "it withholds the last one for ever",
        withholds=frozenset({3}),
        mails=(1, 2),
        lacking={3: WITHHELD},
    ),
    Row(
        "it gives a mail when it is asked the third time",
        {"FETCH": first(ALL[0] + ALL[2] + OK, OK)},
        mails=(1, 2, 3),
    ),
    Row(
        "it says OK and gives nothing, for a while",
        {"FETCH": first(*[OK] * 8)},
        lost=("OK, and delivers none of 3 mails", "OK, and delivers none of 1 mails"),
    ),
    Row(
        "it says OK and gives nothing, for ever",
        {"FETCH": always(OK)},
        lost=("OK, and delivers none of 3 mails", *["OK, and delivers none of 1 mails"] * 5),
        mails=(),
        cursor=0,
        through=False,
    ),
    Row(
        "it withholds the only mail for ever",
        has=(1,),
        withholds=frozenset({1}),
        mails=(),
        cursor=1,
        lacking={1: WITHHELD},
        lost=("OK, and delivers none of 1 mails",) * STUBBORN,
    ),
    Row(
        "it refuses one mail for ever",
        refuses=frozenset({2}),
        mails=(1, 3),
        lacking={2: REFUSED},
        lost=("answers UID FETCH with NO [SERVERBUG] it cannot be read",) * (STUBBORN + 1),
    ),
    Row(
        "it refuses the only mail for ever",
        has=(1,),
        refuses=frozenset({1}),
        mails=(),
        cursor=0,
        through=False,
        lost=("it cannot be read",) * (STUBBORN + 3),
    ),
    Row(
        "one mail breaks every connection",
        breaks=frozenset({1}),
        mails=(2, 3),
        lacking={1: REFUSED},
        lost=("broke off at FETCH",) * (STUBBORN + 1),
    ),
    Row(
        "it gives another mail than was asked for",
        {"FETCH": first(ALL[0] + ALL[1] + FETCHED % (99, 1, b"x") + OK)},
    ),
    Row("it gives mails in another order", {"FETCH": first(ALL[2] + ALL[0] + ALL[1] + OK)}),
    Row(
        "it puts noise between mails",
        {
            "FETCH": first(
                ALL[0]
                + b"* 4 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* BAD what?\r\n"
                + ALL[1]
                + b"* OK wait {3}\r\n"
                + ALL[2]
                + OK
            )
        },
    ),
    Row(
        "it says NIL, nothing, or quotes",
        {
            "FETCH": first(
                b"* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n* 2 FETCH (BODY[]<0> {0}\r\n UID 2)\r\n"
                b'* 3 FETCH (BODY[]<0> "Subject: mail 3 UID 1" UID 3)\r\n' + OK
            )
        },
    ),
    Row(
        "it breaks off in the middle of a mail",
        {"FETCH": first(hangs_up(ANSWER[:150]))},
        lost=("broke off at FETCH",),
    ),
    Row(
        "it resets the connection in the middle of a mail",
        {"FETCH": first(cuts_off(ANSWER[:150]))},
        lost=("broke off at FETCH",),
    ),
    Row(
        "it falls silent in the middle of a mail",
        {"FETCH": first((ANSWER[:150], silence))},
        lost=("no whole answer to FETCH in time",),
        waits=True,
    ),
    Row("it says one octet at a time", {"FETCH": first((octet_by_octet(ANSWER), OK))}),
    Row(
        "it says one octet at a time, and never comes to an end",
        {"FETCH": first(octet_by_octet(ANSWER * 100, pause=0.05))},
        lost=("no whole answer to FETCH in time",),
        waits=True,
    ),
    Row(
        "it announces a mail of a terabyte",
        {"FETCH": first(b"* 1 FETCH (UID 1 BODY[]<0> {1099511627776}\r\n")},
        lost=("a literal of 1,099,511,627,776 octets",),
    ),
    Row(
        "its answer never ends",
        {"FETCH": first(b"* 9 FETCH (FLAGS ())\r\n" * 100_000)},
        lost=("a reply of more than 1,048,576 octets",),
    ),
    Row(
        "it gives a stand-in for a mail that it cannot give",  # Exchange
        {
            "FETCH": lambda: chain(
                [ALL[0] + FETCHED % (2, len(STOOD_IN), STOOD_IN) + ALL[2] + OK],
                repeat(FETCHED % (2, len(STOOD_IN), STOOD_IN) + OK),
            )
        },
        mails=(1, 3),
        lacking={2: STAND_IN},
    ),
    Row(
        "a mail is deleted before it is fetched",
        {"SEARCH": first(b"* SEARCH 1 2 3 4\r\n" + OK)},
        cursor=4,
        lacking={4: GONE},
    ),
    Row(
        "it hangs up after each mail",
        {
            "FETCH": first(
                (ALL[0], hangs_up()),
                *[(FETCHED % (uid, len(mail(uid)), mail(uid)) + OK, hangs_up()) for uid in THREE],
            )
        },
        lost=("broke off at FETCH", "broke off", "broke off", "broke off"),
    ),
    # waiting
    Row("it refuses to let us idle", {"IDLE": always(no(b"[CANNOT] not now"))}, visits=1),
    Row("it does not know IDLE, which it offers", {"IDLE": always(bad(b"what?"))}, visits=1),
    Row(
        "it says BYE when we idle",
        {"IDLE": first((b"+ idling\r\n* BYE idle for too long\r\n", hangs_up()))},
        lost=("idle for too long",),
    ),
    Row(
        "it says nothing when we would idle",
        {"IDLE": first(silence)},
        lost=("no answer to IDLE in time",),
        waits=True,
    ),
    Row(
        "it never ends an idle",
        {"IDLE": first((b"+ idling\r\n* 4 EXISTS\r\n", silence))},
        lost=("no answer to IDLE in time",),
        waits=True,
    ),
    Row(
        "it expunges fifty thousand mails while we idle",
        {
            "IDLE": first(
                (b"+ idling\r\n", b"* 1 EXPUNGE\r\n" * 50_000, b"* 3 EXISTS\r\n", hangs_up())
            )
        },
        lost=("closed the connection",),
    ),
    # words
    Row(
        "its words are eight-bit, and in no encoding",
        {
            "SELECT": first(
                b"* 3 EXISTS\r\n* \xff\xfe\xe1 \x80\r\n"
                b"* OK [UIDVALIDITY 7] \xe9\r\nTAG OK \xff\x00\r\n"
            ),
            "SEARCH": first(no(b"\xff\x00\x1b[31m no")),
        },
        lost=("answers UID SEARCH with NO",),
    ),
    Row(
        "its lines end in a bare line feed",
        {"GREETING": always(b"* OK ready\n"), "SEARCH": first(b"* SEARCH 1 2 3\nTAG OK done\n")},
    ),
    Row("it says OK in small letters", {"LOGIN": first(b"TAG ok done\r\n")}),
)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the pauses to nothing, and bounds to what a test can reach."""
    monkeypatch.setattr(Visit, "pause", lambda *_: 0.0)
    monkeypatch.setattr(folder, "AGAIN", (0.0,) * 3)
    monkeypatch.setattr(framing, "LINE_AT_MOST", 2**20)
    monkeypatch.setattr(protocol, "REPLY_AT_MOST", 2**20)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_server_that_misbehaves(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if row.waits:
        for module, name in (
            (protocol, "ANSWER_WITHIN"),
            (protocol, "REPLY_WITHIN"),
            (opening, "CONNECT_WITHIN"),
        ):
            monkeypatch.setattr(module, name, BRIEF)
    box = row.box()
    before = Bookmarks({"INBOX": Cursor(row.validity, row.read)} if row.read else {})
    async with playing(box.scene) as port:
        mailbox = Mailbox(
            "127.0.0.1", port, "none", "probes", row.secret(), poll_seconds=0.05, auth=row.auth
        )
        listener = Listener(len(row.lost) + len(row.barred), through=row.through)
        heard = await listener.listen(mailbox, tmp_path / "ledger.db", before)
    # mail and cursor
    assert [int(raw.split(b"mail ")[1].split()[0]) for raw in heard.kept] == list(row.mails)
    assert heard.cursor == Cursor(7, row.cursor) if row.cursor else heard.cursor == Cursor()
    assert {uid: why for uid, why, _ in heard.lacking} == dict(row.lacking)
    assert len(heard.bookmarks.lacking.get("INBOX", ())) == sum(
        why is not GONE for why in row.lacking.values()
    )
    # log
    for said, words in zip((*heard.lost, *heard.barred), (*row.lost, *row.barred), strict=True):
        assert words in said
        assert said.startswith(f"inbox 127.0.0.1:{port}")
    events = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert Counter(event for event in events if event != "received") == Counter(
        {
            name: count
            for name, count in (
                ("mailbox lost", len(row.lost)),
                ("mailbox barred", len(row.barred)),
                ("mail not given", len(row.lacking)),
            )
            if count
        }
    )
    # metrics
    assert heard.metric("mailbox_up") == row.through
    assert heard.metric("mailbox_barred") == (bool(row.barred) and not row.through)
    assert heard.metric("mails_lacking") == sum(why is not GONE for why in row.lacking.values())
    for why in FetchFailure:
        assert heard.metric("mails_not_given_total", why=why) == list(row.lacking.values()).count(
            why
        )
    # behaviour
    assert not [words for words in box.heard if "STORE" in words or "BODY[" in words]
    assert not row.through or box.visits == (row.visits or len(row.lost) + len(row.barred) + 1)
