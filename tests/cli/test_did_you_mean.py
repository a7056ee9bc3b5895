"""A word that nobody knows is met with those that are like it; an empty list says that it is."""

from pathlib import Path

import pytest

from fakes.verbs import Run

EMPTY = {
    ("report", "list"): "no snapshot yet", ("notice", "list"): "no notice was sent yet",
    ("inbox", "list"): "no mail waits", ("inbox", "taught"): "nothing was taught",
    ("inbox", "lacking"): "no mail is lacking", ("agencies", "--suspect"): "no such agency",
}


@pytest.fixture
def taken(run: Run, config: Path) -> Path:
    """A configuration whose ledger has a register."""
    assert run("register", "import", config.parent / "register.csv", "-c", config)[0] == 0
    return config


@pytest.mark.parametrize(("words", "meant"), [
    (["statsu"], "'status'"), (["agency", "shwo"], "'show'"), (["agencies", "--gruop", "D2"],
                                                              "'--group'"),
    (["census", "--by", "minstry"], "'ministry'"),
    (["agency", "1001"], "'sarabanwatch agency show 1001'"),
    (["address", "list.csv"], "'sarabanwatch address check list.csv'"),
    (["inbox", "teach", "x", "--kind", "automtic"], "'automatic'"),
    (["explain", "100l"], "1001  กรมหนึ่ง"), (["explain", "กรมหนี่ง"], "1001  กรมหนึ่ง"),
])
def test_a_verb_option_word_code_or_name_that_is_mistyped_is_met_with_the_one_it_is_like(
    run: Run, taken: Path, words: list[str], meant: str,
) -> None:
    code, _, err = run(*words, *([] if words == ["statsu"] else ["-c", taken]))
    assert code in {1, 2}
    assert "id you mean" in err
    assert meant in err


def test_a_verb_of_verbs_says_what_it_has_where_a_word_is_like_none_of_them(run: Run) -> None:
    code, _, err = run("register", "qqq")
    assert code == 2
    assert "ให้ใช้ check, history, import, undo" in err
    assert "It has check, history, import, undo." in err


@pytest.mark.parametrize("verb", EMPTY)
def test_an_empty_list_says_so_to_a_person_and_nothing_to_a_machine(
    run: Run, taken: Path, verb: tuple[str, ...],
) -> None:
    code, out, err = run(*verb, "-c", taken)
    assert (code, out, EMPTY[verb] in err) == (0, "", True)
    assert run(*verb, "--json", "-c", taken)[:2] == (0, "")
