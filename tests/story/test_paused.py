"""A ministry is paused in the midst of a round, a mail host every week: no letter goes to them
meanwhile, no silence counts, what comes back does; and the round ends true."""

import asyncio
import csv
from datetime import datetime, timedelta
from pathlib import Path

from sarabanland.scenario import BIG_HOST
from sarabanwatch.cli import ledger
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.sending.pausing import Pause, Reach
from sarabanwatch.store import pauses
from sarabanwatch.store.pauses import Wanted
from story.programs import configure, daemon, land, verb
from story.witness import Witness

AGENCIES, SEED = 60, 4
MINISTRY = "กระทรวงทดสอบ"
DAY = timedelta(days=1)
PICKED = """
    SELECT a.picked_at FROM attempt a JOIN letter l USING (serial)
    WHERE l.purpose <> 'canary' AND l.host = ?
"""
TRIED = """
    SELECT a.picked_at FROM attempt a JOIN letter l USING (serial) JOIN agency y USING (code)
    WHERE y.superior = ?
"""
FACTS = """
    SELECT e.kind, e.seen_at FROM evidence e JOIN letter l USING (serial)
         JOIN agency y ON y.code = l.code
    WHERE y.superior = ?
"""


def under_one_ministry(place: Path) -> None:
    """Let every second agency of the register stand under one ministry."""
    path = place / "register.csv"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    at = head.index("สังกัด")
    for row in rows[::2]:
        row[at] = MINISTRY
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def pause(witness: Witness) -> Pause:
    """Pause the ministry, as the verb does, at once."""
    now = witness.components.clock.now()
    return ledger.write(witness.components, pauses.add,
                        Wanted(Reach.MINISTRY, MINISTRY, now, None, None, "สมศรี", "ย้าย"), now)


async def test_a_ministry_that_is_paused_in_the_midst_of_a_round_is_judged_by_what_was_heard_of_it(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED, "--rate", "7200"):
        configure(tmp_path, "pace", in_all_a_day=AGENCIES // 3)
        under_one_ministry(tmp_path)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", times=AGENCIES // 3)
            made = await asyncio.to_thread(pause, witness)
            assert await life.says("paused", name=MINISTRY)
            assert witness.rows("SELECT count(*) > 0 FROM letter l JOIN agency USING (code) "
                                "WHERE superior = ? AND l.state = 'accepted'", MINISTRY) == [(1,)]
            await witness.clock_shows(made.at + 6 * DAY, life)
            assert "ย้าย" in await verb(tmp_path, "pause", "list")
            await verb(tmp_path, "resume", "1", "--by", "สมชาย")
            await life.says("no longer paused", name=MINISTRY)
            await witness.over(life)
            assert await life.stop() == 0
        assert life.complaints == []
    (ended,), = witness.rows("SELECT ended_at FROM pause")
    since, until = made.at, datetime.fromisoformat(ended)
    assert [at for at, in witness.rows(TRIED, MINISTRY)
            if since < datetime.fromisoformat(at) < until] == []
    kinds = {kind for kind, at in witness.rows(FACTS, MINISTRY)
             if since < datetime.fromisoformat(at) < until}
    assert not kinds & {"quiet", "withheld", "gave up"}
    assert kinds & {"bounced", "receipt", "answered"}, witness.rows(FACTS, MINISTRY)
    witness.assert_right()


async def test_a_mail_host_gets_no_letter_in_its_hours_of_the_week_and_all_of_them_beside(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        configure(tmp_path, "pace", in_all_a_day=AGENCIES // 4)
        witness = Witness(tmp_path)
        day = witness.components.clock.now().astimezone(BANGKOK) + 2 * DAY
        await verb(tmp_path, "register", "import", str(tmp_path / "register.csv"))
        async with daemon(tmp_path) as life:
            await life.says("surveyed")
            await verb(tmp_path, "pause", "host", BIG_HOST, "--every",
                       f"{day:%a} 00:00-24:00", "--by", "สมศรี", "--why", "ปรับปรุง")
            await witness.over(life)
            assert await life.stop() == 0
    picked = [datetime.fromisoformat(at).astimezone(BANGKOK)
              for at, in witness.rows(PICKED, BIG_HOST)]
    (made,), = witness.rows("SELECT at FROM pause")
    assert picked
    assert [at for at in picked if at.weekday() == day.weekday()
            and at > datetime.fromisoformat(made)] == []
    witness.assert_right()
