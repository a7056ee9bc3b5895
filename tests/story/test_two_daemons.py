"""A letter asked for while no daemon runs waits, and the person is told so; a second daemon over
the same ledger is refused."""

import json
from pathlib import Path

from story.programs import configure, daemon, land, verb
from story.witness import Witness

SEED = 12


async def test_who_asks_is_told_that_none_runs_and_a_second_one_is_turned_away(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 30, SEED):
        configure(tmp_path, "metrics", port=0)      # it is the ledger that they share, not a port
        await verb(tmp_path, "register", "import", str(tmp_path / "register.csv"))
        witness = Witness(tmp_path)
        code = next(code for code, true in witness.truth().items() if true["group"] == "A1")
        traced = await verb(tmp_path, "probe", code, "--now", "--trace", "--json", status=1)
        asked, *_, idle = map(json.loads, traced.splitlines())
        assert idle == {"daemon": False}
        async with daemon(tmp_path) as first:
            await first.says("sent", serial=asked["letter"])
            async with daemon(tmp_path) as second:
                assert await second.end() == 78
            assert second.why().endswith("ledger.db: another daemon runs over this ledger, "
                                         "and two would both send; stop it first")
            # as the kernel does: nothing is cleaned up, and yet the next one may start
            await first.kill()
        async with daemon(tmp_path) as third:
            await third.says("started")
            assert await third.stop() == 0
    assert witness.twice() == {}
