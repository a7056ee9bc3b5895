"""The connection to our relay is cut.

Before the final dot a letter waits; after it nobody knows; neither counts against the agency.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from story.programs import daemon, land, point, port
from story.proxy import DOT, DOWN, UP, Cut, Proxy, Tap
from story.witness import Witness

AGENCIES, SEED = 40, 5
CUTS = 3        # of each kind


def at_data(direction: str, octets: bytes) -> bool:
    """Before the letter itself."""
    return direction is UP and octets == b"DATA\r\n"


def at_the_dot(direction: str, octets: bytes) -> bool:
    """With the dot: our relay never hears it."""
    return direction is UP and octets.endswith(DOT)


def at_the_answer(direction: str, octets: bytes) -> bool:
    """After the dot: our relay has taken the letter, and we never hear so."""
    return direction is DOWN and b"queued as" in octets


def cutting(*places: Callable[[str, bytes], bool]) -> Callable[[], Tap]:
    """Return taps that cut their connections at these places in turn."""
    waiting = list(places)

    def tap(direction: str, octets: bytes) -> bytes:
        if waiting and waiting[0](direction, octets):
            waiting.pop(0)
            raise Cut
        return octets
    return lambda: tap


async def test_cut_before_the_dot_a_letter_goes_again_and_after_it_a_fresh_one_follows_the_window(
    tmp_path: Path,
) -> None:
    cuts = cutting(*[at_data] * CUTS, *[at_the_dot] * CUTS, *[at_the_answer] * CUTS)
    async with land(tmp_path, AGENCIES, SEED), Proxy(port(tmp_path, "relay"), cuts) as wire:
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            counted = await witness.over(life)
            assert await life.stop() == 0
        assert life.complaints == []
    assert [line["stage"] for line in life.said("sent", outcome="later")] == ["DATA"] * CUTS
    doubtful = {
        token for (token,) in witness.rows("SELECT token FROM letter WHERE fate = 'doubtful'")
    }
    heard = {letter.token for letter in witness.heard()}
    assert (len(doubtful), len(doubtful & heard)) == (2 * CUTS, CUTS)
    assert counted.doubtful > 0
    witness.assert_right()


async def test_a_relay_that_is_away_for_a_while_makes_letters_wait_and_nobody_is_blamed(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 60, SEED), Proxy(port(tmp_path, "relay")) as wire:
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 10)
            await wire.away()
            told = len(life.log)
            await life.until(lambda: len(life.log) > told)
            assert witness.round().pending > 0
            await life.shows("sarabanwatch_relay_up 0.0")
            await wire.back()
            await life.shows("sarabanwatch_relay_up 1.0")
            await witness.over(life)
            assert await life.stop() == 0
    assert witness.rows("SELECT count(*) FROM evidence WHERE kind = 'refused'") == [(0,)]
    witness.assert_right()


async def test_a_relay_that_is_down_for_a_day_lowers_nobody_and_its_letters_leave_when_it_is_back(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 60, SEED, "--rate", "36000"), Proxy(port(tmp_path, "relay")) as wire:
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 10)
            await wire.away()
            down_at = witness.components.clock.now()
            await witness.clock_shows(down_at + timedelta(days=1), life)
            assert witness.round().pending > 0
            assert [letter for letter in witness.heard() if letter.at > down_at
                    + timedelta(hours=6)] == []
            await wire.back()
            await witness.over(life)
            assert await life.stop() == 0
    assert witness.rows("SELECT count(*) FROM evidence WHERE kind = 'refused'") == [(0,)]
    assert witness.rows("SELECT count(*) FROM incident") == [(0,)]
    sound = {code for code, true in witness.truth().items() if not true["group"].startswith("D")}
    assert [line for line in life.said("transition") if line["now"].startswith("D")
            and line["agency"] in sound] == []
    witness.assert_right()


async def test_a_relay_that_is_not_there_at_the_start_is_told_and_waited_for(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 20, SEED), Proxy(port(tmp_path, "relay")) as wire:
        await wire.away()
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            lost = await life.says("failed", where="send")
            assert f"relay 127.0.0.1:{wire.port}" in lost["error"]
            await life.shows("sarabanwatch_relay_up 0.0")
            await wire.back()
            await witness.over(life)
            assert await life.stop() == 0
    witness.assert_right()
