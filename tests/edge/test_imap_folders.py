"""Several folders, each with its cursor; Thai names; and the first day that is read."""

from contextlib import aclosing
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.mailbox import Box
from fakes.post import EvenChance, Password
from fakes.wire import playing
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.edge.imap import ImapInbox, Mailbox, answers, session
from sarabanwatch.edge.imap.names import ListedFolder, decoded, encoded, meant

THAI, ON_THE_WIRE = "ขยะ", "&DgIOIg4w-"

# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", "INBOX"),
        (THAI, ON_THE_WIRE),
        ("R&D", "R&-D"),
        ("~peter/mail/日本語/台北", "~peter/mail/&ZeVnLIqe-/&U,BTFw-"),
    ],
)  # the last is RFC 3501's own
def test_a_name_goes_over_the_wire_in_modified_utf_7(name: str, wire: str) -> None:
    assert encoded(name) == wire
    assert decoded(wire) == name


@given(st.text())
def test_any_name_comes_back_and_is_printable_ascii_on_the_wire(name: str) -> None:
    wire = encoded(name)
    assert all(" " <= letter <= "~" for letter in wire)
    assert decoded(wire) == name


@pytest.mark.parametrize("wire", ["&", "&&", "&A-", "&2AA-", "&!-", "a&b", "&Jjo!"])
def test_what_is_no_modified_utf_7_stays_as_it_is(wire: str) -> None:
    assert decoded(wire) == wire


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("INBOX", "INBOX"),
        ("inbox", "INBOX"),
        ("Work/Thai", "INBOX.Work.Thai"),
        ("INBOX/Work/Thai", "INBOX.Work.Thai"),
        ("Work.Thai", None),
        ("\\Junk", "INBOX.Spam"),
        ("\\JUNK", "INBOX.Spam"),
        ("\\Trash", None),
        ("Shared", None),
        ("Spam", "INBOX.Spam"),
        ("work/thai", None),
    ],
)
def test_a_folder_is_found_by_its_place_or_by_what_it_is_for(
    wanted: str, found: str | None
) -> None:
    listed = [
        ListedFolder("INBOX", "."),
        ListedFolder("INBOX.Work.Thai", "."),
        ListedFolder("INBOX.Spam", ".", frozenset({"\\JUNK"})),
        ListedFolder("Shared", ".", frozenset({"\\NOSELECT"})),
    ]
    assert meant(wanted, listed) == found


def test_a_name_as_the_server_has_it_comes_before_one_that_only_stands_there() -> None:
    assert meant("Junk", [ListedFolder("INBOX/Junk"), ListedFolder("Junk")]) == "Junk"


def test_a_server_without_a_parting_sign_has_flat_names() -> None:
    assert meant("a/b", [ListedFolder("a/b", "")]) == "a/b"


@pytest.mark.parametrize(
    ("response", "utf8", "listed"),
    [
        (
            [b'LIST (\\HasNoChildren \\Junk) "/" "Junk E-mail"'],
            False,
            ListedFolder("Junk E-mail", "/", frozenset({"\\HASNOCHILDREN", "\\JUNK"})),
        ),
        ([b"list () NIL INBOX"], False, ListedFolder("INBOX", "")),
        ([b'LIST () "\\\\" a\\b'], False, ListedFolder("a\\b", "\\")),
        ([b'LIST () "." "&DgIOIg4w-"'], False, ListedFolder(THAI, ".")),
        ([b'LIST () "." "' + THAI.encode() + b'"'], True, ListedFolder(THAI, ".")),
        ([b'LIST () "/" {3}', b'a"b', b""], False, ListedFolder('a"b')),
        ([b'LIST () "/" "a\\"b"'], False, ListedFolder('a"b')),
    ],
)
def test_a_list_is_read(response: list[bytes], utf8: bool,  # noqa: FBT001 - a column
                        listed: ListedFolder) -> None:
    assert answers.listed([[b"3 EXISTS"], response], utf8=utf8) == [listed]


# --- reading -------------------------------------------------------------------------------------


def mail(n: int) -> bytes:
    return b"Subject: mail %d\r\n\r\n" % n


LISTS = (
    b'* LIST () "/" INBOX\r\n* LIST (\\HasNoChildren \\Junk) "/" "Junk E-mail"\r\n'
    b'* LIST () "/" "&DgIOIg4w-"\r\n'
)


def mailbox(port: int, *also: str, name: str = "INBOX", since: date | None = None) -> Mailbox:
    return Mailbox(
        "127.0.0.1", port, "none", "probes", Password(), name, 0.05, also=also, since=since
    )


async def read(
    box: Box,
    *also: str,
    name: str = "INBOX",
    since: date | None = None,
    after: Bookmarks | None = None,
) -> tuple[list[Batch], list[str]]:
    """Read a mailbox to its end; return the mails, and what else was reported."""
    told: list[str] = []
    async with playing(box.scene) as port:
        inbox = ImapInbox(
            mailbox(port, *also, name=name, since=since), EvenChance(), notice=told.append
        )
        async with aclosing(inbox.batches(after
                                          or Bookmarks())) as batches:  # type: ignore[type-var]
            given = [await anext(batches)]
            while not given[-1].through:
                given.append(await anext(batches))
    return given, told


