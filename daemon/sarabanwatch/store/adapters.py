"""How values travel to a PostgreSQL server and back.

What PostgreSQL gives back otherwise is read as SQLite gives it: truth values as 1 and 0, sums as
integers. A text that holds NUL, which PostgreSQL cannot store, is written with U+FFFD.
"""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.types.string import StrDumper

from sarabanwatch.store.tx import stamp


def adapt(db: psycopg.Connection[Any]) -> None:
    """Have a session's values travel so."""
    db.adapters.register_dumper(str, _Text)
    db.adapters.register_dumper(datetime, _Moment)
    db.adapters.register_loader("bool", _YesOrNo)
    db.adapters.register_loader("numeric", _Whole)


class _Text(StrDumper):
    """A text; NUL, which PostgreSQL cannot store, is written as U+FFFD."""

    def dump(self, obj: str) -> Any:  # noqa: ANN401 - as its base has it
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


class _Moment(StrDumper):
    """A moment, as the ledger writes it."""

    def dump(self, obj: Any) -> Any:  # noqa: ANN401 - as its base has it
        return super().dump(stamp(obj))


class _YesOrNo(Loader):
    """A truth value as 1 or 0."""

    def load(self, data: Any) -> int:  # noqa: ANN401 - a buffer
        return int(bytes(data) == b"t")


class _Whole(Loader):
    """A sum, which is an integer in every question of this room."""

    def load(self, data: Any) -> int:  # noqa: ANN401 - a buffer
        return int(bytes(data))
