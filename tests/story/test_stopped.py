"""The daemon is stopped as systemd stops it (SIGTERM): what is in hand is finished, nothing is in
doubt, the next start goes on."""

import signal
from itertools import count
from pathlib import Path

from story.programs import daemon, land, point, port
from story.proxy import UP, Cut, Proxy, Striking, Tap
from story.witness import Witness

SEED = 11


async def test_stopped_while_sending_it_ends_what_is_in_hand_and_the_next_start_goes_on(
    tmp_path: Path,
) -> None:
    strike = Striking()
    async with land(tmp_path, 60, SEED), Proxy(port(tmp_path, "relay"), strike) as wire:
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            strike.at(12, life.pid, signal.SIGTERM)
            assert await life.end() == 0
            assert life.log[-1]["event"] == "stopped"
        halfway = witness.round()
        assert halfway.pending > 0
        assert witness.rows("SELECT count(*) FROM letter WHERE state = 'sending'") == [(0,)]
        async with daemon(tmp_path) as life:
            assert (await life.says("started"))["half_sent"] == 0
            assert (await witness.over(life)).doubtful == 0
            assert await life.stop() == 0
        witness.assert_right()


def hanging_up(letters: int) -> Tap:
    """Pass on so many letters, and hang up where each later one would begin."""
    begun = count(1)

    def tap(direction: str, octets: bytes) -> bytes:
        if direction is UP and octets.upper().startswith(b"DATA") and next(begun) > letters:
            raise Cut
        return octets

    return tap


async def test_stopped_while_its_relay_is_away_it_ends_without_waiting_for_the_relay(
    tmp_path: Path,
) -> None:
    ending = hanging_up(5)
    async with land(tmp_path, 60, SEED), Proxy(port(tmp_path, "relay"), lambda: ending) as wire:
        point(tmp_path, "relay", wire.port)
        async with daemon(tmp_path) as life:
            await life.says("sent", outcome="later")
            await wire.away()
            assert await life.stop() == 0
        assert Witness(tmp_path).round().pending > 0
