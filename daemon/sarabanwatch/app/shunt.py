"""The shunt: what we fail at, for whatever reason, is set aside for a person, and the next is taken.

Round the inbox: whatever fails, the reading of a mail or the keeping of it, it is the mail that gives way and never the
loop. It is kept like any mail, unread, with our fault as the rule that decided; so `inbox list` shows it, a person may
rule on it, and `replay` reads it again once the fault is mended. The cursor moves past it in the transaction that keeps it.
A ledger that cannot be written, or a reading process that cannot be had, is no fault of a mail's: the loop breaks off.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sarabanwatch import store
from sarabanwatch.app import reading
from sarabanwatch.app.reading import Marks, Verified
from sarabanwatch.core.errors import NoReader, Unwritable
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.kept import Received
from sarabanwatch.core.returns.mailbox import Batch, Cursor, FetchReport
from sarabanwatch.ports import Reader
from sarabanwatch.store import Ledger

T = TypeVar("T")
# wall seconds that one mail may take: its reading, its signatures, what the ledger knows of it
READ_WITHIN = 120.0
FAULT = "our own fault: "
LONGEST = 200           # characters kept of a fault's words


async def read(
    raw: bytes, at: datetime, ledger: Ledger, reader: Reader, marks: Marks, verified: Verified,
) -> Received:
    """Read a raw mail that came `at`; set aside if we fail at it, but not where nothing can be read now (NoReader)."""
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await reading.read(raw, at, ledger, reader, marks, verified)
    except (Unwritable, NoReader):
        raise
    except Exception as fault:  # noqa: BLE001 - the shunt
        return _unread(raw, at, fault)


async def take_in(
    received: Sequence[Received], batch: Batch, at: datetime, ledger: Ledger,
) -> list[tuple[Received, bool]]:
    """Keep a batch's mails, what it told, and its cursor; return each mail as it was kept, and whether it was new.

    All at once; where the ledger fails at one of them, one by one, each with the cursor behind it.
    """
    told = FetchReport(at, {uid for uid, _ in batch.mails}, batch.lacking)
    try:
        new = await ledger.write(store.arrivals.take_in, batch.mailbox, received, batch.cursor,
                                 told)
        return list(zip(received, new, strict=True))
    except Unwritable:
        raise
    except Exception:  # noqa: BLE001 - which of them it was, and why, is found out below
        # it may stay before mails that were given
        validity, upto = batch.cursor.validity, batch.cursor.uid
        kept = [await _alone(batch.mailbox, mail, Cursor(validity, min(uid, upto)), ledger)
                for mail, (uid, _) in zip(received, batch.mails, strict=True)]
        await ledger.write(store.arrivals.take_in, batch.mailbox, (), batch.cursor, told)
        return kept


async def _alone(
    mailbox: str, mail: Received, cursor: Cursor, ledger: Ledger,
) -> tuple[Received, bool]:
    try:
        (new,) = await ledger.write(store.arrivals.take_in, mailbox, [mail], cursor)
    except Unwritable:
        raise
    except Exception as fault:  # noqa: BLE001 - the shunt
        mail = _unread(mail.raw, mail.arrived_at, fault)
        (new,) = await ledger.write(store.arrivals.take_in, mailbox, [mail], cursor)
    return mail, new


def was_set_aside(mail: Received) -> bool:
    """Tell whether a mail was kept unread because we failed at it."""
    return mail.arrival.kind is MailKind.UNREAD and mail.arrival.rule.startswith(FAULT)


def _unread(raw: bytes, at: datetime, fault: Exception) -> Received:
    """Return a mail with nothing of it but its octets, and our fault in ASCII."""
    words = f"{type(fault).__name__}: {fault}".encode("ascii", "backslashreplace").decode()
    return Received(raw, sha256(raw).hexdigest(), at,
                    Arrival(MailKind.UNREAD, f"{FAULT}{words}"[:LONGEST]), None, None)


class Failures(dict[str, Exception]):
    """What of many things failed, by name, while the others went on."""

    def __init__(self, which: str) -> None:
        super().__init__()
        self._which = which

    def spare(self, deeds: Iterable[tuple[str, Callable[[], T]]]) -> Iterator[T]:
        """Do each of the named deeds and yield what comes of it; one that fails is noted and left out."""
        for name, do in deeds:
            try:
                yield do()
            except Exception as fault:  # noqa: BLE001 - the shunt
                self[name] = fault

    def tell(self) -> None:
        """Raise what failed, if anything did."""
        if self:
            some = ", ".join(f"{name} ({fault!r})" for name, fault in list(self.items())[:10])
            raise ExceptionGroup(f"{self._which}: {some}", list(self.values()))
