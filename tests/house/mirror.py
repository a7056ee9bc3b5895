"""The house in figures.

How long, wide and deep its files and functions are, product and tests apart.

    PYTHONPATH=tests .venv/bin/python -m house.mirror

The tests of this folder measure by it; pytest prints its figures when they were run. A width is
what stands on the screen: a Thai vowel or tone mark takes no column of its own.
"""

import ast
import statistics
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TITLE = "the house in figures"
COLUMNS = 100
PARAMETERS = 6
BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)
STANDS = (ast.stmt, ast.excepthandler, ast.match_case)      # no block stands in an expression
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Sized(NamedTuple):
    """Something with a size, and where it stands."""

    size: int
    where: str


@dataclass(frozen=True)
class Mirror:
    """All that is measured of one half of the house.

    Sizes are in lines, parameters, blocks or columns.
    """

    files: Sequence[Sized]
    functions: Sequence[Sized]
    parameters: Sequence[Sized]
    nesting: Sequence[Sized]
    columns: Sequence[Sized]

    def lines(self, name: str) -> Iterator[str]:
        """Yield the figures in words."""
        for what in ("files", "functions", "parameters", "nesting", "columns"):
            found = getattr(self, what)
            spread = _spread([each.size for each in found])
            yield f"{name:<8} {what:<11} {spread}; {_longest(found)}"
        wide = sum(each.size > COLUMNS for each in self.columns)
        many = sum(each.size > PARAMETERS for each in self.parameters)
        yield (f"{name:<8} over: {wide} lines of {COLUMNS} columns, "
               f"{many} functions of {PARAMETERS} parameters")


@cache
def product() -> Mirror:
    """Measure what is shipped."""
    return measured((ROOT / "daemon").rglob("*.py"))


@cache
def tests() -> Mirror:
    """Measure its tests."""
    return measured((ROOT / "tests").rglob("*.py"))


def measured(paths: Iterable[Path]) -> Mirror:
    """Measure files of Python."""
    files, columns, functions = list[Sized](), list[Sized](), list[tuple[Function, str]]()
    for path in sorted(paths):
        text, where = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        lines = text.splitlines()
        files.append(Sized(len(lines), where))
        columns += [Sized(width(line), f"{where}:{n}") for n, line in enumerate(lines, start=1)]
        functions += [(node, f"{where}:{node.name}") for node in ast.walk(ast.parse(text))
                      if isinstance(node, FUNCTIONS)]
    return Mirror(files, [Sized(length(f), where) for f, where in functions],
                  [Sized(parameters(f), where) for f, where in functions if not is_verb(f)],
                  [Sized(depth(f), where) for f, where in functions], columns)


def width(line: str) -> int:
    """Return how many columns a line takes on a screen."""
    return len(line) if line.isascii() else sum(
        unicodedata.category(char) not in ("Mn", "Me") for char in line)


def length(function: Function) -> int:
    """Return how many lines a function's body has, without its signature and docstring."""
    said = ast.get_docstring(function) is not None
    body = function.body[said:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def parameters(function: Function) -> int:
    """Count what a caller may give, `self` and `cls` not counted."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return sum(each.arg not in ("self", "cls") for each in named)


def is_verb(function: Function) -> bool:
    """Say whether a function is a verb of the command line: its parameters mirror its options."""
    return any(isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute)
               and made.func.attr == "command" for made in function.decorator_list)


def depth(node: ast.AST, level: int = 0) -> int:
    """Return how deep blocks stand in one another; an `elif` is no block in an `else`."""
    inner = [depth(child, level + isinstance(child, BLOCKS) - _is_elif(node, child))
             for child in ast.iter_child_nodes(node)
             if isinstance(child, STANDS) and not isinstance(child, (*FUNCTIONS, ast.ClassDef))]
    return max([level, *inner])


def _is_elif(node: ast.AST, child: ast.AST) -> bool:
    return (isinstance(node, ast.If) and isinstance(child, ast.If)
            and child in node.orelse and len(node.orelse) == 1)


def _spread(sizes: Sequence[int]) -> str:
    p95 = sorted(sizes)[len(sizes) * 95 // 100]
    return f"{len(sizes):>6,}: median {statistics.median(sizes):g}, p95 {p95}"


def _longest(found: Sequence[Sized]) -> str:
    longest = max(found)
    return f"most {longest.size} ({longest.where})"


def report() -> Iterator[str]:
    """Yield the figures of the whole house, a line each."""
    yield from product().lines("product")
    yield from tests().lines("tests")


if __name__ == "__main__":
    print("\n".join(report()))