async def test_folders_are_read_by_use_and_by_name_each_with_a_cursor_of_its_own() -> None:
    box = Box(
        {1: mail(1)}, others={"Junk E-mail": {5: mail(5)}, ON_THE_WIRE: {9: mail(9)}}, lists=LISTS
    )
    given, told = await read(box, "\\Junk", THAI)
    assert [(batch.mailbox, batch.mails, batch.cursor) for batch in given[:-1]] == [
        ("INBOX", [(1, mail(1))], Cursor(7, 1)),
        ("Junk E-mail", [(5, mail(5))], Cursor(7, 5)),
        (THAI, [(9, mail(9))], Cursor(7, 9)),
    ]
    assert (given[-1].mailbox, given[-1].mails, given[-1].cursor) == ("INBOX", (), Cursor(7, 1))
    assert told == []
    assert box.opened == "INBOX"  # the one whose news we await


async def test_each_folder_is_read_on_from_its_own_cursor() -> None:
    box = Box({1: mail(1)}, others={"Junk E-mail": {5: mail(5), 6: mail(6)}}, lists=LISTS)
    after = Bookmarks({"INBOX": Cursor(7, 1), "Junk E-mail": Cursor(7, 5)})
    given, _ = await read(box, "\\Junk", after=after)
    assert [(batch.mailbox, batch.mails) for batch in given] == [
        ("Junk E-mail", [(6, mail(6))]),
        ("INBOX", ()),
    ]


async def test_a_folder_that_is_not_there_is_told_once_and_the_others_are_read() -> None:
    box = Box({1: mail(1)})
    given, told = await read(box, "\\Junk", "Nowhere")
    assert [batch.mailbox for batch in given] == ["INBOX", "INBOX"]
    assert sorted(words.partition(" has ")[2] for words in told) == [
        "no folder 'Nowhere'; see inbox.also",
        "no folder '\\\\Junk'; see inbox.also",
    ]


async def test_a_server_that_knows_no_list_is_read_all_the_same() -> None:
    given, told = await read(
        Box({1: mail(1)}, says={"LIST": iter([b"TAG BAD what?\r\n"])}), "\\Junk"
    )
    assert [batch.mails for batch in given] == [[(1, mail(1))], ()]
    assert len(told) == 1


async def test_the_main_folder_may_be_another_one_too() -> None:
    box = Box({1: mail(1)}, others={ON_THE_WIRE: {9: mail(9)}}, lists=LISTS)
    given, _ = await read(box, name=THAI)
    assert [(batch.mailbox, batch.mails) for batch in given] == [(THAI, [(9, mail(9))]), (THAI, ())]


async def test_names_are_utf_8_where_both_sides_agree_on_it() -> None:
    lists = b'* LIST () "/" INBOX\r\n* LIST () "/" "' + THAI.encode() + b'"\r\n'
    box = Box({1: mail(1)}, others={THAI: {9: mail(9)}}, lists=lists, offers=b"ENABLE UTF8=ACCEPT")
    given, _ = await read(box, THAI)
    assert {batch.mailbox for batch in given} == {"INBOX", THAI}
    assert "ENABLE UTF8=ACCEPT" in box.heard
    assert f'SELECT "{THAI}"' in box.heard


async def test_what_a_folder_is_for_is_asked_for_where_that_must_be_asked() -> None:
    box = Box({}, offers=b"LIST-EXTENDED SPECIAL-USE", lists=LISTS)
    await read(box, "\\Junk")
    assert 'LIST "" "*" RETURN (SPECIAL-USE)' in box.heard


async def test_an_old_mailbox_is_read_from_a_day_on() -> None:
    box = Box({1: mail(1)})
    await read(box, since=date(2026, 3, 1))
    assert (
        "UID SEARCH UID 1:* SINCE 28-Feb-2026" in box.heard
    )  # the server's day may begin later than ours


async def test_news_of_other_folders_are_found_by_looking() -> None:
    box = Box({1: mail(1)}, others={"Junk E-mail": {}}, lists=LISTS)
    async with playing(box.scene) as port:
        inbox = ImapInbox(mailbox(port, "\\Junk"), EvenChance())
        async with aclosing(inbox.batches(Bookmarks())) as batches:  # type: ignore[type-var]
            while not (await anext(batches)).through:
                pass
            box.others["Junk E-mail"][2] = mail(2)
            while not (batch := await anext(batches)).mails:
                pass
    assert (batch.mailbox, batch.mails) == ("Junk E-mail", [(2, mail(2))])
    assert box.visits == 1


async def test_a_folder_of_any_name_is_asked_for_in_one_command() -> None:
    box = Box()
    async with playing(box.scene) as port, session(mailbox(port)) as one:
        await one.select('a"b\\c\r\nA1 LOGOUT')
    assert [words for words in box.heard if words.startswith("SELECT")] == [
        'SELECT "a\\"b\\\\c&AA0ACg-A1 LOGOUT"'
    ]
