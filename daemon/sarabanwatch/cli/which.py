"""Which agency a person means: by code, or by a part of the name."""

import click

from sarabanwatch.cli.likely import near
from sarabanwatch.store import queries
from sarabanwatch.store.queries import ListedAgency
from sarabanwatch.store.tx import Tx

LIKE = 0.7          # how like a code or a name must be to be offered (difflib)
CANDIDATES = 5      # of one name


def one(db: Tx, wanted: str) -> ListedAgency:
    """Return the one agency that is meant; list the candidates where there are several or none."""
    found = queries.matching(db, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise _ask(f"{len(found)} agencies match {wanted!r}; give the code of one:",
                   [(row.code, row.name) for row in found])
    if like := _like(queries.names(db), wanted):
        raise _ask(f"no agency has the code {wanted!r} or that in its name; did you mean:", like)
    raise click.ClickException(
        f"no agency has the code {wanted!r} or that in its name; `agencies` lists all"
    )


def _ask(question: str, candidates: list[tuple[str, str]]) -> click.ClickException:
    listed = "".join(f"\n  {code}  {name}" for code, name in candidates)
    return click.ClickException(question + listed)


def _like(names: dict[str, str], wanted: str) -> list[tuple[str, str]]:
    """Return the agencies whose code, or else whose name, is like the typed one, likest first."""
    if codes := near(wanted, names, LIKE):
        return [(code, names[code]) for code in codes]
    return [(code, name) for alike in near(wanted, set(names.values()), LIKE)
            for code, name in names.items() if name == alike][:CANDIDATES]
