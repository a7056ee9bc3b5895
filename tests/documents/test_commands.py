"""Every command of every document is run, in its order, against a kept demo; those that are marked
are held against the verbs.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.conftest import Kept
from documents.reading import ROOT, SHELLS, Fence, documents, fences
from sarabanwatch.cli import main

RUN = {str(path.relative_to(ROOT)): found for path in documents()
       if (found := [fence for fence in fences(path.read_text(encoding="utf-8"))
                     if fence.language in SHELLS and not fence.marks])}
FIGURE = re.compile(r"\d[\d,.]*")


def script(found: list[Fence], stand_ins: dict[str, str]) -> Iterator[str]:
    """Yield a document's commands with what their CAPITALS stand for."""
    for fence in found:
        for line in (each for each in fence.commands if each.startswith("sarabanwatch ")):
            for word, value in stand_ins.items():
                line = re.sub(rf"\b{word}\b", value, line)  # noqa: PLW2901 - filled in word by word
            yield line


@pytest.mark.parametrize("name", RUN)
def test_the_commands_of_a_document_do_what_they_say(
    name: str, room: Path, stand_ins: dict[str, str], monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(room)
    monkeypatch.setenv("SARABANWATCH_CONFIG", "sarabanwatch.toml")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    for line in script(RUN[name], stand_ins):
        code = ran(line, monkeypatch)
        said = capfd.readouterr()
        assert code == 0, f"{name}: {line}\n{said.out[-500:]}{said.err[-500:]}"


def ran(line: str, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run a command line as a shell would that knows quotes and `< FILE`; return its exit code."""
    words, _, source = line.partition(" < ")
    monkeypatch.setattr(sys, "argv", shlex.split(words))
    with open(source or os.devnull, encoding="utf-8") as stdin:  # noqa: PTH123 - a name of the document's
        monkeypatch.setattr(sys, "stdin", stdin)
        try:
            main()
        except SystemExit as ended:
            return ended.code or 0
    return 0


@pytest.mark.parametrize("name", ["README.md", "README.th.md"])
def test_the_first_page_shows_what_a_demo_says(name: str, kept: Kept) -> None:
    """Line for line but for its figures, and for the page's address, which a terminal is told."""
    shown = next(fence for fence in fences((ROOT / name).read_text(encoding="utf-8"))
                 if "demo" in fence.marks)
    said = {plainly(line) for line in kept.said.splitlines()}
    assert [line for line in shown.lines if line and not line.startswith("$")
            and plainly(line) not in said] == []


def plainly(line: str) -> str:
    """Return a line without its figures, and without where the demo stands and which agency it
    explains.
    """
    if "the page:" in line:
        return "the page"
    words = line.partition(" -c ")[0].split()
    return " ".join(FIGURE.sub("0", word.rpartition("/")[2] if "sarabanwatch" in word else word)
                    for word in words)
