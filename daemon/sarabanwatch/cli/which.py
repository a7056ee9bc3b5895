"""Which agency a person means: by code, or by a part of the name."""

import click

from sarabanwatch.store import queries
from sarabanwatch.store.queries import ListedAgency
from sarabanwatch.store.tx import Tx


def one(db: Tx, wanted: str) -> ListedAgency:
    """Return the one agency that is meant; list the candidates where there are several or none."""
    found = queries.matching(db, wanted)
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.ClickException(
            f"no agency has the code {wanted!r} or that in its name; `agencies` lists all"
        )
    listed = "\n".join(f"  {row.code}  {row.name}" for row in found)
    raise click.ClickException(
        f"{len(found)} agencies match {wanted!r}; give the code of one:\n{listed}"
    )
