"""Reads one folder from a cursor on, and leaves no mail out.

A mail that a search names is taken, or reported as missing; only then does the cursor move past it.
A mail is missing in one of these cases:

- The server says OK and does not give it (as Exchange does), or gives a stand-in. It is asked for
  again, with growing pauses. If a search names it no longer, somebody has deleted it.
- The server refuses it, or breaks off. That ends the connection; over the next ones the mails of
  that portion are asked for one by one. One that failed `STUBBORN` times is put last, so that those
  behind it are read.

A mail is reported as missing only where others *were* given over the same connection. A server that
gives nothing at all has a fault of its own, and then no mail is passed over; only where there is
one single mail, and the server says OK so often, it is believed.

What was reported is never forgotten: the ledger keeps it, and it is asked for again now and then.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sarabanwatch.core.returns.mailbox import Batch, Cursor, FetchFailure, MissingMail
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.session import LARGEST, Session
from sarabanwatch.edge.imap.standin import is_stand_in

MAILS_AT_ONCE = 100
OCTETS_AT_ONCE = 8 * 2**20
AGAIN = (2.0, 10.0, 30.0)       # wall seconds before a mail that was not given is asked for again
STUBBORN = 4                    # failures of a mail before it is put last

MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"     # RFC 3501 section 9, whatever our own tongue

Mails = dict[int, bytes]


class FailedMail(NamedTuple):
    """How often a mail failed, and what was said the last time."""

    times: int = 0
    reply: str = ""


NEVER = FailedMail()


class Folder:
    """What is known of a folder: cursor, missing mails, failed mails. It outlives connections."""

    def __init__(self, name: str, cursor: Cursor, lacking: Iterable[int] = ()) -> None:
        self.name, self.cursor, self.lacking = name, cursor, set(lacking)
        self._failed: dict[int, FailedMail] = {}
        self._turn = 0

    def opened(self, validity: int) -> None:
        """Note the folder's UIDVALIDITY; under another one than before all mails are read again."""
        if validity != self.cursor.validity:
            self.cursor = Cursor(validity, 0)
            self.lacking.clear()
            self._failed.clear()

    async def read(self, imap: Session, since: date | None = None) -> AsyncIterator[Batch]:
        """Yield what came after the cursor, and since a day, some mails at a time."""
        imap.forget_news()
        found = await imap.search(f"UID {self.cursor.uid + 1}:*", *_since(since))
        new = [uid for uid in found if uid > self.cursor.uid]   # `n:*` always names the last one
        for place in range(0, len(new), MAILS_AT_ONCE):
            async for batch in self._some(imap, new[place:place + MAILS_AT_ONCE]):
                yield batch

    async def ask_again(self, imap: Session) -> AsyncIterator[Batch]:
        """Ask for missing mails; yield those that are given now, and those that are gone."""
        asked = sorted(self.lacking)
        named = await imap.search(f"UID {_set(asked)}") if asked else []
        if gone := [MissingMail(uid, FetchFailure.GONE) for uid in asked if uid not in named]:
            yield self._batch({}, lacking=gone)
        self._turn += 1         # another is the first each time, for one may break the connection
        for place in range(len(named)):
            uid = named[(place + self._turn) % len(named)]
            try:
                if mails := _real(await imap.mails([uid])):
                    yield self._batch(mails)
            except Unavailable:
                if not imap.stands:
                    raise

    async def _some(self, imap: Session, uids: Sequence[int]) -> AsyncIterator[Batch]:
        """Yield up to a hundred mails; while some are put last the cursor stays before them."""
        back = [uid for uid in uids if self._times(uid) >= STUBBORN]
        lacking: list[MissingMail] = []
        sizes = await self._sizes(imap, [uid for uid in uids if uid not in back])
        for portion in portions(sizes):
            mails, lack = await self._asked(imap, portion)
            yield self._batch(mails) if back else self._batch(mails, portion[-1], lack)
            lacking += lack
        for uid in back:
            mails, lack = await self._once_more(imap, uid)
            yield self._batch(mails)
            lacking += lack
        if back:
            yield self._batch({}, uids[-1], lacking)

    def _batch(self, mails: Mails, upto: int = 0, lacking: Sequence[MissingMail] = ()) -> Batch:
        """Return a batch, and remember what it says of the folder."""
        self.cursor = Cursor(self.cursor.validity, upto or self.cursor.uid)
        gone = {each.uid for each in lacking if each.why is FetchFailure.GONE}
        self.lacking |= {each.uid for each in lacking}
        self.lacking -= {*mails, *gone}
        found = sorted(mails.items())
        return Batch(found, self.cursor, through=False, mailbox=self.name, lacking=lacking)

    async def _sizes(self, imap: Session, uids: Sequence[int]) -> Mapping[int, int]:
        """Return the sizes of mails; one that failed or has none is large, and goes alone."""
        fresh = [uid for uid in uids if uid not in self._failed]
        try:
            sizes = await imap.sizes(fresh) if fresh else {}
        except Unavailable as error:
            self._fail(fresh, imap, error)
            raise
        return {uid: sizes.get(uid, LARGEST) for uid in uids}

    async def _asked(self, imap: Session, uids: Sequence[int]) -> tuple[Mails, list[MissingMail]]:
        """Return the given mails and the missing ones; raise Unavailable if neither is told."""
        try:
            mails, lacking = await self._patiently(imap, uids)
            if any(each.why is not FetchFailure.GONE for each in lacking) and not imap.gave:
                self._believe_only_of_a_lone_one(imap, uids)
        except Unavailable as error:
            self._fail(uids, imap, error)
            raise
        for uid in uids:
            self._failed.pop(uid, None)
        return mails, lacking

    def _believe_only_of_a_lone_one(self, imap: Session, uids: Sequence[int]) -> None:
        """Raise Unavailable where OK without a mail may be a fault of the server."""
        if len(uids) > 1 or self._times(uids[0]) < STUBBORN:
            what = f"{len(uids)} mails, UID {uids[0]} the first"
            raise Unavailable(f"{imap.where} answers OK, and delivers none of {what}")

    async def _patiently(
        self, imap: Session, uids: Sequence[int],
    ) -> tuple[Mails, list[MissingMail]]:
        """Ask for mails, and again for those that are not given while a search still names them."""
        given = await imap.mails(uids)
        mails, named = _real(given), list(uids)
        for pause in AGAIN:
            named = [uid for uid in named if uid not in mails]
            if not named:
                break
            await asyncio.sleep(pause)
            named = await imap.search(f"UID {_set(named)}")
            given |= await imap.mails(named) if named else {}
            mails |= _real(given)
        missing = [uid for uid in uids if uid not in mails]
        return mails, [MissingMail(uid, _why(uid, named, given)) for uid in missing]

    async def _once_more(self, imap: Session, uid: int) -> tuple[Mails, list[MissingMail]]:
        """Ask for a mail that was put last; if it fails while others were given, it is missing."""
        if imap.gave and self._times(uid) > STUBBORN:
            return {}, [MissingMail(uid, FetchFailure.REFUSED, self._failed.pop(uid).reply)]
        return await self._asked(imap, [uid])

    def _times(self, uid: int) -> int:
        return self._failed.get(uid, NEVER).times

    def _fail(self, uids: Sequence[int], imap: Session, why: Exception) -> None:
        """Count a failure of each; while nothing is given, none becomes missing by that."""
        for uid in uids:
            times = self._times(uid)
            more = times < STUBBORN or imap.gave
            self._failed[uid] = FailedMail(times + more, str(why))


def portions(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Split UIDs, ascending, into portions of bounded octets; one alone may be larger."""
    portion: list[int] = []
    octets = 0
    for uid in sorted(sizes):
        if portion and octets + sizes[uid] > OCTETS_AT_ONCE:
            yield portion
            portion, octets = [], 0
        portion.append(uid)
        octets += sizes[uid]
    if portion:
        yield portion


def _since(day: date | None) -> list[str]:
    """Return a search criterion, from the day before: the server's time zone may be behind ours."""
    if day is None:
        return []
    before = day - timedelta(days=1)
    return [f"SINCE {before.day}-{MONTHS[3 * before.month - 3:3 * before.month]}-{before.year}"]


def _real(mails: Mails) -> Mails:
    return {uid: raw for uid, raw in mails.items() if not is_stand_in(raw)}


def _why(uid: int, named: Sequence[int], given: Mails) -> FetchFailure:
    """Return why a mail is missing: nothing was given for it, or a stand-in."""
    if uid not in named:
        return FetchFailure.GONE
    return FetchFailure.STAND_IN if uid in given else FetchFailure.SILENT


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))
