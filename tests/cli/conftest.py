"""A configuration, a verb that runs, and a ledger with a register."""

import sys
from pathlib import Path
from typing import Any

import click
import pytest

from fakes.acting import Written
from fakes.verbs import CONFIG, REGISTER, Run
from sarabanwatch.cli import Verbs, main


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration that can be used, with its secrets beside it."""
    (tmp_path / "imap-password").write_text("secret\n")
    (tmp_path / "token.keys").write_text(f"a {'0123456789abcdef' * 2} 2027-12-31\n")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "x.toml").write_text(CONFIG.format(relay=1, inbox=1, metrics=0), encoding="utf-8")
    return tmp_path / "x.toml"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb; gives exit code, stdout, stderr."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.delenv("SARABANWATCH_CONFIG", raising=False)

    def say(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sarabanwatch", *map(str, words)])
        code: Any = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        said = capfd.readouterr()
        return code, said.out, said.err

    return say


@pytest.fixture(autouse=True)
def acts_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each verb that a test runs, and that changes a ledger, must say who did it."""
    make, invoke = Verbs.make_context, Verbs.invoke
    watched: list[Written] = []

    def made(group: Verbs, name: str | None, args: list[str], **named: Any) -> click.Context:
        watched[:] = [Written.of(args)]
        return make(group, name, args, **named)

    def invoked(group: Verbs, ctx: click.Context) -> object:
        try:
            return invoke(group, ctx)
        finally:
            watched[0].assert_an_act()

    monkeypatch.setattr(Verbs, "make_context", made)
    monkeypatch.setattr(Verbs, "invoke", invoked)


@pytest.fixture
def imported(run: Run, config: Path) -> Path:
    """A configuration whose ledger has a register."""
    assert run("register", "import", config.parent / "register.csv", "-c", config)[0] == 0
    return config
