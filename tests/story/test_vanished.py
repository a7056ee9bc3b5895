"""Three mailboxes vanish: confirming letters find that within three working days, and their return
within a week, unasked."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

from sarabanwatch.core.calendar import BANGKOK, working_day
from story.programs import Daemon, daemon, land, tried
from story.witness import LOOK, Witness

AGENCIES, SEED = 30, 11
# a step of the daemon, and a letter to ourselves that is awaited, at this clock
GRAIN = timedelta(hours=24)
REFUSED = """
    SELECT l.code, min(e.seen_at) FROM evidence e JOIN letter l USING (serial)
    WHERE e.kind IN ('bounced', 'refused') AND l.code IN (?, ?, ?) GROUP BY l.code
"""


def working_days(since: datetime, until: datetime) -> int:
    """Count the working days after one moment's day up to another's."""
    first, last = (at.astimezone(BANGKOK).date() for at in (since, until))
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    return sum(working_day(day, frozenset[date]()) for day in days)


async def probe(place: Path, code: str, life: Daemon) -> None:
    """Ask for a letter to an agency once none to it is under way.

    On a slow machine one of the round may still be: where it left after the box had vanished, it
    finds that, too.
    """
    while not life.said("transition", agency=code, now="D2"):
        status, _, refused = await tried(place, "probe", code, "--now", "--json")
        if not status:
            return
        assert "under way" in refused
        life.lives()
        await asyncio.sleep(LOOK)


async def test_three_boxes_that_vanish_are_lowered_in_three_working_days_and_rise_when_they_return(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED, "--scenario", "vanished", "--rate", "14400"):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            gone = sorted((true["address"].lower(), code) for code, true in witness.truth().items()
                          if true["group"] in {"A1", "A2"})[:3]       # as the land chooses them
            first = {code: min(letter.at for letter in witness.to_agencies() if letter.to == to)
                     for to, code in gone}
            await witness.clock_shows(max(first.values()) + timedelta(hours=49), life)
            for code in first:
                await probe(tmp_path, code, life)
            # from a ready group, or, where silence before it was withheld, from not yet known
            fell = {code: datetime.fromisoformat(
                        (await life.says("transition", agency=code, now="D2"))["at"])
                    for code in first}
            await life.says("transition", 3, direction="improved")
            rose = {line["agency"]: datetime.fromisoformat(line["at"])
                    for line in life.said("transition", direction="improved")}
            assert await life.stop() == 0
        assert life.complaints == []
    assert {line["agency"] for line in life.said("transition", direction="regressed")} <= set(first)
    assert rose.keys() == first.keys()
    refused = {code: datetime.fromisoformat(at) for code, at in witness.rows(REFUSED, *first)}
    assert max(working_days(refused[code], fell[code]) for code in fell) <= 3
    back = {code: at + timedelta(hours=240) for code, at in first.items()}
    assert max(rose[code] - back[code] for code in rose) <= timedelta(days=7) + GRAIN
    assert witness.rows("SELECT count(*) FROM incident") == [(0,)]
    witness.assert_right()
