"""Every command of every document is run, in its order, against a kept demo; those that are marked are held against the verbs."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.conftest import Kept
from documents.reading import ROOT, SHELLS, Fence, documents, fences

BIN = Path(sys.executable).parent
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


@pytest.mark.timeout(600)       # many commands, each a program of its own
@pytest.mark.parametrize("name", RUN)
def test_the_commands_of_a_document_do_what_they_say(name: str, room: Path, stand_ins: dict[str, str]) -> None:
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "SARABANWATCH_CONFIG": "sarabanwatch.toml"}
    env.pop("CREDENTIALS_DIRECTORY", None)
    for line in script(RUN[name], stand_ins):
        ran = subprocess.run(["bash", "-c", line], cwd=room, env=env, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, f"{name}: {line}\n{ran.stdout[-500:]}{ran.stderr[-500:]}"


@pytest.mark.parametrize("name", ["README.md", "README.th.md"])
def test_the_first_page_shows_what_a_demo_says(name: str, kept: Kept) -> None:
    """Line for line but for its figures, and for the page's address, which a terminal is told."""
    shown = next(fence for fence in fences((ROOT / name).read_text(encoding="utf-8")) if "demo" in fence.marks)
    said = {plainly(line) for line in kept.said.splitlines()}
    assert [line for line in shown.lines if line and not line.startswith("$") and plainly(line) not in said] == []


def plainly(line: str) -> str:
    """Return a line without its figures, and without where the demo stands and which agency it explains."""
    if "the page:" in line:
        return "the page"
    words = line.partition(" -c ")[0].split()
    return " ".join(FIGURE.sub("0", word.rpartition("/")[2] if "sarabanwatch" in word else word) for word in words)
