"""One small demo, kept for all workers of a session; each document gets a copy of its own."""

import json
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from fakes.once import once
from sarabanwatch.cli import main

AGENCIES = 60
WILD = 0.1          # so that some mails wait for a person
LIST = ("agency,kind,cell\nอบต.หนึ่ง,องค์การบริหารส่วนตำบล,saraban_06110101@dla.go.th\n"
        "กรมหนึ่ง,กรม,Email : saraban@one.go.th\n")
MAIL = ("From: saraban@one.go.th\nTo: probes@probe.test\nSubject: เลขรับ\n"
        "Date: Mon, 23 Feb 2026 10:00:00 +0700\n\nเลขรับที่ 9/2569\n")
COMMAND = Path(sys.executable).with_name("sarabanwatch")


class Kept(NamedTuple):
    """A kept demo: its folder, and what it said on the terminal."""

    place: Path
    said: str


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Kept:
    """Return the demo of this session; the first worker that wants it makes it, the others wait."""
    def keep(place: Path) -> None:
        words = ["demo", "--agencies", str(AGENCIES), "--wild", str(WILD), "--keep",
                 str(place / "demo")]
        told = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=True).stdout
        (place / "said").write_text(told, encoding="utf-8")

    place = once(tmp_path_factory, worker_id, "kept", keep)
    return Kept(place / "demo", (place / "said").read_text(encoding="utf-8"))


def verb(monkeypatch: pytest.MonkeyPatch, *words: object) -> str:
    """Run a verb, which must end well; return what it printed."""
    monkeypatch.setattr(sys, "argv", ["sarabanwatch", *map(str, words)])
    status: object = 0
    with redirect_stdout(StringIO()) as said:
        try:
            main()
        except SystemExit as ended:
            status = ended.code
    assert not status, words
    return said.getvalue()


@pytest.fixture
def room(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to run a document's commands in: a copy of the demo, and the files that
    documents name.

    A copied ledger is known for one, and halted; that is lifted, as by an operator who knows what
    was copied.
    """
    room = tmp_path / "demo"
    shutil.copytree(kept.place, room, ignore=shutil.ignore_patterns("*.sock"))
    for words in (("register", "import", room / "register.csv"),
                  ("halts", "lift", "1", "--by", "the test")):
        verb(monkeypatch, *words, "-c", room / "sarabanwatch.toml")
    shutil.copy(Path(__file__).parents[2] / "config/groups.toml", room / "groups.toml")
    (room / "groups.toml").write_text(
        (room / "groups.toml").read_text(encoding="utf-8").replace('id = "', 'id = "next-', 1),
        encoding="utf-8",
    )
    (room / "list.csv").write_text(LIST, encoding="utf-8")
    (room / "mail.eml").write_text(MAIL, encoding="utf-8")
    return room


@pytest.fixture
def stand_ins(room: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return what a document's CAPITALS stand for here, and the moment that one names.

    On a busy machine a demo begins later than that: its clock runs while its programs start.
    """
    def first(*words: str) -> dict[str, Any]:
        told = verb(monkeypatch, *words, "--json", "-c", room / "sarabanwatch.toml")
        return dict(json.loads(told.splitlines()[0]))

    agency = first("agencies", "--group", "A1")
    return {"AGENCY": agency["code"], "2026-02-24T16:30": agency["since"],
            "DIGEST": first("inbox", "list")["digest"][:16], "SNAPSHOT": "1"}
