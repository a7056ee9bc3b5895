"""The inbox dies during a campaign and comes back with other UIDs: silence meanwhile proves
nothing, and no mail counts twice."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from story.programs import daemon, land, point, port
from story.proxy import DOWN, Proxy, Tap
from story.witness import Witness

SEED = 3
# of the daemon's clock, in which it would close windows many times over
NOT_READ = timedelta(hours=12)
RENUMBERED = b"UIDVALIDITY 77"


def renumbering() -> Tap:
    """Let the server say that all its UIDs are new (RFC 3501, 2.3.1.1)."""
    return lambda direction, octets: re.sub(rb"UIDVALIDITY \d+", RENUMBERED,
                                            octets) if direction is DOWN else octets


async def test_silence_does_not_count_while_the_inbox_is_away_and_mail_read_again_counts_once(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 60, SEED), Proxy(port(tmp_path, "inbox")) as wire:
        point(tmp_path, "inbox", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", (await life.says("drafted"))["letters"])
            await life.says("received", 3)
            await wire.away()
            lost_at = (await life.says("mailbox lost"))["at"]
            window_ends, = witness.rows("SELECT min(window_end) FROM letter WHERE window_end > ?",
                                        lost_at)[0]
            await witness.clock_shows(datetime.fromisoformat(window_ends) + NOT_READ, life)
            await life.says("mailbox lost", 3)
            assert witness.rows(        # but for those that came back, which nothing is waited for
                "SELECT serial FROM letter WHERE state = 'closed' AND window_end > ? "
                "AND verdict NOT IN ('refuses', 'impaired', 'unroutable')", lost_at) == []
            wire.tap = renumbering
            await wire.back()
            await witness.over(life)
            assert await life.stop() == 0
        assert "\n".join(life.complaints) == ""
    assert witness.rows("SELECT validity FROM cursor") == [(77,)]
    assert (
        witness.rows(
            "SELECT mail FROM evidence WHERE mail <> '' GROUP BY mail, serial HAVING count(*) > 1"
        )
        == []
    )
    assert witness.rows("SELECT count(*) FROM mail") == [(len(life.said("received")),)]
    witness.assert_right()
