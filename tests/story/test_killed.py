"""The daemon killed (SIGKILL) at drawn moments of one campaign, and started again each time.

The moments are drawn from a seed: while it starts, after so many letters, after so many other lines
of output. By hand: `KILLS=20 SEED=7 .venv/bin/pytest -s tests/story/test_killed.py`; a failure
prints the command that plays it again.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

from sarabanwatch.store.queries import NoLedger
from story.programs import WITHIN, Daemon, daemon, land, point, port
from story.proxy import Proxy, Striking
from story.witness import Witness

SEED = int(os.environ.get("SEED", "2568"))
KILLS = int(os.environ.get("KILLS", "6"))
AGENCIES = max(120, 20 * KILLS)     # so that there are still letters to send at the last kill
STARTS = 1.2        # wall seconds in which the daemon imports, opens, knocks, recovers, drafts
DALLIES = 0.1       # wall seconds within which it is killed after the word that was waited for
PATIENCE = 4.0      # wall seconds for that word, once it listens; one may be waited for in vain


class Moment(NamedTuple):
    """When to kill: a kind of moment, how many of that kind are let pass, and how long after.

    `start`: while it starts; `sent`: among letters, at any stage; `dot`: when the land has heard a
    dot, before its answer can reach us; `word`: after any words of the log.
    """

    kind: str
    words: int
    dally: float


def moments(rng: Random) -> list[Moment]:
    """Draw the moments of a story: two of three are aimed at the sending, the others anywhere."""
    aimed = (Moment("sent", rng.randint(1, 15), rng.uniform(0, DALLIES)),
             Moment("dot", rng.randint(1, 15), 0))
    elsewhere = (Moment("start", 0, rng.uniform(0, STARTS)),
                 Moment("word", rng.randint(2, 60), rng.uniform(0, DALLIES)))
    return [*aimed, rng.choice(elsewhere)]


async def reached(life: Daemon, strike: Striking, moment: Moment) -> None:
    """Return when the moment has come; or when it is clear that in this life it won't."""
    if moment.kind != "start":
        await life.says("started")
    if moment.kind == "dot":
        strike.at(moment.words, life.pid)
        async with asyncio.timeout(WITHIN):
            await strike.done.wait()
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await MOMENTS[moment.kind](life, moment.words)
    await asyncio.sleep(moment.dally)


async def _start(_life: Daemon, _times: int) -> None:
    pass


async def _sent(life: Daemon, times: int) -> None:
    await life.says("sent", times)


async def _word(life: Daemon, times: int) -> None:
    await life.until(lambda: len(life.log) >= times)


MOMENTS = {"start": _start, "sent": _sent, "word": _word}

IN_DOUBT = "SELECT token FROM letter WHERE fate = 'doubtful' AND purpose <> 'canary'"


def half_sent(witness: Witness) -> set[str]:
    """Return the marks of the letters to agencies that a kill left SENDING on disk."""
    try:
        return {token for token, in witness.rows(
            "SELECT token FROM letter WHERE state = 'sending' AND purpose <> 'canary'")}
    except NoLedger:        # killed before it had one
        return set()


async def test_killed_at_any_moment_it_sends_no_letter_twice_and_finds_the_truth(
    tmp_path: Path,
) -> None:
    again = f".venv/bin/pytest -s tests/story/{Path(__file__).name}"
    replay = f"play it again: KILLS={KILLS} SEED={SEED} {again}"
    doubtful: set[str] = set()
    strike = Striking()
    async with land(tmp_path, AGENCIES, SEED), Proxy(port(tmp_path, "relay"), strike) as wire:
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        rng = Random(SEED)
        for moment in [moment for _ in range(KILLS) for moment in moments(rng)][:KILLS]:
            async with daemon(tmp_path) as life:
                await reached(life, strike, moment)
                await life.kill()
            left = half_sent(witness) - doubtful
            doubtful |= left
            print(moment, f"{len(left)} half-sent")
            assert life.complaints == [], replay
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert await life.stop() == 0
    heard = {letter.token for letter in witness.heard()}
    print(
        f"{len(doubtful)} letters in doubt, of which {len(doubtful & heard)} had left us; {replay}"
    )
    assert doubtful, f"no kill fell into the sending; {replay}"
    try:
        assert set(witness.rows(IN_DOUBT)) == {(token,) for token in doubtful}
        witness.assert_right()
    except AssertionError as wrong:
        wrong.add_note(replay)
        raise
