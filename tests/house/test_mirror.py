"""The house keeps its measure; what is measured, and how, stands in `house.mirror`."""

import statistics

import pytest

from house import mirror

TABLES = {"refusals.py", "reason.py", "words.py"}   # a table may be long
FILE, NESTING = 350, 3
FUNCTION = {"product": 45, "tests": 49}
HALVES = {"product": mirror.product, "tests": mirror.tests}      # measured once, when asked
DEEP = {"product": 0, "tests": 2}       # functions that nest deeper than three


def over(found: list[mirror.Sized], most: int) -> list[mirror.Sized]:
    return [each for each in found if each.size > most]


def test_no_file_of_the_product_is_longer_than_a_room():
    long = over(mirror.product().files, FILE)
    assert [each for each in long if each.where.rpartition("/")[2] not in TABLES] == []


def test_files_are_small_as_a_rule(record_property):
    record_property(mirror.TITLE, "\n".join(mirror.report()))     # printed at the end of the run
    assert statistics.median(each.size for each in mirror.product().files) <= 100


def test_functions_are_a_few_lines_as_a_rule():
    assert statistics.median(each.size for each in mirror.product().functions) <= 5


@pytest.mark.parametrize("half", HALVES)
def test_no_function_is_longer_than_a_page(half):
    assert over(HALVES[half]().functions, FUNCTION[half]) == []


@pytest.mark.parametrize("half", HALVES)
def test_nothing_nests_deeper_than_three(half):
    assert len(over(HALVES[half]().nesting, NESTING)) <= DEEP[half]


@pytest.mark.parametrize("half", HALVES)
def test_a_function_takes_no_more_than_six_things(half):
    """A verb is left out: its parameters are its options, each of which the user may give."""
    assert over(HALVES[half]().parameters, mirror.PARAMETERS) == []
