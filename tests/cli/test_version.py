"""`version`, and the message where an optional part is not installed."""

import json
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import apsw
import pytest

from cli.conftest import Run
from sarabanwatch import __version__
from sarabanwatch.cli import extras
from sarabanwatch.store import schema

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no optional part be installed."""
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(extras, "version", absent)


def test_the_version_is_told_with_what_it_is_made_of(run: Run) -> None:
    told = json.loads(run("version", "--json")[1])
    assert told["version"] == __version__
    assert told["schema"] == schema.newest()
    assert told["python"] == sys.version.split()[0]
    assert told["sqlite"] == apsw.sqlite_lib_version()
    for name in ("groups", "address_rules"):
        sample = ROOT / "config" / f"{name.replace('_', '-')}.toml"
        assert told[name] == tomllib.loads(sample.read_text(encoding="utf-8"))["id"]
    said = run("version")[1]
    assert said.startswith(f"sarabanwatch {__version__}\n")
    assert all(str(told[name]) in said for name in ("schema", "groups", "address_rules", "sqlite"))


def test_the_changes_begin_with_this_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## (\S+?),? ", changes, re.MULTILINE)
    assert first
    assert first[1] == __version__


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("words", [("version",), ("check-config", "-c", "CONFIG")])
def test_an_optional_part_that_is_lacking_is_named_with_its_remedy(run: Run, config: Path,
                                                                   words: tuple[str, ...]) -> None:
    code, said, _ = run(*(config if word == "CONFIG" else word for word in words))
    assert code == 0
    for each in extras.EXTRAS:
        assert f"pip install 'sarabanwatch[{each.name}]'" in said
    assert json.loads(run("version", "--json")[1])["extras"] == {
        each.name: "" for each in extras.EXTRAS}


def test_every_optional_part_but_the_demos_and_the_tests_is_one_of_these() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["optional-dependencies"]
    assert set(named) - {"demo", "test"} == {each.name for each in extras.EXTRAS}
    for each in extras.EXTRAS:
        asked = {re.split(r"[\[<>=]", wanted)[0] for wanted in named[each.name]}
        assert asked <= {*each.needs} | {"pyjwt"}
