"""The timetable is changed, and a holiday declared, while a round runs: nobody is written to twice
in a window, and nobody waits for longer than a round."""

import asyncio
import json
import os
import re
import signal
from datetime import datetime, timedelta
from pathlib import Path

from sarabanwatch.core.calendar import BANGKOK, opening
from sarabanwatch.core.judging.group import Group
from story.programs import Daemon, configure, daemon, land, verb
from story.witness import LOOK, Witness

SEED = 29
TWO_AT_ONCE = """
    SELECT a.serial, b.serial FROM letter a JOIN letter b ON b.address = a.address
    WHERE a.code <> '' AND b.code <> '' AND b.serial > a.serial
      AND b.drafted_at < coalesce(a.closed_at, '9999')
"""
WRITTEN_TO = "SELECT DISTINCT code FROM letter WHERE campaign = ? AND purpose = 'round'"
BESIDE = """
    SELECT count(*) FROM letter l JOIN round r ON r.id = l.campaign
    WHERE r.kind = 'extra' AND l.purpose = 'round'
"""
SENT_BESIDE = """
    SELECT l.code FROM letter l JOIN round r ON r.id = l.campaign
    WHERE r.kind = 'extra' AND l.purpose = 'round' AND l.fate = 'accepted'
"""
TOO_SOON = """
    SELECT count(*) FROM letter l JOIN evidence e USING (serial)
    WHERE e.kind = 'quiet' AND l.closed_at < l.window_end
"""


async def refused(place: Path, life: Daemon, to: datetime, words: str) -> None:
    """Move the anchor, have the daemon read it, and wait until it is refused with these words."""
    file = place / "sarabanwatch.toml"
    text = re.sub(r"anchor = .*", f"anchor = {to:%Y-%m-%d}", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    before = len(life.said("timetable refused"))
    os.kill(life.pid, signal.SIGHUP)
    await life.says("reloaded", len(life.said("reloaded")) + 1)
    # it may be told in between, of the anchor before or of the round that has just begun
    await life.until(lambda: any(words in line["error"]
                                 for line in life.said("timetable refused")[before:]))


async def test_an_anchor_that_is_moved_to_and_fro_changes_no_round_until_a_person_says_yes(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 60, SEED):
        configure(tmp_path, "campaign", weeks=2)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            first = await life.says("round opened", round="1")
            ends = datetime.fromisoformat(str(first["due"]))
            await life.says("sent", 20)
            await refused(tmp_path, life, ends + timedelta(weeks=1), "later than stands")
            second = await life.says("round opened", round="2")
            assert second["begins"] == first["due"]
            await refused(tmp_path, life, ends + timedelta(weeks=1), "sooner than stands")
            third = await life.says("round opened", round="3")
            assert third["begins"] == second["due"]
            assert await life.stop() == 0
        assert witness.rows(TWO_AT_ONCE) == []
        one, two = ({code for code, in witness.rows(WRITTEN_TO, round_)} for round_ in (0, 1))
        assert len(one) > 30
        assert one <= two


async def test_a_holiday_declared_while_windows_run_moves_their_ends_and_an_extra_round_is_sent(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 60, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            sent = await life.says("sent", 20, outcome="taken")
            now = datetime.fromisoformat(str(sent["at"])).astimezone(BANGKOK)
            day = f"{opening(now, 1, witness.components.policy.holidays):%Y-%m-%d}"
            said = await verb(tmp_path, "holidays", "add", day, "--by", "สมชาย", "--why", "มติ",
                              "--json")
            assert json.loads(said)["closed"]
            assert (await life.says("holidays"))["days"] == [day]
            assert (await witness.over(life)).doubtful == 0
            chosen = {code for code, group in witness.found().items() if group == Group.B1}
            said = await verb(tmp_path, "rounds", "extra", "--group", "B1", "--by", "สมชาย",
                              "--why", "ติดตามผล", "--json")
            extra = json.loads(said)
            assert (extra["round"], extra["chosen"]) == ("extra-1", len(chosen))
            while {code for code, in witness.rows(SENT_BESIDE)} != chosen:
                life.lives()
                await asyncio.sleep(LOOK)
            assert await life.stop() == 0
        assert witness.rows(BESIDE) == [(len(chosen),)]
        assert witness.rows(TWO_AT_ONCE) == []
        assert witness.rows(TOO_SOON) == [(0,)]
        witness.assert_right()
