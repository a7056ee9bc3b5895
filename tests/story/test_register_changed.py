"""The register changes between two starts: what was learnt of an agency's old address says nothing
of its new one."""

from pathlib import Path

from story.programs import daemon, land
from story.witness import Witness

SEED = 9


def moved(witness: Witness) -> str:
    """Let one agency whose mailbox did not exist declare an address that works; return its code."""
    truth = witness.truth()
    code = next(code for code, true in truth.items() if true["group"] == "D2")
    works = next(true["address"] for true in truth.values() if true["group"] == "A1"
                 and "dla.go.test" not in true["address"])
    path = witness.place / "register.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(truth[code]["address"], works),
                    encoding="utf-8")
    return code


async def test_a_new_address_gets_a_letter_of_its_own_and_the_old_ones_bounce_no_longer_counts(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 60, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert await life.stop() == 0
        witness.assert_right()
        code = moved(witness)
        async with daemon(tmp_path) as life:
            await life.says("transition", agency=code, was="D2", now="unknown")
            await witness.over(life)
            assert await life.stop() == 0
    *before, (new, state) = witness.rows(
        "SELECT address, state FROM letter WHERE code = ? ORDER BY serial", code
    )
    assert (new in {old for old, _ in before}, state) == (False, "closed")
    assert witness.found()[code] == "A1"
    assert witness.twice() == {}
    assert witness.hurried() == []
    assert list(witness.wrong()) == [code]      # the land's truth is of the old address
