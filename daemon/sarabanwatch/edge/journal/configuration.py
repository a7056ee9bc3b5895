"""What is told and counted of the configuration: whether the one that stands in the file was taken."""

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core import foreign


class Configuration:
    """The journal of the configuration. `tell` writes a line; `waits` hears what we wait for, and why, or ""."""

    def __init__(self, registry: CollectorRegistry, tell: Callable[..., None], waits: Callable[[str, str], None]) -> None:
        self._tell, self._waits = tell, waits
        self._refused = Gauge("sarabanwatch_configuration_refused", "1 while a reload was refused, and the old one goes on",
                              registry=registry)

    def taken(self, changed: Sequence[str], restart: Sequence[str]) -> None:
        """It was read anew and is gone on by, but for the keys that only a restart takes."""
        self._refused.set(0)
        self._waits("configuration", "")
        self._waits("restart", f"changed, and taken by a restart only: {', '.join(restart)}" if restart else "")
        self._tell("reloaded", changed=list(changed), needs_restart=list(restart))

    def refused(self, error: BaseException) -> None:
        """It was read anew and cannot be used; the old one goes on."""
        self._refused.set(1)
        self._waits("configuration", f"refused, and the old one goes on: {error}")
        self._tell("reload refused", error=foreign.clean(f"{type(error).__name__}: {error}"))
