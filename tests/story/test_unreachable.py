"""The mail host of most agencies closes every connection for six hours: no agency is lowered, and
the truth is found."""

from pathlib import Path

from story.programs import daemon, land
from story.witness import Witness

AGENCIES, SEED = 60, 4
D = ("D1", "D2", "D3")


async def test_a_host_that_cannot_be_reached_for_six_hours_turns_nobody_and_its_letters_arrive(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED, "--scenario", "unreachable"):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert await life.stop() == 0
        assert life.complaints == []
    sound = {code for code, true in witness.truth().items() if true["group"] not in D}
    assert [line for line in life.said("transition") if line["now"] in D
            and line["agency"] in sound] == []
    assert witness.rows("SELECT count(*) FROM incident") == [(0,)]
    witness.assert_right()
