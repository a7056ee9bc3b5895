"""Domains that accept any name are found by one probe each, and no others are; who is judged there
is marked."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sarabanwatch.cli import main
from sarabanwatch.core.rounds import at
from sarabanwatch.store import rounds
from story.programs import Daemon, daemon, land
from story.witness import LOOK, Witness

AGENCIES, SEED = 50, 7
PROBED_NAME = "no-such-name-"
PROBES = "SELECT domain FROM letter WHERE purpose = 'catch_all'"


async def test_what_is_found_is_true_with_one_letter_a_domain_killed_or_not(tmp_path: Path,
                                                                            capsys) -> None:
    async with land(tmp_path, AGENCIES, SEED, "--rate", "28800"):
        settings = (tmp_path / "sarabanwatch.toml").read_text().replace("patience_hours = 20",
                                                                        "patience_hours = 100")
        (tmp_path / "sarabanwatch.toml").write_text(f"{settings}[catch_all]\ntest = true\n")
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await until(lambda: witness.rows(f"{PROBES} AND fate <> ''"), life)
            await life.kill()
        async with daemon(tmp_path) as life:
            await until(lambda: {0, 1} <= told(witness)
                        and not witness.rows(f"{PROBES} AND state <> 'closed'"), life)
            assert await life.stop() == 0
            assert life.complaints == []
    took = set(json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["takes_anything"])
    timetable = witness.components.policy.campaign.timetable
    with witness.asking() as db:
        spans = rounds.spans(db, timetable, timetable.first)
    probes = Counter((letter.to.partition("@")[2],
                      at(spans, letter.at).id)
                     for letter in witness.heard() if letter.to.startswith(PROBED_NAME))
    assert set(probes.values()) == {1}      # a domain and round
    tried = {domain for domain, _ in probes}
    found = {
        domain: bool(takes) for domain, takes in witness.rows("SELECT domain, takes FROM catch_all")
    }
    assert set(found) <= tried      # where it was in doubt, or our own path was, nothing is
    assert set(found.values()) == {True, False}
    assert found == {domain: domain in took for domain in found}
    sys.argv = ["sarabanwatch", "domains", "--finding", "takes-anything", "--json", "-c",
                str(tmp_path / "sarabanwatch.toml")]
    await asyncio.to_thread(main)
    shown = {json.loads(line)["domain"] for line in capsys.readouterr().out.splitlines()}
    assert shown == {domain for domain, takes in found.items() if takes}


def told(witness: Witness) -> set[int]:
    """Return what is known of domains: that some take any name, that some do not."""
    return {takes for takes, in witness.rows("SELECT takes FROM catch_all")}


async def until(holds: Callable[[], object], life: Daemon) -> None:
    """Wait until something holds in the ledger."""
    await life.says("started")
    while not holds():
        life.lives()
        await asyncio.sleep(LOOK)
