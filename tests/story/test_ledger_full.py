"""The ledger cannot be written: the daemon says so and ends, and sends nothing that it cannot write
down."""

import resource
from pathlib import Path

from story.programs import Daemon, daemon, land
from story.witness import Witness

SEED = 4
CANNOT_WRITE = 74       # EX_IOERR (sysexits.h)


def fill(life: Daemon, octets: int) -> None:
    """Let no file of the daemon grow beyond so many octets, as on a full disk (setrlimit(2))."""
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (octets, octets))


async def test_a_full_disk_ends_the_daemon_with_one_line_and_the_next_start_goes_on(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, 120, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 20)
            fill(life, 4096)
            assert await life.end() == CANNOT_WRITE
        assert f"{tmp_path / 'ledger.db'} cannot be written" in life.why()
        assert witness.round().pending > 0
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert await life.stop() == 0
        witness.assert_right()


async def test_a_ledger_that_cannot_be_made_is_one_line_at_the_start(tmp_path: Path) -> None:
    async with land(tmp_path, 1, SEED):
        settings = tmp_path / "sarabanwatch.toml"
        settings.write_text(settings.read_text(encoding="utf-8").replace("ledger.db",
                                                                         "nowhere/ledger.db"),
                            encoding="utf-8")
        async with daemon(tmp_path) as life:
            assert await life.end() == CANNOT_WRITE
    assert life.log == []
    assert f"{tmp_path / 'nowhere' / 'ledger.db'} cannot be written" in life.why()
    assert (tmp_path / "letters.jsonl").read_bytes() == b""
