"""The connection that worked last gets the next letter, so no more stay open than needed."""

import asyncio
from collections import Counter

from sarabanwatch.app.handing import Handing

LINES, LETTERS = 10, 40


async def worked(at_once: int) -> Counter[int]:
    """Return how many letters each connection sent, where `at_once` come together each time."""
    handing, sent = Handing(4 * LINES), Counter[int]()

    async def line(number: int) -> None:
        while (await handing.take()) is not None:
            sent[number] += 1

    lines = [asyncio.create_task(line(number)) for number in range(LINES)]
    for serial in range(LETTERS):
        if serial % at_once == 0:
            while sent.total() < serial or len(handing._idle) < LINES:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0)
        handing.put(serial)
    while sent.total() < LETTERS:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
    handing.end()
    await asyncio.gather(*lines)
    return sent


async def test_one_letter_at_a_time_keeps_one_line_at_work() -> None:
    assert list((await worked(1)).values()) == [LETTERS]


async def test_as_many_lines_are_at_work_as_letters_come_at_once_and_no_letter_is_lost() -> None:
    sent = await worked(4)
    assert (len(sent), sent.total()) == (4, LETTERS)


async def test_letters_wait_in_order_up_to_the_bound_and_the_end_hands_out_none() -> None:
    handing = Handing(3)
    for serial in (7, 8):
        handing.put(serial)
    assert (len(handing), handing.room) == (2, 1)
    assert await handing.take() == 7
    handing.end()
    assert await handing.take() is None


async def test_a_line_that_was_cancelled_while_it_waited_takes_no_letter_with_it() -> None:
    handing = Handing(3)
    gone, there = asyncio.ensure_future(handing.take()), asyncio.ensure_future(handing.take())
    await asyncio.sleep(0)
    there.cancel()
    await asyncio.sleep(0)
    handing.put(7)
    handing.put(8)
    assert (await gone, len(handing)) == (7, 1)
