"""What a source offers becomes the register, if it is believed. Otherwise the old register stays, and the reason is told."""

from sarabanwatch.core.register import Unreadable
from sarabanwatch.core.register.difference import Limits, TooMuch
from sarabanwatch.ports import Clock, Journal, Ledger, NoReader, Source, Unanswered


async def look(*, source: Source, ledger: Ledger, clock: Clock, journal: Journal, limits: Limits) -> bool:
    """Look at a source; say whether the register is another one now.

    What was taken from it once is not taken anew while it just goes on standing there: a person may have undone it.
    """
    roll, way, taken = ledger.roll, source.way, False
    try:
        offer = await source.offer(await roll.mark(way))
        if offer and not await roll.took(way, offer.register.digest, ever=source.once):
            taken = await roll.replace(offer.register, clock.now(), way=way, limits=limits)
    except (TooMuch, Unreadable, Unanswered, NoReader, OSError) as error:
        await roll.marked(way, "")      # so that it is offered again, and refused or taken then
        journal.not_imported(error)
        return False
    if offer:
        await roll.marked(way, offer.mark)
    journal.not_imported(None)
    if taken:
        journal.imported(*await ledger.judgements.rows())
    return taken
