"""A relay that silently loses one letter in a hundred: nothing can show that, so nothing more is
claimed than was seen."""

import asyncio
import json
import sys
from pathlib import Path
from zlib import crc32

from sarabanwatch.cli import main
from story.programs import daemon, land
from story.witness import Witness

AGENCIES, SEED = 60, 34      # the letters to a sound mailbox and to a dead one are lost


async def test_a_letter_lost_without_a_word_counts_as_taken_and_lacks_the_report_that_others_have(
    tmp_path: Path, capsys,
) -> None:
    async with land(tmp_path, AGENCIES, SEED, "--scenario", "leaky"):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert await life.stop() == 0
    lost = {
        serial: code for serial, code, to in witness.rows(
            "SELECT serial, code, address FROM letter WHERE verdict = 'accepts'"
        )
        if crc32(to.lower().encode()) % 100 == 0
    }
    assert len(lost) == 2
    assert [(true, found) for true, found, _ in witness.wrong().values()] == [("D2", "A2")]
    for serial in lost:  # a stranger's mail in their name is weak and counts for nothing
        seen = {
            kind for (kind,) in witness.rows(
                "SELECT kind FROM evidence WHERE certainty <> 'weak' AND serial = ?", serial
            )
        }
        assert seen == {"taken", "quiet"}
    sys.argv = ["sarabanwatch", "census", "--json", "-c", str(tmp_path / "sarabanwatch.toml")]
    await asyncio.to_thread(main)
    quiet = json.loads(capsys.readouterr().out)["quiet"]
    assert quiet["letters"] - quiet["reported"] == len(lost)
