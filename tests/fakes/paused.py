"""Pauses of a watch over two agencies, of which one is under a ministry that pauses."""

from dataclasses import replace
from datetime import datetime

from fakes.samples import agency
from fakes.watch import ONE, Watch
from sarabanwatch import store
from sarabanwatch.app.pausing import Pauses
from sarabanwatch.app.progress import Progress
from sarabanwatch.core.sending.pausing import Pause, Reach
from sarabanwatch.core.sending.weekly import Weekly
from sarabanwatch.store.pauses import Wanted

UNDER = replace(ONE, superior="กระทรวงหนึ่ง", province="น่าน")
BESIDE = agency("saraban@two.go.test", "1002", superior="กระทรวงสอง", province="แพร่")


async def pause(watch: Watch, level: Reach = Reach.MINISTRY, key: str = "กระทรวงหนึ่ง", *,
                since: datetime | None = None, until: datetime | None = None,
                every: str = "") -> Pause:
    """Pause testing of all that a level and its key reach, from now on where nothing is said."""
    now = watch.clock.now()
    return await watch.ledger.write(
        store.pauses.add, Wanted(level, key, since or now, until,
                                 Weekly.read(every) if every else None, "สมศรี", "ย้ายศูนย์ข้อมูล"), now)


async def resume(watch: Watch, number: int = 1) -> None:
    """End a pause."""
    await watch.ledger.write(store.pauses.end, number, "สมศรี", "เสร็จแล้ว", watch.clock.now())


def pauses(watch: Watch) -> Pauses:
    """Return what asks the ledger which pauses are in force."""
    return Pauses(watch.ledger, watch.clock, watch.journal, Progress())
