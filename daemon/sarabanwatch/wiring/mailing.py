"""Notices of a released snapshot -> the post: the one place where papers leave the house by themselves."""

from collections.abc import AsyncIterator, Collection
from contextlib import closing

from sarabanwatch.app import notices
from sarabanwatch.app.notices import Addressed
from sarabanwatch.core.notice import by_mail
from sarabanwatch.wiring import knock_at_relays
from sarabanwatch.wiring.papers import Papers


class Draft(Exception):  # noqa: N818 - said of the snapshot
    """A draft is not sent to anybody."""


def addressed(papers: Papers, only: Collection[str] = ()) -> list[Addressed]:
    """Return the notices that can go by mail, of these agencies or all; raise Draft where nobody has released them."""
    if papers.issue.mark:
        number = papers.kept.id
        raise Draft(f"snapshot {number} is a draft; `report release {number} --by NAME` makes it final, then its notices may go")
    now = papers.plant.clock.now()
    return [Addressed(row.code, row.address, row.group, papers.mail(row, now))
            for row in papers.snapshot.to_mend if by_mail(row) and (not only or row.code in only)]


async def send(papers: Papers, ready: list[Addressed], by: str) -> AsyncIterator[tuple[str, str]]:
    """Send notices the way that letters go, each written down in the ledger; yield each code with what became of it."""
    plant = papers.plant
    await knock_at_relays(plant)
    line = plant.post(lambda _: None)()
    try:
        with closing(plant.ledger(existing=True)) as ledger:
            going = notices.send(ready, papers.kept.id, by, plant.settings.sender.address, book=ledger.snapshots, line=line,
                                 clock=plant.clock, policy=plant.policy)
            async for code, became in going:
                yield code, became
    finally:
        await line.close()
