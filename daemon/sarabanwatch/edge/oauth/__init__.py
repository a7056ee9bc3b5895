"""The Secret port: access tokens for inbox and relay, kept until shortly before they end.

How a token is got (the grant) is in `grants`; what a token endpoint answers is in `endpoint`. A
token is needed for log-ins only, so it is renewed only when one is asked for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from sarabanwatch.core.errors import Unanswered
from sarabanwatch.edge.oauth.endpoint import AccessToken

# seconds before a token ends that another is got; half its life where that is shorter
EARLY = 300.0


class Tokens:
    """The token of one account, shared by all that log in to it.

    `fetch` gets another one; it raises Barred where a person must mend something, and Unanswered
    where it may work later.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[AccessToken]], now: Callable[[], float] = monotonic,
    ) -> None:
        self._fetch, self._now = fetch, now
        self._one = asyncio.Lock()      # ten connections that begin at once need one token
        self._token: AccessToken | None = None
        self._got = 0.0
        self._new = False               # whether it was got for the log-in that asked last

    async def get(self) -> str:
        """Return a token that is valid for long enough to log in."""
        async with self._one:
            self._new = self._token is None or self._left() < min(EARLY, self._token.seconds / 2)
            if self._new:
                await self._renew()
            assert self._token is not None  # noqa: S101 - got, or it is raised why not
            return self._token.words

    def refused(self) -> bool:
        """Forget the token; return whether another may work, since this one was not new."""
        self._token = None
        return not self._new

    async def _renew(self) -> None:
        """Get another token; where that fails for now, keep the old one while it is valid."""
        began = self._now()
        try:
            self._token = await self._fetch()
        except Unanswered:
            if self._token is None or self._left() <= 0:
                raise
        else:
            self._got = began

    def _left(self) -> float:
        return self._got + self._token.seconds - self._now() if self._token else 0.0
