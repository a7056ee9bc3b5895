"""Gauges of our own path, out by the relay and home to the inbox, as canaries show it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge

from sarabanwatch.core.sending.canary import CanaryKind


class PathGauges:
    """The gauges of our own path."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._certificate = Gauge(
            "sarabanwatch_relay_certificate_end_seconds",
            "When the first of our relays' certificates ends; 0: none was seen",
            registry=registry)
        self._ends: dict[str, float] = {}
        self._path = Gauge("sarabanwatch_path_whole", "1 while letters to ourselves come back",
                           registry=registry)
        self._away = Gauge("sarabanwatch_canary_seconds",
                           "How long the last letter to ourselves that came back was away",
                           ["kind"], registry=registry)
        self._signed = Gauge(
            "sarabanwatch_canary_signed",
            "1 if the last letter to ourselves came home with a valid DKIM signature of our domain",
            registry=registry)
        self.to_sign = Gauge("sarabanwatch_canary_to_sign", "1 where we sign letters to ourselves",
                             registry=registry)
        self._whole = True
        self._path.set(1)
        for kind in CanaryKind:
            self._away.labels(kind.name.lower())

    def certificate_ends(self, relay: str, at: datetime) -> None:
        """When the certificate that a relay showed expires."""
        self._ends[relay] = at.timestamp()
        self._certificate.set(min(self._ends.values()))

    def seen(self, *, whole: bool, away: Mapping[CanaryKind, timedelta], signed: bool) -> bool:
        """Note what letters to ourselves show; return whether `whole` has changed.

        `away`: how long the last letter of each kind has been out; `signed`: whether the last one
        home was signed by our domain.
        """
        self._signed.set(signed)
        self._path.set(whole)
        for kind, time in away.items():
            self._away.labels(kind.name.lower()).set(time.total_seconds())
        was, self._whole = self._whole, whole
        return was is not whole
