"""Secrets that are read anew for every log-in: whoever renews the file need not tell the daemon."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sarabanwatch.ports import Barred
from sarabanwatch.settings import Misconfigured


@dataclass(slots=True)
class FileSecret:
    """A secret in a file; the Secret port. `read` raises Misconfigured where it is missing."""

    read: Callable[[], str] = field(repr=False)
    _given: str = field(default="", init=False, repr=False)

    async def get(self) -> str:
        """Return what stands in the file now."""
        try:
            self._given = self.read()
        except Misconfigured as error:
            raise Barred(str(error)) from None
        return self._given

    def refused(self) -> bool:
        """Say whether somebody has renewed the file meanwhile."""
        try:
            return self.read() != self._given
        except Misconfigured:
            return False
