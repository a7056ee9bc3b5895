"""The shunt: what our own code fails at is set aside for a person, and the next one is taken.

The problem. A loop that reads mail must not stop at one mail that it cannot handle, whatever the
reason: a limit of a library, a bug of ours, a value that the ledger refuses. Nor may the mail be
lost, since it may be the only evidence of its letter.

The rule. Whatever fails, the reading of a mail or the keeping of it, the loop goes on. The mail is
kept like any other but unread, with our fault as the rule that decided. So `inbox list` shows it, a
person may rule on it, and `replay` reads it again once the fault is mended. The cursor moves past
it in the same transaction.

The exception. Where the ledger cannot be written, or no reading process can be had, the fault is no
mail's: the error is raised, and the loop breaks off.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sarabanwatch import store
from sarabanwatch.app import reading
from sarabanwatch.app.reading import Marks, Readers
from sarabanwatch.core.errors import NoReader, Unwritable
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.kept import RawMail, ReceivedMail
from sarabanwatch.core.returns.mailbox import Batch, Cursor, FetchReport
from sarabanwatch.store import Ledger

T = TypeVar("T")
# Wall seconds to read mails, verify their signatures and ask the ledger: for a batch, and then, if
# it took longer, for each.
READ_WITHIN = 120.0
FAULT = "our own fault: "
LONGEST = 200           # characters that are kept of an error's message


async def read(
    mails: Sequence[RawMail], ledger: Ledger, readers: Readers, marks: Marks,
) -> list[ReceivedMail]:
    """Read raw mails; return as unread one that our code fails at.

    Where it fails at several, or takes too long for them, they are read one by one. Raise
    Unwritable or NoReader, which are no fault of a mail's.
    """
    try:
        async with asyncio.timeout(READ_WITHIN):
            return await reading.read(mails, ledger, readers.reader, marks,
                                      readers.verifier.verified)
    except (Unwritable, NoReader):
        raise
    except Exception as fault:  # noqa: BLE001 - the shunt
        if len(mails) == 1:
            return [_unread(*mails[0], fault)]
    return [(await read([mail], ledger, readers, marks))[0] for mail in mails]


async def take_in(
    received: Sequence[ReceivedMail], batch: Batch, at: datetime, ledger: Ledger,
) -> list[tuple[ReceivedMail, bool]]:
    """Keep a batch's mails, its report and its cursor; return each as kept, and whether it was new.

    All are written together. Where the ledger fails at that, they are written one by one, each with
    the cursor behind it, and the one that fails is kept unread.
    """
    report = FetchReport(at, {uid for uid, _ in batch.mails}, batch.lacking)
    try:
        new = await ledger.write(store.arrivals.take_in, batch.mailbox, received, batch.cursor,
                                 report)
        return list(zip(received, new, strict=True))
    except Unwritable:
        raise
    except Exception:  # noqa: BLE001 - which of them it was is found out below
        # the batch's cursor may stand before mails that were given, and must not pass it
        validity, upto = batch.cursor.validity, batch.cursor.uid
        kept = [await _alone(batch.mailbox, mail, Cursor(validity, min(uid, upto)), ledger)
                for mail, (uid, _) in zip(received, batch.mails, strict=True)]
        await ledger.write(store.arrivals.take_in, batch.mailbox, (), batch.cursor, report)
        return kept


async def _alone(
    mailbox: str, mail: ReceivedMail, cursor: Cursor, ledger: Ledger,
) -> tuple[ReceivedMail, bool]:
    try:
        (new,) = await ledger.write(store.arrivals.take_in, mailbox, [mail], cursor)
    except Unwritable:
        raise
    except Exception as fault:  # noqa: BLE001 - the shunt
        mail = _unread(mail.raw, mail.arrived_at, fault)
        (new,) = await ledger.write(store.arrivals.take_in, mailbox, [mail], cursor)
    return mail, new


def was_set_aside(mail: ReceivedMail) -> bool:
    """Say whether a mail was kept unread because our code failed at it."""
    return mail.arrival.kind is MailKind.UNREAD and mail.arrival.rule.startswith(FAULT)


def _unread(raw: bytes, at: datetime, fault: Exception) -> ReceivedMail:
    """Return a mail of which nothing but its octets is known, and our fault in ASCII."""
    words = f"{type(fault).__name__}: {fault}".encode("ascii", "backslashreplace").decode()
    return ReceivedMail(raw, sha256(raw).hexdigest(), at,
                        Arrival(MailKind.UNREAD, f"{FAULT}{words}"[:LONGEST]), None, None)


class Failures(dict[str, Exception]):
    """Which of many named things failed, and how, while the others went on."""

    def __init__(self, which: str) -> None:
        super().__init__()
        self._which = which

    def spare(self, steps: Iterable[tuple[str, Callable[[], T]]]) -> Iterator[T]:
        """Call each of the named functions and yield its result; note and skip those that fail."""
        for name, do in steps:
            try:
                yield do()
            except Exception as fault:  # noqa: BLE001 - the shunt
                self[name] = fault

    def tell(self) -> None:
        """Raise an ExceptionGroup of what failed, if anything did."""
        if self:
            some = ", ".join(f"{name} ({fault!r})" for name, fault in list(self.items())[:10])
            raise ExceptionGroup(f"{self._which}: {some}", list(self.values()))
