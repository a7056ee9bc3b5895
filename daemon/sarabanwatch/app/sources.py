"""Takes what a source offers for the register, if it is plausible; else the old one stays."""

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.core.address import Rules
from sarabanwatch.core.errors import NoReader, Unanswered
from sarabanwatch.core.register import Unreadable
from sarabanwatch.core.register.difference import ImportLimits, TooMuch
from sarabanwatch.core.register.history import Import
from sarabanwatch.ports import Clock, Source
from sarabanwatch.store import Ledger


async def look(
    *, source: Source, ledger: Ledger, clock: Clock, journal: Journal, limits: ImportLimits,
    addresses: Rules,
) -> bool:
    """Look at a source of the register; return whether the register has changed.

    A list that was taken once is not taken again while it just goes on being offered, since a
    person may have undone it. What was refused is reported, and looked at again next time.
    """
    register, channel, taken = store.register_table, source.kind, False
    try:
        offer = await source.offer(await ledger.read(register.etag, channel))
        if offer and not await ledger.read(register.imported_before, channel, offer.register.digest,
                                           ever=source.once):
            taken = await ledger.write(register.replace, offer.register, addresses, clock.now(),
                                       how=Import(channel=channel), limits=limits)
    except (TooMuch, Unreadable, Unanswered, NoReader, OSError) as error:
        # forget its ETag, so that it is offered again, and refused or taken then
        await ledger.write(register.keep_etag, channel, "")
        journal.not_imported(error)
        return False
    if offer:
        await ledger.write(register.keep_etag, channel, offer.etag)
    journal.not_imported(None)
    if taken:
        journal.imported(*await ledger.read(store.judgements.rows))
    return taken
