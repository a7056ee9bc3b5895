"""What pages ask: read-only, one thread at a time."""

from typing import Protocol

from sarabanwatch.core.page.public import Account, Country


class Archive(Protocol):
    """The ledger as people may see it."""

    def changed(self) -> bool: ...
    def country(self) -> Country: ...
    def account(self, code: str) -> Account | None: ...
