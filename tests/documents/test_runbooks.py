"""Every command of every runbook is run on a broken land: halted, with an incident, a pause, a
correction, a list taken in, a timetable refused; and what the journal is searched for is written.
"""

import asyncio
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from documents.conftest import COMMAND, Kept
from documents.reading import ROOT
from documents.test_commands import ran
from sarabanwatch import store
from sarabanwatch.core.judging.group import Group
from sarabanwatch.wiring.components import Components

PAGES = [page for page in sorted((ROOT / "deploy/runbooks").glob("*.md")) if page.stem != "README"]
SPANS = dict.fromkeys(span for page in PAGES
                      for span in re.findall("`([^`\n]+)`", page.read_text(encoding="utf-8")))
COMMANDS = [span for span in SPANS if span.startswith("sarabanwatch ")]
APART = {
    "sarabanwatch restore FOLDER": "it puts a backup in the ledger's place: tests/cli does that",
    "sarabanwatch check-config --dns": "it asks the DNS",
    "sarabanwatch corrections accept ID --by NAME": "the mail here names no address: tests/cli",
}
# neither daemon nor Alertmanager runs here; a halt stands; a timetable waits for a person
ENDS = {"sarabanwatch doctor": 2, "sarabanwatch drill": 69, "sarabanwatch halts list": 1,
        "sarabanwatch rounds plan": 1}
NUMBERS = {"halts": "1", "rounds": "1", "incidents": "1", "register": "1", "resume": "1",
           "report": "1"}
WORDS = {"NAME": "สมชาย", "WHY": "ทดลอง", "WORDS": "ทดลอง", "KIND": "automatic",
         "FILE.eml": "answer.eml", "FOLDER": "written"}
# what is searched for is not an event, but stands in one
WITHIN = {"gone", "lost", "oom", "refused"}


def do(room: Path, *words: str) -> str:
    """Run a verb on the land, which must succeed; return what it said."""
    return subprocess.run([COMMAND, *words, "-c", room / "sarabanwatch.toml"], capture_output=True,
                          text=True, check=True).stdout


@pytest.fixture
def broken(kept: Kept, tmp_path: Path) -> Path:
    """A copy of the kept demo with all that runbooks speak of; a copied ledger is halted."""
    room = tmp_path / "demo"
    shutil.copytree(kept.place, room, ignore=shutil.ignore_patterns("*.sock"))
    register = (room / "register.csv").read_text(encoding="utf-8")
    (room / "register.csv").write_text(register + "9999999,อบต.ใหม่,อบต.,,,,\n", encoding="utf-8")
    do(room, "register", "import", str(room / "register.csv"), "--yes", "--by", "สมชาย")
    do(room, "pause", "all", "--why", "ทดลอง", "--by", "สมชาย")
    shutil.copy(ROOT / "config/groups.toml", room / "groups.toml")
    asyncio.run(_incident(room))
    config = room / "sarabanwatch.toml"
    config.write_text(re.sub("anchor = .*", "anchor = 2026-02-24", config.read_text(
        encoding="utf-8")), encoding="utf-8")
    return room


async def _incident(room: Path) -> None:
    ledger = Components(room / "sarabanwatch.toml").ledger()
    try:
        await ledger.write(store.incidents.hold_edition, "next", [Group.B1],
                           datetime(2026, 3, 9, tzinfo=UTC))
    finally:
        ledger.close()


def stand_ins(room: Path) -> dict[str, str]:
    """Return what capitals stand for on this land, but for numbers and files."""
    waiting = [json.loads(line)["digest"][:16]
               for line in do(room, "inbox", "list", "--json").splitlines()]
    agency = json.loads(do(room, "agencies", "--json").splitlines()[0])["code"]
    return WORDS | {"DIGEST": waiting[0], "ID": waiting[-1], "AGENCY": agency}


def late(room: Path) -> bool:
    """Say whether letters to ourselves were late, as under a quick clock on a busy machine."""
    told = subprocess.run([COMMAND, "path", "--json", "-c", room / "sarabanwatch.toml"],
                          capture_output=True, text=True, check=False).stdout
    return not json.loads(told)["whole"]


def filled(command: str, names: dict[str, str]) -> str:
    """Return a command with what its capitals stand for here."""
    verb = command.split()[1]
    own = {"NUMBER": NUMBERS.get(verb, ""),
           "FILE": "groups.toml" if verb == "groups" else "register.csv"}
    return re.sub(r"\b[A-Z]{2,}(?:\.eml)?\b", lambda word: (names | own)[word[0]], command)


def test_every_command_of_a_runbook_does_what_it_says_on_a_broken_land(
    broken: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(broken)
    monkeypatch.setenv("SARABANWATCH_CONFIG", "sarabanwatch.toml")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert set(APART) <= set(COMMANDS)
    failed, names = {}, stand_ins(broken)
    ends = ENDS | {"sarabanwatch path": int(late(broken))}
    for command in (each for each in COMMANDS if each not in APART):
        line = filled(command, names)
        code = ran(line, monkeypatch)
        said = capfd.readouterr()
        if code != ends.get(command, 0):
            failed[line] = (code, said.out[-300:] + said.err[-300:])
    assert not failed, "\n".join(f"{line}: {how}" for line, how in failed.items())


def test_what_the_journal_is_searched_for_is_an_event_that_the_daemon_writes() -> None:
    code = "\n".join(path.read_text(encoding="utf-8")
                     for path in (ROOT / "daemon/sarabanwatch/edge/journal").glob("*.py"))
    wanted = {words.strip('"') for span in SPANS
              for words in re.findall(r'--grep ("[^"]+"|\S+)', span)}
    assert {words for words in wanted - WITHIN if f'"{words}' not in code} == set()
