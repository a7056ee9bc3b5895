"""Log lines and metrics of the configuration: whether the one in the file was taken."""

from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core.facts import foreign
from sarabanwatch.core.facts.token import REMEDY


class Configuration:
    """The journal of the configuration.

    `tell` writes a line. `waits` is called with what we wait for and why, or "".
    """

    def __init__(self, registry: CollectorRegistry, tell: Callable[..., None],
                 waits: Callable[[str, str], None]) -> None:
        self._tell, self._waits = tell, waits
        self._refused = Gauge("sarabanwatch_configuration_refused",
                              "1 while a reload is refused, and the old one stays in force",
                              registry=registry)
        self._key_end = Gauge("sarabanwatch_token_key_end_seconds",
                              "When the last token key ends; no letter is signed after",
                              registry=registry)
        self._unsigned = False

    def signs_until(self, until: datetime, now: datetime) -> None:
        """Until when our keys can sign tokens; when all have ended, that is logged."""
        self._key_end.set(until.timestamp())
        ended = now >= until
        if ended and not self._unsigned:
            why = f"every key of token.key_file has ended, and no letter can be signed; {REMEDY}"
            self._waits("token key", why)
            self._tell("no token key", error=why, barred=True)
        elif not ended:
            self._waits("token key", "")
        self._unsigned = ended

    def taken(self, changed: Sequence[str], restart: Sequence[str]) -> None:
        """It was read again and taken, but for the keys that only a restart takes."""
        self._refused.set(0)
        self._waits("configuration", "")
        keys = ", ".join(restart)
        self._waits("restart", keys and f"keys that only a restart takes have changed: {keys}")
        self._tell("reloaded", changed=list(changed), needs_restart=list(restart))

    def refused(self, error: BaseException) -> None:
        """It was read again and cannot be used; the old one stays in force."""
        self._refused.set(1)
        self._waits("configuration",
                    f"the new one is refused, and the old one stays in force: {error}")
        self._tell("reload refused", error=foreign.clean(f"{type(error).__name__}: {error}"))
