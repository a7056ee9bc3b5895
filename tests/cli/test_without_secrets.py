"""Verbs that only read the ledger need no secret; those that need one say which."""

from pathlib import Path

import pytest

from fakes.mailroom import RECEIPT, mailroom
from fakes.verbs import Run, one_line

READING = [
    ("status",), ("census",), ("agencies",), ("agency", "show", "1001"), ("explain", "1001"),
    ("groups", "check", "{groups}"), ("domains",), ("plan",), ("path",), ("probe", "1001"),
    ("inbox", "list"), ("inbox", "taught"), ("inbox", "lacking"), ("corrections", "list"),
    ("incidents", "list"), ("halts", "list"), ("opt-outs", "list"), ("report", "list"),
    ("notice", "list"), ("register", "history"), ("ledger", "check"), ("ledger", "size"),
]
KEYED = [("replay",), ("probe", "1001", "--now"), ("check-config", "--without-register")]


@pytest.fixture
def config(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Path:
    """A ledger, and no secret that its configuration names."""
    config = mailroom(tmp_path, RECEIPT)
    capfd.readouterr()      # the log of what made the ledger
    (tmp_path / "token.keys").unlink()
    assert not (tmp_path / "password").exists()
    return config


@pytest.mark.parametrize("verb", READING, ids=" ".join)
def test_a_verb_that_only_reads_works_without_any_secret(run: Run, config: Path, verb) -> None:
    shipped = Path(__file__).parents[2] / "config" / "groups.toml"
    code, _, err = run(*(word.format(groups=shipped) for word in verb), "-c", config)
    assert code in {0, 1}, err      # 1 is an answer: some path is broken, say
    assert "rror" not in err        # of some it says that the list is empty
    assert "secret" not in err


@pytest.mark.parametrize("verb", KEYED, ids=" ".join)
def test_one_that_needs_a_key_says_which_and_does_nothing(run: Run, config: Path, verb) -> None:
    code, out, err = run(*verb, "-c", config)
    assert (code, out) == (78, "")
    assert one_line(err).startswith("token.key_file: no file 'token.keys' in ")
