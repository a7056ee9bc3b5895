"""Mail hosts that bear only so much: a configured limit is kept in every minute; where there is
none, their answers are heeded."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sarabanland.scenario import BIG_HOST
from sarabanland.visits import TOO_MANY
from sarabanwatch.cli.plan import foresee
from story.programs import Daemon, configure, daemon, land
from story.witness import CONNECTION, LETTER, Call, Witness

MINUTE = timedelta(minutes=1)
NARROW, WIDE = 24, 40
SEED = 19
D = ("D1", "D2", "D3")
# letters to ourselves go by the relay
STRAIGHT = {"by_default": "direct", "except_for": ["probe.test"]}


def at_most(calls: list[Call]) -> int:
    """Return the most calls in any sixty seconds."""
    return max((sum(one.at <= other.at < one.at + MINUTE for other in calls) for one in calls),
               default=0)


async def played(place: Path) -> tuple[Witness, Daemon]:
    """Play a round to its end."""
    witness = Witness(place)
    async with daemon(place) as life:
        await ended(witness, life)
    return witness, life


async def ended(witness: Witness, life: Daemon) -> None:
    """Wait for the end of the round; nobody sound may have turned."""
    await witness.over(life)
    assert await life.stop() == 0
    truth, told = witness.truth(), life.said("transition")
    assert [line for line in told if line["now"] in D
            and truth[line["agency"]]["group"] not in D] == []
    assert witness.wrong() == {}


async def test_where_a_host_s_limit_is_set_it_never_has_to_refuse_and_the_round_ends(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, NARROW, SEED, "--scenario", "narrow"):
        configure(tmp_path, "route", **STRAIGHT)
        configure(tmp_path, f'pace.hosts."{BIG_HOST}"', connections=2, a_minute=2)
        witness, _ = await played(tmp_path)
    calls = [call for call in witness.calls(CONNECTION) if call.host == BIG_HOST]
    assert len(calls) > 0
    assert [call for call in calls if not call.said.startswith("220")] == []
    assert at_most(calls) <= 2


async def test_where_nothing_is_set_a_host_s_words_are_heeded_and_the_round_ends(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, NARROW, SEED, "--scenario", "narrow"):
        configure(tmp_path, "route", **STRAIGHT)
        witness, life = await played(tmp_path)
    calls = [call for call in witness.calls(CONNECTION) if call.host == BIG_HOST]
    assert [call for call in calls if call.said.startswith("421")] != []
    assert any(BIG_HOST in line["slowed"] for line in life.said("mail hosts"))


async def test_with_nearly_all_agencies_at_one_host_its_limit_holds_and_the_plan_comes_true(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, WIDE, SEED, "--scenario", "one-house"):
        configure(tmp_path, "route", **STRAIGHT)
        configure(tmp_path, "pace", connections=4, a_minute=4, a_day=30)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("drafted")
            foretold = (await asyncio.to_thread(foresee, witness.components)).foretold
            await ended(witness, life)
    calls = witness.calls(LETTER)
    there = [call for call in calls if call.host == BIG_HOST]
    assert len(there) >= 0.95 * len(calls)
    assert [call for call in there if call.said == TOO_MANY[LETTER]] == []
    assert at_most(there) <= 4
    ((last,),) = witness.rows(
        "SELECT max(first_try) FROM letter WHERE replaces IS NULL AND purpose = 'round'"
    )
    assert foretold.in_time
    assert foretold.last
    # a second's stall is six hours here
    assert abs(datetime.fromisoformat(last) - foretold.last) < timedelta(days=1.5)
