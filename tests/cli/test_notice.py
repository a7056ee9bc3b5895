import asyncio
import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.census import CUT, row, snapshot
from fakes.mailroom import RECEIPT, mailroom
from fakes.samples import MONDAY
from fakes.wire import playing, smtp
from sarabanwatch import store
from sarabanwatch.app import notices
from sarabanwatch.cli import group
from sarabanwatch.cli.notice import BECAME, since
from sarabanwatch.core.errors import ConfigError, RequestError, UnavailableError
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.core.papers.snapshot import seal
from sarabanwatch.core.sending import reply
from sarabanwatch.store import FileLedger
from sarabanwatch.store.snapshots import Notice

TOLD = snapshot(row("1001", "E", address="saraban@one.go.test"), row("1002", "D2"),
                row("1003", "B1", address="saraban@three.go.th"))


OFFICE = """
[report]
number = "นร 1200/ว75"
signature = ["(นางสาวหนึ่ง ผู้ลงนาม)", "เลขาธิการ"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = mailroom(tmp_path, RECEIPT)
    file.write_text(f"{file.read_text()}{OFFICE}")

    async def keep() -> None:
        with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
            await ledger.write(store.snapshots.keep, *seal(TOLD), CUT, 0, MONDAY)

    asyncio.run(keep())
    return file


def said(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, [*words, "--config", str(config)])


def relay_at(config: Path, port: int) -> None:
    """Write the relay's port into the configuration."""
    told = config.read_text()
    config.write_text(re.sub(r"(?:tls = .none.\nport = \d+\n)?\[inbox\]",
                             f"tls = 'none'\nport = {port}\n[inbox]", told))


def with_relay(config: Path, act: Callable[[], Result]) -> tuple[Result, list[bytes]]:
    """Run a verb in a thread beside a relay; return its output, and what the relay took."""
    heard: list[bytes] = []

    async def play() -> Result:
        async with playing(smtp(heard)) as port:
            relay_at(config, port)
            return await asyncio.to_thread(act)

    return asyncio.run(play()), heard


def test_a_draft_goes_to_nobody(config: Path) -> None:
    assert said(config, "notice", "send", "--by", "สมชาย",
                "--yes").exit_code == RequestError.exit_code


def test_without_number_or_signer_nothing_is_released_and_no_notice_goes(config: Path) -> None:
    told = config.read_text()
    config.write_text(told.removesuffix(OFFICE))
    refused = said(config, "report", "release", "1", "--by", "สมชาย")
    assert refused.exit_code == ConfigError.exit_code
    assert "report.number: " in refused.output
    assert "report.signature: " in refused.output
    config.write_text(told)
    assert said(config, "report", "release", "1", "--by", "สมชาย").exit_code == 0
    config.write_text(told.replace('"นร 1200/ว75"', '""'))
    assert said(config, "notice", "send", "--by", "สมชาย").exit_code == ConfigError.exit_code


def test_without_yes_nothing_is_sent_and_those_that_would_go_are_told(config: Path) -> None:
    said(config, "report", "release", "1", "--by", "สมชาย")
    assert (
        "2 would go by mail, in 1 min or more; 1 of the snapshot would not; nothing was sent"
        in said(config, "notice", "send", "--by", "x").output
    )
    told = json.loads(said(config, "notice", "send", "--by", "x", "--json").stdout)
    assert [one["code"] for one in told["would"]] == ["1001", "1003"]
    for one in told["would"]:
        assert f"{one['name']}  {one['address']}" in said(config, "notice", "send").output
    assert "no notice by mail to 1002" in said(config, "notice", "send", "--by", "x", "--code",
                                               "1002").output
    assert said(config, "notice", "list").stdout == ""


def test_a_released_notice_goes_once_and_is_followed_up(config: Path) -> None:
    said(config, "report", "release", "1", "--by", "สมชาย")
    result, heard = with_relay(config,
                               lambda: said(config, "notice", "send", "--by", "สมชาย", "--yes"))
    assert result.exit_code == 0, result
    assert ("ไม่ได้รับอนุญาต เพราะตั้งค่า live = false · not permitted: live = false 1, "
            "เครื่องแม่ข่ายรับไว้ · taken 1") in result.output
    assert [line for line in heard if line.startswith(b"RCPT")] == [
        b"RCPT TO:<saraban@one.go.test>\r\n"
    ]
    said_to_one = b"".join(heard)
    assert b"application/pdf" in said_to_one
    assert b"Reply-To: probes@probe.test" in said_to_one
    [sent] = map(json.loads, said(config, "notice", "list", "--json").stdout.splitlines())
    assert (sent["code"], sent["was"], sent["now"], sent["state"], sent["by"]) == ("1001", "E",
                                                                                   "A1", "mended",
                                                                                   "สมชาย")
    assert "แก้ไขแล้ว" in said(config, "notice", "list", "--snapshot", "1").output
    again, heard = with_relay(config,
                              lambda: said(config, "notice", "send", "--by", "สมชาย", "--yes",
                                           "--json", "--code", "1001"))
    assert json.loads(again.stdout)["became"] == {"sent before, or in doubt": 1}
    assert not any(line.startswith(b"RCPT") for line in heard)


def test_without_a_relay_nothing_is_written_down(config: Path) -> None:
    said(config, "report", "release", "1", "--by", "สมชาย")
    relay_at(config, 1)
    assert said(config, "notice", "send", "--by", "x",
                "--yes").exit_code == UnavailableError.exit_code
    assert said(config, "notice", "list").stdout == ""


@pytest.mark.parametrize(("now", "days", "state"), [
    ("A2", 99, "mended"), ("E", 29, "waits"), ("E", 31, "overdue"), ("unknown", 99, "unknown")])
def test_what_became_of_an_agency(now: str, days: int, state: str) -> None:
    sent = Notice(1, 1, "1", "n", "a@b.test", "E", MONDAY.isoformat(), "x", "taken", "", now, "")
    assert since(sent, MONDAY + timedelta(days=days), timedelta(days=30), BUCKETS) == state


def test_what_became_of_a_notice_has_its_words_in_thai() -> None:
    events = {str(reply.event(reply.Answer(stage, code, "", ""))) for stage in reply.Stage
              for code in (0, 250, 354, 450, 550)}
    assert set(BECAME) == events | {"doubtful", notices.BARRED, notices.BEFORE, notices.OPTED_OUT,
                                    notices.PAUSED, notices.WAITS}
