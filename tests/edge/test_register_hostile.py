"""Any file given for a register is read, or refused with a remedy, within its limits."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.register import books
from corpus.register.hostile import CELLS, HARD, HEAVY, Outcome, csv
from sarabanwatch.core.errors import NoReader
from sarabanwatch.core.register import Register, Unreadable
from sarabanwatch.edge import register
from sarabanwatch.edge.register.child import ReadRefusal, ReadRequest, answer

ELSEWHERE = {"200,000 rows", "one row more",   # tests/bench/register.py
             "a cell in the far corner"}       # would end this process, as it ends the child


def outcome(answered: Register | ReadRefusal) -> Outcome:
    if isinstance(answered, ReadRefusal):
        return f"{answered.problem}; {answered.remedy}"
    lines = [row.line for row in (*answered.entries, *answered.problems)]
    assert len(lines) == len(set(lines))
    return len(answered.entries), len(answered.problems)


def test_there_are_enough_of_them() -> None:
    assert len(HARD) >= 60


@pytest.mark.parametrize("name", [name for name in HARD if name not in ELSEWHERE])
def test_a_hard_file_is_read_or_refused_in_the_words_that_stand_beside_it(name: str,
                                                                          tmp_path: Path) -> None:
    make, due = HARD[name]
    file = tmp_path / "register.csv"
    file.write_bytes(make())
    assert outcome(answer(ReadRequest(str(file), "", {}))) == due


def unreadable(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        register.load(path)
    return str(refused.value).removeprefix(str(path))


@pytest.mark.parametrize("name", ["a bomb that lies", "a cell in the far corner",
                                  "UTF-8 and TIS-620 mixed", "locked, new"])
def test_what_the_child_refuses_is_refused_in_its_words(name: str, tmp_path: Path) -> None:
    make, due = HARD[name]
    file = tmp_path / "register.xlsx"
    file.write_bytes(make())
    assert unreadable(file) == due


@pytest.mark.parametrize(("program", "why"), [("/bin/false", "it ended with 1"),
                                              ("/nowhere/python", "No such file or directory")])
def test_a_child_that_cannot_be_had_is_no_fault_of_the_list(
    program: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(NoReader) as failed:
        register.load(tmp_path / "register.csv")
    words = (
        f"not read, for the process that reads lists failed ({why}); nothing is known of the list"
    )
    assert str(failed.value) == f"{tmp_path / 'register.csv'}: {words}"


def test_a_folder_a_pipe_and_what_is_not_there_are_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert unreadable(tmp_path) == ": Is a directory; name a register file that this user may read"
    assert (
        unreadable(pipe) == ": it is no ordinary file; name a register file that this user may read"
    )
    assert (
        unreadable(tmp_path / "none")
        == ": No such file or directory; name a register file that this user may read"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.touch(mode=0)
    assert unreadable(file) == ": Permission denied; name a register file that this user may read"


@pytest.mark.parametrize("end", [
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "import os; os.abort()"])
def test_a_child_that_dies_of_a_file_is_a_refusal(end: str, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    stub = tmp_path / "dies"
    stub.write_text(
        f"#!{sys.executable}\nimport resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        f"{end}\n"
    )
    stub.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stub))
    assert unreadable(tmp_path / "register.csv") == HEAVY


@pytest.mark.parametrize("limit", ["MEMORY", "SECONDS"])
def test_a_file_that_takes_too_much_is_given_up(limit: str, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(csv(*(f"{6_000_000 + i},หน่วยงาน,กรม,x@y.go.th" for i in range(80_000))))
    stub = tmp_path / "little"
    value = {"MEMORY": "60 << 20", "SECONDS": "1"}[limit]
    kind = {"MEMORY": "RLIMIT_AS", "SECONDS": "RLIMIT_CPU"}[limit]
    stub.write_text(f"#!{sys.executable}\nimport resource, runpy, sys\nset_ = resource.setrlimit\n"
                    f"resource.setrlimit = lambda what, most: set_(what, ({value},) * 2) if what "
                    f"== resource.{kind} else None\n"
                    f"sys.path.insert(0, {str(Path(register.__file__).parents[3])!r})\n"
                    "set_(resource.RLIMIT_CORE, (0, 0))\n"
                    "runpy.run_module(sys.argv[3], run_name='__main__')\n")
    stub.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stub))
    assert unreadable(file) == HEAVY


NOTES: dict[str, tuple[Callable[[], bytes], str]] = {
    name: (HARD[name][0], said) for name, said in {
        "formulas in a workbook": "formulas are not worked out; what they last showed is read",
        "macros": "macros are not run",
        "links outside": "links to other files are not followed",
        "header only": "a heading and no rows",
        "duplicated headings": "more than one column is called อีเมล; the first is read",
        "TIS-620": "encoding TIS-620/windows-874 read"}.items()}


@pytest.mark.parametrize("name", NOTES)
def test_what_was_left_alone_is_said(name: str, tmp_path: Path) -> None:
    make, said = NOTES[name]
    file = tmp_path / "register.csv"
    file.write_bytes(make())
    answered = answer(ReadRequest(str(file), "", {}))
    assert isinstance(answered, Register)
    assert said in [note.english for note in answered.notes]


def test_an_ods_with_merged_cells_says_that_they_are_not_filled(tmp_path: Path) -> None:
    raw = books.ods(CELLS)
    spanned = books.part(raw, "content.xml").replace(
        b"<table:table-cell ", b'<table:table-cell table:number-rows-spanned="2" ', 1
    )
    file = tmp_path / "register.ods"
    file.write_bytes(books.changed(raw, content_dot_xml=spanned))
    answered = answer(ReadRequest(str(file), "", {}))
    assert isinstance(answered, Register)
    assert any("merged cells of an ODS" in note.english for note in answered.notes)
