"""Each error that may reach the command line carries its exit code; the manual lists those codes
and no others.
"""

import ast
import os
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import sarabanwatch
from sarabanwatch.cli import Verbs, group
from sarabanwatch.cli.manual import verbs as manual
from sarabanwatch.core import errors
from sarabanwatch.core.errors import SarabanError

ROOT = Path(__file__).parents[2]
OF_THE_COMMAND = {0, 2, 130}        # done; wrong usage (click's own); interrupted at the keyboard

# Those that never leave our code: the caller catches them, or a fault of ours has happened.
CAUGHT = {"BadToken", "ReaderDied", "Garbled", "Troubled", "Unavailable", "LimitError", "Unsafe",
          "Unsignable", "Weaker", "_TakenBack"}
FAULTS = {"OutOfTurn"}      # a step that does not belong there


def classes() -> Iterator[type[BaseException]]:
    """Yield every class of an error that the product defines."""
    for module in pkgutil.walk_packages(sarabanwatch.__path__, "sarabanwatch."):
        if not module.name.endswith("__main__"):
            for each in vars(import_module(module.name)).values():
                if (
                    isinstance(each, type) and issubclass(each, BaseException)
                    and each.__module__ == module.name
                ):
                    yield each


def kinds() -> set[type[SarabanError]]:
    return {each for each in vars(errors).values() if isinstance(each, type)
            and SarabanError in each.__bases__}


def caught() -> set[str]:
    """Return the names that any `except` or `suppress(...)` of the product bears."""
    catching = [part for path in (ROOT / "daemon").rglob("*.py")
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                for part in _caught_by(node)]
    return {name.attr if isinstance(name, ast.Attribute) else name.id
            for part in catching for name in ast.walk(part)
            if isinstance(name, ast.Name | ast.Attribute)}


def _caught_by(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.ExceptHandler) and node.type:
        return [node.type]
    return node.args if isinstance(node, ast.Call) and ast.unparse(node.func) == "suppress" else []


def test_every_error_is_one_that_a_person_can_mend_or_never_leaves_our_code() -> None:
    others = {each.__name__ for each in classes() if not issubclass(each, SarabanError)}
    assert others == CAUGHT | FAULTS
    assert caught() >= CAUGHT - {"Unavailable"}       # caught as what it is, a ConnectionError


def test_each_kind_has_a_code_of_its_own_and_each_error_one_of_theirs() -> None:
    codes = [kind.exit_code for kind in kinds()]
    assert len(codes) == len(set(codes))
    assert {each.exit_code for each in classes() if issubclass(each, SarabanError)
            and each is not SarabanError} == set(codes)
    meant = {name.removeprefix("EX_"): getattr(os, name) for name in dir(os)
             if name.startswith("EX_")}
    named = {line.partition("# EX_")[2]: int(line.partition("=")[2].split()[0])
             for line in Path(errors.__file__).read_text(encoding="utf-8").splitlines()
             if "# EX_" in line}
    assert named == {name: meant[name] for name in named}
    assert set(named.values()) == set(codes) - {1}


def test_the_manual_lists_these_codes_and_no_others() -> None:
    text = (
        (ROOT / "deploy" / "manual" / "verbs.md")
        .read_text(encoding="utf-8")
        .partition("**Exit codes**")[2]
    )
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|",
                                               text.partition("**Completion.**")[0],
                                               flags=re.MULTILINE)}
    assert (
        listed
        == {kind.exit_code for kind in kinds()} | OF_THE_COMMAND
        == {code for code, _ in manual.EXITS}
    )


@pytest.mark.parametrize("kind", sorted(kinds(), key=lambda kind: kind.exit_code))
def test_the_command_ends_with_the_errors_code_and_one_line(
    kind: type[SarabanError], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Rare(kind):  # type: ignore[misc,valid-type]
        """One of its kind that nobody has thought of."""

    @click.command()
    def fails() -> None:
        raise Rare("what is wrong; what to do")

    monkeypatch.setattr(Verbs, "get_command", lambda *_: fails)
    ended = CliRunner().invoke(group, ["version"])
    assert (ended.exit_code, ended.stderr) == (kind.exit_code,
                                               "sarabanwatch: what is wrong; what to do\n")
