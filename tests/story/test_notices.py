"""A notice from round, snapshot and release to the mail; killed while it sends, and sent on."""

import asyncio
import json
import signal
from collections import Counter
from pathlib import Path
from subprocess import PIPE
from typing import Any
from urllib.parse import unquote

from click.testing import CliRunner

from fakes import forked
from sarabanwatch.cli import group
from story.programs import daemon, land, point, port
from story.proxy import Proxy, Striking
from story.witness import Witness

LEAST = 8
REACHED = "BCE"     # groups to mend that a letter may reach
SEED, BY = 11, ("--by", "สมชาย")


async def said(place: Path, *words: str) -> list[Any]:
    """Run a verb; return its values, one a line."""
    done = await asyncio.to_thread(CliRunner().invoke, group,
                                   [*words, "--json", "--config", str(place / "sarabanwatch.toml")])
    assert done.exit_code == 0, done
    return [json.loads(line) for line in done.stdout.splitlines()]


async def killed(place: Path, strike: Striking, *words: str) -> None:
    """Start a verb as a program of its own; it is killed at the answer to its third letter."""
    verb = await forked.program("sarabanwatch", *words, "--config",
                                str(place / "sarabanwatch.toml"), stdout=PIPE)
    strike.at(3, verb.pid)
    await verb.communicate()
    assert verb.returncode == -signal.SIGKILL


def mended_by_mail(witness: Witness) -> list[str]:
    """Return the agencies to mend that a notice can be mailed to, as far as they are known."""
    return [code for code, found in witness.found().items() if found[0] in REACHED]


async def test_notices_go_once_each_though_the_verb_is_killed_while_they_go(tmp_path: Path) -> None:
    strike = Striking()
    async with land(tmp_path, 120, SEED), Proxy(port(tmp_path, "relay"), strike) as wire:
        point(tmp_path, "relay", wire.port)
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent")
            await life.until(lambda: len(mended_by_mail(witness)) >= LEAST)
            assert await life.stop() == 0
        before = witness.dots()
        await said(tmp_path, "report", "freeze")
        await said(tmp_path, "report", "release", "1", *BY)
        await said(tmp_path, "report", "render", "--all", "--out", str(tmp_path / "papers"))
        would = (await said(tmp_path, "notice", "send", *BY))[0]["would"]
        assert len(would) > 3
        await killed(tmp_path, strike, "notice", "send", "--yes", *BY)
        assert before < witness.dots() < before + len(would)
        await said(tmp_path, "notice", "send", "--yes", *BY)
        heard = Counter(letter.to for letter in witness.heard()[before:])
        sent = await said(tmp_path, "notice", "list")
    drafts = {unquote(draft.stem) for draft in (tmp_path / "papers" / "notices").glob("*.eml")}
    assert drafts == {one["code"] for one in would}
    assert {"cabinet.pdf", "circular.pdf", "notices.pdf",
            "annex.xlsx"} <= {paper.name for paper in (tmp_path / "papers").iterdir()}
    assert max(heard.values()) == 1
    assert [one["code"] for one in sent] == [one["code"] for one in would]
    doubtful = {one["address"] for one in sent if one["event"] != "taken"}
    assert set(heard) | doubtful == {one["address"] for one in would}
    assert len(doubtful) <= 1
    assert {one["state"] for one in sent} == {"waits"}
