"""The form of log lines, and that no address stands in them."""

import json
import os
import pty
import time
from pathlib import Path

import pytest

from sarabanwatch.edge.journal.log import logger, mask

ADDRESSES = [
    ("550 5.1.1 <somchai.k@gmail.com>: User unknown", "550 5.1.1 <s…@gmail.com>: User unknown"),
    ("To: ผู้ใด@ชุมพร.ไทย, x@y.z", "To: ผ…@ชุมพร.ไทย, x…@y.z"),
    ("@relay", "@relay"),
    ("a @ b", "a @ b"),
    ("probes+swabc234@[192.0.2.1]", "p…@[192.0.2.1]"),
    ("first.last+tag@a.b@c.d", "f…@a…@c.d"),
]


@pytest.mark.parametrize(("said", "written"), ADDRESSES)
def test_of_an_address_only_the_first_letter_and_the_domain_are_written(said, written) -> None:
    assert mask(None, "info", {"said": said, "code": 550}) == {"said": written, "code": 550}


@pytest.mark.parametrize("said", ["a" * 200_000 + "@", "a@" * 100_000, "a." * 100_000])
def test_words_that_are_made_to_take_long_do_not(said: str) -> None:
    began = time.process_time()
    mask(None, "info", {"said": said})
    assert time.process_time() - began < 10     # with backtracking it would be hours


def test_in_a_file_a_line_is_json(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+") as stream:
        logger(stream).warning("failed", error="no")
    assert json.loads((tmp_path / "log").read_text()) == {"event": "failed", "level": "warning",
                                                          "error": "no"}


@pytest.mark.parametrize(("level", "priority"), [("error", 3), ("warning", 4), ("info", 6)])
def test_in_the_service_managers_journal_it_bears_its_priority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str, priority: int,
) -> None:
    with (tmp_path / "log").open("w+") as stream:
        stands = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{stands.st_dev}:{stands.st_ino}")
        getattr(logger(stream), level)("failed", error="no")
    line = (tmp_path / "log").read_text()
    assert line.startswith(f'<{priority}>{{"')
    assert json.loads(line[3:])["level"] == level


def test_a_stream_that_is_another_than_the_journal_has_no_priorities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    with (tmp_path / "log").open("w+") as stream:
        logger(stream).error("failed")
    assert (tmp_path / "log").read_text().startswith("{")


def test_on_a_terminal_a_line_is_for_people() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        logger(stream).info("sent", agency="1001")
        said = os.read(ours, 4096).decode()
    os.close(ours)
    assert "sent" in said
    assert "1001" in said
    assert "{" not in said
