"""The ledger's disk, a real small one, fills up: letters stop in time, and go on again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from story.programs import daemon, land
from story.witness import Witness

SEED = 4
SIZE, SPARE = 64, 24        # megabytes: of the file system, and to be spared


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


async def test_letters_stop_before_the_disk_is_full_and_go_on_when_there_is_room(
    small: Path,
) -> None:
    async with land(small, 120, SEED):
        settings = small / "sarabanwatch.toml"
        told = settings.read_text(encoding="utf-8")
        settings.write_text(told.replace("[ledger]\n", f"[ledger]\nspare_megabytes = {SPARE}\n"),
                            encoding="utf-8")
        witness, filler = Witness(small), small / "filler"
        async with daemon(small) as life:
            await life.says("sent", 10)
            filler.write_bytes(b"x" * ((SIZE - SPARE) * 1_000_000))
            said = await life.says("halted", why="room")
            assert "MB left" in said["error"]
            await life.shows('sarabanwatch_halted{why="room"} 1.0')
            sent = len(life.said("sent"))
            filler.unlink()
            await life.says("halt lifted", why="room")
            await witness.over(life)
            assert len(life.said("sent")) > sent
            assert await life.stop() == 0
        witness.assert_right()
