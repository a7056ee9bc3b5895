"""The mail host of most agencies is down for six hours: one incident holds all of them.

None is lowered, all are tried again, and the truth is found.
"""

from pathlib import Path

from story.programs import daemon, land
from story.witness import Witness

AGENCIES, SEED = 60, 4
D = ("D1", "D2", "D3")


async def test_a_host_that_denies_every_mailbox_for_six_hours_turns_nobody_and_is_one_incident(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED, "--scenario", "outage"):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("incident", open=True)
            await witness.over(life)
            assert await life.stop() == 0
        assert life.complaints == []
    denied = {code for code, in witness.rows(
        "SELECT code FROM letter l WHERE verdict = 'refuses' AND address LIKE '%@dla.go.test'")}
    ((scope, key, how),) = witness.rows("SELECT scope, key, outcome FROM incident")
    assert (scope.startswith("mail"), key.endswith("dla.go.test"), how) == (True, True, "cleared")
    held = {code for code, in witness.rows("SELECT code FROM member")}
    assert len(held) >= 10
    assert held <= denied
    # tried afresh
    assert all(len(witness.rows("SELECT 1 FROM letter WHERE code = ?", code)) > 1 for code in held)
    sound = {code for code, true in witness.truth().items() if true["group"] not in D}
    assert [line for line in life.said("transition") if line["now"] in D
            and line["agency"] in sound] == []
    # a person decides those
    assert {code for code, in witness.rows("SELECT code FROM downgrade")} <= witness.waiting()
    witness.assert_right()
