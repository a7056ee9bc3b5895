"""The pages that say what the code says are the code's.

Man takes its pages, and shells complete.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sarabanwatch.cli import VERBS
from sarabanwatch.cli.manual import FOLDER, PAGES, keys, verbs

ROOT = Path(__file__).parents[2]
MAN = sorted(name for name in PAGES if name[-1].isdigit())
COMMAND = Path(sys.executable).with_name("sarabanwatch")


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_as_the_code_writes_it(name: str) -> None:
    written = (ROOT / FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"{FOLDER}/{name} is stale; write it anew: make manual"


def test_every_verb_that_does_something_has_an_example_of_itself() -> None:
    told = list(verbs.verbs())
    assert [each.name for each in told if each.short] == list(VERBS)
    does = [each for each in told if not any(other.name.startswith(f"{each.name} ")
                                             for other in told)]
    assert [each.name for each in does
            if not each.examples or not all(line.startswith(f"sarabanwatch {each.name}")
                                            for line in each.examples)] == []


def test_every_option_of_every_verb_is_explained() -> None:
    assert [(verb.name, option.words) for verb in verbs.verbs() for option in verb.options
            if not option.says.strip()] == []


def test_every_key_says_what_it_is_and_what_it_means() -> None:
    told = list(keys.sections())
    assert sum(len(stanza.keys) for section in told for stanza in section.stanzas) > 100
    assert [(section.name, key.name) for section in told for stanza in section.stanzas
            for key in stanza.keys if not key.kind] == []


def test_the_keys_that_wait_for_a_restart_are_those_that_a_reload_leaves() -> None:
    waiting = {f"{section.name}.{key.name}" for section in keys.sections()
               for stanza in section.stanzas for key in stanza.keys if key.restart}
    assert {"ledger.file", "metrics.port", "page.port", "clock.rate"} <= waiting
    assert not waiting & {"ledger.mail_days", "page.base", "relay.host", "pace.a_minute"}


@pytest.mark.parametrize("name", MAN)
def test_man_shows_the_page_without_a_warning(name: str) -> None:
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(ROOT / FOLDER / name)],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.parametrize("name", MAN)
def test_a_man_page_is_macros_and_text_alone(name: str) -> None:
    lines = (ROOT / FOLDER / name).read_text(encoding="utf-8").splitlines()
    known = (".TH ", ".SH ", ".SS ", ".TP", ".TQ", ".PP", ".B ", ".BR ", ".I ", ".RS ", ".RE",
             ".nf", ".fi", ".ad ", ".nh", '.\\" ')
    assert [line for line in lines[1:] if line.startswith((".", "'"))
            and not line.startswith(known)] == []
    assert all(lines)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_given_its_completion(shell: str) -> None:
    asked = {**os.environ, "_SARABANWATCH_COMPLETE": f"{shell}_source"}
    script = subprocess.run([COMMAND], capture_output=True, text=True, check=True, env=asked).stdout
    assert "sarabanwatch" in script
    assert f"{shell}_complete" in script


def test_bash_completes_verbs_and_options() -> None:
    def offered(words: str) -> set[str]:
        asked = {**os.environ, "_SARABANWATCH_COMPLETE": "bash_complete", "COMP_WORDS": words,
                 "COMP_CWORD": str(len(words.split(" ")) - 1)}
        said = subprocess.run([COMMAND], capture_output=True, text=True, check=True,
                              env=asked).stdout
        return {line.partition(",")[2] for line in said.splitlines()}

    assert offered("sarabanwatch re") == {"register", "read", "replay", "report", "restore",
                                          "resume"}
    assert offered("sarabanwatch register ") >= {"check", "import", "history", "undo"}
    assert offered("sarabanwatch census --b") == {"--by"}
