"""A blocklist names us: the breaker of each host that believes it opens and is probed, and no
agency is lowered."""

import asyncio
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

from sarabanland.scenario import BIG_HOST, LISTED
from story.programs import Daemon, configure, daemon, land
from story.witness import LETTER, Call, Witness

RATE = ("--rate", "36000")
SLOWER = ("--rate", "12000")    # the thirty hours of a listing are looked at on a busy machine too
HOUR = timedelta(hours=1)
IN_HAND = 6 * HOUR      # what was in hand when the breaker opened has ended by then
D = ("D1", "D2", "D3")
REFUSED = LISTED.partition("{")[0]


async def gauge(life: Daemon, name: str) -> float:
    """Return a gauge of the daemon as it stands."""
    url = (await life.says("listening"))["metrics"]
    text = await asyncio.to_thread(lambda: urlopen(url).read().decode())
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found
    return float(found[1])


def slowly(place: Path, **more: object) -> None:
    """Let letters go straight to mail hosts, two a minute to each."""
    configure(place, "route", by_default="direct", except_for=["probe.test"])
    configure(place, "pace", connections=2, a_minute=2, **more)


async def ended(witness: Witness, life: Daemon) -> None:
    """Wait for the end of the round: no sound agency was lowered meanwhile; the census is true."""
    await witness.over(life)
    assert await life.stop() == 0
    truth = witness.truth()
    assert [line for line in life.said("transition") if line["now"] in D
            and truth[line["agency"]]["group"] not in D] == []
    assert witness.wrong() == {}
    assert life.said("mail hosts")[-1]["open"] == []


def met(calls: list[Call], *, refused: bool) -> list[Call]:
    """Return the calls that the blocklist was held against, or the others."""
    return [call for call in calls if call.said.startswith("554") is refused]


async def test_the_breaker_of_one_host_that_lists_us_stays_open_over_a_restart_until_it_takes_us(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 24, 19, "--scenario", "listed", *RATE):
        slowly(tmp_path)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("mail hosts", open=[BIG_HOST], all_wait=False)
            assert await gauge(life, 'sarabanwatch_mail_hosts{state="open"}') == 1
            assert await gauge(life, "sarabanwatch_breaker_open") == 0
            await life.kill()
        async with daemon(tmp_path) as life:
            assert (await life.says("mail hosts"))["open"] == [BIG_HOST]
            await ended(witness, life)
    calls = witness.calls(LETTER)
    there = [call for call in calls if call.host == BIG_HOST]
    closed_at = met(there, refused=False)[0].at
    assert met([call for call in calls if call.host != BIG_HOST and call.at < closed_at],
               refused=False) != []
    # three refusals opened the breaker; one letter more was in hand; then one probe each time
    assert 3 <= len(met(there, refused=True)) <= 12
    assert len(met(there, refused=False)) >= 20


async def test_where_half_of_the_hosts_list_us_all_wait_until_they_take_us_again(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 40, 17, "--scenario", "half-listed", *SLOWER):
        slowly(tmp_path, refusals=1)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            opened_at = datetime.fromisoformat((await life.says("mail hosts", all_wait=True))["at"])
            assert await gauge(life, "sarabanwatch_breaker_open") == 1
            assert await gauge(life, 'sarabanwatch_letters_waiting{why="breaker open"}') > 0
            await life.says("mail hosts", all_wait=False)
            await ended(witness, life)
    calls = witness.calls(LETTER)
    listing = {call.host for call in met(calls, refused=True)}
    closed_at = min(call.at for call in met(calls, refused=False) if call.host in listing)
    others = [call.at for call in calls if call.host not in listing]
    probes = [at for at in others if opened_at + IN_HAND < at < closed_at]
    assert len(listing) >= 3
    # an hour counts from when the latest to end was picked, which another may have overtaken
    assert len(probes) * HOUR <= closed_at - opened_at
    assert all(later - at >= HOUR / 2 for at, later in pairwise(probes))
    assert max(others) > closed_at
