"""Which agency is meant: by code, or by a part of the name."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sarabanwatch.store.queries import ListedAgency
    from sarabanwatch.store.tx import Tx


def one(db: "Tx", wanted: str) -> "ListedAgency":
    """Return the one agency that is meant; say which there are, where it is not one."""
    from sarabanwatch.store import queries

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
