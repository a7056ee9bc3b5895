"""Two daemons over one ledger on a PostgreSQL server: one is killed, and the other goes on."""

from pathlib import Path

import pytest

from fakes import postgres
from story.programs import configure, daemon, land, verb
from story.witness import Witness

AGENCIES, SEED = 60, 17


@pytest.mark.skipif(bool(postgres.lacking()), reason=postgres.lacking())
async def test_the_one_that_stood_by_goes_on_and_sends_nothing_twice(tmp_path: Path) -> None:
    with postgres.server() as (url, _):
        async with land(tmp_path, AGENCIES, SEED):
            configure(tmp_path, "ledger", url=url)
            configure(tmp_path, "metrics", port=0)
            witness = Witness(tmp_path)
            async with daemon(tmp_path) as first:
                await first.says("leads")
                async with daemon(tmp_path) as second:
                    await second.says("stands by")
                    await second.shows("sarabanwatch_leads 0.0")
                    await first.says("sent", 10)
                    assert not second.said("sent")
                    await first.kill()
                    await second.says("leads")
                    await second.shows("sarabanwatch_leads 1.0")
                    await second.says("sent", 40)
                    shown = await verb(tmp_path, "status", "--lang", "en")
                    assert f"PostgreSQL, {url}" in shown
                    assert await second.stop() == 0
                    assert second.complaints == []
            assert witness.twice() == {}
