"""What verbs print in two languages: every word in both, Thai first."""

import re
from collections.abc import Iterator

import click
import pytest

from fakes.verbs import Run
from sarabanwatch.cli import group
from sarabanwatch.cli.words import LANGUAGES, OF_VERB, SHARED, words

MUTE = {"run", "demo", "page serve"}     # they print what a machine reads, or both languages
THAI = re.compile("[ก-๛]")
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
EMPTY = [       # verbs that find nothing, on a ledger that holds a register only
    ("domains",), ("pause", "list"), ("incidents", "list"), ("halts", "list"),
    ("opt-outs", "list"), ("corrections", "list"), ("report", "list"), ("notice", "list"),
    ("inbox", "list"), ("inbox", "taught"), ("inbox", "lacking"), ("agencies", "--suspect"),
    ("path",), ("rounds", "list"),
]


def verbs(of: click.Command, path: str, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Yield every verb that does something, by what is typed."""
    if not isinstance(of, click.Group):
        yield path.strip(), of
        return
    for name in of.list_commands(ctx):
        inner = of.get_command(ctx, name)
        assert inner
        yield from verbs(inner, f"{path} {name}", ctx)


def test_every_verb_that_prints_for_a_person_can_be_asked_for_one_language() -> None:
    lacking = {name for name, verb in verbs(group, "", click.Context(group))
               if "--lang" not in [opt for each in verb.params for opt in each.opts]}
    assert lacking == MUTE


@pytest.mark.parametrize("verb", EMPTY)
def test_a_list_that_is_empty_says_so_in_the_language_that_was_asked_for(
    run: Run, imported: object, verb: tuple[str, ...],
) -> None:
    (_, *thai), (_, *english) = (run(*verb, "--lang", lang, "-c", imported) for lang in LANGUAGES)
    assert THAI.search("".join(thai))
    assert not ENGLISH.search(re.sub("`[^`]*`", "", "".join(thai)))
    assert "".join(english).strip()
    assert not THAI.search("".join(english))


@pytest.mark.parametrize("verb", OF_VERB)
def test_a_verb_says_nothing_twice(verb: str) -> None:
    assert not OF_VERB[verb].keys() & SHARED.keys()
    assert words(verb, "th").keys() == words(verb, "en").keys() == (SHARED | OF_VERB[verb]).keys()


def test_thai_comes_first() -> None:
    for rows in (SHARED, *OF_VERB.values()):
        for thai, english in rows.values():
            assert re.search("[ก-๛]", thai), (thai, english)
            assert not re.search("[ก-๛]", english), (thai, english)
