"""Domains that take any name: found by one letter each to nobody, and no others; whoever is judged there is marked."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

from sarabanwatch.cli import main
from story.programs import daemon, land
from story.witness import Witness

AGENCIES, SEED = 50, 7
STRAY = "no-such-name-"


async def test_what_is_found_is_true_with_one_letter_a_domain_killed_or_not(tmp_path: Path, capsys) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        with (tmp_path / "sarabanwatch.toml").open("a") as settings:
            settings.write("[catch_all]\ntest = true\n")
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            await until(witness, life, "SELECT count(*) FROM letter WHERE code LIKE '*@%' AND fate <> ''")
            await life.kill()
        async with daemon(tmp_path) as life:
            await witness.clock_shows(witness.plant.clock.now() + timedelta(days=1), life)
            while witness.rows("SELECT 1 FROM letter WHERE code LIKE '*@%' AND state <> 'closed'"):
                life.lives()
                await asyncio.sleep(0.2)
            await witness.clock_shows(witness.plant.clock.now() + timedelta(hours=1), life)
            assert await life.stop() == 0
            assert life.complaints == []
    took = set(json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["takes_anything"])
    strays = [letter.to for letter in witness.heard() if letter.to.startswith(STRAY)]
    tried = {to.partition("@")[2] for to in strays}
    assert len(strays) == len(tried)
    assert tried & took
    assert tried - took
    found = {domain: bool(takes) for domain, takes in witness.rows("SELECT domain, takes FROM catch_all")}
    doubted = {code[2:] for code, in witness.rows("SELECT code FROM letter WHERE code LIKE '*@%' AND fate = 'doubtful'")}
    assert found == {domain: domain in took for domain in tried - doubted}
    assert witness.wrong() == {}
    sys.argv = ["sarabanwatch", "domains", "--finding", "takes-anything", "--json", "-c", str(tmp_path / "sarabanwatch.toml")]
    await asyncio.to_thread(main)
    assert {json.loads(line)["domain"] for line in capsys.readouterr().out.splitlines()} == {d for d, takes in found.items() if takes}


async def until(witness: Witness, life, sql: str) -> None:
    """Wait until a count is not 0."""
    while not witness.rows(sql)[0][0]:
        life.lives()
        await asyncio.sleep(0.05)
