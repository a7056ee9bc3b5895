"""What the daemon fails at, or must wait for, does not end it: a poisonous mail, a ledger that
another program holds."""

import asyncio
import imaplib
import re
from pathlib import Path

import apsw

from story.programs import daemon, land, port
from story.witness import Witness

SEED = 9
POISON = (
    b"From: x@spam.test\r\nSubject: =?utf-7?q?+2AA-?=\r\n\r\nhalf a character in its subject\r\n"
)


def put(place: Path, raw: bytes) -> None:
    """Put a mail into the land's inbox, as any stranger may by writing to it."""
    said = (place / "sarabanwatch.toml").read_text(encoding="utf-8").partition("[inbox]")[2]
    user, secret = (re.search(rf'{key} = "(.*?)"', said)[1] for key in ("user", "password_file"))
    with imaplib.IMAP4("127.0.0.1", port(place, "inbox")) as box:
        box.login(user, (place / secret).read_text().strip())
        assert box.append("INBOX", "", "", raw)[0] == "OK"


async def test_a_mail_with_half_a_character_is_taken_in_and_those_behind_it_too(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 30, SEED):
        witness = Witness(tmp_path)
        await asyncio.to_thread(put, tmp_path, POISON)
        async with daemon(tmp_path) as life:
            await life.says("received", kind="stranger")
            await witness.over(life)
            assert await life.stop() == 0
    assert life.complaints == []
    witness.assert_right()


async def test_a_ledger_that_another_program_holds_is_waited_for_and_no_letter_is_lost_by_it(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 120, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 20)
            other = apsw.Connection(str(tmp_path / "ledger.db"))
            other.set_busy_timeout(30_000)
            other.execute("BEGIN IMMEDIATE")
            await life.says("ledger busy", 2)
            other.close()
            await life.says("ledger free")
            await witness.over(life)
            assert await life.stop() == 0
    assert life.complaints == []
    assert witness.rows("SELECT count(*) FROM letter WHERE fate = 'doubtful'") == [(0,)]
    witness.assert_right()
