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
            await _fails_over(tmp_path, url)
            assert Witness(tmp_path).twice() == {}


async def _fails_over(place: Path, url: str) -> None:
    async with daemon(place) as first:
        await first.says("leads")
        async with daemon(place) as second:
            await second.says("stands by")
            await second.shows("sarabanwatch_leads 0.0")
            await first.says("sent", 10)
            assert not second.said("sent")
            await first.kill()
            await second.says("leads")
            await second.shows("sarabanwatch_leads 1.0")
            await second.says("sent", 40)
            assert f"PostgreSQL, {url}" in await verb(place, "status", "--lang", "en")
            assert await second.stop() == 0
            assert second.complaints == []
