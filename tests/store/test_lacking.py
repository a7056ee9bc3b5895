"""Mails that a mailbox named and did not give: none is forgotten; three ends are possible."""


import pytest

from fakes.books import mail
from fakes.postgres import REFUSED, by_hand
from fakes.samples import HOUR, MONDAY
from sarabanwatch import store
from sarabanwatch.core.returns.mailbox import (
    Bookmarks,
    Cursor,
    FetchFailure,
    FetchReport,
    MissingMail,
)
from sarabanwatch.store import Ledger
from sarabanwatch.store.places import Place

LATER = MONDAY + HOUR
BOX = "INBOX"


def rows(place: Place) -> list[tuple[int, str, str, str]]:
    """Return UID, why, reply and how it ended of all that ever lacked."""
    with by_hand(place) as db:
        rows = db.execute("SELECT uid, why, reply, ended FROM lacking ORDER BY validity, uid")
        return list(rows)  # type: ignore[arg-type]  # columns as the schema says


async def lack(
    ledger: Ledger, *uids: int, why: FetchFailure = FetchFailure.SILENT, validity: int = 7,
    box: str = BOX,
) -> None:
    """Report these as missing."""
    told = FetchReport(MONDAY, lacking=[MissingMail(uid, why, "words") for uid in uids])
    await ledger.write(store.arrivals.take_in, box, [], Cursor(validity, 9), told)


async def test_nothing_lacks_at_first(ledger: Ledger) -> None:
    assert await ledger.read(store.lacking.bookmarks) == Bookmarks()
    assert await ledger.read(store.lacking.count) == 0


async def test_what_lacks_is_kept_in_mind_by_its_mailbox(ledger: Ledger, place: Place) -> None:
    await lack(ledger, 5, 3)
    await lack(ledger, 4, box="Junk", validity=1)
    assert await ledger.read(store.lacking.bookmarks) == Bookmarks(
        {BOX: Cursor(7, 9), "Junk": Cursor(1, 9)}, {BOX: [3, 5], "Junk": [4]}
    )
    assert await ledger.read(store.lacking.count) == 3
    assert rows(place)[1:] == [(3, "not given", "words", ""), (5, "not given", "words", "")]


async def test_what_is_given_after_all_lacks_no_longer(ledger: Ledger, place: Place) -> None:
    await lack(ledger, 3, 5)
    late = [mail(b"late", serial=None, seen=None)]
    await ledger.write(store.arrivals.take_in, BOX, late, Cursor(7, 9),
                       FetchReport(LATER, given=[5, 8]))
    assert await ledger.read(store.lacking.bookmarks) == Bookmarks({BOX: Cursor(7, 9)}, {BOX: [3]})
    assert [(uid, ended) for uid, _, _, ended in rows(place)] == [(3, ""), (5, "given")]


async def test_what_is_gone_is_written_down_and_not_asked_for(
    ledger: Ledger, place: Place
) -> None:
    await lack(ledger, 3)
    await lack(ledger, 3, 5, why=FetchFailure.GONE)
    assert await ledger.read(store.lacking.bookmarks) == Bookmarks({BOX: Cursor(7, 9)})
    assert rows(place) == [(3, "gone", "words", "gone"), (5, "gone", "words", "gone")]


async def test_under_another_numbering_nothing_lacks(ledger: Ledger, place: Place) -> None:
    await lack(ledger, 3)
    await lack(ledger, 1, box="Junk")
    await ledger.write(store.arrivals.take_in, BOX, [], Cursor(8, 0), FetchReport(LATER))
    assert await ledger.read(store.lacking.bookmarks) == Bookmarks(
        {BOX: Cursor(8, 0), "Junk": Cursor(7, 9)}, {"Junk": [1]}
    )
    assert rows(place)[1:] == [(3, "not given", "words", "renumbered")]


async def test_what_lacks_again_lacks(ledger: Ledger, place: Place) -> None:
    await lack(ledger, 3)
    await ledger.write(store.arrivals.take_in, BOX, [], Cursor(7, 9), FetchReport(LATER, given=[3]))
    await lack(ledger, 3, why=FetchFailure.REFUSED)
    assert await ledger.read(store.lacking.count) == 1
    assert rows(place) == [(3, "refused", "words", "")]


async def test_what_lacked_is_never_taken_away(ledger: Ledger, place: Place) -> None:
    await lack(ledger, 3)
    with by_hand(place) as db, pytest.raises(REFUSED,
                                                                  match="append-only"):
        db.execute("DELETE FROM lacking")
