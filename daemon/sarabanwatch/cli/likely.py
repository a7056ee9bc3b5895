"""Did you mean: the names that are like one that nobody has."""

import difflib
from collections.abc import Collection

import click

MOST = 3        # names that are offered


def near(wanted: str, known: Collection[str], cutoff: float = 0.5) -> list[str]:
    """Return up to MOST known names that are like one, the likest first."""
    return difflib.get_close_matches(wanted, known, MOST, cutoff)


def meant(names: Collection[str]) -> str:
    """Return the question after names; "" where there are none."""
    return f"did you mean {', '.join(map(repr, names))}?" if names else ""


class OneOf(click.Choice[str]):
    """One word of some; a word that is like one of them is met with that one."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """Return what is said of a word that is none of them."""
        text = super().get_invalid_choice_message(value, ctx)
        hint = meant(near(str(value), [str(each) for each in self.choices]))
        return f"{text} {hint}".rstrip()
