"""A command that prints access tokens: its first line, its failure, its environment."""

import sys

import pytest

from sarabanwatch.core.errors import Barred, Unanswered
from sarabanwatch.edge.oauth import command as commands
from sarabanwatch.edge.oauth.command import Command


def python(script: str) -> Command:
    return Command((sys.executable, "-c", script))


async def test_the_first_line_of_a_command_is_the_token_and_it_sees_no_secrets_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "x")
    secret = python(
        "import os; print('tok-1' if 'SECRET_OF_OURS' not in os.environ else 'leaked'); "
        "print('more')"
    )
    assert await secret.get() == "tok-1"
    assert not secret.refused()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("print('one two')", "no token"),
        ("", "no token"),
        ("import sys; sys.exit('no network')", "exit 1: no network"),
        ("import sys; sys.exit('bad key ' + 'x' * 50)", r"exit 1: bad key \(hidden\)"),
        ("print('\\x00')", "no token"),
        ("import os; os.kill(os.getpid(), 9)", "exit -9"),
    ],
)
async def test_a_command_without_a_token_is_run_again_later(script: str, why: str) -> None:
    with pytest.raises(Unanswered, match=why):
        await python(script).get()


async def test_a_command_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "WITHIN", 0.2)
    with pytest.raises(Unanswered, match="not done within"):
        await python("import time; time.sleep(600)").get()


async def test_a_command_that_is_not_there_needs_a_person() -> None:
    with pytest.raises(Barred, match="No such file"):
        await Command(("/nowhere/token",)).get()
